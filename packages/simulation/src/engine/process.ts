// A simulated process: it has its own clock and random numbers, and once it has crashed none of its code runs any more.
import type { Clock, Random } from '@movie-load/aws';
import { diceOf } from './dice.ts';
import type { Scheduled, Scheduler } from './scheduler.ts';
import { setCurrentProcess } from './timers.ts';

export interface SimProcess {
  /** Name with incarnation, e.g. `consumer-1.3`: the third start of that consumer. */
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly isAlive: boolean;
  readonly isStalled: boolean;
  /** The end of its last stall, in the scheduler's time; 0 when it was never stalled. */
  readonly stalledUntil: number;
  /**
   * Runs `settle` in the process: at once, or at the end of its stall, or never if it has crashed. Everything that the
   * process awaits is settled here, so a crash has to stop nothing else.
   */
  deliver(settle: () => void): void;
  /** Runs code of the process that does not follow from a settled promise: its start, a signal. */
  run<T>(code: () => T): T;
  /** Node's `setTimeout`, in the process's time. */
  timer(ms: number, run: () => void): Scheduled;
  /** No waiting continuation runs any more; calls in flight may still take effect. */
  crash(): void;
  /**
   * Calls `listener` when the process crashes, unless the returned function is called before. Calls and sleeps remove
   * their abort listeners then, which would keep the world in memory.
   */
  onCrash(listener: () => void): () => void;
  /**
   * Counts a call or a sleep of the process. A process that makes too many in one event is in an endless loop: it
   * crashes, and `onLoop` is called.
   */
  countStep(): void;
  /** Records what the process waits for (for reports and checks) until the returned function is called. */
  beginWait(what: string): () => void;
  /** The names of the calls and sleeps that it waits for. */
  readonly pendingWaits: readonly string[];
  /** Stops the process for `ms`: its timers and the answers to its calls are delivered when that time is over. */
  stall(ms: number): void;
}

export interface ProcessOptions {
  readonly name: string;
  readonly seed: number;
  readonly scheduler: Scheduler;
  /** The error of the process's clock, in milliseconds. */
  readonly skewMs: number;
  /** Called for each sleep, before it begins: a place where a process may crash or stall. */
  onSleep?(process: SimProcess, ms: number): void;
  /** Called when the process has crashed because it was in an endless loop, see `countStep`. */
  onLoop?(process: SimProcess): void;
}

/** The most calls and sleeps of a process in one event. The largest receive leads to about a hundred. */
const MAX_STEPS_PER_EVENT = 10_000;

export const createProcess = (options: ProcessOptions): SimProcess => new Process(options);

class Process implements SimProcess {
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly #options: ProcessOptions;
  readonly #crashListeners = new Set<() => void>();
  readonly #waits = createWaits();
  #alive = true;
  #stalledUntil = 0;
  /** The deliveries that arrived during a stall. */
  #delayedDeliveries: (() => void)[] = [];
  #steps = 0;

  constructor(options: ProcessOptions) {
    const { name, seed, scheduler, skewMs, onSleep } = options;
    this.#options = options;
    this.name = name;
    const { next, uuid } = diceOf(seed, `${name}|random`);
    this.random = { next, uuid };
    this.clock = {
      now: () => scheduler.now() + skewMs,
      sleep: (ms, signal) => sleep(this, { scheduler, onSleep }, ms, signal),
    };
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  get isStalled(): boolean {
    return this.#stalledUntil > this.#options.scheduler.now();
  }

  get stalledUntil(): number {
    return this.#stalledUntil;
  }

  get pendingWaits(): readonly string[] {
    return this.#waits.all();
  }

  deliver(settle: () => void): void {
    if (!this.#alive) return;
    if (this.isStalled) this.#delayedDeliveries.push(settle);
    else this.run(settle);
  }

  run<T>(code: () => T): T {
    this.#options.scheduler.continuationsPending();
    setCurrentProcess(this);
    this.#steps = 0;
    return code();
  }

  timer(ms: number, run: () => void): Scheduled {
    const timer = this.#options.scheduler.after(Math.max(0, ms), () =>
      this.deliver(() => {
        // The timer may have been cleared while the process was stopped.
        if (!timer.cancelled) run();
      }),
    );
    return timer;
  }

  crash(): void {
    this.#alive = false;
    this.#delayedDeliveries = [];
    for (const listener of this.#crashListeners) listener();
    this.#crashListeners.clear();
    this.#waits.clear();
  }

  onCrash(listener: () => void): () => void {
    this.#crashListeners.add(listener);
    return () => this.#crashListeners.delete(listener);
  }

  countStep(): void {
    this.#steps += 1;
    if (this.#steps <= MAX_STEPS_PER_EVENT || !this.#alive) return;
    this.crash();
    this.#options.onLoop?.(this);
  }

  beginWait(what: string): () => void {
    return this.#waits.add(what);
  }

  stall(ms: number): void {
    const { scheduler } = this.#options;
    this.#stalledUntil = Math.max(this.#stalledUntil, scheduler.now() + ms);
    scheduler.at(this.#stalledUntil, () => {
      if (this.isStalled) return;
      const delayed = this.#delayedDeliveries;
      this.#delayedDeliveries = [];
      // One by one, in a random order: late timers and late answers race, as they do in a process that was stopped.
      for (const settle of delayed) scheduler.after(0, () => this.deliver(settle));
    });
  }
}

/** What a process waits for. Each wait is an object of its own, because several may have the same name. */
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
    process.countStep();
    // In a dead process the promise must never settle: otherwise its code would continue.
    if (!process.isAlive) return;
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const endWait = process.beginWait('sleep');
    const timer = scheduler.after(Math.max(0, ms), () => {
      process.deliver(() => {
        removeAbortListener();
        removeCrashListener();
        endWait();
        resolve();
      });
    });
    const onAbort = () => {
      timer.cancelled = true;
      removeCrashListener();
      endWait();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    const removeAbortListener = () => signal?.removeEventListener('abort', onAbort);
    const removeCrashListener = process.onCrash(removeAbortListener);
    onSleep?.(process, ms);
  });
}
