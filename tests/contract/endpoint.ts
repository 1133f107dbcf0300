// An endpoint for the contract suite: three clients, and its deviations.

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';

/** An endpoint under test. Models in place of clients give objects with `send` alone. */
export interface Endpoint {
  readonly sqs: Pick<SQSClient, 'send'>;
  readonly dynamodb: Pick<DynamoDBClient, 'send'>;
  readonly s3: Pick<S3Client, 'send'>;
  /** Waits; in real time unless given. */
  sleep?(ms: number): Promise<void>;
  /** Milliseconds since the epoch; real time unless given. */
  now?(): number;
  close?(): Promise<void> | void;
}

/** Why an endpoint deviates from AWS; `sometimes` when that depends on timing, so that the case may also pass. */
export type Deviation = string | { readonly sometimes: string };

export interface ContractOptions {
  /** Case name → why this endpoint deviates from AWS. Such a case must fail here, or it is reported. */
  readonly deviations?: Readonly<Record<string, Deviation>>;
  /**
   * Operations that the endpoint offers, e.g. `dynamodb:PutItem`; all unless given. Cases that need others are
   * skipped.
   */
  readonly offers?: readonly string[];
  /** How late a timeout may end, in milliseconds, before the suite calls it wrong. */
  readonly slackMs?: number;
  /** Cases that run at the same time. */
  readonly concurrency?: number;
}
