// Time to live: which rows expire at which time. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html

import { attribute } from '../values.ts';
import type { Entry } from './collection.ts';
import { SortedTree } from './sorted-tree.ts';

/** AWS ignores times longer ago than this, because the number most likely has another meaning. */
const FIVE_YEARS_MS = 5 * 365 * 24 * 60 * 60 * 1000;

interface Expiration {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly row: Entry;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byTime = (a: Expiration, b: Expiration): number =>
  a.at - b.at || compareText(a.row.hash, b.row.hash) || compareText(a.row.order, b.row.order);

export class Expirations {
  readonly attribute: string;
  readonly #all = new SortedTree<Expiration>(byTime);

  constructor(attributeName: string) {
    this.attribute = attributeName;
  }

  #of(row: Entry | undefined): Expiration | undefined {
    const seconds = attribute(row?.item, this.attribute)?.N;
    if (row === undefined || seconds === undefined) return undefined;
    const at = Math.floor(Number(seconds)) * 1000;
    return Number.isFinite(at) ? { at, row } : undefined;
  }

  follow(before: Entry | undefined, after: Entry | undefined): void {
    const old = this.#of(before);
    const next = this.#of(after);
    if (old !== undefined) this.#all.delete(old);
    if (next !== undefined) this.#all.set(next);
  }

  /** Rows whose time to live has passed, to be deleted one by one. */
  next(now: number): Entry | undefined {
    for (const { at, row } of this.#all.walk({ from: { at: now - FIVE_YEARS_MS, row: FIRST } })) {
      return at < now ? row : undefined;
    }
    return undefined;
  }
}

const FIRST: Entry = { hash: '', order: '', item: {}, bytes: 0 };
