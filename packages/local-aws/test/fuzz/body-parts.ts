// The common parts of hostile bodies.

import type { Dice } from './dice.ts';
import { bytesOf, type Delivery, type Legal } from './request.ts';

export const withBody = (legal: Legal, body: string | Buffer): Delivery => ({
  chunks: [bytesOf({ ...legal, body: Buffer.isBuffer(body) ? body : Buffer.from(body) })],
  ending: 'await answer',
});

/** Levels of nesting: a few, too many for the call stack, very many. */
export const pickDepth = (dice: Dice): number => dice.pick([50, 3000, 100_000]);
