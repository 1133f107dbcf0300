// The clients at an endpoint with the test's answers: failures, credentials, and what is counted.
import http from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { listenLocally } from '@movie-load/testing';
import {
  type AwsClients,
  awsEnvironment,
  awsSettingsFrom,
  awsSettingsOf,
  createClients,
  openObjects,
  openQueue,
  openTable,
  queueAt,
  resilientTable,
  toolPolicy,
} from '../src/index.ts';
import { useEnvironmentOf } from './environment/support.ts';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const resource of open.splice(0)) resource.close();
});

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** An endpoint with the test's answers, and clients for it. */
async function endpoint(
  answer: Answer,
  options = {},
): Promise<AwsClients & { readonly requests: http.IncomingMessage[] }> {
  const requests: http.IncomingMessage[] = [];
  const server = http.createServer((request, response) => {
    requests.push(request);
    request.resume();
    request.on('end', () => answer(request, response));
  });
  const { port } = await listenLocally(server);
  const settings = awsSettingsFrom({ AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
  const clients = createClients(settings, { env: {}, ...options });
  open.push({
    close() {
      clients.destroy();
      server.closeAllConnections();
      server.close();
    },
  });
  return { ...clients, requests };
}

const json = (response: http.ServerResponse, body: unknown, status = 200) => {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(body));
};

const KEY = { job_id: 'a', part: 'b' };

describe('clients:', () => {
  test('a call without an answer fails at its deadline', async () => {
    const clients = await endpoint(() => {}, { requestTimeoutMs: 200, maxAttempts: 1 });
    await expect(openTable(clients, 'table').get(KEY)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test('an answer that stops half-way fails', async () => {
    const stopping: Answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': '100' });
      response.write('{');
    };
    const clients = await endpoint(stopping, { requestTimeoutMs: 200, maxAttempts: 1 });
    await expect(openTable(clients, 'table').get(KEY)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test('every attempt is counted, by operation, and every failure', async () => {
    let calls = 0;
    const clients = await endpoint((_, response) => {
      calls += 1;
      if (calls < 3) json(response, { __type: 'InternalServerError', message: 'no' }, 500);
      else json(response, {});
    });
    await expect(openTable(clients, 'table').get(KEY)).rejects.toMatchObject({ name: 'InternalServerError' });
    expect(calls).toBe(1);
    await resilientTable(openTable(clients, 'table'), toolPolicy()).get(KEY);
    expect(Object.fromEntries(clients.counters.calls)).toEqual({ 'dynamodb:GetItem': 3 });
    expect(Object.fromEntries(clients.counters.failures)).toEqual({ 'dynamodb:GetItem': 2 });
  });

  test('a long poll is never repeated by the SDK', async () => {
    const clients = await endpoint((_, response) => json(response, { __type: 'InternalFailure' }, 500));
    const queue = queueAt(clients, 'q.fifo', 'http://elsewhere.invalid/1/q.fifo');
    await expect(queue.receive({ max: 10, waitSeconds: 20, visibilitySeconds: 60 })).rejects.toThrow();
    expect(clients.counters.calls.get('sqs:ReceiveMessage')).toBe(1);
  });

  test('a queue URL’s host is never called: only the endpoint is', async () => {
    const clients = await endpoint((_, response) => json(response, {}));
    await queueAt(clients, 'q.fifo', 'http://elsewhere.invalid/1/q.fifo').delete(['handle']);
    expect(clients.requests).toHaveLength(1);
  });

  test('an aborted call throws at once', async () => {
    const clients = await endpoint(() => {});
    const stop = new AbortController();
    const call = openTable(clients, 'table').get(KEY, { signal: stop.signal });
    stop.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('an emulator gets the environment’s credentials, or test credentials when it has none', async () => {
    const plain = await endpoint((_, response) => json(response, {}));
    await openTable(plain, 'table').get(KEY);
    expect(plain.requests[0]?.headers.authorization).toContain('Credential=test/');
    const env = { AWS_ACCESS_KEY_ID: 'AKIDENV', AWS_SECRET_ACCESS_KEY: 'secret' };
    const withKeys = await endpoint((_, response) => json(response, {}), { env });
    await openTable(withKeys, 'table').get(KEY);
    expect(withKeys.requests[0]?.headers.authorization).toContain('Credential=AKIDENV/');
  });

  test('AWS never gets test credentials: without others a call fails', async () => {
    useEnvironmentOf({});
    const AWS_ENDPOINT_URL = 'https://dynamodb.eu-west-1.amazonaws.com';
    const clients = createClients(awsSettingsOf(awsEnvironment.parse({ AWS_ENDPOINT_URL })), { env: {} });
    open.push({ close: () => clients.destroy() });
    await expect(clients.dynamodb.config.credentials()).rejects.toMatchObject({ name: 'CredentialsProviderError' });
  });

  test('a bucket’s name is in the path, because emulators do not resolve host names', async () => {
    const clients = await endpoint((_, response) => response.writeHead(404).end());
    expect(await openObjects(clients, 'movie-bucket').size('a.json')).toBeUndefined();
    expect(clients.requests[0]?.url).toBe('/movie-bucket/a.json');
  });

  test('a missing queue is reported in one sentence', async () => {
    const missing = { __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'no' };
    const clients = await endpoint((_, response) => json(response, missing, 400));
    await expect(openQueue(clients, 'q.fifo')).rejects.toMatchObject({
      code: 'queue_missing',
      message: 'There is no queue "q.fifo". Create it with `movie-load setup`.',
    });
  });
});

describe('throttling', () => {
  const throttles = async (answer: object, status = 200) => {
    const clients = await endpoint((_, response) => json(response, answer, status));
    const queue = queueAt(clients, 'q.fifo', 'http://elsewhere.invalid/1/q.fifo');
    const item = { job_id: { S: 'a' }, part: { S: 'job' } };
    await openTable(clients, 'table')
      .putBatch([item])
      .catch(() => undefined);
    await queue.delete(['handle']).catch(() => undefined);
    return Object.fromEntries(clients.counters.throttles);
  };
  const unprocessed = { PutRequest: { Item: {} } };
  const entry = { Id: '0', SenderFault: true };

  test.each([
    [
      'a call that was refused as a whole',
      { __type: 'ThrottlingException' },
      400,
      { 'dynamodb:BatchWriteItem': 1, 'sqs:DeleteMessageBatch': 1 },
    ],
    [
      'a call that left items unprocessed',
      { UnprocessedItems: { table: [unprocessed] } },
      200,
      { 'dynamodb:BatchWriteItem': 1 },
    ],
    [
      'a call of which entries were refused',
      { Failed: [{ ...entry, Code: 'RequestThrottled' }] },
      200,
      { 'sqs:DeleteMessageBatch': 1 },
    ],
    ['not one that left nothing unprocessed', { UnprocessedItems: { table: [] }, Failed: [] }, 200, {}],
    ['not one that succeeded', {}, 200, {}],
    [
      'not one of which entries were refused for another reason',
      { Failed: [{ ...entry, Code: 'ReceiptHandleIsInvalid' }] },
      200,
      {},
    ],
    ['not one that failed for another reason', { __type: 'InternalServerError' }, 500, {}],
  ])('is counted by operation: %s', async (_, answer, status, expected) => {
    expect(await throttles(answer, status)).toEqual(expected);
  });
});

describe('counted write units', () => {
  const units = async (answer: unknown, status = 200) => {
    const clients = await endpoint((_, response) => json(response, answer, status));
    await openTable(clients, 'table').create({ job_id: { S: 'a' }, part: { S: 'job' } });
    return clients.counters.writeUnits;
  };

  test('are the total of DynamoDB, which includes the index', async () => {
    const ConsumedCapacity = {
      CapacityUnits: 2,
      Table: { CapacityUnits: 1 },
      GlobalSecondaryIndexes: { jobs: { CapacityUnits: 1 } },
    };
    expect(await units({ ConsumedCapacity })).toBe(2);
  });

  test('are exactly the total of DynamoDB', async () => {
    expect(await units({ ConsumedCapacity: { CapacityUnits: 1, Table: { CapacityUnits: 1 } } })).toBe(1);
  });

  test('include a write whose condition failed', async () => {
    expect(await units({ __type: 'ConditionalCheckFailedException', message: 'no' }, 400)).toBe(1);
  });
});
