// A send that must end early: no call continues after the caller gets the error, and none begins.
import { describe, expect, test } from '@jest/globals';
import { type CallOptions, type QueuePort, resilientQueue } from '@movie-load/aws';
import { jobIdOf, shapeOf } from '@movie-load/schema';
import { createInstantClock, seededRandom } from '@movie-load/testing';
import { type SendJobOptions, sendJob } from '../src/index.ts';
import { fakeQueue, planFor } from './support.ts';

const bug = Object.assign(new Error('bad'), { name: 'ValidationException' });
const policy = { clock: createInstantClock(), random: seededRandom(), maxAttempts: 3 };
const send = (queue: QueuePort, more: Partial<SendJobOptions> = {}) =>
  sendJob({
    queue: resilientQueue(queue, policy),
    plan: planFor(100),
    started_on: '2026-11-25T09:12:54.000Z',
    random: seededRandom(),
    ...more,
  });
const turns = async () => {
  for (let time = 0; time < 5; time++) await new Promise(setImmediate);
};

describe('a send that fails', () => {
  test('aborts the calls of its other groups, and rejects after they have ended', async () => {
    const slow = Promise.withResolvers<void>();
    const signals: (AbortSignal | undefined)[] = [];
    let calls = 0;
    const queue: QueuePort = {
      ...fakeQueue(),
      async send(_, options?: CallOptions) {
        signals.push(options?.signal);
        calls += 1;
        if (calls === 1) throw bug;
        await slow.promise;
        return [];
      },
    };
    let ended = 'no';
    const sending = send(queue, { concurrency: 3 }).catch((error) => {
      ended = String(error.message);
    });
    await turns();
    expect([calls, ended]).toEqual([3, 'no']);
    expect(signals.map((signal) => signal?.reason)).toEqual([bug, bug, bug]);
    slow.resolve();
    await sending;
    expect(ended).toBe('bad');
    // Each group is one batch. After the batches in flight, no other group begins.
    await turns();
    expect(calls).toBe(3);
  });

  test('ends the iterable of its groups', async () => {
    let hasEnded = false;
    async function* groups() {
      try {
        for (let group = 0; group < 5; group++) yield { group };
      } finally {
        await turns();
        hasEnded = true;
      }
    }
    const queue: QueuePort = { ...fakeQueue(), send: () => Promise.reject(bug) };
    // Two workers request a group each; the third group is never requested.
    await expect(send(queue, { groups: groups(), concurrency: 2 })).rejects.toThrow('bad');
    expect(hasEnded).toBe(true);
  });

  test('waits for the others also when several of them fail', async () => {
    const slow = Promise.withResolvers<void>();
    let calls = 0;
    const queue: QueuePort = {
      ...fakeQueue(),
      async send() {
        calls += 1;
        if (calls < 3) throw bug;
        await slow.promise;
        return [];
      },
    };
    let isOver = false;
    const sending = send(queue, { concurrency: 3 }).catch(() => {
      isOver = true;
    });
    await turns();
    expect(isOver).toBe(false);
    slow.resolve();
    await sending;
  });

  test('because the iterable of its groups throws, rejects with that error, and no worker asks again', async () => {
    let asked = 0;
    const groups: Iterable<{ group: number }> = {
      [Symbol.iterator]: () => ({
        next: () => {
          asked += 1;
          throw new Error('no more groups');
        },
      }),
    };
    await expect(send(fakeQueue(), { groups, concurrency: 2 })).rejects.toThrow('no more groups');
    // Each of the two workers.
    expect(asked).toBe(2);
  });
});

