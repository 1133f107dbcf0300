// AWS's throughput quotas, as an option: what a partition, a table and a provisioned throughput allow per second.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html

import { DynamoDbError } from './errors.ts';
import type { SecondaryIndex } from './storage/secondary-index.ts';
import type { Table } from './storage/table.ts';

export interface QuotaOptions {
  /** Write and read units per second of one partition key. */
  readonly partition?: Partial<Rates>;
  /** Write and read units per second of a new table on demand. */
  readonly onDemand?: Partial<Rates>;
}

export interface Rates {
  readonly write: number;
  readonly read: number;
}

const PARTITION: Rates = { write: 1000, read: 3000 };
const ON_DEMAND: Rates = { write: 4000, read: 12_000 };
/** A table on demand allows twice its previous peak within half an hour. */
const GROWTH = 2;
const GROWTH_WINDOW_MS = 30 * 60 * 1000;
/** Unused provisioned units are saved for this time. */
const BURST_SECONDS = 300;
const UNIT_BYTES = 1024;

/** Units that refill with time. A call may overdraw once: its size is only known when it is done. */
class Bucket {
  rate: number;
  readonly #seconds: number;
  #units: number;
  #at: number;

  /** @param seconds for how long unused units are saved */
  constructor(rate: number, seconds: number, now: number) {
    this.rate = rate;
    this.#seconds = seconds;
    this.#units = rate * seconds;
    this.#at = now;
  }

  #refill(now: number): void {
    this.#units = Math.min(this.rate * this.#seconds, this.#units + ((now - this.#at) / 1000) * this.rate);
    this.#at = now;
  }

  hasUnits(now: number): boolean {
    this.#refill(now);
    return this.#units > 0;
  }

  take(units: number): void {
    this.#units -= units;
  }

  isFull(now: number): boolean {
    this.#refill(now);
    return this.#units >= this.rate * this.#seconds;
  }
}

type Kind = keyof Rates;

/** The unit buckets of one table. */
class TableQuota {
  readonly table: Record<Kind, Bucket>;
  readonly #partitions = new Map<string, Bucket>();
  readonly #provisioned: boolean;
  readonly rates: Rates;
  #peak: Record<Kind, { second: number; units: number; highest: number; since: number }>;

  constructor(rates: Rates, provisioned: boolean, now: number) {
    const seconds = provisioned ? BURST_SECONDS : 1;
    this.#provisioned = provisioned;
    this.rates = rates;
    this.table = { write: new Bucket(rates.write, seconds, now), read: new Bucket(rates.read, seconds, now) };
    const peak = () => ({ second: 0, units: 0, highest: 0, since: now });
    this.#peak = { write: peak(), read: peak() };
  }

  partition(kind: Kind, hash: string, rate: number, now: number): Bucket {
    const key = `${kind}:${hash}`;
    const found = this.#partitions.get(key);
    if (found !== undefined) return found;
    // Full buckets contain no information, so they are removed when there are many.
    if (this.#partitions.size >= 1000) {
      for (const [name, bucket] of this.#partitions) if (bucket.isFull(now)) this.#partitions.delete(name);
    }
    const bucket = new Bucket(rate, 1, now);
    this.#partitions.set(key, bucket);
    return bucket;
  }

  /** A table on demand allows twice its highest second, after half an hour. */
  grow(kind: Kind, units: number, now: number): void {
    if (this.#provisioned) return;
    const peak = this.#peak[kind];
    const second = Math.floor(now / 1000);
    peak.units = second === peak.second ? peak.units + units : units;
    peak.second = second;
    peak.highest = Math.max(peak.highest, peak.units);
    if (now - peak.since < GROWTH_WINDOW_MS) return;
    this.table[kind].rate = Math.max(this.table[kind].rate, peak.highest * GROWTH);
    peak.highest = 0;
    peak.since = now;
  }
}

export class Quotas {
  readonly #partition: Rates;
  readonly #onDemand: Rates;
  readonly #tables = new WeakMap<Table | SecondaryIndex, TableQuota>();

  constructor(options: QuotaOptions) {
    this.#partition = { ...PARTITION, ...options.partition };
    this.#onDemand = { ...ON_DEMAND, ...options.onDemand };
  }

  #quotaOf(owner: Table | SecondaryIndex, table: Table, now: number): TableQuota {
    const isProvisioned = table.billingMode === 'PROVISIONED';
    const rates = isProvisioned ? owner.throughput : this.#onDemand;
    const found = this.#tables.get(owner);
    const isCurrent =
      found !== undefined &&
      (isProvisioned ? found.rates.read === rates.read && found.rates.write === rates.write : found.rates === rates);
    if (isCurrent) return found;
    const quota = new TableQuota(rates, isProvisioned, now);
    this.#tables.set(owner, quota);
    return quota;
  }

  #take(
    kind: Kind,
    owner: Table | SecondaryIndex,
    table: Table,
    hash: string | undefined,
    units: number,
    now: number,
  ): void {
    const quota = this.#quotaOf(owner, table, now);
    const bucket = quota.table[kind];
    const partition = hash === undefined ? undefined : quota.partition(kind, hash, this.#partition[kind], now);
    if (!bucket.hasUnits(now) || partition?.hasUnits(now) === false) throw throttled(table);
    bucket.take(units);
    partition?.take(units);
    quota.grow(kind, units, now);
  }

  write(table: Table, hash: string, bytes: number, now: number): void {
    this.#take('write', table, table, hash, Math.max(1, Math.ceil(bytes / UNIT_BYTES)), now);
  }

  read(table: Table, hash: string | undefined, units: number, now: number, index?: SecondaryIndex): void {
    const owner = index?.definition.kind === 'global' ? index : table;
    this.#take('read', owner, table, hash, units, now);
  }
}

function throttled(table: Table): DynamoDbError {
  if (table.billingMode === 'PROVISIONED') {
    return new DynamoDbError(
      'ProvisionedThroughputExceededException',
      'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
    );
  }
  return new DynamoDbError(
    'ThrottlingException',
    'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly. If exceptions persist, check if you have a hot key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html',
  );
}
