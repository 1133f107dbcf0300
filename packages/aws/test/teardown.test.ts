// What is removed and in which order, with the test's answers: nothing, when one resource must stay.
import { describe, expect, test } from '@jest/globals';
import { connectionReset } from '@movie-load/testing';
import { awsSettingsFrom, findRemovable, teardown } from '../src/index.ts';
import { type Answers, fakeAws, inTurn, refusal } from './fake-aws.ts';

const settings = awsSettingsFrom({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
const { queue, dlq, table, bucket } = settings;
const NO_QUEUE = refusal('QueueDoesNotExist');
const NO_TABLE = refusal('ResourceNotFoundException');
const awsError = (status: number, name: string) => refusal(name, { $metadata: { httpStatusCode: status } });

const ALL: Answers = {
  HeadBucket: () => ({}),
  ListObjectsV2: () => ({}),
  GetQueueUrl: ({ QueueName }) => ({ QueueUrl: `url/${String(QueueName)}` }),
  GetQueueAttributes: () => ({
    Attributes: {
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesNotVisible: '2',
      ApproximateNumberOfMessagesDelayed: '4',
    },
  }),
  DeleteBucket: () => ({}),
  DeleteQueue: () => ({}),
  DeleteTable: () => ({}),
};
const start = (more: Answers = {}) =>
  fakeAws({ ...ALL, DescribeTable: inTurn({ Table: { ItemCount: 7 } }, NO_TABLE), ...more });
const removals = (world: ReturnType<typeof start>) => world.names().filter((name) => name.startsWith('Delete'));

describe('findRemovable', () => {
  test('returns all existing resources, the bucket first, with the number of their contents', async () => {
    const { clients, requested } = start();
    const { signal } = new AbortController();
    expect(await findRemovable(clients, settings, { signal })).toEqual([
      { kind: 'bucket', name: bucket, entries: 0 },
      { kind: 'queue', name: queue, entries: 7 },
      { kind: 'queue', name: dlq, entries: 7 },
      { kind: 'table', name: table, entries: 7 },
    ]);
    expect(requested.every(({ options }) => options.abortSignal === signal)).toBe(true);
    expect(requested.find(({ name }) => name === 'ListObjectsV2')?.input).toEqual({ Bucket: bucket, MaxKeys: 1 });
  });

  test('returns nothing where no resource exists', async () => {
    const { clients } = start({
      HeadBucket: () => awsError(404, 'NotFound'),
      DescribeTable: () => NO_TABLE,
      GetQueueUrl: () => NO_QUEUE,
    });
    expect(await findRemovable(clients, settings)).toEqual([]);
  });

  test('refuses a bucket with objects and a protected table', async () => {
    const full = start({ ListObjectsV2: () => ({ Contents: [{}] }) });
    await expect(teardown(full.clients, settings)).rejects.toMatchObject({
      code: 'teardown_refused',
      message: expect.stringMatching(new RegExp(`^The bucket "${bucket}" is not empty.*Nothing was removed\\.$`)),
    });
    const guarded = start({ DescribeTable: () => ({ Table: { DeletionProtectionEnabled: true } }) });
    await expect(teardown(guarded.clients, settings)).rejects.toMatchObject({
      code: 'teardown_refused',
      message: expect.stringContaining(`The table "${table}" is protected from deletion`),
    });
    expect([...removals(full), ...removals(guarded)]).toEqual([]);
  });

  test('stops at the first look-up that is refused, and removes nothing', async () => {
    for (const name of ['HeadBucket', 'DescribeTable', 'GetQueueUrl']) {
      const denied = awsError(403, 'AccessDeniedException');
      const world = start({ [name]: () => denied });
      await expect(teardown(world.clients, settings)).rejects.toThrow();
      expect(removals(world)).toEqual([]);
    }
  });
});

describe('teardown', () => {
  test('waits until the table is deleted, and reports each name when it is done', async () => {
    const world = start({ DescribeTable: inTurn({ Table: { ItemCount: 7 } }, { Table: {} }, NO_TABLE) });
    const reported: string[] = [];
    const { signal } = new AbortController();
    const removed = await teardown(world.clients, settings, { signal, onRemoved: (name) => reported.push(name) });
    expect(removed).toEqual([bucket, queue, dlq, table]);
    expect(reported).toEqual(removed);
    expect(removals(world)).toEqual(['DeleteBucket', 'DeleteQueue', 'DeleteQueue', 'DeleteTable']);
    expect(world.requested.filter(({ name }) => name === 'DeleteQueue').map(({ input }) => input.QueueUrl)).toEqual([
      `url/${queue}`,
      `url/${dlq}`,
    ]);
    expect(world.names().filter((name) => name === 'DescribeTable')).toHaveLength(3);
    expect(world.requested.every(({ options }) => options.abortSignal === signal)).toBe(true);
  });

  test('counts a resource that no longer exists as removed', async () => {
    const world = start({
      DeleteBucket: () => refusal('NoSuchBucket'),
      DeleteQueue: () => NO_QUEUE,
      DeleteTable: () => NO_TABLE,
    });
    expect(await teardown(world.clients, settings)).toEqual([bucket, queue, dlq, table]);
  });

  test('counts a queue as removed that is deleted between its two look-ups', async () => {
    let lookups = 0;
    const world = start({ GetQueueUrl: () => (++lookups > 2 ? NO_QUEUE : { QueueUrl: 'url' }) });
    expect(await teardown(world.clients, settings)).toEqual([bucket, queue, dlq, table]);
    expect(removals(world)).toEqual(['DeleteBucket', 'DeleteTable']);
  });

  test('stops at the bucket when an object was stored during teardown: nothing else is removed', async () => {
    const world = start({ DeleteBucket: () => refusal('BucketNotEmpty') });
    await expect(teardown(world.clients, settings)).rejects.toMatchObject({ code: 'teardown_refused' });
    expect(removals(world)).toEqual(['DeleteBucket']);
  });

  test('stops at the first deletion that AWS refuses', async () => {
    const world = start({ DeleteQueue: () => refusal('AccessDenied') });
    const reported: string[] = [];
    const tearing = teardown(world.clients, settings, { onRemoved: (name) => reported.push(name) });
    await expect(tearing).rejects.toThrow('AccessDenied');
    expect([removals(world), reported]).toEqual([['DeleteBucket', 'DeleteQueue'], [bucket]]);
  });

  test('reports that nothing was removed when the bucket cannot be used', async () => {
    const world = start({ HeadBucket: () => awsError(403, 'Forbidden') });
    await expect(teardown(world.clients, settings)).rejects.toMatchObject({
      code: 'bucket_not_usable',
      message: expect.stringMatching(/Nothing was removed\.$/),
    });
    expect(removals(world)).toEqual([]);
  });

  test('explains what prevents the removal, with the error of S3 as its cause', async () => {
    const notEmpty = refusal('BucketNotEmpty');
    await expect(teardown(start({ DeleteBucket: () => notEmpty }).clients, settings)).rejects.toMatchObject({
      message: expect.stringMatching(/`movie-load delete <job>`.*`aws s3 rm s3:\/\/[^ ]+ --recursive`/),
      details: { bucket },
      cause: notEmpty,
    });
    const guarded = start({ DescribeTable: () => ({ Table: { DeletionProtectionEnabled: true } }) });
    await expect(teardown(guarded.clients, settings)).rejects.toMatchObject({
      message: expect.stringContaining(`--table-name ${table} --no-deletion-protection-enabled`),
      details: { table },
    });
  });

  test('retries transient errors, and stops waiting for the table when its signal aborts', async () => {
    const world = start({
      HeadBucket: inTurn(connectionReset, {}),
      DeleteQueue: inTurn(connectionReset, {}),
      DeleteTable: inTurn(connectionReset, {}),
    });
    expect(await teardown(world.clients, settings)).toHaveLength(4);
    const stop = new AbortController();
    const lasting = start({
      DescribeTable: () => ({ Table: {} }),
      DeleteTable: () => {
        setImmediate(() => stop.abort(new Error('Ctrl-C')));
        return {};
      },
    });
    await expect(teardown(lasting.clients, settings, { signal: stop.signal })).rejects.toThrow('Ctrl-C');
  });
});
