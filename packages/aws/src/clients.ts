// The SDK clients of a process, configured so that no call hangs, no request goes to a wrong host, and every call is
// counted.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { MiddlewareStack } from '@smithy/types';
import { type Counters, countingMiddleware, createCounters } from './counters.ts';
import { handlerOptions } from './handler-options.ts';
import { hasMd5 } from './md5.ts';
import { nameMissingResource } from './missing.ts';
import { optimizeClient } from './optimize-client.ts';
import { createServerTime, observeServerTime, type ServerTime } from './server-time.ts';
import { createServiceConfigs } from './service-config.ts';
import { type AwsService, endpointOf, type LoadedAwsSettings } from './settings.ts';

/** The method of an SDK client that the adapters need; the simulation passes models of the services instead. */
export type SqsSender = Pick<SQSClient, 'send'>;
export type DynamoDbSender = Pick<DynamoDBClient, 'send'>;
export type S3Sender = Pick<S3Client, 'send'>;

export interface AwsClients {
  readonly sqs: SQSClient;
  /** For long polls only: they would occupy the connections that deletes and heartbeats need. */
  readonly poll: SQSClient;
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly counters: Counters;
  /** The time at SQS and at DynamoDB: this machine's clock may differ. */
  readonly queueTime: ServerTime;
  readonly tableTime: ServerTime;
  /** Closes all connections; running calls fail. */
  destroy(): void;
}

export interface ClientOptions {
  readonly counters?: Counters | undefined;
  /** Where keys for an endpoint that is not AWS, proxies and checksum settings are read; default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Attempts of the SDK per call. Default 1: the policy of the ports repeats calls, and only one layer may. */
  readonly maxAttempts?: number | undefined;
  /** Deadline of a call in milliseconds (S3: three times that, because its parts are large). Default 20,000. */
  readonly requestTimeoutMs?: number | undefined;
}

const REQUEST_TIMEOUT_MS = 20_000;
/** Longer than SQS's longest poll (20 s), shorter than the 45 s after which `/livez` reports a stuck poller. */
const POLL_TIMEOUT_MS = 30_000;
const CONNECTIONS = 64;
/** More than the pollers of a process (64 at most), each of which has one poll at a time. */
const POLL_CONNECTIONS = 256;

export function createClients(settings: LoadedAwsSettings, options: ClientOptions = {}): AwsClients {
  const { counters = createCounters(), env = process.env, maxAttempts = 1 } = options;
  const timeoutMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  const configOf = createServiceConfigs(settings, env);
  const handler = (service: AwsService, requestTimeoutMs: number, maxSockets: number) =>
    handlerOptions(settings, service, { requestTimeoutMs, maxSockets }, env);
  const sqs = new SQSClient({
    ...configOf('sqs'),
    maxAttempts,
    cacheMiddleware: true,
    useQueueUrlAsEndpoint: false,
    ...(hasMd5() ? {} : { md5: false }),
    requestHandler: handler('sqs', timeoutMs, CONNECTIONS),
  });
  const poll = new SQSClient({
    ...configOf('sqs'),
    maxAttempts: 1,
    cacheMiddleware: true,
    // TLS and the check of each message detect what a checksum of every body would.
    md5: false,
    useQueueUrlAsEndpoint: false,
    requestHandler: handler('sqs', POLL_TIMEOUT_MS, POLL_CONNECTIONS),
  });
  const dynamodb = new DynamoDBClient({
    ...configOf('dynamodb'),
    maxAttempts,
    cacheMiddleware: true,
    requestHandler: handler('dynamodb', timeoutMs, CONNECTIONS),
  });
  const s3 = new S3Client({
    ...configOf('s3'),
    maxAttempts,
    forcePathStyle: endpointOf(settings, 's3') !== undefined,
    // With `Expect: 100-continue` the SDK would open a new connection for each part.
    expectContinueHeader: false,
    requestHandler: handler('s3', 3 * timeoutMs, CONNECTIONS),
  });
  addMiddleware(sqs.middlewareStack, 'sqs', counters);
  addMiddleware(poll.middlewareStack, 'sqs', counters);
  addMiddleware(dynamodb.middlewareStack, 'dynamodb', counters);
  if (settings.bucketOwner !== undefined) expectOwner(s3, settings.bucketOwner);
  addMiddleware(s3.middlewareStack, 's3', counters);
  for (const client of [sqs, poll, dynamodb]) optimizeClient(client);
  const queueTime = createServerTime();
  const tableTime = createServerTime();
  observeServerTime(sqs.middlewareStack, queueTime);
  observeServerTime(dynamodb.middlewareStack, tableTime);
  return {
    sqs,
    poll,
    dynamodb,
    s3,
    counters,
    queueTime,
    tableTime,
    destroy() {
      for (const client of [sqs, poll, dynamodb, s3]) client.destroy();
    },
  };
}

/** Makes AWS refuse (403) every call that names a bucket of another account, and every copy from one. */
function expectOwner(s3: S3Client, owner: string): void {
  s3.middlewareStack.add(
    (next) => (call) => {
      const bucketOwner = 'Bucket' in call.input ? { ExpectedBucketOwner: owner } : {};
      const sourceOwner = 'CopySource' in call.input ? { ExpectedSourceBucketOwner: owner } : {};
      return next({ ...call, input: { ...call.input, ...bucketOwner, ...sourceOwner } });
    },
    { name: 'movieLoadExpectedBucketOwner', step: 'initialize' },
  );
}

function addMiddleware<Input extends object, Output extends object>(
  stack: MiddlewareStack<Input, Output>,
  service: string,
  counters: Counters,
): void {
  nameMissingResource(stack);
  stack.addRelativeTo(countingMiddleware<Input, Output>(service, counters), {
    name: 'movieLoadCountingMiddleware',
    relation: 'after',
    toMiddleware: 'retryMiddleware',
  });
}
