// The largest value of the last while, in as many numbers as there are slots. Pure.

const SLOT_MS = 5000;
/** The slot that runs and those before it: 15 s are always whole. */
const SLOTS = 4;

/** @example const slowest = new RecentMax(); slowest.add(0.2, Date.now()); slowest.read(Date.now()) // 0.2 */
export class RecentMax {
  /** By number of the slot since the epoch. */
  readonly #slots = new Map<number, number>();

  /** `now` in milliseconds since the epoch. */
  add(value: number, now: number): void {
    const slot = Math.floor(now / SLOT_MS);
    this.#slots.set(slot, Math.max(value, this.#slots.get(slot) ?? value));
    this.#forget(slot);
  }

  /** The largest of the last 15 to 20 seconds; null when there was none. */
  read(now: number): number | null {
    this.#forget(Math.floor(now / SLOT_MS));
    return this.#slots.size === 0 ? null : Math.max(...this.#slots.values());
  }

  /** Also what a clock that was set back has left in the future. */
  #forget(current: number): void {
    for (const slot of this.#slots.keys()) if (Math.abs(slot - current) >= SLOTS) this.#slots.delete(slot);
  }
}
