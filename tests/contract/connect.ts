// SDK clients for any endpoint, with the settings that the suite needs.

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Endpoint } from './endpoint.ts';

export interface ConnectOptions {
  /** Without it: AWS, with the region and credentials of the environment. */
  readonly endpoint?: string;
  /** Called when the suite is over. */
  readonly close?: () => Promise<void>;
}

/** @returns the clients of one endpoint; `close()` of the result destroys them and calls `options.close` */
export function connectTo(options: ConnectOptions): Endpoint {
  const common =
    options.endpoint === undefined
      ? {}
      : {
          endpoint: options.endpoint,
          region: 'us-east-1',
          credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
          maxAttempts: 2,
        };
  const sqs = new SQSClient({
    ...common,
    useQueueUrlAsEndpoint: options.endpoint === undefined,
    requestHandler: { httpAgent: { maxSockets: 200 }, httpsAgent: { maxSockets: 200 } },
  });
  const dynamodb = new DynamoDBClient(common);
  const s3 = new S3Client({ ...common, forcePathStyle: options.endpoint !== undefined });
  return {
    sqs,
    dynamodb,
    s3,
    close: async () => {
      for (const client of [sqs, dynamodb, s3]) client.destroy();
      await options.close?.();
    },
  };
}
