// The handler over fakes and a clock that the test moves: the order of its steps, and what it does when one of them
// fails.
import { describe, expect, test } from '@jest/globals';
import type { ReceivedMessage } from '@movie-load/aws';
import { jobIdOf } from '@movie-load/schema';
import {
  type Batch,
  messageOf,
  numbersOf,
  permanentFailure,
  plan,
  setUp,
  soon,
  storeUntilAborted,
} from './handler-setup.ts';
import { refusal, testPlan } from './support.ts';

describe('a receive', () => {
  test('is stored, then deleted and counted', async () => {
    const { handler, steps, stored, counters, clock, queue } = setUp();
    await soon(handler.handle([messageOf(plan, 3), messageOf(plan, 4, { receiveCount: 2 })]));
    expect(steps).toEqual(['store 3 4', 'stored 3 4', 'delete 3 4']);
    expect(stored).toEqual([
      { id: '3', now: clock.now(), sentOn: 5 },
      { id: '4', now: clock.now(), sentOn: 5 },
    ]);
    expect(counters).toMatchObject({ receivedMessages: 2, redelivered: 1, inFlight: 0, released: 0 });
    // Finished messages get no more heartbeats.
    await clock.advance(120_000);
    expect(queue.changes).toEqual([]);
  });

  test('is stored with its times, each number once; of a number that was delivered twice, both messages are deleted', async () => {
    const batches: Batch[] = [];
    const { handler, steps, clock } = setUp({ store: async (batch) => void batches.push(batch) });
    await soon(
      handler.handle([messageOf(plan, 1, { receiveCount: 3 }), messageOf(plan, 1, { receiptHandle: 'handle-again' })]),
    );
    expect(batches).toMatchObject([{ messages: [{ number: 1, sent_on: 5, received_on: clock.now(), receives: 3 }] }]);
    expect(steps.at(-1)).toBe('delete 1 again');
  });

  test('has times by this process’s clock, also when SQS’s clock is minutes ahead', async () => {
    const batches: Batch[] = [];
    const store = async (batch: Batch) => void batches.push(batch);
    const { handler, stored } = setUp({ store, queueAheadMs: 300_000 });
    await soon(handler.handle([messageOf(plan, 1, { sentOn: 300_005 })]));
    expect(batches).toMatchObject([{ messages: [{ number: 1, sent_on: 5 }] }]);
    expect(stored).toMatchObject([{ id: '1', sentOn: 5 }]);
  });

  test('of a deleted job is deleted, and not counted as stored', async () => {
    const { handler, steps, stored } = setUp({ isDropped: true });
    await soon(handler.handle([messageOf(plan, 0)]));
    expect(steps.at(-1)).toBe('delete 0');
    expect(stored).toEqual([]);
  });

  test('is in flight until all of it is deleted, and gets heartbeats until it is stored', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { handler, counters, clock, steps, queue } = setUp({ store: () => promise });
    const remove = queue.delete;
    let inFlightAtDelete: number | undefined;
    queue.delete = (...call) => {
      inFlightAtDelete = counters.inFlight;
      return remove(...call);
    };
    const handled = handler.handle([messageOf(plan, 0), messageOf(plan, 1)]);
    await clock.advance(20_000);
    expect(counters.inFlight).toBe(2);
    expect(handler.heartbeatOverdueMs()).toBe(0);
    expect(steps).toEqual(['store 0 1', 'visibility 0=60 1=60']);
    await clock.advance(20_000);
    expect(steps).toEqual(['store 0 1', 'visibility 0=60 1=60', 'visibility 0=60 1=60']);
    resolve();
    await soon(handled);
    expect([inFlightAtDelete, counters.inFlight]).toEqual([2, 0]);
    await clock.advance(60_000);
    expect(steps.slice(3)).toEqual(['stored 0 1', 'delete 0 1']);
  });

  test('is handled group by group: a group that fails is released, the other is deleted', async () => {
    const { handler, steps, counters, logged, facts } = setUp({
      store: async ({ group }) => {
        if (group === 0) throw permanentFailure;
      },
    });
    await soon(handler.handle([messageOf(plan, 0), messageOf(plan, 10), messageOf(plan, 1), messageOf(plan, 11)]));
    expect(steps).toContain('delete 10 11');
    // Only the first of the group waits: it locks the group.
    expect(steps).toContain('visibility 0=15 1=0');
    expect(steps.filter((step) => step.startsWith('delete'))).toHaveLength(1);
    expect(counters).toMatchObject({ released: 2, inFlight: 0 });
    expect(logged).toEqual(['error: not stored: releasing']);
    expect(facts).toEqual([{ job_id: jobIdOf(plan), group: 0, messages: 2, err: permanentFailure }]);
  });

  test('that fails is tried again when it is redelivered', async () => {
    let attempts = 0;
    const { handler, steps } = setUp({
      store: async () => {
        attempts += 1;
        if (attempts === 1) throw permanentFailure;
      },
    });
    await soon(handler.handle([messageOf(plan, 0)]));
    await soon(handler.handle([messageOf(plan, 0, { receiveCount: 2 })]));
    expect(steps.slice(-3)).toEqual(['store 0', 'stored 0', 'delete 0']);
  });

  test('of several groups stores them concurrently, or one after the other when it is large', async () => {
    const characters = messageOf(plan, 0).body.length + messageOf(plan, 10).body.length;
    for (const [pieceCharacters, most] of [
      [characters, 2],
      [characters - 1, 1],
    ] as const) {
      let open = 0;
      let seen = 0;
      const { handler } = setUp({
        pieceCharacters,
        store: async () => {
          open += 1;
          seen = Math.max(seen, open);
          await new Promise(setImmediate);
          open -= 1;
        },
      });
      await soon(handler.handle([messageOf(plan, 0), messageOf(plan, 10)]));
      expect(seen).toBe(most);
    }
  });

  test('stores ten groups of less than a MiB together concurrently, and more than a MiB one group after the other', async () => {
    const mostAtOnce = async (messages: readonly ReceivedMessage[]) => {
      let open = 0;
      let most = 0;
      const { handler } = setUp({
        store: async () => {
          most = Math.max(most, ++open);
          await new Promise(setImmediate);
          open -= 1;
        },
      });
      await soon(handler.handle(messages));
      const characters = messages.reduce((sum, { body }) => sum + body.length, 0);
      return { groups: Map.groupBy(messages, ({ groupId }) => groupId).size, isLarge: characters > 1024 * 1024, most };
    };
    const ten = testPlan(3250, 325);
    const usual = Array.from({ length: 10 }, (_, number) => messageOf(ten, number));
    expect(await mostAtOnce(usual)).toEqual({ groups: 10, isLarge: false, most: 10 });
    const many = testPlan(65_000, 325);
    const large = [0, 4, 8, 12, 16, 20].flatMap((first) => [0, 1, 2, 3].map((at) => messageOf(many, first + at)));
    expect(await mostAtOnce(large)).toEqual({ groups: 6, isLarge: true, most: 1 });
  });

  test('in pieces deletes each piece when it is stored; a piece that fails is released with the later ones', async () => {
    const size = (number: number) => messageOf(plan, number).body.length;
    const { handler, steps, counters, facts } = setUp({
      pieceCharacters: Math.max(size(0) + size(1), size(2) + size(3)),
      store: async (batch) => {
        if (numbersOf(batch).includes(2)) throw permanentFailure;
      },
    });
    await soon(handler.handle([0, 1, 2, 3, 4].map((number) => messageOf(plan, number))));
    expect(steps).toEqual(['store 0 1', 'stored 0 1', 'delete 0 1', 'store 2 3', 'visibility 2=15 3=0 4=0']);
    expect(counters.released).toBe(3);
    expect(facts).toMatchObject([{ group: 0, messages: 3 }]);
  });

  test('is stored and deleted with a signal that a drain aborts', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const { handler, clock, queue } = setUp({ store: async (_, { signal }) => void signals.push(signal) });
    queue.delete = (_, options) => {
      signals.push(options?.signal);
      return new Promise(() => undefined);
    };
    void handler.handle([messageOf(plan, 0)]);
    await clock.advance(1);
    expect(signals.map((signal) => signal?.aborted)).toEqual([false, false]);
    void handler.drain();
    await clock.advance(6000);
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, true]);
  });

  test('gets no more heartbeats once it is stored, also while its delete hangs', async () => {
    const { handler, steps, clock, queue } = setUp();
    queue.delete = () => new Promise(() => undefined);
    void handler.handle([messageOf(plan, 0), messageOf(plan, 1)]);
    await clock.advance(60_000);
    expect(steps).toEqual(['store 0 1', 'stored 0 1', 'delete 0 1']);
  });

  test('whose delete fails is released with the backoff', async () => {
    const { handler, steps, queue } = setUp();
    queue.deleteAnswers.push(new Error('away'));
    await soon(handler.handle([messageOf(plan, 0)]));
    expect(steps).toEqual(['store 0', 'stored 0', 'delete 0', 'visibility 0=15']);
  });

  test('whose handles have expired is left alone: SQS delivers it again', async () => {
    const { handler, steps, queue, logged } = setUp();
    queue.deleteAnswers.push([refusal(0, 'ReceiptHandleIsInvalid', true)]);
    await soon(handler.handle([messageOf(plan, 0)]));
    expect(steps).toEqual(['store 0', 'stored 0', 'delete 0']);
    expect(logged).toEqual([]);
  });

  test('awaits the heartbeat in flight before it releases', async () => {
    const beat = Promise.withResolvers<[]>();
    const work = Promise.withResolvers<void>();
    const { handler, steps, clock, queue } = setUp({ store: () => work.promise });
    queue.changeVisibility = async () => beat.promise;
    const handled = handler.handle([messageOf(plan, 0)]);
    await clock.advance(20_000);
    expect(steps).toEqual(['store 0', 'visibility 0=60']);
    work.reject(permanentFailure);
    await clock.advance(1);
    expect(steps).toHaveLength(2);
    beat.resolve([]);
    await soon(handled);
    expect(steps.at(-1)).toBe('visibility 0=15');
  });

  test('without progress for a quarter of an hour is released; with progress it is kept', async () => {
    let progress: (() => void) | undefined;
    const { handler, steps, clock } = setUp({
      store: (batch, options) => {
        progress = options.onProgress;
        return storeUntilAborted(batch, options);
      },
    });
    const handled = handler.handle([messageOf(plan, 0)]);
    await clock.advance(14 * 60_000);
    progress?.();
    await clock.advance(14 * 60_000);
    expect(steps.at(-1)).toBe('visibility 0=60');
    await clock.advance(2 * 60_000);
    await soon(handled);
    expect(steps.at(-1)).toBe('visibility 0=15');
  });

  test('that was received often waits longer, but only the first message of each group', async () => {
    const { handler, steps } = setUp({ store: () => Promise.reject(permanentFailure) });
    await soon(handler.handle([messageOf(plan, 0, { receiveCount: 6 }), messageOf(plan, 1, { receiveCount: 9 })]));
    expect(steps.at(-1)).toBe('visibility 0=480 1=0');
  });

  test('with a late heartbeat reports by how much it is late', async () => {
    const { handler, clock } = setUp({ store: storeUntilAborted });
    const { now } = clock;
    void handler.handle([messageOf(plan, 0)]);
    await clock.advance(1);
    clock.now = () => now() + 49_999;
    expect(handler.heartbeatOverdueMs()).toBe(30_000);
  });

  test('reports messages that it could not release', async () => {
    const { handler, logged, facts, queue } = setUp({ store: () => Promise.reject(permanentFailure) });
    queue.changeAnswers.push([refusal(1, 'InternalError'), refusal(0, 'ReceiptHandleIsInvalid', true)]);
    await soon(handler.handle([messageOf(plan, 0), messageOf(plan, 1), messageOf(plan, 2)]));
    expect(logged).toEqual([
      'error: not stored: releasing',
      'warn: not released: they are delivered again after the visibility timeout',
    ]);
    expect(facts[1]).toEqual({ job_id: jobIdOf(plan), group: 0, messages: 1 });
  });

  test('whose heartbeat fails logs that and continues', async () => {
    const work = Promise.withResolvers<void>();
    const { handler, logged, facts, steps, clock, queue } = setUp({ store: () => work.promise });
    const away = new Error('away');
    queue.changeAnswers.push(away);
    const handled = handler.handle([messageOf(plan, 0), messageOf(plan, 10)]);
    await clock.advance(20_000);
    expect(logged).toEqual(['warn: a heartbeat failed']);
    expect(facts).toEqual([{ err: away, message_ids: ['0', '10'] }]);
    work.resolve();
    await soon(handled);
    expect(steps.slice(-2).sort()).toEqual(['delete 0', 'delete 10']);
  });
});
