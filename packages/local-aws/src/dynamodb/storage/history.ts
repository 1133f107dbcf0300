// Earlier states of tables, for eventually consistent reads of old data: a log of the entries that recent writes
// replaced, from which a read computes an earlier state. It exists only when the option `staleMs` is set.

import { Collection, type Entry } from './collection.ts';
import type { Position } from './keys.ts';
import { SecondaryIndex } from './secondary-index.ts';
import type { Table } from './table.ts';

/** The state of one position before a write. */
interface ReplacedState {
  /** Milliseconds since the epoch. */
  readonly replacedAt: number;
  readonly table: Table;
  readonly position: Position;
  readonly before: Entry | undefined;
}

const keyOf = ({ hash, sortText }: Position): string => `${hash.length}:${hash}${sortText}`;

export class History {
  readonly #retentionMs: number;
  /** Oldest first. */
  readonly #log: ReplacedState[] = [];

  /** @param retentionMs how far back reads can go */
  constructor(retentionMs: number) {
    this.#retentionMs = retentionMs;
  }

  get length(): number {
    return this.#log.length;
  }

  add(table: Table, position: Position, before: Entry | undefined, now: number): void {
    const firstRetained = this.#log.findIndex(({ replacedAt }) => replacedAt > now - this.#retentionMs);
    this.#log.splice(0, firstRetained === -1 ? this.#log.length : firstRetained);
    this.#log.push({ replacedAt: now, table, position, before });
  }

  /** For each position that was written after this time, its state at this time: the first one that was replaced. */
  #replacedSince(table: Table, time: number): ReadonlyMap<string, ReplacedState> {
    const states = new Map<string, ReplacedState>();
    for (let i = this.#log.length - 1; i >= 0; i -= 1) {
      const replaced = this.#log[i];
      if (replaced === undefined || replaced.replacedAt <= time) break;
      if (replaced.table === table) states.set(keyOf(replaced.position), replaced);
    }
    return states;
  }

  /** The entry at a position at an earlier time. */
  entryAt(table: Table, position: Position, time: number): Entry | undefined {
    const replaced = this.#replacedSince(table, time).get(keyOf(position));
    return replaced === undefined ? table.get(position) : replaced.before;
  }

  /** The entries of a table, or of one of its indexes, at an earlier time. */
  collectionAt(table: Table, index: SecondaryIndex | undefined, time: number): Collection {
    const replaced = this.#replacedSince(table, time);
    if (replaced.size === 0) return index?.entries ?? table.rows;
    const rows = new Collection();
    for (const row of table.rows.all()) if (!replaced.has(keyOf(row))) rows.set(row);
    for (const { before } of replaced.values()) if (before !== undefined) rows.set(before);
    if (index === undefined) return rows;
    const earlierIndex = new SecondaryIndex(index.definition, table.keys);
    for (const row of rows.all()) earlierIndex.backfill(row);
    return earlierIndex.entries;
  }
}
