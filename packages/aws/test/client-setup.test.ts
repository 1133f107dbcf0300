// How each client of a process is set up: its time limits, whose clock it learns, whose buckets it expects, and that it is closed.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { awsSettingsFrom, createClients, openObjects, openTable, queueAt } from '../src/index.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** An endpoint that answers everything with nothing, and clients for it. */
async function start(more: { readonly bucketOwner?: string } = {}) {
  const seen: http.IncomingHttpHeaders[] = [];
  const server = http.createServer((request, response) => {
    seen.push(request.headers);
    const isS3 = request.headers['x-amz-target'] === undefined;
    request.resume().on('end', () => response.end(isS3 ? '<CopyPartResult></CopyPartResult>' : '{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const settings = awsSettingsFrom({ AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
  const clients = createClients({ ...settings, ...more }, { env: {}, requestTimeoutMs: 4000 });
  open.push(
    () => clients.destroy(),
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return { clients, seen };
}

test('long polls have thirty seconds, S3 three times what the others have', async () => {
  const { clients } = await start();
  const queue = queueAt(clients, 'q.fifo', 'http://elsewhere.invalid/1/q.fifo');
  await queue.receive({ max: 1, waitSeconds: 1, visibilitySeconds: 1 });
  await queue.receive({ max: 1, waitSeconds: 0, visibilitySeconds: 1 });
  await openTable(clients, 't').get({ job_id: 'a', part: 'b' });
  await openObjects(clients, 'b').size('k');
  const limits = [clients.poll, clients.sqs, clients.dynamodb, clients.s3].map(({ config }) => {
    const handler: { readonly httpHandlerConfigs?: () => unknown } = config.requestHandler as object;
    return handler.httpHandlerConfigs?.();
  });
  expect(limits).toMatchObject([30_000, 4000, 4000, 12_000].map((requestTimeout) => ({ requestTimeout })));
  expect([clients.poll, clients.sqs].map(({ config }) => config.useQueueUrlAsEndpoint)).toEqual([false, false]);
});

test('the time at SQS and at DynamoDB are learnt from their own answers', async () => {
  const table = await start();
  await openTable(table.clients, 't').get({ job_id: 'a', part: 'b' });
  expect([table.clients.tableTime.now() === undefined, table.clients.queueTime.now()]).toEqual([false, undefined]);
  const queue = await start();
  await queueAt(queue.clients, 'q.fifo', 'http://elsewhere.invalid/1/q.fifo').status();
  expect([queue.clients.queueTime.now() === undefined, queue.clients.tableTime.now()]).toEqual([false, undefined]);
});

test('a copy is expected from a bucket of the same owner as the one that it goes to', async () => {
  const { clients, seen } = await start({ bucketOwner: '123456789012' });
  const copying = openObjects(clients, 'b').copyPart('k', 'u', 1, { first: 0, last: 1 });
  await copying.catch(() => undefined);
  expect(seen[0]).toMatchObject({
    'x-amz-expected-bucket-owner': '123456789012',
    'x-amz-source-expected-bucket-owner': '123456789012',
  });
});

test('all are closed together', async () => {
  const { clients } = await start();
  const closed: string[] = [];
  for (const name of ['sqs', 'poll', 'dynamodb', 's3'] as const) {
    Object.assign(clients[name], { destroy: () => closed.push(name) });
  }
  clients.destroy();
  expect(closed).toEqual(['sqs', 'poll', 'dynamodb', 's3']);
});
