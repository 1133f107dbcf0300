// The handler when a message can never be stored, when the program has a bug, and at the end of the process.
import { describe, expect, test } from '@jest/globals';
import { type JobPlan, jobIdOf } from '@movie-load/schema';
import { bug, messageOf, permanentFailure, plan, poison, setUp, soon, storeUntilAborted } from './handler-setup.ts';
import { loadMessage, received, testPlan } from './support.ts';

describe('an invalid message', () => {
  test('goes to the dead-letter queue, only then it is deleted, and the others are stored', async () => {
    const { handler, steps, counters, deadLetters, logged, facts } = setUp();
    const { groupId } = loadMessage(plan, 0);
    await soon(
      handler.handle([poison('p', { groupId }), messageOf(plan, 1), poison('q', { groupId, receiveCount: 2 })]),
    );
    expect(steps).toEqual(['dead-letter p', 'dead-letter q', 'delete p q', 'store 1', 'stored 1', 'delete 1']);
    expect([...counters.deadLettered]).toEqual([['not_json', 2]]);
    const attributes = deadLetters.map((deadLetter) => deadLetter.attributes);
    expect(attributes).toMatchObject([
      {
        reason: { StringValue: 'not_json' },
        detail: { StringValue: expect.not.stringMatching(/^not_json$/) },
        consumer: { StringValue: 'consumer under test' },
      },
      { reason: { StringValue: 'not_json' } },
    ]);
    expect(logged).toEqual(['warn: dead-lettered', 'warn: dead-lettered']);
    const detail = attributes[0]?.detail?.StringValue;
    expect(facts).toEqual([
      { message_id: 'p', reason: 'not_json', detail, attempt: 1 },
      { message_id: 'q', reason: 'not_json', detail, attempt: 2 },
    ]);
  });

  test('stays when the dead-letter queue refuses it, and so do later messages of its group', async () => {
    const { handler, steps, counters } = setUp({ sendDeadLetter: () => Promise.reject(permanentFailure) });
    const { groupId } = loadMessage(plan, 0);
    await soon(handler.handle([poison('p', { groupId }), messageOf(plan, 1), messageOf(plan, 10)]));
    expect(steps).not.toContain('delete p');
    expect(steps).toContain('visibility p=15 1=0');
    expect(steps).toContain('delete 10');
    expect(counters).toMatchObject({ released: 2, deadLettered: new Map() });
  });

  test('is not dead-lettered after its work was aborted', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const { handler, clock, deadLetters, steps } = setUp({
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
    expect(deadLetters).toEqual([]);
    expect(steps.filter((step) => !step.startsWith('visibility p=60'))).toEqual(['visibility p=15']);
  });
});

describe('messages of a newer plan version', () => {
  const newer = (of: JobPlan, number: number) => {
    const { body, groupId } = loadMessage(of, number);
    const { plan, ...fields } = JSON.parse(body);
    return received(`n${number}`, { groupId, body: JSON.stringify({ ...fields, plan: { ...plan, version: 99 } }) });
  };

  test('are released with the backoff after the others of their group are stored, and each job is logged once', async () => {
    const { handler, steps, counters, logged, facts } = setUp();
    await soon(handler.handle([newer(plan, 0), messageOf(plan, 1), newer(plan, 2)]));
    expect(steps).toEqual(['store 1', 'stored 1', 'delete 1', 'visibility n0=15 n2=0']);
    await soon(handler.handle([newer(plan, 10)]));
    await soon(handler.handle([newer(testPlan(100, 1, 'other'), 10)]));
    expect(counters).toMatchObject({ newerVersion: 4, released: 4 });
    const text = 'warn: a job of a newer plan version: its messages wait for consumers of a newer release';
    expect(logged).toEqual([text, text]);
    expect(facts).toMatchObject([{ job_id: jobIdOf(plan), group: 0 }, { group: 1 }]);
  });

  test('whose group names no job are released too, and logged', async () => {
    const { handler, steps, logged } = setUp();
    await soon(handler.handle([{ ...newer(plan, 0), groupId: 'no job' }]));
    expect(steps).toEqual(['visibility n0=15']);
    expect(logged).toHaveLength(1);
  });
});

describe('a bug', () => {
  test('ends the process with 70 after all received messages are released; other work is aborted', async () => {
    const { handler, steps, exits, counters, logged, facts } = setUp({
      store: (batch, options) => (batch.group === 0 ? Promise.reject(bug) : storeUntilAborted(batch, options)),
    });
    const [first, second] = [handler.handle([messageOf(plan, 0)]), handler.handle([messageOf(plan, 10)])];
    await soon(Promise.all([first, second]));
    await new Promise(setImmediate);
    expect(exits).toEqual([{ code: 70, error: bug }]);
    expect(steps).toContain('visibility 0=15');
    expect(steps).toContain('visibility 10=15');
    expect(counters.inFlight).toBe(0);
    expect(logged).toEqual(['error: not stored: releasing', 'error: not stored: releasing']);
    expect(facts).toMatchObject([
      { group: 0, err: bug },
      { group: 1, err: bug },
    ]);
    // Later messages are released unseen, and `exit` is called once.
    await soon(handler.handle([messageOf(plan, 20)]));
    expect(steps.at(-1)).toBe('visibility 20=15');
    await new Promise(setImmediate);
    expect(exits).toHaveLength(1);
  });

  test('has its messages released with the backoff also when the process is asked to end meanwhile', async () => {
    const other = Promise.withResolvers<void>();
    const { handler, steps, exits, clock } = setUp({
      store: async ({ group }) => {
        if (group === 0) throw bug;
        await other.promise;
        throw permanentFailure;
      },
    });
    const both = [handler.handle([messageOf(plan, 10)]), handler.handle([messageOf(plan, 0)])];
    await clock.advance(1);
    // A release without a delay would lead to a fast loop of deliveries.
    const drained = handler.drain();
    other.resolve();
    await soon(Promise.all([...both, drained]));
    await new Promise(setImmediate);
    expect(steps.filter((step) => step.startsWith('visibility'))).toEqual(['visibility 0=15', 'visibility 10=15']);
    expect(exits).toMatchObject([{ code: 70 }]);
  });

  test('does not end the process before its other receives are released', async () => {
    const release = Promise.withResolvers<void>();
    const { handler, exits } = setUp({
      store: async ({ group }) => {
        if (group === 0) throw bug;
        await release.promise;
      },
    });
    const other = handler.handle([messageOf(plan, 10)]);
    await soon(handler.handle([messageOf(plan, 0)]));
    await new Promise(setImmediate);
    expect(exits).toEqual([]);
    release.resolve();
    await soon(other);
    await new Promise(setImmediate);
    expect(exits).toHaveLength(1);
  });

  test('of the handler itself is logged and ends the process too', async () => {
    const { handler, exits, logged, counters, clock } = setUp();
    clock.now = () => {
      throw new Error('no time');
    };
    await soon(handler.handle([messageOf(plan, 0)]));
    await new Promise(setImmediate);
    expect(exits).toMatchObject([{ code: 70 }]);
    expect(logged).toEqual(['error: the handler failed']);
    expect(counters.inFlight).toBe(0);
  });

  test('differs from a failure that a repeat cannot cure, after which the process continues', async () => {
    const { handler, exits } = setUp({ store: () => Promise.reject(permanentFailure) });
    await soon(handler.handle([messageOf(plan, 0)]));
    await new Promise(setImmediate);
    expect(exits).toEqual([]);
  });
});

describe('a drain', () => {
  test('lets work finish for three quarters of its time', async () => {
    const work = Promise.withResolvers<void>();
    const { handler, steps, clock } = setUp({ store: () => work.promise });
    void handler.handle([messageOf(plan, 0)]);
    const drained = handler.drain();
    await clock.advance(5999);
    work.resolve();
    expect(await soon(drained)).toBe(0);
    expect(steps.at(-1)).toBe('delete 0');
  });

  test('aborts the work after three quarters of its time and releases all messages at once, without an error in the log', async () => {
    const { handler, steps, clock, logged, counters } = setUp({ store: storeUntilAborted });
    void handler.handle([messageOf(plan, 0), messageOf(plan, 1), messageOf(plan, 10)]);
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

  test('also aborts work that began before other work ended', async () => {
    const { handler, steps, clock } = setUp({
      store: async (batch, options) => {
        if (batch.group === 0) await storeUntilAborted(batch, options);
      },
    });
    void handler.handle([messageOf(plan, 0)]);
    await soon(handler.handle([messageOf(plan, 10)]));
    const drained = handler.drain();
    await clock.advance(6000);
    expect(await soon(drained)).toBe(0);
    expect(steps.at(-1)).toBe('visibility 0=0');
  });

  test('releases messages that arrive after it began, unseen and at once', async () => {
    const { handler, steps, counters } = setUp();
    const receives = Promise.withResolvers<void>();
    const drained = handler.drain(receives.promise);
    await soon(handler.handle([messageOf(plan, 0, { receiveCount: 4 }), messageOf(plan, 10)]));
    receives.resolve();
    expect(await soon(drained)).toBe(0);
    expect(steps).toEqual(['visibility 0=0 10=0']);
    expect(counters.released).toBe(2);
  });

  test('waits for receives in flight, within its time', async () => {
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

  test('ends after its time whatever hangs, returns the number of messages in flight, and makes no call after it', async () => {
    const { handler, clock, steps, queue } = setUp({ store: () => new Promise(() => undefined) });
    void handler.handle([messageOf(plan, 0), messageOf(plan, 1)]);
    await clock.advance(20_000);
    const drained = handler.drain();
    await clock.advance(8000);
    expect(await soon(drained)).toBe(2);
    const before = steps.length;
    await clock.advance(120_000);
    // Heartbeats have ended too, so the messages are delivered again after their visibility timeout.
    expect(steps).toHaveLength(before);
    expect(queue.changes).toHaveLength(1);
  });

  test('gives releases its last quarter, and then aborts them', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const { handler, clock, queue } = setUp({ store: storeUntilAborted });
    queue.changeVisibility = (_, options) => {
      signals.push(options?.signal);
      return new Promise(() => undefined);
    };
    void handler.handle([messageOf(plan, 0)]);
    const drained = handler.drain();
    await clock.advance(7999);
    expect(signals.map((signal) => signal?.aborted)).toEqual([false]);
    await clock.advance(1);
    expect(await soon(drained)).toBe(1);
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
  });

  test('of an idle handler takes no time', async () => {
    expect(await soon(setUp().handler.drain())).toBe(0);
  });
});
