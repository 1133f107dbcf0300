// The clients of a process: their time limits, clocks, expected bucket owners, and that they are closed.
import http from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { listenLocally } from '@movie-load/testing';
import {
  type AwsClients,
  awsSettingsFrom,
  type ClientOptions,
  createClients,
  listBuckets,
  listObjects,
  openObjects,
  openTable,
  queueAt,
} from '../src/index.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** An endpoint that answers every request with an empty answer, and clients for it. */
async function start(
  more: { readonly bucketOwner?: string } = {},
  options: ClientOptions = { requestTimeoutMs: 4000 },
) {
  const requests: http.IncomingHttpHeaders[] = [];
  const server = http.createServer((request, response) => {
    requests.push(request.headers);
    const isS3 = request.headers['x-amz-target'] === undefined;
    request.resume().on('end', () => response.end(isS3 ? '<CopyPartResult></CopyPartResult>' : '{}'));
  });
  const { port } = await listenLocally(server);
  const settings = awsSettingsFrom({ AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
  const clients = createClients({ ...settings, ...more }, { env: {}, ...options });
  open.push(
    () => clients.destroy(),
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return { clients, requests };
}

/** The settings of a client's HTTP handler, which exist from its first call on. */
function limitsOf({ config }: AwsClients['sqs' | 'dynamodb' | 's3']): object | undefined {
  const handler: { readonly httpHandlerConfigs?: () => object } = config.requestHandler as object;
  return handler.httpHandlerConfigs?.();
}

test('long polls time out after thirty seconds, and S3 has three times the limit of other services', async () => {
  const { clients } = await start();
  const queue = queueAt(clients, 'q.fifo', 'http://elsewhere.invalid/1/q.fifo');
  await queue.receive({ max: 1, waitSeconds: 1, visibilitySeconds: 1 });
  await queue.receive({ max: 1, waitSeconds: 0, visibilitySeconds: 1 });
  await openTable(clients, 't').get({ job_id: 'a', part: 'b' });
  await openObjects(clients, 'b').size('k');
  const limits = [clients.poll, clients.sqs, clients.dynamodb, clients.s3].map(limitsOf);
  expect(limits).toMatchObject([30_000, 4000, 4000, 12_000].map((requestTimeout) => ({ requestTimeout })));
  expect([clients.poll, clients.sqs].map(({ config }) => config.useQueueUrlAsEndpoint)).toEqual([false, false]);
});

test('a call times out after twenty seconds by default, and a call to S3 after a minute', async () => {
  const { clients } = await start({}, {});
  await openTable(clients, 't').get({ job_id: 'a', part: 'b' });
  await openObjects(clients, 'b').size('k');
  expect([clients.dynamodb, clients.s3].map(limitsOf)).toMatchObject([
    { requestTimeout: 20_000 },
    { requestTimeout: 60_000 },
  ]);
});

test('the clients of SQS and DynamoDB cache and optimize their middleware; polls compare no checksum of bodies', async () => {
  const { clients } = await start();
  const { sqs, poll, dynamodb } = clients;
  expect([sqs, poll, dynamodb].map(({ config }) => config.cacheMiddleware)).toEqual([true, true, true]);
  const optimizedStacks = [sqs, poll, dynamodb].map(({ middlewareStack }) => middlewareStack.identify().join());
  expect(optimizedStacks).toEqual(Array(3).fill(expect.stringContaining('movieLoadSignalMiddleware')));
  expect([poll.config.md5, typeof sqs.config.md5]).toEqual([false, 'function']);
});

test('the clocks of SQS and DynamoDB are learnt from their own answers', async () => {
  const table = await start();
  await openTable(table.clients, 't').get({ job_id: 'a', part: 'b' });
  expect([table.clients.tableTime.now() === undefined, table.clients.queueTime.now()]).toEqual([false, undefined]);
  const queue = await start();
  await queueAt(queue.clients, 'q.fifo', 'http://elsewhere.invalid/1/q.fifo').status();
  expect([queue.clients.queueTime.now() === undefined, queue.clients.tableTime.now()]).toEqual([false, undefined]);
});

test('a copy expects the source bucket to have the same owner as its destination', async () => {
  const { clients, requests } = await start({ bucketOwner: '123456789012' });
  const copying = openObjects(clients, 'b').copyPart('k', 'u', 1, { first: 0, last: 1 });
  await copying.catch(() => undefined);
  expect(requests[0]).toMatchObject({
    'x-amz-expected-bucket-owner': '123456789012',
    'x-amz-source-expected-bucket-owner': '123456789012',
  });
});

test('destroy closes all clients together', async () => {
  const { clients } = await start();
  const closed: string[] = [];
  for (const name of ['sqs', 'poll', 'dynamodb', 's3'] as const) {
    Object.assign(clients[name], { destroy: () => closed.push(name) });
  }
  clients.destroy();
  expect(closed).toEqual(['sqs', 'poll', 'dynamodb', 's3']);
});

const AWS = { region: 'eu-west-1', queue: 'q.fifo', dlq: 'd.fifo', table: 't' };
const EMULATOR_URL = 'http://127.0.0.1:4566';

test('the SDK makes one attempt by default, and always one for a long poll', async () => {
  for (const [options, attempts] of [
    [{}, 1],
    [{ maxAttempts: 3 }, 3],
  ] as const) {
    const { sqs, dynamodb, s3, poll, destroy } = createClients(
      { ...AWS, endpoint: EMULATOR_URL },
      { env: {}, ...options },
    );
    const maxAttempts = [sqs, dynamodb, s3, poll].map(({ config }) => config.maxAttempts());
    expect(await Promise.all(maxAttempts)).toEqual([attempts, attempts, attempts, 1]);
    destroy();
  }
});

test('the bucket is in the path where S3 is not AWS, and no part waits for “100 Continue”', () => {
  for (const [places, isInPath] of [
    [{ endpoint: EMULATOR_URL }, true],
    [{ endpoints: { s3: EMULATOR_URL } }, true],
    [{ endpoints: { sqs: EMULATOR_URL, dynamodb: EMULATOR_URL } }, false],
    [{}, false],
  ] as const) {
    const clients = createClients({ ...AWS, ...places }, { env: {} });
    expect([clients.s3.config.forcePathStyle, clients.s3.config.expectContinueHeader]).toEqual([isInPath, false]);
    clients.destroy();
  }
});

test('each service is called at its own endpoint', async () => {
  const endpoints = { sqs: 'http://127.0.0.1:1', dynamodb: 'http://127.0.0.1:2', s3: 'http://127.0.0.1:3' };
  const clients = createClients({ ...AWS, endpoints }, { env: {} });
  const called = [clients.sqs, clients.poll, clients.dynamodb, clients.s3].map(({ config }) => config.endpoint?.());
  expect((await Promise.all(called)).map((endpoint) => endpoint?.port)).toEqual([1, 1, 2, 3]);
  clients.destroy();
});

test('polls have connections of their own, one for each poller', async () => {
  const { clients } = await start();
  const queue = queueAt(clients, 'q.fifo', 'http://elsewhere.invalid/1/q.fifo');
  await queue.receive({ max: 1, waitSeconds: 1, visibilitySeconds: 1 });
  await queue.status();
  await openTable(clients, 't').get({ job_id: 'a', part: 'b' });
  await openObjects(clients, 'b').size('k');
  const sockets = [clients.poll, clients.sqs, clients.dynamodb, clients.s3].map(limitsOf);
  expect(sockets).toMatchObject([256, 64, 64, 64].map((maxSockets) => ({ httpAgent: { maxSockets } })));
  expect(Object.fromEntries(clients.counters.calls)).toEqual({
    'sqs:ReceiveMessage': 1,
    'sqs:GetQueueAttributes': 1,
    'dynamodb:GetItem': 1,
    's3:HeadObject': 1,
  });
});

test('calls that name a bucket expect its owner where the owner is known', async () => {
  const owned = await start({ bucketOwner: '123456789012' });
  await openObjects(owned.clients, 'b').size('k');
  await listBuckets(owned.clients.s3).catch(() => undefined);
  for await (const _ of listObjects(owned.clients.s3, 'b')) throw new Error('there is none');
  const plain = await start();
  await openObjects(plain.clients, 'b').size('k');
  const owners = [...owned.requests, ...plain.requests].map((headers) => headers['x-amz-expected-bucket-owner']);
  expect(owners).toEqual(['123456789012', undefined, '123456789012', undefined]);
});
