import { describe, expect, test } from '@jest/globals';
import { type CallPolicy, resilientQueue } from '@movie-load/aws';
import { generateMovies } from '@movie-load/movies';
import { checkLoadMessage, jobIdOf, messagesOfGroup, moviesOfMessage, shapeOf, utf8Bytes } from '@movie-load/schema';
import { connectionReset, createInstantClock, seededRandom } from '@movie-load/testing';
import fc from 'fast-check';
import { type SendJobOptions, type SentBatch, sendJob } from '../src/index.ts';
import { type FakeQueue, fakeQueue, numbersByGroup, planFor, type Verdict } from './support.ts';

const started_on = '2026-11-25T09:12:54.000Z';
const policy: CallPolicy = {
  clock: createInstantClock(),
  random: seededRandom(),
  maxAttempts: Number.POSITIVE_INFINITY,
};
const send = (queue: FakeQueue, more: Partial<SendJobOptions> = {}, extra: Partial<CallPolicy> = {}) =>
  sendJob({
    queue: resilientQueue(queue, { ...policy, ...extra }),
    plan: planFor(100),
    started_on,
    random: seededRandom(),
    ...more,
  });

const throttled = Object.assign(new Error('slow down'), { name: 'ThrottlingException', $fault: 'client' });

describe('sending a job', () => {
  test('sends every message of every group once, in order inside a group, with the movies of the plan', async () => {
    const queue = fakeQueue();
    const plan = planFor(1003, 2);
    const sent: SentBatch[] = [];
    const total = await send(queue, { plan, onSent: (one) => sent.push(one) });
    const shape = shapeOf(plan);
    expect(total).toEqual({ job_id: jobIdOf(plan), groups: shape.groups, messages: 502, movies: 1003 });
    expect(sent.reduce((sum, { movies }) => sum + movies, 0)).toBe(1003);

    const numbers = numbersByGroup(queue.accepted);
    expect(numbers.size).toBe(shape.groups);
    for (let group = 0; group < shape.groups; group++) {
      const { first, count } = messagesOfGroup(shape, group);
      expect(numbers.get(`${total.job_id}#${group}`)).toEqual(
        Array.from({ length: count }, (_, index) => first + index),
      );
    }
    for (const { body, groupId } of queue.accepted) {
      const checked = checkLoadMessage(body, groupId);
      if (!checked.ok) throw new Error(checked.detail);
      expect([checked.message.plan, checked.message.started_on]).toEqual([plan, started_on]);
      expect(checked.message.movies).toEqual([
        ...generateMovies(plan.seed, moviesOfMessage(plan, checked.message.number)),
      ]);
    }
  });

  test('waits for a queue that does not answer at the beginning', async () => {
    const queue = fakeQueue();
    const failures = [connectionReset, throttled, connectionReset];
    const asked = {
      ...queue,
      status: async () => {
        const failure = failures.shift();
        if (failure !== undefined) throw failure;
        return queue.status();
      },
    };
    await send(asked, { plan: planFor(30) });
    expect(failures).toEqual([]);
    expect(queue.accepted).toHaveLength(30);
    const forbidden = Object.assign(new Error('no access'), { name: 'AccessDenied', $fault: 'client' });
    await expect(send({ ...queue, status: async () => Promise.reject(forbidden) })).rejects.toBe(forbidden);
  });

  test('sends each message once whatever fails for a moment, and repeats exactly what failed', async () => {
    const verdict: fc.Arbitrary<Verdict> = fc.oneof(
      { weight: 4, arbitrary: fc.constant(undefined) },
      fc.constantFrom({ throws: throttled }, { throws: connectionReset }, { throws: connectionReset, after: true }),
      fc.uniqueArray(fc.nat(9), { maxLength: 10 }).map((indexes) => ({
        failed: indexes.map((index) => ({ index, senderFault: false })),
      })),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 1, max: 3 }),
        fc.array(verdict, { maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        async (movies, perMessage, verdicts, concurrency) => {
          const plan = planFor(movies, perMessage);
          const batches: { ids: string[]; verdict: Verdict }[] = [];
          const queue = fakeQueue((call, batch) => {
            const drawn = verdicts[call];
            const isForAnyBatch = drawn === undefined || 'throws' in drawn;
            const chosen = isForAnyBatch ? drawn : { failed: drawn.failed.filter(({ index }) => index < batch.length) };
            batches.push({ ids: batch.map(({ deduplicationId }) => deduplicationId), verdict: chosen });
            return chosen;
          });
          const total = await send(queue, { plan, concurrency });
          expect(total.messages).toBe(shapeOf(plan).messages);
          expect(queue.accepted).toHaveLength(total.messages);
          // No message has failed in its last call, and each failure has made one more send.
          const lastFailed = new Set<string>();
          let failures = 0;
          for (const { ids, verdict: given } of batches) {
            const failed =
              given === undefined ? [] : 'throws' in given ? ids : given.failed.map(({ index }) => ids[index]);
            for (const id of ids) if (!failed.includes(id)) lastFailed.delete(id);
            for (const id of failed) if (id !== undefined) lastFailed.add(id);
            failures += failed.length;
          }
          expect([...lastFailed]).toEqual([]);
          expect(batches.flatMap(({ ids }) => ids).length - total.messages).toBe(failures);
        },
      ),
    );
  });

  test('repeats the failed entries of a batch before anything else of their group, with the same ids', async () => {
    const queue = fakeQueue((call) =>
      call === 0
        ? {
            failed: [
              { index: 3, senderFault: false },
              { index: 7, senderFault: false },
            ],
          }
        : undefined,
    );
    const plan = planFor(20);
    await send(queue, { plan, concurrency: 1 });
    const [first = [], second = [], third = []] = queue.calls;
    expect(second).toEqual([first[3], first[7]]);
    expect(third).toHaveLength(10);
    expect([...numbersByGroup(queue.accepted).values()][0]?.slice(8)).toEqual([3, 7]);
  });

  test('continues with other groups while a group waits for its failed entries', async () => {
    const plan = planFor(1000);
    const poisoned = `${jobIdOf(plan)}#0`;
    let failures = 0;
    const queue = fakeQueue((_, batch) =>
      batch[0]?.groupId === poisoned && failures++ < 5 ? { throws: throttled } : undefined,
    );
    await send(queue, { plan, concurrency: 2 });
    const groups = queue.calls.map((batch) => batch[0]?.groupId);
    const last = groups.lastIndexOf(poisoned);
    expect(new Set(groups.slice(0, last)).size).toBeGreaterThan(2);
    expect(queue.accepted).toHaveLength(1000);
  });

  test('sends the given number of groups at once, and no more', async () => {
    let open = 0;
    let most = 0;
    const inner = fakeQueue();
    const queue = {
      ...inner,
      async send(...args: Parameters<FakeQueue['send']>) {
        most = Math.max(most, ++open);
        await new Promise((resolve) => setImmediate(resolve));
        open--;
        return inner.send(...args);
      },
    };
    await send(queue, { plan: planFor(1000), concurrency: 3 });
    expect(most).toBe(3);
  });

  test('keeps batches within the bytes of the queue, counted in UTF-8', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 3000, max: 40_000 }),
        fc.integer({ min: 1, max: 12 }),
        async (limit, perMessage) => {
          const queue = fakeQueue(undefined, limit);
          await send(queue, { plan: planFor(300, perMessage) });
          for (const batch of queue.calls) {
            expect(batch.length).toBeLessThanOrEqual(10);
            expect(batch.reduce((sum, { body }) => sum + utf8Bytes(body), 0)).toBeLessThanOrEqual(limit);
          }
          expect(queue.accepted).toHaveLength(Math.ceil(300 / perMessage));
        },
      ),
      { numRuns: 30 },
    );
  });

  test('refuses a message that is larger than the queue accepts in one sentence, and sends nothing', async () => {
    const queue = fakeQueue(undefined, 2000);
    await expect(send(queue, { plan: planFor(100, 50) })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(
        /^A message of 50 movies has \d{4} bytes, and the queue takes 2000\. Ask for fewer movies per message \(`auto` always fits\), or raise the queue’s MaximumMessageSize \(`movie-load setup`\)\.$/,
      ),
    });
    expect(queue.calls).toEqual([]);
  });

  test('stops all groups with an error at an entry that SQS refuses for good', async () => {
    const queue = fakeQueue((call) =>
      call === 0 ? { failed: [{ index: 1, senderFault: true, code: 'InvalidMessageContents' }] } : undefined,
    );
    await expect(send(queue, { plan: planFor(1000), concurrency: 2 })).rejects.toMatchObject({
      code: 'send_refused',
      message:
        'The queue fake.fifo refuses a message for good: InvalidMessageContents once more. Nothing was skipped; the job can be resumed.',
      details: { refused: [{ index: 1, senderFault: true, code: 'InvalidMessageContents', message: 'once more' }] },
    });
    const before = queue.calls.length;
    await new Promise((resolve) => setImmediate(resolve));
    expect(queue.calls).toHaveLength(before);
    expect(before).toBeLessThan(10);
  });

  test('repeats a throttled entry, although AWS calls that the sender’s fault', async () => {
    const queue = fakeQueue((call) =>
      call === 0 ? { failed: [{ index: 0, senderFault: true, code: 'RequestThrottled' }] } : undefined,
    );
    await send(queue);
    expect(queue.accepted).toHaveLength(100);
  });

  test.each([
    ['a queue that is gone', Object.assign(new Error('gone'), { name: 'QueueDoesNotExist', $fault: 'client' })],
    ['no access', Object.assign(new Error('no'), { name: 'AccessDenied', $fault: 'client' })],
    ['a malformed request', Object.assign(new Error('bug'), { name: 'ValidationException' })],
  ])('throws %s at once', async (_, error) => {
    const queue = fakeQueue((call) => (call === 2 ? { throws: error } : undefined));
    await expect(send(queue, { concurrency: 1 })).rejects.toBe(error);
    expect(queue.calls).toHaveLength(3);
  });

  test('waits with full jitter that grows, until the signal aborts', async () => {
    const stop = new AbortController();
    const clock = createInstantClock();
    const attempts: number[] = [];
    const sending = send(
      fakeQueue(() => ({ throws: connectionReset })),
      { signal: stop.signal, concurrency: 1 },
      {
        clock,
        onRetry({ attempt, waitMs }) {
          if (attempt > 20) throw new Error('the signal did not end it');
          attempts.push(attempt);
          expect(waitMs).toBeLessThanOrEqual(Math.min(10_000, 100 * 2 ** (attempt - 1)));
          if (attempt === 12) stop.abort(new Error('enough'));
        },
      },
    );
    await expect(sending).rejects.toThrow('enough');
    expect(attempts).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(Math.max(...clock.slept)).toBeGreaterThan(1000);
  });

  test('has other deduplication ids when it sends the same messages again', async () => {
    const queue = fakeQueue();
    const random = seededRandom();
    await send(queue, { random });
    await send(queue, { random });
    expect(queue.accepted).toHaveLength(200);
  });

  test('sends exactly the given numbers, from an async generator that is called one at a time', async () => {
    const queue = fakeQueue();
    let asked = 0;
    async function* missing() {
      for (const todo of [{ group: 1, numbers: [11, 15] }, { group: 3, numbers: [30] }, { group: 4 }]) {
        expect(++asked).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        asked--;
        yield todo;
      }
    }
    const total = await send(queue, { groups: missing() });
    expect(total).toMatchObject({ groups: 3, messages: 13 });
    const numbers = numbersByGroup(queue.accepted);
    expect([...numbers.values()]).toEqual([[11, 15], [30], [40, 41, 42, 43, 44, 45, 46, 47, 48, 49]]);
  });
});
