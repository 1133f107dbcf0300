// The handler over fakes and a clock that the test moves: the order of its steps, and what it does when one of them fails.
import { describe, expect, test } from '@jest/globals';
import type { CallOptions, OutgoingMessage, ReceivedMessage } from '@movie-load/aws';
import { type JobPlan, MovieLoadError } from '@movie-load/schema';
import { createVirtualClock } from '@movie-load/testing';
import { createConsumerCounters } from '../src/counters.ts';
import { createHandler, type HandlerOptions } from '../src/handler.ts';
import { createFakeQueue, loadMessage, received, refusal, testPlan } from './support.ts';

type Store = HandlerOptions['jobs']['store'];
type Batch = Parameters<Store>[0];

/** Message `number` of the plan, received. */
const of = (plan: JobPlan, number: number, more: Partial<ReceivedMessage> = {}) =>
  received(String(number), { ...loadMessage(plan, number), sentOn: 5, ...more });
const poison = (id: string, more: Partial<ReceivedMessage> = {}) => received(id, { body: 'no json', ...more });
const numbersOf = ({ messages }: Batch) => messages.map(({ number }) => number);

/** Groups of ten messages. */
const plan = testPlan(100);

interface Options {
  /** Stores a batch, or fails. Default: at once, well. */
  readonly store?: Store;
  readonly sendDeadLetter?: (message: OutgoingMessage, options?: CallOptions) => Promise<void>;
  readonly drainMs?: number;
  readonly pieceCharacters?: number;
}

function setUp({ store = async () => undefined, sendDeadLetter, drainMs = 8000, pieceCharacters }: Options = {}) {
  const clock = createVirtualClock();
  const queue = createFakeQueue();
  const counters = createConsumerCounters();
  /** What happened, in order. */
  const steps: string[] = [];
  const logged: string[] = [];
  const exits: { code: number; error: unknown }[] = [];
  const stored: { id: string; now: number }[] = [];
  const log = (level: string) => (_: object, text: string) => void logged.push(`${level}: ${text}`);
  const handler = createHandler({
    queue: {
      ...queue,
      delete: async (handles, options) => {
        steps.push(`delete ${handles.map((one) => one.replace('handle-', '')).join(' ')}`);
        options?.signal?.throwIfAborted();
        return queue.delete(handles, options);
      },
      changeVisibility: async (changes, options) => {
        const seconds = changes.map((one) => `${one.receiptHandle.replace('handle-', '')}=${one.seconds}`);
        steps.push(`visibility ${seconds.join(' ')}`);
        options?.signal?.throwIfAborted();
        return queue.changeVisibility(changes, options);
      },
    },
    dlq: {
      ...createFakeQueue(),
      send: async ([message], options) => {
        if (message === undefined) throw new Error('an empty batch');
        await sendDeadLetter?.(message, options);
        steps.push(`dead-letter ${message.groupId}`);
        return [];
      },
    },
    jobs: {
      store: async (batch, options) => {
        steps.push(`store ${numbersOf(batch).join(' ')}`);
        await store(batch, options);
        steps.push(`stored ${numbersOf(batch).join(' ')}`);
      },
    },
    clock,
    instance: 'consumer under test',
    settings: { visibilitySeconds: 60, drainMs, pieceCharacters },
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    counters,
    exit: (code, error) => exits.push({ code, error }),
    onStored: ({ messageId }, now) => stored.push({ id: messageId, now }),
  });
  return { clock, queue, counters, steps, logged, exits, stored, handler };
}

const gone = new MovieLoadError('job_incomplete', 'a failure that repeating does not help');
const bug = Object.assign(new Error('bad request'), { name: 'ValidationException' });
/** Until the work's signal aborts. */
const hangs: Store = (_, { signal }) =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));

/** What must end without time passing: a handler that hangs fails at once, not after a minute. */
async function soon<T>(promise: Promise<T>): Promise<T> {
  const late = async () => {
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    throw new Error('it did not end');
  };
  return Promise.race([promise, late()]);
}

