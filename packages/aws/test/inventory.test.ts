// Lists of tables, buckets and objects page by page, purging, and the clients of commands, with the test's answers.
import { describe, expect, test } from '@jest/globals';
import { connectionReset } from '@movie-load/testing';
import {
  listBuckets,
  listObjects,
  listTables,
  openResilientQueue,
  purgeQueue,
  type Retry,
  resilientClient,
  toolClients,
} from '../src/index.ts';
import { fakeAws, inTurn, refusal } from './fake-aws.ts';
import { policyOf } from './policy-support.ts';

const { signal } = new AbortController();

describe('listing', () => {
  test('returns all tables, over pages, with their details', async () => {
    const fullTable = {
      TableStatus: 'ACTIVE',
      ItemCount: 3,
      TableSizeBytes: 400,
      GlobalSecondaryIndexes: [{ IndexName: 'jobs' }, {}],
    };
    const { clients, requested } = fakeAws({
      ListTables: inTurn({ TableNames: ['a', 'b'], LastEvaluatedTableName: 'b' }, { TableNames: ['c'] }),
      DescribeTable: ({ TableName }) => (TableName === 'a' ? { Table: fullTable } : {}),
    });
    const nothing = { status: 'UNKNOWN', items: 0, bytes: 0, indexes: [] };
    expect(await listTables(clients.dynamodb, { signal })).toEqual([
      { name: 'a', status: 'ACTIVE', items: 3, bytes: 400, indexes: ['jobs'] },
      { name: 'b', ...nothing },
      { name: 'c', ...nothing },
    ]);
    const pages = requested.filter(({ name }) => name === 'ListTables');
    expect(pages.map(({ input }) => input)).toEqual([{}, { ExclusiveStartTableName: 'b' }]);
    expect(requested.every(({ options }) => options.abortSignal === signal)).toBe(true);
  });

  test('returns all buckets that have a name', async () => {
    const { clients, requested } = fakeAws({
      ListBuckets: inTurn({ Buckets: [{ Name: 'a' }, {}, { Name: 'b' }] }, {}),
    });
    expect(await listBuckets(clients.s3, { signal })).toEqual(['a', 'b']);
    expect(requested[0]?.options.abortSignal).toBe(signal);
    expect(await listBuckets(clients.s3)).toEqual([]);
  });

  test('returns all objects, and requests a later page only when it is read', async () => {
    const LastModified = new Date('2026-11-25T00:00:00.000Z');
    const page = { Contents: [{ Key: 'a', Size: 7, LastModified }, {}], NextContinuationToken: 'more' };
    const { clients, requested } = fakeAws({ ListObjectsV2: inTurn(page, {}, { Contents: [{ Key: 'b' }] }) });
    const listed: unknown[] = [];
    for await (const object of listObjects(clients.s3, 'bucket', { signal })) listed.push(object);
    expect(listed).toEqual([{ key: 'a', bytes: 7, modified_on: '2026-11-25T00:00:00.000Z' }]);
    expect(requested.map(({ input }) => input)).toEqual([
      { Bucket: 'bucket' },
      { Bucket: 'bucket', ContinuationToken: 'more' },
    ]);
    expect(requested.every(({ options }) => options.abortSignal === signal)).toBe(true);
    const last = await listObjects(clients.s3, 'bucket').next();
    expect(last.value).toEqual({ key: 'b', bytes: 0, modified_on: null });
    const { clients: others, requested: few } = fakeAws({ ListObjectsV2: () => page });
    for await (const _ of listObjects(others.s3, 'bucket')) break;
    expect(few).toHaveLength(1);
  });
});

test('purgeQueue passes the queue and the signal', async () => {
  const { clients, requested } = fakeAws({ PurgeQueue: () => ({}) });
  await purgeQueue(clients.sqs, 'url', { signal });
  expect(requested).toMatchObject([
    { name: 'PurgeQueue', input: { QueueUrl: 'url' }, options: { abortSignal: signal } },
  ]);
});

