// Earlier states of a table, for eventually consistent reads. Recorded only when such reads are configured: a short log
// of the states that writes replaced, from which a read computes an older state.

import { Collection, type Entry } from './collection.ts';
import type { Position } from './keys.ts';
import { SecondaryIndex } from './secondary-index.ts';
import type { Table } from './table.ts';

interface Replaced {
  /** When the state ended, in milliseconds since the epoch. */
  readonly at: number;
  readonly table: Table;
  readonly position: Position;
  readonly before: Entry | undefined;
}

const keyOf = ({ hash, order }: Position): string => `${hash.length}:${hash}${order}`;

export class History {
  readonly #keptMs: number;
  /** In the order of time. */
  readonly #log: Replaced[] = [];

  /** @param keptMs how far back reads can go */
  constructor(keptMs: number) {
    this.#keptMs = keptMs;
  }

  get length(): number {
    return this.#log.length;
  }

  add(table: Table, position: Position, before: Entry | undefined, at: number): void {
    const old = this.#log.findIndex((replaced) => replaced.at > at - this.#keptMs);
    this.#log.splice(0, old === -1 ? this.#log.length : old);
    this.#log.push({ at, table, position, before });
  }

  /** The states of a table's items that writes after this time replaced, by position; the oldest state of each. */
  #replacedSince(table: Table, time: number): ReadonlyMap<string, Replaced> {
    const found = new Map<string, Replaced>();
    for (let i = this.#log.length - 1; i >= 0; i -= 1) {
      const replaced = this.#log[i];
      if (replaced === undefined || replaced.at <= time) break;
      if (replaced.table === table) found.set(keyOf(replaced.position), replaced);
    }
    return found;
  }

  /** The item that was at a position. */
  entryAt(table: Table, position: Position, time: number): Entry | undefined {
    const replaced = this.#replacedSince(table, time).get(keyOf(position));
    return replaced === undefined ? table.get(position) : replaced.before;
  }

  /** The earlier state of a table, or of one of its indexes. */
  viewAt(table: Table, index: SecondaryIndex | undefined, time: number): Collection {
    const replaced = this.#replacedSince(table, time);
    if (replaced.size === 0) return index?.entries ?? table.rows;
    const rows = new Collection();
    for (const row of table.rows.all()) if (!replaced.has(keyOf(row))) rows.set(row);
    for (const { before } of replaced.values()) if (before !== undefined) rows.set(before);
    if (index === undefined) return rows;
    const old = new SecondaryIndex(index.definition, table.keys);
    for (const row of rows.all()) old.backfill(row);
    return old.entries;
  }
}