describe('a send', () => {
  test('that is stopped before it begins calls nothing', async () => {
    let asked = 0;
    const queue = {
      ...fakeQueue(),
      status: () => {
        asked += 1;
        return Promise.reject(new Error('not asked'));
      },
    };
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(send(queue, { signal })).rejects.toThrow('stopped');
    expect([asked, queue.calls]).toEqual([0, []]);
  });

  test('passes the caller’s signal to every call', async () => {
    const stop = new AbortController();
    const queue = fakeQueue();
    const signals: AbortSignal[] = [];
    const attempts: (number | undefined)[] = [];
    const note = (options?: CallOptions) => {
      if (options?.signal) signals.push(options.signal);
      attempts.push(options?.maxAttempts);
    };
    const watched: QueuePort = {
      ...queue,
      send: (batch, options) => {
        note(options);
        return queue.send(batch);
      },
      status: (options) => {
        note(options);
        return queue.status();
      },
    };
    await send(watched, { signal: stop.signal, plan: planFor(10) });
    expect(signals).toHaveLength(2);
    // Only the signal ends the attempts.
    expect(attempts).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect(signals.every(({ aborted }) => aborted)).toBe(false);
    stop.abort();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  test('of a plan that consumers would refuse is refused before any message is sent', async () => {
    const queue = fakeQueue();
    const plan = { ...planFor(100), fan_out: 1 };
    await expect(send(queue, { plan })).rejects.toMatchObject({ code: 'usage' });
    expect(queue.calls).toEqual([]);
  });

  test('sends eight groups at once by default', async () => {
    let open = 0;
    let most = 0;
    const inner = fakeQueue();
    const queue: QueuePort = {
      ...inner,
      async send(batch) {
        open += 1;
        most = Math.max(most, open);
        await new Promise(setImmediate);
        open -= 1;
        return inner.send(batch);
      },
    };
    await send(queue, { plan: planFor(1000) });
    expect(most).toBe(8);
  });

  test('includes the last group, and none beyond it', async () => {
    const plan = planFor(100);
    const { groups } = shapeOf(plan);
    expect(await send(fakeQueue(), { plan, groups: [{ group: groups - 1 }] })).toMatchObject({ groups: 1 });
    await expect(send(fakeQueue(), { plan, groups: [{ group: groups }] })).rejects.toMatchObject({
      code: 'outside_plan',
    });
  });

  test('includes a message that is exactly as large as the queue accepts', async () => {
    const probe = fakeQueue();
    const plan = planFor(1);
    await send(probe, { plan });
    const bytes = Buffer.byteLength(probe.accepted[0]?.body ?? '');
    expect(await send(fakeQueue(undefined, bytes), { plan })).toMatchObject({ messages: 1 });
    await expect(send(fakeQueue(undefined, bytes - 1), { plan })).rejects.toMatchObject({ code: 'usage' });
  });

  test('requests one group at a time from their iterable, however many groups it sends at once', async () => {
    let open = 0;
    let most = 0;
    let group = 0;
    const groups: AsyncIterable<{ group: number }> = {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          open += 1;
          most = Math.max(most, open);
          await new Promise(setImmediate);
          open -= 1;
          // The return value of a generator is not a group.
          return group < 5 ? { done: false, value: { group: group++ } } : { done: true, value: { group: 6 } };
        },
      }),
    };
    expect(await send(fakeQueue(), { groups, concurrency: 4 })).toMatchObject({ groups: 5 });
    expect(most).toBe(1);
  });

  test('refuses numbers outside of their group, and a job of another generator', async () => {
    const plan = planFor(101);
    const last = shapeOf(plan).groups - 1;
    const outside = [
      { group: 1, numbers: [5] },
      { group: 99 },
      { group: -1 },
      { group: 0, numbers: [-1] },
      { group: last, numbers: [101] },
    ];
    for (const todo of outside) {
      const what = 'numbers' in todo ? `message ${todo.numbers[0]} in group ${todo.group}` : `group ${todo.group}`;
      await expect(send(fakeQueue(), { plan, groups: [todo] })).rejects.toMatchObject({
        code: 'outside_plan',
        message: `The job ${jobIdOf(plan)} has no ${what}.`,
      });
    }
    await expect(send(fakeQueue(), { plan: { ...planFor(5), generator: 99 } })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('version 99 of the movie generator, and this is version 1:'),
    });
  });
});
