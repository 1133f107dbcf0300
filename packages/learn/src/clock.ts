// The clock of a lesson. The lesson's script moves it forward, so that a minute of it takes no real time and each run
// gives the same result.
import type { Clock } from '@movie-load/aws';
import type { LabClock } from '@movie-load/local-aws';

/** Shorter pauses end at once and move the clock: otherwise a script would have to know each pause before a retry. */
const MAX_AUTOMATIC_SLEEP_MS = 2000;

interface Sleeper {
  readonly wakeAt: number;
  readonly wake: () => void;
}

/** The clock that the consumers and the embedded AWS of a lesson share. */
export class LessonClock implements Clock {
  readonly #lab: LabClock;
  readonly #sleepers = new Set<Sleeper>();

  constructor(lab: LabClock) {
    this.#lab = lab;
  }

  now(): number {
    return this.#lab.now();
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (ms <= MAX_AUTOMATIC_SLEEP_MS) {
      // At least one millisecond: a loop that waits for time to pass would never end otherwise.
      this.#lab.forward(Math.max(1, Math.ceil(ms)));
      await new Promise((resolve) => setImmediate(resolve));
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const sleeper = { wakeAt: this.now() + Math.ceil(ms), wake: resolve };
    this.#sleepers.add(sleeper);
    const onAbort = () => {
      this.#sleepers.delete(sleeper);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    await promise.finally(() => signal?.removeEventListener('abort', onAbort));
  }

  /** Moves forward and wakes sleepers in order; `settle` is awaited after each of them. */
  async forward(ms: number, settle: () => Promise<void>): Promise<void> {
    // Work that has been started is finished before time passes.
    await settle();
    const end = this.now() + Math.round(ms);
    for (;;) {
      const [nextSleeper] = [...this.#sleepers]
        .filter(({ wakeAt }) => wakeAt <= end)
        .sort((a, b) => a.wakeAt - b.wakeAt);
      if (nextSleeper === undefined) break;
      this.#sleepers.delete(nextSleeper);
      this.#moveTo(nextSleeper.wakeAt);
      nextSleeper.wake();
      await settle();
    }
    this.#moveTo(end);
    await settle();
  }

  #moveTo(to: number): void {
    const ms = Math.round(to - this.now());
    if (ms >= 1) this.#lab.forward(ms);
  }
}
