// A clock that follows the machine's and can be moved forward: to test deduplication, visibility and retention without
// waiting.

/** More than the longest times that a test waits for: 14 days of a queue's retention, 7 days of a presigned URL. */
const MAX_OFFSET_MS = 60 * 24 * 60 * 60 * 1000;

export class LabClock {
  readonly #base: { now(): number };
  readonly #listeners: (() => void)[] = [];
  #offsetMs = 0;

  constructor(base: { now(): number } = Date) {
    this.#base = base;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#base.now() + this.#offsetMs;
  }

  /** How far it is ahead of the machine's clock. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** @throws {RangeError} for anything but a whole number of milliseconds over 0, and beyond 60 days ahead */
  forward(ms: number): void {
    if (!Number.isSafeInteger(ms) || ms < 1)
      throw new RangeError('The clock goes forward only, by whole milliseconds.');
    if (this.#offsetMs + ms > MAX_OFFSET_MS) throw new RangeError('The clock goes 60 days ahead at most.');
    this.#offsetMs += ms;
    for (const listener of this.#listeners) listener();
  }

  /** Called after each move, for code that waits with timers. */
  onMoved(listener: () => void): void {
    this.#listeners.push(listener);
  }
}
