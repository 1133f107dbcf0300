// Pseudo-random numbers from a seed and an index: neighbours look unrelated. Everything about a movie is drawn from
// them.

/** Two numbers of 32 bits each. */
export type Pair = readonly [number, number];

const GOLDEN_RATIO = 0x9e3779b9;
const SECOND_MULTIPLIER = 0x85ebca6b;
const ROUNDS = 4;

/** The finalizer of MurmurHash3: a bijection on 32 bits in which each bit of the input changes half of the output's. */
export function mix32(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/**
 * A bijection on 64 bits: two different (seed, index) never give the same pair. A Feistel network is a bijection with
 * any round function, because each round can be undone: (l, r) → (r, l ^ f(r)).
 */
export function permute(seed: number, index: number): Pair {
  let left = seed >>> 0;
  let right = index >>> 0;
  for (let round = 1; round <= ROUNDS; round++) {
    const next = (left ^ mix32(right + Math.imul(round, GOLDEN_RATIO))) >>> 0;
    left = right;
    right = next;
  }
  return [left, right];
}

/** An endless sequence of 32-bit numbers from all 64 bits of the pair. */
export function drawsFrom([a, b]: Pair): () => number {
  let count = 0;
  return () => {
    count++;
    return mix32(mix32(a + Math.imul(count, GOLDEN_RATIO)) ^ (b + Math.imul(count, SECOND_MULTIPLIER)));
  };
}

/** Scales a draw, a 32-bit number, to a whole number from 0 to `limit` − 1. */
export function drawBelow(limit: number, draw: number): number {
  return Math.floor((draw / 2 ** 32) * limit);
}
