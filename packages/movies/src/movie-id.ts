// The movie's UUID: it looks like a random one (version 4), and no two movies of a generator version share it.
import { drawsFrom, type Pair } from './mix.ts';

const HEX = Array.from({ length: 2 ** 16 }, (_, value) => value.toString(16).padStart(4, '0'));
const hex = (sixteenBits: number): string => HEX[sixteenBits] ?? '';
const high = (word: number): string => hex(word >>> 16);
const low = (word: number): string => hex(word & 0xffff);

/**
 * Ids are distinct, because each (seed, index) has another pair, and the pair is in the first and the last 32 bits
 * unchanged. The bits between are drawn from it.
 */
export function movieId(pair: Pair): string {
  const [first, last] = pair;
  const drawMiddle = drawsFrom(pair);
  const second = drawMiddle();
  const third = drawMiddle();
  const version = hex(0x4000 | (second & 0x0fff));
  const variant = hex(0x8000 | (third & 0x3fff));
  return `${high(first)}${low(first)}-${high(second)}-${version}-${variant}-${high(third)}${high(last)}${low(last)}`;
}
