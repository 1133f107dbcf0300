import { once } from 'node:events';
import http, { type RequestListener } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '@movie-load/local-aws';
import {
  type AwsClients,
  awsSettingsFrom,
  createClients,
  createPeek,
  createSummarise,
  type OpenQueue,
  openQueue,
  provision,
} from '../src/index.ts';

let aws: LocalAws;
let clients: AwsClients;
let queue: OpenQueue;

beforeAll(async () => {
  aws = await startLocalAws();
  const settings = awsSettingsFrom({ AWS_ENDPOINT_URL: aws.endpoint });
  clients = createClients(settings, { env: {} });
  await provision(clients, settings);
  queue = await openQueue(clients, settings.queue);
});
afterAll(async () => {
  clients.destroy();
  await aws.close();
});

const letter = (groupId: string, deduplicationId: string) => ({ body: deduplicationId, groupId, deduplicationId });

test('shows all, the oldest few, or those in flight; and takes none', async () => {
  const before = Date.now();
  const summarise = createSummarise(aws.endpoint);
  expect(await summarise(queue.url)).toEqual({ oldestSentOn: null, messageGroups: 0 });
  await queue.send([letter('a', '1'), letter('a', '2'), letter('b', '3')]);
  await queue.receive({ max: 1, waitSeconds: 0, visibilitySeconds: 60 });

  const peek = createPeek(aws.endpoint);
  const bodies = async (options = {}) => (await peek(queue.url, options))?.map(({ body }) => body);
  expect(await bodies()).toEqual(['1', '2', '3']);
  expect(await bodies({ max: 2 })).toEqual(['1', '2']);
  expect(await bodies({ onlyInFlight: true })).toEqual(['1']);
  const told = await summarise(queue.url);
  expect(told?.messageGroups).toBe(2);
  expect(told?.oldestSentOn).toBeGreaterThanOrEqual(before);
  expect((await peek(queue.url))?.map(({ receiveCount }) => receiveCount)).toEqual([1, 0, 0]);
});

async function withEndpoint<T>(answer: RequestListener, use: (endpoint: string) => Promise<T>): Promise<T> {
  const server = http.createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  try {
    return await use(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test.each([
  ['404', 404, '<Error/>'],
  ['400', 400, '{}'],
  ['200 with something else', 200, '<html></html>'],
  ['200 with other JSON', 200, '{"status":"ok"}'],
])('an endpoint that answers %s does not offer it', async (_, status, body) => {
  await withEndpoint(
    (_request, response) => response.writeHead(status).end(body),
    async (endpoint) => {
      expect(await createPeek(endpoint)(queue.url)).toBeUndefined();
      expect(await createPeek(endpoint)(queue.url, { onlyInFlight: true })).toBeUndefined();
      expect(await createSummarise(endpoint)(queue.url)).toBeUndefined();
    },
  );
});

test('AWS itself has no such thing, and is not asked', async () => {
  expect(await createPeek(undefined)(queue.url)).toBeUndefined();
  expect(await createSummarise(undefined)(queue.url)).toBeUndefined();
});

test('one that offers it and fails is an error: nobody takes it for an endpoint where messages must be received', async () => {
  await withEndpoint(
    (_request, response) => response.writeHead(500).end(),
    async (endpoint) => {
      const looking = createPeek(endpoint)(queue.url);
      await expect(looking).rejects.toMatchObject({
        code: 'peek_failed',
        message: expect.stringContaining('status 500'),
      });
    },
  );
  await withEndpoint(
    (request) => request.socket.destroy(),
    (endpoint) => expect(createPeek(endpoint)(queue.url)).rejects.toMatchObject({ code: 'peek_failed' }),
  );
});
