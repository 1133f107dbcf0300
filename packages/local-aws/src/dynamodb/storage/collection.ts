// The entries of a table or an index: partitions by hash key, and entries by sort key in each partition. As on AWS,
// scans visit the partitions in the order of a hash of their keys: not sorted, but always in the same order.

import type { Item } from '../values.ts';
import type { Position } from './keys.ts';
import { SortedTree } from './sorted-tree.ts';

export interface Entry extends Position {
  readonly item: Item;
  /** The entry's size by AWS's rules. */
  readonly bytes: number;
  /** For an entry of an index: the table's entry from which it was made. */
  readonly row?: Entry;
}

/** The number of tokens, which are the integers from 0. */
export const TOKEN_COUNT = 2 ** 32;

/**
 * The token of a partition, which determines its place in scans: the FNV-1a hash of its key, and more mixing so that
 * similar keys get distant tokens.
 */
export function tokenOf(hash: string): number {
  let token = 0x811c9dc5;
  for (let i = 0; i < hash.length; i += 1) {
    token ^= hash.charCodeAt(i);
    token = Math.imul(token, 0x01000193);
  }
  token = Math.imul(token ^ (token >>> 16), 0x45d9f3b);
  return (token ^ (token >>> 16)) >>> 0;
}

export interface Partition {
  readonly hash: string;
  readonly token: number;
  readonly entries: SortedTree<Entry>;
  bytes: number;
}

/** What determines the place of a partition in scans. */
interface ScanPlace {
  readonly hash: string;
  readonly token: number;
}

const bySortText = (a: Position, b: Position): number =>
  a.sortText < b.sortText ? -1 : a.sortText > b.sortText ? 1 : 0;
const byToken = (a: ScanPlace, b: ScanPlace): number =>
  a.token - b.token || (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0);

export class Collection {
  readonly #partitions = new Map<string, Partition>();
  readonly #inScanOrder = new SortedTree<Partition>(byToken);
  count = 0;
  bytes = 0;

  partition(hash: string): Partition | undefined {
    return this.#partitions.get(hash);
  }

  get(position: Position): Entry | undefined {
    // The tree compares only `sortText`.
    return this.#partitions.get(position.hash)?.entries.get(position as Entry);
  }

  set(entry: Entry): void {
    const partition = this.#partitions.get(entry.hash) ?? this.#newPartition(entry.hash);
    const replaced = partition.entries.set(entry);
    const bytes = entry.bytes - (replaced?.bytes ?? 0);
    if (replaced === undefined) this.count += 1;
    partition.bytes += bytes;
    this.bytes += bytes;
  }

  delete(position: Position): void {
    const partition = this.#partitions.get(position.hash);
    const deleted = partition?.entries.delete(position as Entry);
    if (partition === undefined || deleted === undefined) return;
    this.count -= 1;
    partition.bytes -= deleted.bytes;
    this.bytes -= deleted.bytes;
    if (partition.entries.size > 0) return;
    this.#partitions.delete(position.hash);
    this.#inScanOrder.delete(partition);
  }

  #newPartition(hash: string): Partition {
    const partition = { hash, token: tokenOf(hash), entries: new SortedTree<Entry>(bySortText), bytes: 0 };
    this.#partitions.set(hash, partition);
    this.#inScanOrder.set(partition);
    return partition;
  }

  /** Entries of partitions with tokens from `from` to before `to`; only those after the position `after`, if given. */
  *scan({
    from = 0,
    to = TOKEN_COUNT,
    after,
  }: {
    from?: number;
    to?: number;
    after?: Position | undefined;
  }): Generator<Entry> {
    const start: ScanPlace =
      after === undefined ? { hash: '', token: from } : { hash: after.hash, token: tokenOf(after.hash) };
    // The tree compares only `token` and `hash`.
    for (const partition of this.#inScanOrder.walk({ from: start as Partition })) {
      if (partition.token >= to) return;
      if (after !== undefined && partition.hash === after.hash) {
        yield* partition.entries.walk({ from: after as Entry, isExclusive: true });
      } else {
        yield* partition.entries.walk();
      }
    }
  }

  /** All entries, in an unspecified order. */
  *all(): Generator<Entry> {
    for (const partition of this.#partitions.values()) yield* partition.entries.walk();
  }
}
