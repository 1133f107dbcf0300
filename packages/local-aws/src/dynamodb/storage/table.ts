// A table: its rows, its indexes and its settings. Its status (CREATING, UPDATING, DELETING, ACTIVE) follows from the
// time: the fields `…Until` say when a status ends.

import { writeUnits } from '../units.ts';
import type { Item, KeyType } from '../values.ts';
import { Collection, type Entry } from './collection.ts';
import { Expirations } from './expirations.ts';
import { type KeySchema, keyAttributes, type Position } from './keys.ts';
import type { SecondaryIndex } from './secondary-index.ts';

export type BillingMode = 'PROVISIONED' | 'PAY_PER_REQUEST';

export interface Throughput {
  readonly read: number;
  readonly write: number;
}

export interface TableOptions {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createdOn: number;
  readonly keys: KeySchema;
  readonly attributeTypes: ReadonlyMap<string, KeyType>;
  readonly billingMode: BillingMode;
  readonly throughput: Throughput;
}

/** Write units of one write, by table and index. */
export interface WriteCost {
  readonly table: number;
  readonly indexes: ReadonlyMap<SecondaryIndex, number>;
}

const NO_INDEXES: ReadonlyMap<SecondaryIndex, number> = new Map();

export class Table {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly createdOn: number;
  readonly keys: KeySchema;
  readonly attributeTypes: Map<string, KeyType>;
  readonly rows = new Collection();
  readonly indexes = new Map<string, SecondaryIndex>();
  readonly tags = new Map<string, string>();
  billingMode: BillingMode;
  /** The time at which it became a table on demand. */
  onDemandSince: number | undefined;
  throughput: Throughput;
  lastIncreaseOn: number | undefined;
  lastDecreaseOn: number | undefined;
  /** For `NumberOfDecreasesToday`. Unlike on AWS, it is not reset each day. */
  decreasesToday = 0;
  deletionProtected = false;
  tableClass: string | undefined;
  tableClassChangedOn: number | undefined;
  encryption: Readonly<Record<string, unknown>> | undefined;
  onDemandThroughput: unknown;
  expirations: Expirations | undefined;
  /** Milliseconds since the epoch. */
  creatingUntil = 0;
  updatingUntil = 0;
  /** The time at which it stops existing. */
  deletingUntil: number | undefined;

  constructor(options: TableOptions) {
    this.name = options.name;
    this.arn = options.arn;
    this.id = options.id;
    this.createdOn = options.createdOn;
    this.keys = options.keys;
    this.attributeTypes = new Map(options.attributeTypes);
    this.billingMode = options.billingMode;
    this.throughput = options.throughput;
    if (options.billingMode === 'PAY_PER_REQUEST') this.onDemandSince = options.createdOn;
  }

  get keyNames(): readonly string[] {
    return keyAttributes(this.keys).map(({ name }) => name);
  }

  get hasLocalIndexes(): boolean {
    for (const { definition } of this.indexes.values()) if (definition.kind === 'local') return true;
    return false;
  }

  /** Indexes sorted by name, the order in which AWS checks their keys. */
  get sortedIndexes(): readonly SecondaryIndex[] {
    return [...this.indexes.values()].sort((a, b) => (a.definition.name < b.definition.name ? -1 : 1));
  }

  isKeyName(name: string): boolean {
    return name === this.keys.hash.name || name === this.keys.range?.name;
  }

  get(position: Position): Entry | undefined {
    return this.rows.get(position);
  }

  /** Puts the next item at its position; without one, deletes the existing item. */
  write(position: Position, before: Entry | undefined, next: { item: Item; bytes: number } | undefined): WriteCost {
    const after = next && { hash: position.hash, sortText: position.sortText, item: next.item, bytes: next.bytes };
    if (after !== undefined) this.rows.set(after);
    else if (before !== undefined) this.rows.delete(position);
    this.expirations?.applyWrite(before, after);
    const bytes = Math.max(before?.bytes ?? 0, after?.bytes ?? 0);
    return { table: writeUnits(bytes), indexes: this.#updateIndexes(before, after) };
  }

  #updateIndexes(before: Entry | undefined, after: Entry | undefined): WriteCost['indexes'] {
    let costs: Map<SecondaryIndex, number> | undefined;
    for (const index of this.indexes.values()) {
      const cost = index.applyWrite(before, after);
      if (cost === 0) continue;
      costs ??= new Map();
      costs.set(index, cost);
    }
    return costs ?? NO_INDEXES;
  }

  addIndex(index: SecondaryIndex): void {
    this.indexes.set(index.definition.name, index);
    for (const row of this.rows.all()) index.backfill(row);
  }

  /** Enables time to live for an attribute, or disables it. */
  setTimeToLive(attributeName: string | undefined): void {
    this.expirations = undefined;
    if (attributeName === undefined) return;
    this.expirations = new Expirations(attributeName);
    for (const row of this.rows.all()) this.expirations.applyWrite(undefined, row);
  }

  /** Deletes expired rows, one at each step of the iteration, and yields them. */
  *deleteExpired(now: number): Generator<Entry> {
    if (this.expirations === undefined) return;
    for (let row = this.expirations.nextExpired(now); row !== undefined; row = this.expirations.nextExpired(now)) {
      this.write(row, row, undefined);
      yield row;
    }
  }
}
