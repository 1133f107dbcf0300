// A simulated process: its own clock and dice, and a gate that never opens again once it has crashed.
import type { Clock, Random } from '@movie-load/aws';
import { type Dice, diceOf } from './dice.ts';
import type { Scheduled, Scheduler } from './scheduler.ts';
import { enter } from './timers.ts';

export interface SimProcess {
  /** Name with incarnation, e.g. `consumer-1.3`: the third start of that consumer. */
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly alive: boolean;
  readonly stalled: boolean;
  /** Until when it was stopped last, in the scheduler's time; 0 when it never was. */
  readonly stalledUntil: number;
  /**
   * Runs `settle` in the process: at once when it runs, when it wakes if it is stalled, and never again once it crashed.
   * Everything that the process awaits is settled through here, so that is all that a crash has to stop.
   */
  deliver(settle: () => void): void;
  /** Runs code of the process that no promise of its own leads to: its start, a signal that it gets. */
  run<T>(code: () => T): T;
  /** Node's `setTimeout`, in the process's time. */
  timer(ms: number, run: () => void): Scheduled;
  /** Every continuation that waits now never runs; calls that are on their way may still take effect. */
  crash(): void;
  /** Calls `forget` when the process dies: its listeners must not keep a dead world in memory. */
  whenDead(forget: () => void): () => void;
  /** The process begins something that could end at once. */
  acts(): void;
  /** The process waits for something until the returned function is called: what it is, in words, for reports. */
  waitsFor(what: string): () => void;
  /** All that it waits for now. */
  readonly waiting: readonly string[];
  /** Nothing reaches the process for `ms`; its timers are late, its answers wait. */
  stall(ms: number): void;
}

export interface ProcessOptions {
  readonly name: string;
  readonly seed: number;
  readonly scheduler: Scheduler;
  /** How far the process's clock is off, in milliseconds. */
  readonly skewMs: number;
  /** Called for each sleep, before it begins: a place where a process may crash or stall. */
  onSleep?(process: SimProcess, ms: number): void;
  /** Called when the process goes round in circles in a single event, which would never end. It is dead by then. */
  onLoop?(process: SimProcess): void;
}

/** What one event may lead to: the largest receive leads to some hundred calls and sleeps. */
const MOST_ACTS = 10_000;

export function createProcess({ name, seed, scheduler, skewMs, onSleep, onLoop }: ProcessOptions): SimProcess {
  const dice: Dice = diceOf(seed, `${name}|random`);
  let alive = true;
  let stalledUntil = 0;
  let waiting: (() => void)[] = [];
  let acts = 0;
  const forgets = new Set<() => void>();
  const waits = createWaits();

  const deliver = (settle: () => void) => {
    if (!alive) return;
    if (stalledUntil > scheduler.now()) {
      waiting.push(settle);
      return;
    }
    scheduler.woke();
    enter(sim);
    acts = 0;
    settle();
  };

  const sim: SimProcess = {
    name,
    get alive() {
      return alive;
    },
    get stalled() {
      return stalledUntil > scheduler.now();
    },
    get stalledUntil() {
      return stalledUntil;
    },
    deliver,
    crash() {
      alive = false;
      waiting = [];
      for (const forget of forgets) forget();
      forgets.clear();
      waits.clear();
    },
    run(code) {
      scheduler.woke();
      enter(sim);
      acts = 0;
      return code();
    },
    timer(ms, run) {
      const timer = scheduler.after(Math.max(0, ms), () =>
        deliver(() => {
          // It may have been cleared while the process was stopped.
          if (!timer.cancelled) run();
        }),
      );
      return timer;
    },
    acts() {
      acts += 1;
      if (acts <= MOST_ACTS || !alive) return;
      sim.crash();
      onLoop?.(sim);
    },
    waitsFor: waits.add,
    get waiting() {
      return waits.all();
    },
    whenDead(forget) {
      forgets.add(forget);
      return () => forgets.delete(forget);
    },
    stall(ms) {
      stalledUntil = Math.max(stalledUntil, scheduler.now() + ms);
      scheduler.at(stalledUntil, () => {
        if (stalledUntil > scheduler.now()) return;
        const late = waiting;
        waiting = [];
        // One by one, in a random order: late timers and late answers race, as they do in a process that was stopped.
        for (const settle of late) scheduler.after(0, () => deliver(settle));
      });
    },
    random: { next: dice.next, uuid: dice.uuid },
    clock: {
      now: () => scheduler.now() + skewMs,
      sleep: (ms, signal) => sleep(sim, { scheduler, onSleep }, ms, signal),
    },
  };
  return sim;
}

/** What a process waits for, each in an object of its own. */
function createWaits() {
  const waits = new Set<{ readonly what: string }>();
  return {
    add: (what: string) => {
      const wait = { what };
      waits.add(wait);
      return () => waits.delete(wait);
    },
    all: () => [...waits].map(({ what }) => what),
    clear: () => waits.clear(),
  };
}

function sleep(
  process: SimProcess,
  { scheduler, onSleep }: { readonly scheduler: Scheduler; readonly onSleep: ProcessOptions['onSleep'] },
  ms: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    process.acts();
    // The dead wait for ever, or one of their loops would go on.
    if (!process.alive) return;
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const waited = process.waitsFor('sleep');
    const timer = scheduler.after(Math.max(0, ms), () => {
      process.deliver(() => {
        forget();
        keep();
        waited();
        resolve();
      });
    });
    const onAbort = () => {
      timer.cancelled = true;
      keep();
      waited();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    const forget = () => signal?.removeEventListener('abort', onAbort);
    const keep = process.whenDead(forget);
    onSleep?.(process, ms);
  });
}