describe('a receive', () => {
  test('is stored, and only then deleted and counted', async () => {
    const { handler, steps, stored, counters, clock, queue } = setUp();
    await soon(handler.handle([of(plan, 3), of(plan, 4, { receiveCount: 2 })]));
    expect(steps).toEqual(['store 3 4', 'stored 3 4', 'delete 3 4']);
    expect(stored).toEqual([
      { id: '3', now: clock.now() },
      { id: '4', now: clock.now() },
    ]);
    expect(counters).toMatchObject({ receivedMessages: 2, redelivered: 1, inFlight: 0, released: 0 });
    // What is done with gets no more heartbeats.
    await clock.advance(120_000);
    expect(queue.changes).toEqual([]);
  });

  test('is stored with its times, and each number once: of both deliveries both are deleted', async () => {
    const batches: Batch[] = [];
    const { handler, steps, clock } = setUp({ store: async (batch) => void batches.push(batch) });
    await soon(handler.handle([of(plan, 1, { receiveCount: 3 }), of(plan, 1, { receiptHandle: 'handle-again' })]));
    expect(batches).toMatchObject([{ messages: [{ number: 1, sent_on: 5, received_on: clock.now(), receives: 3 }] }]);
    expect(steps.at(-1)).toBe('delete 1 again');
  });

  test('is in flight until all of it is deleted or released, and gets heartbeats meanwhile', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { handler, counters, clock, steps } = setUp({ store: () => promise });
    const handled = handler.handle([of(plan, 0), of(plan, 1)]);
    await clock.advance(20_000);
    expect(counters.inFlight).toBe(2);
    expect(handler.heartbeatOverdueMs()).toBe(0);
    expect(steps).toEqual(['store 0 1', 'visibility 0=60 1=60']);
    resolve();
    await soon(handled);
    expect(counters.inFlight).toBe(0);
  });

  test('goes on group by group: one that fails is released, the other is deleted', async () => {
    const { handler, steps, counters, logged } = setUp({
      store: async ({ group }) => {
        if (group === 0) throw gone;
      },
    });
    await soon(handler.handle([of(plan, 0), of(plan, 10), of(plan, 1), of(plan, 11)]));
    expect(steps).toContain('delete 10 11');
    // Only the first of the group waits: it locks the group.
    expect(steps).toContain('visibility 0=15 1=0');
    expect(steps.filter((step) => step.startsWith('delete'))).toHaveLength(1);
    expect(counters).toMatchObject({ released: 2, inFlight: 0 });
    expect(logged).toEqual(['error: not stored: releasing']);
  });

  test('that fails is tried again when it comes again: nothing is remembered against it', async () => {
    let attempts = 0;
    const { handler, steps } = setUp({
      store: async () => {
        attempts += 1;
        if (attempts === 1) throw gone;
      },
    });
    await soon(handler.handle([of(plan, 0)]));
    await soon(handler.handle([of(plan, 0, { receiveCount: 2 })]));
    expect(steps.slice(-3)).toEqual(['store 0', 'stored 0', 'delete 0']);
  });

  test('of several groups stores them side by side, but one after the other when it is large', async () => {
    const characters = of(plan, 0).body.length + of(plan, 10).body.length;
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
      await soon(handler.handle([of(plan, 0), of(plan, 10)]));
      expect(seen).toBe(most);
    }
  });

  test('in pieces deletes each piece when it is stored; a piece that fails is released with what is behind it', async () => {
    const size = (number: number) => of(plan, number).body.length;
    const { handler, steps, counters } = setUp({
      pieceCharacters: Math.max(size(0) + size(1), size(2) + size(3)),
      store: async (batch) => {
        if (numbersOf(batch).includes(2)) throw gone;
      },
    });
    await soon(handler.handle([0, 1, 2, 3, 4].map((number) => of(plan, number))));
    expect(steps).toEqual(['store 0 1', 'stored 0 1', 'delete 0 1', 'store 2 3', 'visibility 2=15 3=0 4=0']);
    expect(counters.released).toBe(3);
  });

  test('whose delete fails is released: it comes again, which changes nothing', async () => {
    const { handler, steps, queue } = setUp();
    queue.deleteAnswers.push(new Error('away'));
    await soon(handler.handle([of(plan, 0)]));
    expect(steps).toEqual(['store 0', 'stored 0', 'delete 0', 'visibility 0=15']);
  });

  test('whose handles have expired is left alone: another consumer has it', async () => {
    const { handler, steps, queue, logged } = setUp();
    queue.deleteAnswers.push([refusal(0, 'ReceiptHandleIsInvalid', true)]);
    await soon(handler.handle([of(plan, 0)]));
    expect(steps).toEqual(['store 0', 'stored 0', 'delete 0']);
    expect(logged).toEqual([]);
  });

  test('stops its heartbeats before it releases: one on its way is waited for', async () => {
    const beat = Promise.withResolvers<[]>();
    const work = Promise.withResolvers<void>();
    const { handler, steps, clock, queue } = setUp({ store: () => work.promise });
    queue.changeVisibility = async () => beat.promise;
    const handled = handler.handle([of(plan, 0)]);
    await clock.advance(20_000);
    expect(steps).toEqual(['store 0', 'visibility 0=60']);
    work.reject(gone);
    await clock.advance(1);
    expect(steps).toHaveLength(2);
    beat.resolve([]);
    await soon(handled);
    expect(steps.at(-1)).toBe('visibility 0=15');
  });

  test('without progress for a quarter of an hour is given up and released; progress keeps it', async () => {
    let progress: (() => void) | undefined;
    const { handler, steps, clock } = setUp({
      store: (batch, options) => {
        progress = options.onProgress;
        return hangs(batch, options);
      },
    });
    const handled = handler.handle([of(plan, 0)]);
    await clock.advance(14 * 60_000);
    progress?.();
    await clock.advance(14 * 60_000);
    expect(steps.at(-1)).toBe('visibility 0=60');
    await clock.advance(2 * 60_000);
    await soon(handled);
    expect(steps.at(-1)).toBe('visibility 0=15');
  });

  test('says what it could not release', async () => {
    const { handler, logged, queue } = setUp({ store: () => Promise.reject(gone) });
    queue.changeAnswers.push(new Error('away'));
    await soon(handler.handle([of(plan, 0)]));
    expect(logged).toEqual([
      'error: not stored: releasing',
      'warn: not released: they come again after the visibility timeout',
    ]);
  });

  test('whose heartbeat fails says so and goes on', async () => {
    const work = Promise.withResolvers<void>();
    const { handler, logged, steps, clock, queue } = setUp({ store: () => work.promise });
    queue.changeAnswers.push(new Error('away'));
    const handled = handler.handle([of(plan, 0)]);
    await clock.advance(20_000);
    expect(logged).toEqual(['warn: a heartbeat failed']);
    work.resolve();
    await soon(handled);
    expect(steps.at(-1)).toBe('delete 0');
  });
});

