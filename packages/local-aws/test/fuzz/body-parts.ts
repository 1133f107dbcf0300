// What kinds of malice in the body share.

import type { Dice } from './dice.ts';
import { bytesOf, type Delivery, type Legal } from './request.ts';

export const send = (legal: Legal, body: string | Buffer): Delivery => ({
  chunks: [bytesOf({ ...legal, body: Buffer.isBuffer(body) ? body : Buffer.from(body) })],
  ending: 'await answer',
});

/** Levels of something nested: a few, too many for a stack of calls, very many. */
export const depth = (dice: Dice): number => dice.pick([50, 3000, 100_000]);
