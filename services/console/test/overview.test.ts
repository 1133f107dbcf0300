import { describe, expect, test } from '@jest/globals';
import type { OpenQueue, QueueStatus } from '@movie-load/aws';
import { NO_COUNTS } from '@movie-load/schema';
import { createOverview, once } from '../src/overview.ts';

const settings = {
  endpoint: 'http://127.0.0.1:4566',
  region: 'r',
  queue: 'q.fifo',
  dlq: 'd.fifo',
  table: 't',
  bucket: 'b',
};
const counts = { waiting: 1, inFlight: 2, delayed: 3, maximumMessageBytes: 1 };
/** Only its status is read. */
const queueOf = (status: () => Promise<QueueStatus>) => async () =>
  ({ status }) as Pick<OpenQueue, 'status'> as OpenQueue;

const overviewOf = (
  queue: () => Promise<OpenQueue>,
  dlq: () => Promise<OpenQueue>,
  producerCalls: Readonly<Record<string, number>> | null = null,
) =>
  createOverview({
    settings,
    counters: { calls: new Map([['s3:GetObject', 4]]), failures: new Map(), writeUnits: 0, readUnits: 0 } as never,
    queue,
    dlq,
    readConsumers: async () => ({
      views: [],
      totals: {
        ...NO_COUNTS,
        redelivered: 5,
        stored_movies: 11,
        repeated_movies: 12,
        calls: { 'sqs:ReceiveMessage': 13 },
        failed_calls: {},
        write_units: 6,
        read_units: 7,
      } as never,
      movies_per_second: 8,
      latency: null,
      problems: ['a consumer is unreachable'],
    }),
    readProducer: async () => (producerCalls === null ? null : ({ calls: producerCalls } as never)),
    can: { start: false, control: false, peek: false },
    now: () => 1000,
  })();

describe('the overview', () => {
  test('has both queues, each with its own counts, and the work of the consumers', async () => {
    const view = await overviewOf(
      queueOf(async () => counts),
      queueOf(async () => ({ ...counts, waiting: 9 })),
    );
    expect(view).toMatchObject({
      at: 1000,
      where: settings,
      queue: { waiting: 1, in_flight: 2, delayed: 3 },
      dlq: { waiting: 9 },
      calls: { producer: null, consumer: { 'sqs:ReceiveMessage': 13 }, console: { 's3:GetObject': 4 } },
      write_units: 6,
      read_units: 7,
      stored_movies: 11,
      repeated_movies: 12,
      sample: { at: 1000, movies_per_second: 8, waiting: 1, in_flight: 2, redelivered: 5, p50_ms: null },
      problems: ['a consumer is unreachable'],
    });
  });

  test('has the calls of a producer that reports them', async () => {
    const both = queueOf(async () => counts);
    expect((await overviewOf(both, both, { 'sqs:SendMessageBatch': 3 })).calls.producer).toEqual({
      'sqs:SendMessageBatch': 3,
    });
  });

  test('reports what cannot be read, and shows the rest', async () => {
    const unreachable = queueOf(() => Promise.reject(new Error('connect ECONNREFUSED')));
    const view = await overviewOf(
      unreachable,
      queueOf(async () => counts),
    );
    expect(view).toMatchObject({ queue: null, dlq: { waiting: 1 }, sample: { waiting: 0, in_flight: 0 } });
    expect(view).toMatchObject({ stored_movies: 11, calls: { consumer: { 'sqs:ReceiveMessage': 13 } } });
    expect(view.problems).toEqual([
      expect.stringMatching(/^The queue q\.fifo cannot be read: .*ECONNREFUSED.*movie-load setup/),
      'a consumer is unreachable',
    ]);
  });

  test('names the queue that cannot be read, and says what to do when credentials are missing', async () => {
    const readable = queueOf(async () => counts);
    const denied = Object.assign(new Error('no credentials'), { name: 'CredentialsProviderError' });
    const [{ problems }, { problems: ofDlq, dlq }] = await Promise.all([
      overviewOf(
        queueOf(() => Promise.reject(denied)),
        readable,
      ),
      overviewOf(
        readable,
        queueOf(() => Promise.reject(denied)),
      ),
    ]);
    expect(problems[0]).toMatch(/^The queue q\.fifo cannot be read: .*gave no access .*test keys/);
    expect(ofDlq[0]).toMatch(/^The queue d\.fifo cannot be read: /);
    expect(dlq).toBeNull();
  });

  test('has the current latency, no password of its endpoint, and reads a queue with a time limit', async () => {
    const readable = queueOf(async () => counts);
    const signals: unknown[] = [];
    const view = await createOverview({
      settings: { ...settings, endpoint: 'http://user:secret@127.0.0.1:4566' },
      counters: { calls: new Map() } as never,
      queue: readable,
      dlq: async () =>
        ({
          ...(await readable()),
          status: async (options?: { readonly signal?: AbortSignal }) => {
            signals.push(options?.signal);
            return counts;
          },
        }) as OpenQueue,
      readConsumers: async () =>
        ({
          views: [],
          totals: NO_COUNTS,
          movies_per_second: 0,
          latency: { p50_ms: 5, p99_ms: 9 },
          problems: [],
        }) as never,
      readProducer: async () => null,
      can: { start: true, control: false, peek: true },
    })();
    expect(view).toMatchObject({ latency: { p50_ms: 5, p99_ms: 9 }, sample: { p50_ms: 5, p99_ms: 9 } });
    expect(view.where.endpoint).toContain('127.0.0.1:4566');
    expect(view.where.endpoint).not.toContain('secret');
    expect(signals).toEqual([expect.any(AbortSignal)]);
  });
});

test('a resource that is opened once is opened again after a failure, and never twice at a time', async () => {
  let opened = 0;
  const open = once(async () => {
    opened += 1;
    if (opened === 1) throw new Error('not yet');
    return opened;
  });
  const failed = await Promise.allSettled([open(), open()]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await Promise.all([open(), open()])).toEqual([2, 2]);
  expect(await open()).toBe(2);
});
