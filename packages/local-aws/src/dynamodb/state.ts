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
import { type AttributeMap, type Item, unpackItem } from './values.ts';

/** How long tables and indexes have the statuses CREATING, UPDATING and DELETING, in milliseconds. */
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
   * How long `CREATING`, `UPDATING` and `DELETING` last; no time unless given. Even then, the response to the call that
   * begins a phase reports its status; the next call sees `ACTIVE`, or that the table no longer exists.
   */
  readonly phases?: Partial<Phases>;
  /** AWS's quotas; none unless given. */
  readonly quotas?: QuotaOptions;
  /** Called after each write of an item, including those by transactions and by time to live. */
  readonly onWrite?: (write: ItemWrite) => void;
  /** The age, in milliseconds, of the state that an eventually consistent read sees; called for each such read. */
  readonly staleMs?: () => number;
  /** How far back `staleMs` can go; ten seconds unless given. */
  readonly historyMs?: number;
  /** The largest number of entries that a page of a query or a scan reads, besides the limit of 1 MB. */
  readonly maxPageItems?: () => number;
  /** The number of a batch's items that are processed; the others are returned as unprocessed. */
  readonly maxBatchItems?: (requested: number) => number;
  /** Whether another transaction is in progress on an item, so that a transaction with this item is cancelled. */
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
  /** How many items at the end of the current call's batch stay unprocessed. */
  unprocessedCount = 0;

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

  /** A table by name, with any status. */
  findTable(name: string): Table | undefined {
    const table = this.tables.get(name);
    if (table?.deletingUntil === undefined || this.now() < table.deletingUntil) return table;
    this.tables.delete(name);
    return undefined;
  }

  /**
   * A table whose items can be used, after its expired items are deleted.
   * @throws {DynamoDbError} when it does not exist, or is being created or deleted
   */
  activeTable(name: string): Table {
    const table = this.findTable(name);
    const now = this.now();
    const status = table && statusOf(table, now);
    if (table === undefined || (status !== 'ACTIVE' && status !== 'UPDATING')) throw resourceNotFound();
    for (const row of table.deleteExpired(now)) {
      const { item } = row;
      this.#history?.add(table, row, row, now);
      this.#options.onWrite?.({ table: name, before: item, after: undefined, at: now });
    }
    return table;
  }

  /** The current item, for observers: it deletes no expired items and counts no units. Read it, do not change it. */
  item(tableName: string, key: AttributeMap): AttributeMap | undefined {
    const table = this.tables.get(tableName);
    const row = table?.get(positionOf(table.keys, key));
    return row && unpackItem(row.item);
  }

  arnOf(name: string): string {
    return `arn:aws:dynamodb:${this.region}:${this.accountId}:table/${name}`;
  }

  /** The time whose state an eventually consistent read sees; undefined for the current state. */
  #staleTime(isConsistent: boolean): number | undefined {
    const ms = isConsistent ? 0 : (this.#options.staleMs?.() ?? 0);
    return ms > 0 ? this.now() - ms : undefined;
  }

  /** The entry at a position: the current one or, for an eventually consistent read, an earlier one. */
  read(table: Table, position: Position, isConsistent: boolean): Entry | undefined {
    const time = this.#staleTime(isConsistent);
    return time === undefined ? table.get(position) : this.#history?.entryAt(table, position, time);
  }

  /** The entries that a query or a scan reads: the current ones or, if eventually consistent, earlier ones. */
  readCollection({ table, index, entries }: Source, isConsistent: boolean): Collection {
    const time = this.#staleTime(isConsistent);
    return time === undefined ? entries : (this.#history?.collectionAt(table, index, time) ?? entries);
  }

  /** Puts an item at its position, or deletes the one there if there is no next item. */
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

  maxPageItems(): number {
    return this.#options.maxPageItems?.() ?? Number.POSITIVE_INFINITY;
  }

  maxBatchItems(requested: number): number {
    const limit = this.#options.maxBatchItems?.(requested) ?? requested;
    return Math.max(0, Math.min(limit, requested - this.unprocessedCount));
  }

  hasConflict(table: Table, position: Position): boolean {
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
