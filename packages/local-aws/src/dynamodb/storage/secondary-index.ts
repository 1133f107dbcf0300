// A global or local secondary index: entries with the projected attributes, maintained by each write.

import { getOwn, setOwn } from '../input.ts';
import { writeUnits } from '../units.ts';
import { type Item, itemBytes, type StoredValue, sameValue } from '../values.ts';
import { Collection, type Entry } from './collection.ts';
import { indexPositionOf, type KeySchema, keyAttributes } from './keys.ts';

export type ProjectionType = 'ALL' | 'KEYS_ONLY' | 'INCLUDE';

export interface IndexDefinition {
  readonly name: string;
  readonly kind: 'global' | 'local';
  readonly keys: KeySchema;
  readonly projectionType: ProjectionType;
  readonly nonKeyAttributes: readonly string[];
}

export class SecondaryIndex {
  readonly definition: IndexDefinition;
  readonly entries = new Collection();
  /** Names of the projected attributes; undefined for all. */
  readonly projectedNames: ReadonlySet<string> | undefined;
  /** Milliseconds since the epoch. */
  creatingUntil = 0;
  throughput: { read: number; write: number } = { read: 0, write: 0 };
  onDemandThroughput: unknown;

  constructor(definition: IndexDefinition, tableKeys: KeySchema) {
    this.definition = definition;
    const names = [...keyAttributes(tableKeys), ...keyAttributes(definition.keys)].map(({ name }) => name);
    this.projectedNames =
      definition.projectionType === 'ALL' ? undefined : new Set([...names, ...definition.nonKeyAttributes]);
  }

  #entryOf(row: Entry | undefined): Entry | undefined {
    const position = row && indexPositionOf(this.definition.keys, row.item, row);
    if (row === undefined || position === undefined) return undefined;
    if (this.projectedNames === undefined) return { ...position, item: row.item, bytes: row.bytes, row };
    const item: Record<string, StoredValue> = {};
    for (const name of this.projectedNames) {
      const value = getOwn(row.item, name);
      if (value !== undefined) setOwn(item, name, value);
    }
    return { ...position, item, bytes: itemBytes(item), row };
  }

  /** Applies a write of the table to the index. Returns the write units that it consumes. */
  applyWrite(before: Entry | undefined, after: Entry | undefined): number {
    const old = this.#entryOf(before);
    const next = this.#entryOf(after);
    if (old === undefined) {
      if (next === undefined) return 0;
      this.entries.set(next);
      return writeUnits(next.bytes);
    }
    if (next === undefined) {
      this.entries.delete(old);
      return writeUnits(old.bytes);
    }
    const isMoved = old.hash !== next.hash || old.sortText !== next.sortText;
    if (isMoved) this.entries.delete(old);
    this.entries.set(next);
    if (isMoved) return writeUnits(old.bytes) + writeUnits(next.bytes);
    return sameItem(old.item, next.item) ? 0 : writeUnits(Math.max(old.bytes, next.bytes));
  }

  /** Adds a row that was written before the index was created. */
  backfill(row: Entry): void {
    const entry = this.#entryOf(row);
    if (entry !== undefined) this.entries.set(entry);
  }
}

function sameItem(a: Item, b: Item): boolean {
  if (a === b) return true;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => {
    const [x, y] = [getOwn(a, name), getOwn(b, name)];
    return x !== undefined && y !== undefined && sameValue(x, y);
  });
}