test('each listing and purge is tried again after a transient error', async () => {
  const { clients, names } = fakeAws({
    PurgeQueue: inTurn(connectionReset, {}),
    ListBuckets: inTurn(connectionReset, {}),
    ListTables: inTurn(connectionReset, { TableNames: ['a'] }),
    DescribeTable: inTurn(connectionReset, {}),
    ListObjectsV2: inTurn(connectionReset, {}),
  });
  await purgeQueue(clients.sqs, 'url');
  await listBuckets(clients.s3);
  await listTables(clients.dynamodb);
  for await (const _ of listObjects(clients.s3, 'bucket')) throw new Error('there is none');
  const requested = ['PurgeQueue', 'ListBuckets', 'ListTables', 'DescribeTable', 'ListObjectsV2'];
  expect(names()).toEqual(requested.flatMap((name) => [name, name]));
});

describe('the clients of a command', () => {
  test('repeat a call after a transient error, with the same options, and throw other errors', async () => {
    const { clients, requested } = fakeAws({
      ListBuckets: inTurn(connectionReset, {}),
      ListTables: () => refusal('AccessDenied'),
    });
    const retries: Retry[] = [];
    const { policy } = policyOf({ maxAttempts: 3, onRetry: (retry) => retries.push(retry) });
    const tools = toolClients(clients, policy);
    const options = { abortSignal: signal };
    const send: (command: object, options?: object) => Promise<unknown> = tools.s3.send.bind(tools.s3) as never;
    class ListBucketsCommand {
      readonly input = {};
    }
    await send(new ListBucketsCommand(), options);
    expect(requested.map((object) => object.options)).toEqual([options, options]);
    expect(retries.map(({ operation }) => operation)).toEqual(['aws:call']);
    await expect(listTables(tools.dynamodb)).rejects.toThrow('AccessDenied');
    // A consumer's long polls have a separate policy.
    expect(tools.poll).toBe(clients.poll);
    for (const name of ['sqs', 'dynamodb', 's3'] as const) expect(tools[name]).not.toBe(clients[name]);
  });

  test('stop when the signal of a call aborts', async () => {
    const { clients, requested } = fakeAws({ ListBuckets: () => connectionReset });
    const stop = new AbortController();
    const { policy } = policyOf({ onRetry: () => stop.abort(new Error('enough')) });
    const listing = listBuckets(resilientClient(clients.s3, policy), { signal: stop.signal });
    await expect(listing).rejects.toThrow('enough');
    expect(requested).toHaveLength(1);
  });

  test('find a queue by its name with retries, and use the policy in the queue’s calls', async () => {
    const { clients, names, requested } = fakeAws({
      GetQueueUrl: inTurn(connectionReset, { QueueUrl: 'url' }),
      GetQueueAttributes: inTurn(connectionReset, { Attributes: {} }),
    });
    const retries: Retry[] = [];
    const { policy } = policyOf({ maxAttempts: 3, onRetry: (retry) => retries.push(retry) });
    const queue = await openResilientQueue(clients, 'q.fifo', policy, { signal });
    expect([queue.name, queue.url]).toEqual(['q.fifo', 'url']);
    await queue.status({ signal });
    expect(requested.every(({ options }) => options.abortSignal === signal)).toBe(true);
    expect(names()).toEqual(['GetQueueUrl', 'GetQueueUrl', 'GetQueueAttributes', 'GetQueueAttributes']);
    expect(retries.map(({ operation }) => operation)).toEqual(['sqs:GetQueueUrl', 'sqs:GetQueueAttributes']);
    const missing = fakeAws({ GetQueueUrl: () => refusal('QueueDoesNotExist') });
    await expect(openResilientQueue(missing.clients, 'q.fifo', policy)).rejects.toMatchObject({
      code: 'queue_missing',
    });
    expect(missing.names()).toHaveLength(1);
  });
});
