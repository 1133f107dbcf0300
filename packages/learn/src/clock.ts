// The clock of a lesson. The script moves it, so that a minute takes no time and all runs are equal.
import type { Clock } from '@movie-load/aws';
import type { LabClock } from '@movie-load/local-aws';

/** The longest pause that passes automatically: otherwise a script would have to know each pause of a retry. */
const PASSES_BY_ITSELF_MS = 2000;

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** The common clock of the consumers and the embedded AWS. */
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
    if (ms <= PASSES_BY_ITSELF_MS) {
      // At least one millisecond: a pause in which no time passes would never end.
      this.#lab.forward(Math.max(1, Math.ceil(ms)));
      await new Promise((resolve) => setImmediate(resolve));
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const sleeper = { at: this.now() + Math.ceil(ms), wake: resolve };
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
    // Finishes started work first, for which no time passes.
    await settle();
    const until = this.now() + Math.round(ms);
    for (;;) {
      const [next] = [...this.#sleepers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#sleepers.delete(next);
      this.#go(next.at);
      next.wake();
      await settle();
    }
    this.#go(until);
    await settle();
  }

  #go(to: number): void {
    const ms = Math.round(to - this.now());
    if (ms >= 1) this.#lab.forward(ms);
  }
}
