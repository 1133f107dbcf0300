// The only source of randomness: each decision has a name, and its random numbers depend only on the seed and that
// name.

/** Seeded randomness for one decision or one stream of decisions. */
export interface Dice {
  /** Uniform in [0, 1). */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** A version-4 UUID. */
  uuid(): string;
}

/**
 * Dice that depend only on the seed and the name. So a run can be replayed from its seed, and a decision does not
 * change when another fault is switched off, which makes it possible to shrink a failing schedule.
 *
 * @example diceOf(7, 'consumer-1|dynamodb:UpdateItem|3').chance(0.1)
 */
export function diceOf(seed: number, name: string): Dice {
  let a = seed >>> 0;
  let b = 0x9e3779b9;
  for (let index = 0; index < name.length; index += 1) {
    a = Math.imul(a ^ name.charCodeAt(index), 0x85ebca6b);
    b = Math.imul(b ^ (a >>> 13), 0xc2b2ae35) + a;
  }
  let state = (a ^ (b >>> 16) ^ Math.imul(seed, 0x27d4eb2f)) >>> 0;
  const next32 = () => {
    // splitmix32
    state = (state + 0x9e3779b9) >>> 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  const next = () => next32() / 2 ** 32;
  const int = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (list) => itemAt(list, int(0, list.length - 1)),
    uuid() {
      const hex = [next32(), next32(), next32(), next32()].map((word) => word.toString(16).padStart(8, '0')).join('');
      const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
  };
}

function itemAt<T>(list: readonly T[], index: number): T {
  if (!(index in list)) throw new RangeError('nothing to pick from');
  // The index is in the list, so the item is a T, even if it is undefined.
  return list[index] as T;
}