describe('what can never succeed', () => {
  test('goes to the dead-letter queue, only then is it deleted, and the others are stored', async () => {
    const { handler, steps, counters } = setUp();
    const { groupId } = loadMessage(plan, 0);
    await soon(handler.handle([poison('p', { groupId }), of(plan, 1), poison('q', { groupId })]));
    expect(steps).toEqual(['dead-letter p', 'dead-letter q', 'delete p q', 'store 1', 'stored 1', 'delete 1']);
    expect([...counters.deadLettered]).toEqual([['not_json', 2]]);
  });

  test('stays when the dead-letter queue does not take it, and what is behind it in its group too', async () => {
    const { handler, steps, counters } = setUp({ sendDeadLetter: () => Promise.reject(gone) });
    const { groupId } = loadMessage(plan, 0);
    await soon(handler.handle([poison('p', { groupId }), of(plan, 1), of(plan, 10)]));
    expect(steps).not.toContain('delete p');
    expect(steps).toContain('visibility p=15 1=0');
    expect(steps).toContain('delete 10');
    expect(counters).toMatchObject({ released: 2, deadLettered: new Map() });
  });

  test('is not dead-lettered by a handler whose work was given up', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const { handler, clock } = setUp({
      sendDeadLetter: async (_, options) => {
        signals.push(options?.signal);
        await new Promise((_, reject) =>
          options?.signal?.addEventListener('abort', () => reject(options.signal?.reason)),
        );
      },
    });
    const handled = handler.handle([poison('p')]);
    await clock.advance(16 * 60_000);
    await soon(handled);
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
  });
});

describe('messages of a newer plan version', () => {
  const newer = (of: JobPlan, number: number) => {
    const { body, groupId } = loadMessage(of, number);
    const { plan: own, ...rest } = JSON.parse(body);
    return received(`n${number}`, { groupId, body: JSON.stringify({ ...rest, plan: { ...own, version: 99 } }) });
  };

  test('are released with the backoff when the others of their group are stored, and the log hears of each job once', async () => {
    const { handler, steps, counters, logged } = setUp();
    await soon(handler.handle([newer(plan, 0), of(plan, 1), newer(plan, 2)]));
    expect(steps).toEqual(['store 1', 'stored 1', 'delete 1', 'visibility n0=15 n2=0']);
    await soon(handler.handle([newer(plan, 10)]));
    await soon(handler.handle([newer(testPlan(100, 1, 'other'), 10)]));
    expect(counters).toMatchObject({ newerVersion: 4, released: 4 });
    const text = 'warn: a job of a newer plan version: its messages wait for consumers of a newer release';
    expect(logged).toEqual([text, text]);
  });
});

