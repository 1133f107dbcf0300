// What the simulation relies on: virtual time, crashed and stopped processes, calls whose answers are lost.
import { describe, expect, test } from '@jest/globals';
import type { Backend } from '../src/engine/backend.ts';
import { diceOf } from '../src/engine/dice.ts';
import { createFaults, type FaultKind } from '../src/engine/faults.ts';
import { createNetwork } from '../src/engine/network.ts';
import { createProcess } from '../src/engine/process.ts';
import { createScheduler, EPOCH_MS } from '../src/engine/scheduler.ts';

const SECOND = 1000;
const LIMITS = { steps: 10_000, until: EPOCH_MS + 600 * SECOND };

class PutThingCommand {
  readonly input = { name: 'thing' };
}

/** A process with a client of a service that only counts what takes effect. */
function setUp(kind?: FaultKind) {
  const scheduler = createScheduler(diceOf(1, 'ties'), () => {});
  const loops: string[] = [];
  const onLoop = ({ name }: { readonly name: string }) => void loops.push(name);
  const process = createProcess({ name: 'process.1', seed: 1, scheduler, skewMs: 0, onLoop });
  const faults = createFaults({ seed: 1, rates: kind === undefined ? {} : { [kind]: 1 }, budget: 1 });
  const effects: number[] = [];
  const backend: Backend = {
    apply: () => {
      effects.push(scheduler.now() - EPOCH_MS);
      return { done: true };
    },
    throttlingError: () => new Error('slower'),
    serviceError: () => new Error('a service error'),
    isDown: () => false,
  };
  const network = createNetwork({
    seed: 1,
    scheduler,
    faults,
    latencyMs: 10,
    stallMs: () => 60 * SECOND,
    crash: (crashed) => crashed.crash(),
    note: () => {},
    onEffect: () => {},
  });
  const client = network.client({ process, service: 'sqs', backend, timeoutMs: 20 * SECOND });
  const answers: string[] = [];
  const call = async (abortSignal?: AbortSignal) => {
    await client.send(new PutThingCommand(), abortSignal && { abortSignal }).then(
      () => answers.push(`answer at ${scheduler.now() - EPOCH_MS}`),
      (error: Error) => answers.push(`${error.message.replace(/:.*/, '')} at ${scheduler.now() - EPOCH_MS}`),
    );
  };
  const run = () => scheduler.run(() => false, LIMITS);
  return { scheduler, process, effects, answers, call, run, loops };
}

describe('virtual time', () => {
  test('passes from event to event, in their order, without real time', async () => {
    const { scheduler, run } = setUp();
    const order: number[] = [];
    for (const ms of [300 * SECOND, 5, 60 * SECOND]) scheduler.after(ms, () => order.push(scheduler.now() - EPOCH_MS));
    const startedAt = performance.now();
    expect(await run()).toBe('empty');
    expect(order).toEqual([5, 60 * SECOND, 300 * SECOND]);
    expect(performance.now() - startedAt).toBeLessThan(60 * SECOND);
  });

  test('passes only after everything that follows from the last event has run', async () => {
    const { scheduler, process, run } = setUp();
    const order: string[] = [];
    void process.clock.sleep(10).then(async () => {
      for (let turn = 0; turn < 100; turn += 1) await null;
      order.push('after a hundred turns');
    });
    scheduler.after(10, () => {});
    scheduler.after(11, () => order.push('the next event'));
    await run();
    expect(order).toEqual(['after a hundred turns', 'the next event']);
  });
});

describe('a process', () => {
  test.each<FaultKind>(['crash_then_effect', 'crash_after_effect'])(
    'that crashed never continues, although its call takes effect: %s',
    async (kind) => {
      const { effects, answers, call, run } = setUp(kind);
      void call();
      await run();
      expect(effects).toHaveLength(1);
      expect(answers).toEqual([]);
    },
  );

  test('that crashed before its call leaves nothing', async () => {
    const { effects, answers, call, run } = setUp('crash_before_effect');
    void call();
    await run();
    expect([effects, answers]).toEqual([[], []]);
  });

  test('that is stopped gets everything late, and continues', async () => {
    const { process, answers, call, run } = setUp();
    process.stall(60 * SECOND);
    void call();
    const slept = process.clock.sleep(SECOND).then(() => process.clock.now());
    await run();
    expect(answers).toEqual([`answer at ${60 * SECOND}`]);
    expect(await slept).toBe(EPOCH_MS + 60 * SECOND);
  });

  test.each(['calls', 'sleeps'])(
    'that %s in an endless loop without waiting crashes, and the loop is reported',
    async (what) => {
      const { process, call, run, loops } = setUp();
      void process.run(async () => {
        for (let turn = 0; turn < 1_000_000; turn += 1) {
          if (what === 'calls') await call(AbortSignal.abort(new Error('enough')));
          else await process.clock.sleep(1, AbortSignal.abort(new Error('enough'))).catch(() => {});
        }
      });
      expect(await run()).toBe('empty');
      expect(loops).toEqual(['process.1']);
      expect(process.isAlive).toBe(false);
    },
  );

  test('reports what it waits for', async () => {
    const { process, call, run } = setUp();
    const stop = new AbortController();
    void call(stop.signal);
    void process.clock.sleep(SECOND);
    expect(process.pendingWaits).toEqual(['PutThing', 'sleep']);
    stop.abort();
    expect(process.pendingWaits).toEqual(['sleep']);
    await run();
    expect(process.pendingWaits).toEqual([]);
  });

  test('whose sleep is aborted wakes with the reason', async () => {
    const { process, run } = setUp();
    const stop = new AbortController();
    const sleeping = process.clock.sleep(SECOND, stop.signal);
    stop.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    expect(await run()).toBe('empty');
  });
});

describe('a call', () => {
  test.each<[FaultKind, number, RegExp]>([
    ['refused', 0, /^a service error at/],
    ['throttled', 0, /^slower at/],
    ['lost_request', 0, /^Request timed out at 20000$/],
    ['lost_answer', 1, /^ECONNRESET at/],
    ['late_effect', 1, /^Request timed out at 20000$/],
  ])('with the fault %s has %d effects, and the caller gets an error', async (kind, count, message) => {
    const { effects, answers, call, run } = setUp(kind);
    void call();
    await run();
    expect(effects).toHaveLength(count);
    expect(answers).toEqual([expect.stringMatching(message)]);
  });

  test('with a late effect takes effect after the caller has given up', async () => {
    const { effects, call, run } = setUp('late_effect');
    void call();
    await run();
    expect(effects[0]).toBeGreaterThan(20 * SECOND);
  });
});
