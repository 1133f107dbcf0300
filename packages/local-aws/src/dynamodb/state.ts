// The state of the embedded DynamoDB: tables, time, quotas, history.

import { randomUUID } from 'node:crypto';
import { resourceNotFound } from './errors.ts';
import { type QuotaOptions, Quotas } from './quotas.ts';
import type { Source } from './source.ts';
import type { Collection, Entry } from './storage/collection.ts';
import { statusOf } from './storage/describe.ts';
import { History } from './storage/history.ts';
import { type Position, positionOf } from './storage/keys.ts';
import type { SecondaryIndex } from './storage/secondary-index.ts';
import type { Table, WriteCost } from './storage/table.ts';
import { TransactionTokens } from './transaction-tokens.ts';
import { type AttributeMap, type Item, openedItem } from './values.ts';

/** How long phases of tables and indexes last, in milliseconds. */
export interface Phases {
  readonly createTableMs: number;
  readonly updateTableMs: number;
  readonly deleteTableMs: number;
  readonly createIndexMs: number;
}

/** One write of one item. The items belong to the engine: read them, do not change them. */
export interface ItemWrite {
  readonly table: string;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface DynamoDbEngineOptions {
  /** Milliseconds since the epoch. */
  readonly clock: { now(): number };
  readonly region?: string;
  readonly accountId?: string;
  /** For the ids of tables; `crypto.randomUUID` unless given. */
  readonly uuid?: () => string;
  /**
   * Phases take no time unless given: the answer to the call that begins one reports it, and the next call sees the
   * next one.
   */
  readonly phases?: Partial<Phases>;
  /** AWS's quotas; none unless given. */
  readonly quotas?: QuotaOptions;
  /** Called after each write of an item, including those by transactions and by time to live. */
  readonly onWrite?: (write: ItemWrite) => void;
  /** The age, in milliseconds, of the state that an eventually consistent read sees; called for each read. */
  readonly staleMs?: () => number;
  /** How far back `staleMs` can go; ten seconds unless given. */
  readonly historyMs?: number;
  /** The largest number of entries that a page of a query or a scan reads, in addition to the megabyte. */
  readonly pageItems?: () => number;
  /** The number of a batch's items that are processed; the others are returned as unprocessed. */
  readonly batchItems?: (requested: number) => number;
  /** Whether a transaction conflicts with another one on an item, and is cancelled. */
  readonly conflicts?: (table: string, key: Position) => boolean;
}

const HISTORY_MS = 10_000;
const NO_PHASES: Phases = { createTableMs: 0, updateTableMs: 0, deleteTableMs: 0, createIndexMs: 0 };

export class DynamoDbState {
  readonly region: string;
  readonly accountId: string;
  readonly phases: Phases;
  readonly tables = new Map<string, Table>();
  readonly tokens = new TransactionTokens();
  readonly #options: DynamoDbEngineOptions;
  readonly #quotas: Quotas | undefined;
  readonly #history: History | undefined;
  /** How many of the current call's last batch items stay unprocessed. */
  unprocessed = 0;

  constructor(options: DynamoDbEngineOptions) {
    this.#options = options;
    this.region = options.region ?? 'us-east-1';
    this.accountId = options.accountId ?? '000000000000';
    this.phases = { ...NO_PHASES, ...options.phases };
    this.#quotas = options.quotas && new Quotas(options.quotas);
    this.#history = options.staleMs && new History(options.historyMs ?? HISTORY_MS);
  }

  now(): number {
    return this.#options.clock.now();
  }

  uuid(): string {
    return (this.#options.uuid ?? randomUUID)();
  }

  /** A table by name, in any phase. */
  findTable(name: string): Table | undefined {
    const table = this.tables.get(name);
    if (table?.deletedAt === undefined || this.now() < table.deletedAt) return table;
    this.tables.delete(name);
    return undefined;
  }

  /** A table whose items can be used, without expired items. @throws {DynamoDbError} when it does not exist */
  activeTable(name: string): Table {
    const table = this.findTable(name);
    const now = this.now();
    const status = table && statusOf(table, now);
    if (table === undefined || (status !== 'ACTIVE' && status !== 'UPDATING')) throw resourceNotFound();
    for (const row of table.expire(now)) {
      const { item } = row;
      this.#history?.add(table, row, row, now);
      this.#options.onWrite?.({ table: name, before: item, after: undefined, at: now });
    }
    return table;
  }

  /** The current item, for observers: it neither advances time nor counts units. Read it, do not change it. */
  item(table: string, key: AttributeMap): AttributeMap | undefined {
    const found = this.tables.get(table);
    const row = found?.get(positionOf(found.keys, key));
    return row && openedItem(row.item);
  }

  arnOf(name: string): string {
    return `arn:aws:dynamodb:${this.region}:${this.accountId}:table/${name}`;
  }

  /** The time whose state an eventually consistent read sees; undefined for the current state. */
  #staleTime(isConsistent: boolean): number | undefined {
    const ms = isConsistent ? 0 : (this.#options.staleMs?.() ?? 0);
    return ms > 0 ? this.now() - ms : undefined;
  }

  /** The item at a position, now or earlier. */
  read(table: Table, position: Position, isConsistent: boolean): Entry | undefined {
    const time = this.#staleTime(isConsistent);
    return time === undefined ? table.get(position) : this.#history?.entryAt(table, position, time);
  }

  /** The source of a query or a scan, now or earlier. */
  view({ table, index, entries }: Source, isConsistent: boolean): Collection {
    const time = this.#staleTime(isConsistent);
    return time === undefined ? entries : (this.#history?.viewAt(table, index, time) ?? entries);
  }

  write(
    table: Table,
    position: Position,
    before: Entry | undefined,
    next: { item: Item; bytes: number } | undefined,
  ): WriteCost {
    const cost = table.write(position, before, next);
    this.#history?.add(table, position, before, this.now());
    this.#options.onWrite?.({ table: table.name, before: before?.item, after: next?.item, at: this.now() });
    return cost;
  }

  pageItems(): number {
    return this.#options.pageItems?.() ?? Number.POSITIVE_INFINITY;
  }

  batchLimit(requested: number): number {
    const limit = this.#options.batchItems?.(requested) ?? requested;
    return Math.max(0, Math.min(limit, requested - this.unprocessed));
  }

  conflicts(table: Table, position: Position): boolean {
    return this.#options.conflicts?.(table.name, position) ?? false;
  }

  /** @throws {DynamoDbError} when a quota is exhausted */
  throttleWrite(
    table: Table,
    position: Position,
    before: { readonly bytes: number } | undefined,
    after: { readonly bytes: number } | undefined,
  ): void {
    this.#quotas?.write(table, position.hash, Math.max(before?.bytes ?? 0, after?.bytes ?? 0), this.now());
  }

  /** @throws {DynamoDbError} when a quota is exhausted */
  throttleRead(table: Table, hash: string | undefined, units: number, index?: SecondaryIndex): void {
    this.#quotas?.read(table, hash, units, this.now(), index);
  }
}
