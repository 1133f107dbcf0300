// The types of an endpoint under test and of the suite's options.

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';

/** An endpoint under test. A model can provide objects that only have `send` instead of SDK clients. */
export interface Endpoint {
  readonly sqs: Pick<SQSClient, 'send'>;
  readonly dynamodb: Pick<DynamoDBClient, 'send'>;
  readonly s3: Pick<S3Client, 'send'>;
  /** Default: in real time. */
  sleep?(ms: number): Promise<void>;
  /** Milliseconds since the epoch. Default: real time. */
  now?(): number;
  close?(): Promise<void> | void;
}

/** Why an endpoint deviates from AWS; `sometimes` when that depends on timing, so that the case may also pass. */
export type Deviation = string | { readonly sometimes: string };

export interface ContractOptions {
  /** Case name → why this endpoint deviates from AWS. Such a case must fail; when it passes, its test fails. */
  readonly deviations?: Readonly<Record<string, Deviation>>;
  /** Operations that the endpoint offers, e.g. `dynamodb:PutItem`. Default: all. Cases that need others are skipped. */
  readonly offers?: readonly string[];
  /** How late a timeout may end, in milliseconds, before a case fails. Default: 2000. */
  readonly slackMs?: number;
  /** The number of cases that run at the same time. Default: 24. */
  readonly concurrency?: number;
}