describe('a bug', () => {
  test('ends the process with 70 when all that was received is released; other work is given up', async () => {
    const { handler, steps, exits, counters } = setUp({
      store: (batch, options) => (batch.group === 0 ? Promise.reject(bug) : hangs(batch, options)),
    });
    const [first, second] = [handler.handle([of(plan, 0)]), handler.handle([of(plan, 10)])];
    await soon(Promise.all([first, second]));
    await new Promise(setImmediate);
    expect(exits).toEqual([{ code: 70, error: bug }]);
    expect(steps).toContain('visibility 0=15');
    expect(steps).toContain('visibility 10=15');
    expect(counters.inFlight).toBe(0);
    // What comes after is released unseen, and the process is told once.
    await soon(handler.handle([of(plan, 20)]));
    expect(steps.at(-1)).toBe('visibility 20=15');
    await new Promise(setImmediate);
    expect(exits).toHaveLength(1);
  });

  test('does not end the process before its other receives are released', async () => {
    const release = Promise.withResolvers<void>();
    const { handler, exits } = setUp({
      store: async ({ group }) => {
        if (group === 0) throw bug;
        await release.promise;
      },
    });
    const other = handler.handle([of(plan, 10)]);
    await soon(handler.handle([of(plan, 0)]));
    await new Promise(setImmediate);
    expect(exits).toEqual([]);
    release.resolve();
    await soon(other);
    await new Promise(setImmediate);
    expect(exits).toHaveLength(1);
  });

  test('of the handler itself is told and ends the process too', async () => {
    const { handler, exits, logged, counters, clock } = setUp();
    clock.now = () => {
      throw new Error('no time');
    };
    await soon(handler.handle([of(plan, 0)]));
    await new Promise(setImmediate);
    expect(exits).toMatchObject([{ code: 70 }]);
    expect(logged).toEqual(['error: the handler failed']);
    expect(counters.inFlight).toBe(0);
  });

  test('a failure that repeating does not help is not a bug: the process goes on', async () => {
    const { handler, exits } = setUp({ store: () => Promise.reject(gone) });
    await soon(handler.handle([of(plan, 0)]));
    await new Promise(setImmediate);
    expect(exits).toEqual([]);
  });
});

describe('the drain', () => {
  test('lets work finish for three quarters of its time', async () => {
    const work = Promise.withResolvers<void>();
    const { handler, steps, clock } = setUp({ store: () => work.promise });
    void handler.handle([of(plan, 0)]);
    const drained = handler.drain();
    await clock.advance(5999);
    work.resolve();
    expect(await soon(drained)).toBe(0);
    expect(steps.at(-1)).toBe('delete 0');
  });

  test('then gives it up and releases all of it at once, without a word of failure', async () => {
    const { handler, steps, clock, logged, counters } = setUp({ store: hangs });
    void handler.handle([of(plan, 0), of(plan, 1), of(plan, 10)]);
    const drained = handler.drain();
    await clock.advance(5999);
    expect(steps.filter((step) => step.startsWith('visibility'))).toEqual([]);
    await clock.advance(1);
    expect(await soon(drained)).toBe(0);
    expect(steps.filter((step) => step.startsWith('visibility')).sort()).toEqual([
      'visibility 0=0 1=0',
      'visibility 10=0',
    ]);
    expect(logged).toEqual([]);
    expect(counters).toMatchObject({ released: 3, inFlight: 0 });
  });

  test('releases what comes after it began, unseen and at once', async () => {
    const { handler, steps, counters } = setUp();
    const receives = Promise.withResolvers<void>();
    const drained = handler.drain(receives.promise);
    await soon(handler.handle([of(plan, 0, { receiveCount: 4 }), of(plan, 10)]));
    receives.resolve();
    expect(await soon(drained)).toBe(0);
    expect(steps).toEqual(['visibility 0=0 10=0']);
    expect(counters.released).toBe(2);
  });

  test('waits for receives on their way, within its time', async () => {
    const { handler, clock } = setUp();
    const receives = Promise.withResolvers<void>();
    let isDrained = false;
    const drained = handler.drain(receives.promise).then(() => {
      isDrained = true;
    });
    await clock.advance(7999);
    expect(isDrained).toBe(false);
    await clock.advance(1);
    await soon(drained);
  });

  test('ends after its time whatever hangs, says how many are left, and starts no call after it', async () => {
    const { handler, clock, steps, queue } = setUp({ store: () => new Promise(() => undefined) });
    void handler.handle([of(plan, 0), of(plan, 1)]);
    await clock.advance(20_000);
    const drained = handler.drain();
    await clock.advance(8000);
    expect(await soon(drained)).toBe(2);
    const before = steps.length;
    await clock.advance(120_000);
    // Heartbeats have ended too: the messages come back by their visibility timeout.
    expect(steps).toHaveLength(before);
    expect(queue.changes).toHaveLength(1);
  });

  test('gives a release no longer than its own time', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const { handler, clock, queue } = setUp({ store: hangs });
    queue.changeVisibility = (_, options) => {
      signals.push(options?.signal);
      return new Promise(() => undefined);
    };
    void handler.handle([of(plan, 0)]);
    const drained = handler.drain();
    await clock.advance(7999);
    expect(signals.map((signal) => signal?.aborted)).toEqual([false]);
    await clock.advance(1);
    expect(await soon(drained)).toBe(1);
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
  });

  test('of a handler that has nothing takes no time', async () => {
    expect(await soon(setUp().handler.drain())).toBe(0);
  });
});
