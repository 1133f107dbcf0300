// Time to live: which rows expire at which time. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html

import { attributeOf } from '../values.ts';
import type { Entry } from './collection.ts';
import { SortedTree } from './sorted-tree.ts';

/** AWS deletes no item whose time is longer ago than this: the number most likely has another meaning. */
const MAX_AGE_MS = 5 * 365 * 24 * 60 * 60 * 1000;

interface Expiration {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly row: Entry;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byTime = (a: Expiration, b: Expiration): number =>
  a.expiresAt - b.expiresAt || compareText(a.row.hash, b.row.hash) || compareText(a.row.sortText, b.row.sortText);

export class Expirations {
  readonly attributeName: string;
  readonly #expirations = new SortedTree<Expiration>(byTime);

  constructor(attributeName: string) {
    this.attributeName = attributeName;
  }

  #expirationOf(row: Entry | undefined): Expiration | undefined {
    const seconds = attributeOf(row?.item, this.attributeName)?.N;
    if (row === undefined || seconds === undefined) return undefined;
    const expiresAt = Math.floor(Number(seconds)) * 1000;
    return Number.isFinite(expiresAt) ? { expiresAt, row } : undefined;
  }

  /** Follows a write of the table: forgets the old expiration and adds the new one. */
  applyWrite(before: Entry | undefined, after: Entry | undefined): void {
    const old = this.#expirationOf(before);
    const next = this.#expirationOf(after);
    if (old !== undefined) this.#expirations.delete(old);
    if (next !== undefined) this.#expirations.set(next);
  }

  /** The first row whose time to live has passed, if any. The caller deletes it, and then asks for the next one. */
  nextExpired(now: number): Entry | undefined {
    for (const { expiresAt, row } of this.#expirations.walk({
      from: { expiresAt: now - MAX_AGE_MS, row: FIRST_ROW },
    })) {
      return expiresAt < now ? row : undefined;
    }
    return undefined;
  }
}

/** Sorts before all rows that expire at the same time. */
const FIRST_ROW: Entry = { hash: '', sortText: '', item: {}, bytes: 0 };
