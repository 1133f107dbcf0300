// A whole consumer: which failures open which breaker, what is logged, and what ends with the consumer.
import { describe, expect, test } from '@jest/globals';
import type { BatchFailure, CallOptions, ObjectsPort, SingleCallTable } from '@movie-load/aws';
import { connectionReset, createVirtualClock, longestWaits } from '@movie-load/testing';
import { createConsumer } from '../src/consumer.ts';
import { createConsumerCounters } from '../src/counters.ts';
import { createFakeQueue, loadMessage, received, refusal, testPlan } from './support.ts';

const poison = () => received('poison', { body: 'no json' });
const load = () => received('0', loadMessage(testPlan(10), 0));

/** Ports of SQS, the table and the bucket whose calls fail while the test says that they are unreachable. */
function setUp(random = longestWaits) {
  const clock = createVirtualClock();
  const unreachable = { sqs: false, dynamodb: false };
  const logged: { level: string; text: string; facts: Record<string, unknown> }[] = [];
  const probes: { dependency: string; signal: AbortSignal | undefined }[] = [];
  const dlqAnswers: BatchFailure[][] = [];
  const ended = new AbortController();
  const log = (level: string) => (facts: object, text: string) =>
    void logged.push({ level, text, facts: { ...facts } });
  const probeTable = (options?: CallOptions) => {
    probes.push({ dependency: 'dynamodb', signal: options?.signal });
    return unreachable.dynamodb ? Promise.reject(connectionReset) : Promise.resolve(undefined);
  };
  const unused = () => Promise.reject(new Error('not used here'));
  const queue = {
    ...createFakeQueue(),
    status: async (options?: CallOptions) => {
      probes.push({ dependency: 'sqs', signal: options?.signal });
      if (unreachable.sqs) throw connectionReset;
      return { waiting: 0, inFlight: 0, delayed: 0, maximumMessageBytes: 1 };
    },
  };
  const counters = createConsumerCounters();
  const consumer = createConsumer({
    queue,
    dlq: {
      ...createFakeQueue(),
      send: async () => {
        if (unreachable.sqs) throw connectionReset;
        return dlqAnswers.shift() ?? [];
      },
    },
    table: {
      name: 'table',
      get: (_: unknown, options?: CallOptions) => probeTable(options),
      create: () => (unreachable.dynamodb ? Promise.reject(connectionReset) : new Promise(() => undefined)),
      putBatch: unused,
      deleteBatch: unused,
      update: unused,
      updateIf: unused,
      query: unused,
      queryJobs: unused,
    } satisfies SingleCallTable,
    objects: { bucket: 'bucket', size: unused } as unknown as ObjectsPort,
    clock,
    random,
    instance: 'consumer under test',
    settings: { visibilitySeconds: 3600, drainMs: 1000 },
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    counters,
    exit: () => undefined,
    signal: ended.signal,
  });
  const texts = () => logged.map(({ level, text }) => `${level}: ${text}`);
  return { ...consumer, givenCounters: counters, clock, unreachable, logged, texts, probes, queue, dlqAnswers, ended };
}

const MINUTE = 60_000;

describe('a dependency that fails', () => {
  test.each([
    ['sqs', 'sqs:SendMessageBatch', poison],
    ['dynamodb', 'dynamodb:PutItem', load],
  ] as const)(
    '%s opens its own breaker alone, is logged once, and is probed until it answers',
    async (name, operation, message) => {
      const { handler, breakers, clock, unreachable, logged, probes } = setUp();
      unreachable[name] = true;
      void handler.handle([message()]);
      await clock.advance(MINUTE);
      expect(Object.values(breakers).flatMap(({ dependency, open }) => (open ? [dependency] : []))).toEqual([name]);
      expect(logged.filter(({ text }) => text === 'a dependency fails: waiting for it')).toMatchObject([
        { level: 'warn', facts: { dependency: name, err: connectionReset } },
      ]);
      expect(logged[0]).toEqual({
        level: 'warn',
        text: 'failed, will be tried again',
        facts: { operation, attempt: 1, wait_ms: 100, err: connectionReset },
      });
      expect(probes.length).toBeGreaterThan(0);
      expect(probes.every(({ dependency, signal }) => dependency === name && signal !== undefined)).toBe(true);
      unreachable[name] = false;
      await clock.advance(MINUTE);
      expect(breakers[name].open).toBe(false);
      expect(logged.filter(({ text }) => text === 'the dependency answers again')).toMatchObject([
        { level: 'info', facts: { dependency: name } },
      ]);
    },
  );

  test('is no longer probed when the process has ended its work, whose signal ends a probe in flight', async () => {
    const { handler, clock, unreachable, probes, ended } = setUp();
    unreachable.dynamodb = true;
    void handler.handle([load()]);
    await clock.advance(MINUTE);
    ended.abort(new Error('the process ends'));
    const before = probes.length;
    await clock.advance(10 * MINUTE);
    expect(probes).toHaveLength(before);
    expect(probes.at(-1)?.signal?.aborted).toBe(true);
  });
});

describe('entries of a batch that fail', () => {
  test('are tried twice without a log line; the third failure is logged', async () => {
    const { handler, clock, dlqAnswers, logged, texts, counters } = setUp();
    const failed = [refusal(0, 'InternalError')];
    dlqAnswers.push(failed, failed);
    void handler.handle([poison()]);
    await clock.advance(MINUTE);
    expect(texts()).toEqual(['warn: dead-lettered']);
    dlqAnswers.push(failed, failed, failed, failed);
    void handler.handle([poison()]);
    await clock.advance(MINUTE);
    expect(logged.slice(1)).toMatchObject([
      { text: 'failed, will be tried again', facts: { attempt: 3 } },
      { text: 'failed, will be tried again', facts: { attempt: 4 } },
      { text: 'dead-lettered' },
    ]);
    expect(counters.deadLettered.get('not_json')).toBe(2);
  });

  test('are tried without a limit, because giving up would use up a receive', async () => {
    const { handler, clock, dlqAnswers, texts, counters } = setUp();
    dlqAnswers.push(...Array.from({ length: 40 }, () => [refusal(0, 'InternalError')]));
    void handler.handle([poison()]);
    await clock.advance(8 * MINUTE);
    expect(texts().at(-1)).toBe('warn: dead-lettered');
    expect(counters.released).toBe(0);
  });

  test('are the only entries whose delete is retried', async () => {
    const { handler, clock, queue, texts } = setUp();
    queue.deleteAnswers.push([refusal(1, 'InternalError')], [refusal(0, 'InternalError')]);
    void handler.handle([poison(), received('other', { body: '' })]);
    await clock.advance(MINUTE);
    expect(queue.deleted).toEqual(['handle-poison', 'handle-other']);
    expect(texts()).toEqual(['warn: dead-lettered', 'warn: dead-lettered']);
  });
});

test('the log of a retry has whole milliseconds', async () => {
  const { handler, clock, unreachable, logged } = setUp({ ...longestWaits, next: () => 0.123 });
  unreachable.dynamodb = true;
  void handler.handle([load()]);
  await clock.advance(1);
  expect(logged[0]?.facts).toMatchObject({ wait_ms: 12 });
});

test('a consumer counts into the given counters', async () => {
  const { counters, givenCounters } = setUp();
  expect(counters).toBe(givenCounters);
});
