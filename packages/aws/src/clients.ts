// The SDK clients of a process, set up so that nothing hangs, nothing is sent to a wrong host, and every call is counted.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { MiddlewareStack } from '@smithy/types';
import { type Counters, countingMiddleware, createCounters } from './counters.ts';
import type { AwsSettings } from './settings.ts';
import { Sha256 } from './sha256.ts';
import { trimClient } from './trim.ts';

/** What the adapters need of a client; the simulation puts its models here. */
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
  /** Closes all connections; running calls fail. */
  destroy(): void;
}

export interface ClientOptions {
  readonly counters?: Counters | undefined;
  /** Where credentials are looked for; `process.env` unless a test says otherwise. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Attempts per call, the first included. Default 3. A long poll is never repeated by the SDK. */
  readonly maxAttempts?: number | undefined;
  /** Deadline of a call in milliseconds (S3: three times that, for its parts are large). Default 20,000. */
  readonly requestTimeoutMs?: number | undefined;
}

const CONNECT_TIMEOUT_MS = 3000;
const REQUEST_TIMEOUT_MS = 20_000;
/** Longer than SQS's longest poll of 20 s, shorter than the 60 s in which `/livez` must see a stuck poller. */
const POLL_TIMEOUT_MS = 30_000;
const CONNECTIONS = 64;
/** Each poller of a process has one poll at a time. */
const POLL_CONNECTIONS = 256;

export function createClients(settings: AwsSettings, options: ClientOptions = {}): AwsClients {
  const { counters = createCounters(), env = process.env, maxAttempts = 3 } = options;
  const timeoutMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  const credentials = testCredentials(settings.endpoint, env);
  const common = {
    region: settings.region,
    sha256: Sha256,
    // Explicit, because an SQS client without it sends to the host of the queue URL, which may resolve nowhere.
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  };
  const sqs = new SQSClient({
    ...common,
    maxAttempts,
    cacheMiddleware: true,
    useQueueUrlAsEndpoint: false,
    requestHandler: handler(timeoutMs, CONNECTIONS),
  });
  const poll = new SQSClient({
    ...common,
    maxAttempts: 1,
    cacheMiddleware: true,
    // TLS and each message's own checks see what a checksum of every body would.
    md5: false,
    useQueueUrlAsEndpoint: false,
    requestHandler: handler(POLL_TIMEOUT_MS, POLL_CONNECTIONS),
  });
  const dynamodb = new DynamoDBClient({
    ...common,
    maxAttempts,
    cacheMiddleware: true,
    requestHandler: handler(timeoutMs, CONNECTIONS),
  });
  const s3 = new S3Client({
    ...common,
    maxAttempts,
    forcePathStyle: settings.endpoint !== undefined,
    // It would open a new connection for each part.
    expectContinueHeader: false,
    requestHandler: handler(3 * timeoutMs, CONNECTIONS),
  });
  prepare(sqs.middlewareStack, 'sqs', counters);
  prepare(poll.middlewareStack, 'sqs', counters);
  prepare(dynamodb.middlewareStack, 'dynamodb', counters);
  prepare(s3.middlewareStack, 's3', counters);
  for (const client of [sqs, poll, dynamodb]) trimClient(client);
  return {
    sqs,
    poll,
    dynamodb,
    s3,
    counters,
    destroy() {
      for (const client of [sqs, poll, dynamodb, s3]) client.destroy();
    },
  };
}

function handler(requestTimeout: number, maxSockets: number) {
  return {
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout,
    // Without it a request over its time only logs a warning and hangs on.
    throwOnRequestTimeout: true,
    // For an answer that stops half-way: `requestTimeout` ends with its first bytes.
    socketTimeout: requestTimeout,
    httpAgent: { keepAlive: true, maxSockets },
    httpsAgent: { keepAlive: true, maxSockets },
  };
}

function prepare<Input extends object, Output extends object>(
  stack: MiddlewareStack<Input, Output>,
  service: string,
  counters: Counters,
): void {
  stack.addRelativeTo(countingMiddleware<Input, Output>(service, counters), {
    name: 'movieLoadCountingMiddleware',
    relation: 'after',
    toMiddleware: 'retryMiddleware',
  });
}

const AWS_HOST = /(^|\.)(amazonaws\.com(\.cn)?|api\.aws)$/;
/** Any of these means that the SDK's own chain has something to find. */
const CREDENTIAL_SOURCES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
];

/**
 * Credentials are the SDK's own business, with one exception: an endpoint that is not AWS (an emulator) checks none, but
 * the SDK signs nothing without. So `test`/`test` is used there when the environment has none. Never towards AWS.
 */
function testCredentials(endpoint: string | undefined, env: Readonly<Record<string, string | undefined>>) {
  if (endpoint === undefined || AWS_HOST.test(new URL(endpoint).hostname)) return undefined;
  if (CREDENTIAL_SOURCES.some((name) => env[name])) return undefined;
  return { accessKeyId: 'test', secretAccessKey: 'test' };
}
