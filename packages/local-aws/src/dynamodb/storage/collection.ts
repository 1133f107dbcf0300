// The entries of a table or an index: partitions by hash key, and entries by sort key in each partition. Scans visit
// the partitions in the order of a hash, as on AWS: scattered, but always the same.

import type { Item } from '../values.ts';
import type { Position } from './keys.ts';
import { SortedTree } from './sorted-tree.ts';

export interface Entry extends Position {
  readonly item: Item;
  /** The entry's size by AWS's rules. */
  readonly bytes: number;
  /** For an entry of an index: the row of the table. */
  readonly row?: Entry;
}

/** Tokens are whole numbers from 0 to this number, exclusive. */
export const TOKENS = 2 ** 32;

/**
 * The token of a partition, which determines its position in scans: FNV-1a, mixed, so that similar keys are far apart.
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

interface PartitionPlace {
  readonly hash: string;
  readonly token: number;
}

const byOrder = (a: Position, b: Position): number => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0);
const byToken = (a: PartitionPlace, b: PartitionPlace): number =>
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
    // Only the order is compared.
    return this.#partitions.get(position.hash)?.entries.get(position as Entry);
  }

  set(entry: Entry): void {
    const partition = this.#partitions.get(entry.hash) ?? this.#newPartition(entry.hash);
    const before = partition.entries.set(entry);
    const bytes = entry.bytes - (before?.bytes ?? 0);
    if (before === undefined) this.count += 1;
    partition.bytes += bytes;
    this.bytes += bytes;
  }

  delete(position: Position): void {
    const partition = this.#partitions.get(position.hash);
    const before = partition?.entries.delete(position as Entry);
    if (partition === undefined || before === undefined) return;
    this.count -= 1;
    partition.bytes -= before.bytes;
    this.bytes -= before.bytes;
    if (partition.entries.size > 0) return;
    this.#partitions.delete(position.hash);
    this.#inScanOrder.delete(partition);
  }

  #newPartition(hash: string): Partition {
    const partition = { hash, token: tokenOf(hash), entries: new SortedTree<Entry>(byOrder), bytes: 0 };
    this.#partitions.set(hash, partition);
    this.#inScanOrder.set(partition);
    return partition;
  }

  /** Entries with tokens from `from` to `to`, exclusive, after a position if one is given. */
  *scan({
    from = 0,
    to = TOKENS,
    after,
  }: {
    from?: number;
    to?: number;
    after?: Position | undefined;
  }): Generator<Entry> {
    const start: PartitionPlace =
      after === undefined ? { hash: '', token: from } : { hash: after.hash, token: tokenOf(after.hash) };
    // Only token and hash are compared.
    for (const partition of this.#inScanOrder.walk({ from: start as Partition })) {
      if (partition.token >= to) return;
      if (after !== undefined && partition.hash === after.hash) {
        yield* partition.entries.walk({ from: after as Entry, after: true });
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
