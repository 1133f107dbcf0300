// The largest of the values that were added in the last 15 to 20 seconds. The caller passes the time.

const SLOT_MS = 5000;
/** The current slot and three before it, which are always complete: 15 s. */
const SLOTS = 4;

/** @example const slowest = new RecentMax(); slowest.add(0.2, Date.now()); slowest.read(Date.now()) // 0.2 */
export class RecentMax {
  /** The largest value of each slot of 5 s, by the slot's number since the epoch. */
  readonly #slots = new Map<number, number>();

  /** `now` in milliseconds since the epoch. */
  add(value: number, now: number): void {
    const slot = Math.floor(now / SLOT_MS);
    this.#slots.set(slot, Math.max(value, this.#slots.get(slot) ?? value));
    this.#forget(slot);
  }

  /** The largest value of the last 15 to 20 seconds; null when there was none. */
  read(now: number): number | null {
    this.#forget(Math.floor(now / SLOT_MS));
    return this.#slots.size === 0 ? null : Math.max(...this.#slots.values());
  }

  /** Also forgets slots of the future, which remain when the clock is set back. */
  #forget(current: number): void {
    for (const slot of this.#slots.keys()) if (Math.abs(slot - current) >= SLOTS) this.#slots.delete(slot);
  }
}
