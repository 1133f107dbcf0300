// AWS's throughput quotas, as an option: the units per second of a partition key, and of a table or global index, on
// demand or provisioned. Neither writes to indexes nor reads in transactions are limited.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html

import { DynamoDbError } from './errors.ts';
import type { SecondaryIndex } from './storage/secondary-index.ts';
import type { Table } from './storage/table.ts';
import { writeUnits } from './units.ts';

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

const DEFAULT_PARTITION_RATES: Rates = { write: 1000, read: 3000 };
const DEFAULT_ON_DEMAND_RATES: Rates = { write: 4000, read: 12_000 };
/** A table on demand allows twice its previous peak within half an hour. */
const GROWTH = 2;
const GROWTH_WINDOW_MS = 30 * 60 * 1000;
/** Unused provisioned units are saved for this time. */
const BURST_SECONDS = 300;

/** Units that refill with time. While some are left, a call of any size is allowed, so they can become negative. */
class TokenBucket {
  rate: number;
  readonly #seconds: number;
  #units: number;
  #refilledAt: number;

  /** @param seconds for how long unused units are saved */
  constructor(rate: number, seconds: number, now: number) {
    this.rate = rate;
    this.#seconds = seconds;
    this.#units = rate * seconds;
    this.#refilledAt = now;
  }

  #refill(now: number): void {
    this.#units = Math.min(this.rate * this.#seconds, this.#units + ((now - this.#refilledAt) / 1000) * this.rate);
    this.#refilledAt = now;
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

type UnitKind = keyof Rates;

/** The token buckets of a table or a global index, and of its partitions. */
class Quota {
  readonly buckets: Record<UnitKind, TokenBucket>;
  readonly #partitions = new Map<string, TokenBucket>();
  readonly #isProvisioned: boolean;
  /** The rates with which it was created; those of `buckets` can be higher. */
  readonly rates: Rates;
  /** Units of the current second, and the highest units of a second since the rate was last adjusted. */
  #peak: Record<UnitKind, { second: number; units: number; highest: number; since: number }>;

  constructor(rates: Rates, isProvisioned: boolean, now: number) {
    const seconds = isProvisioned ? BURST_SECONDS : 1;
    this.#isProvisioned = isProvisioned;
    this.rates = rates;
    this.buckets = {
      write: new TokenBucket(rates.write, seconds, now),
      read: new TokenBucket(rates.read, seconds, now),
    };
    const peak = () => ({ second: 0, units: 0, highest: 0, since: now });
    this.#peak = { write: peak(), read: peak() };
  }

  partitionBucket(kind: UnitKind, hash: string, rate: number, now: number): TokenBucket {
    const key = `${kind}:${hash}`;
    const existing = this.#partitions.get(key);
    if (existing !== undefined) return existing;
    // A full bucket equals a new one, so full ones are removed when there are many.
    if (this.#partitions.size >= 1000) {
      for (const [name, bucket] of this.#partitions) if (bucket.isFull(now)) this.#partitions.delete(name);
    }
    const bucket = new TokenBucket(rate, 1, now);
    this.#partitions.set(key, bucket);
    return bucket;
  }

  /** Counts consumed units, and every half hour raises the rate of a table on demand to twice its highest second. */
  grow(kind: UnitKind, units: number, now: number): void {
    if (this.#isProvisioned) return;
    const peak = this.#peak[kind];
    const second = Math.floor(now / 1000);
    peak.units = second === peak.second ? peak.units + units : units;
    peak.second = second;
    peak.highest = Math.max(peak.highest, peak.units);
    if (now - peak.since < GROWTH_WINDOW_MS) return;
    this.buckets[kind].rate = Math.max(this.buckets[kind].rate, peak.highest * GROWTH);
    peak.highest = 0;
    peak.since = now;
  }
}

export class Quotas {
  readonly #partition: Rates;
  readonly #onDemand: Rates;
  readonly #quotas = new WeakMap<Table | SecondaryIndex, Quota>();

  constructor(options: QuotaOptions) {
    this.#partition = { ...DEFAULT_PARTITION_RATES, ...options.partition };
    this.#onDemand = { ...DEFAULT_ON_DEMAND_RATES, ...options.onDemand };
  }

  #quotaOf(owner: Table | SecondaryIndex, table: Table, now: number): Quota {
    const isProvisioned = table.billingMode === 'PROVISIONED';
    const rates = isProvisioned ? owner.throughput : this.#onDemand;
    const existing = this.#quotas.get(owner);
    const isCurrent =
      existing !== undefined &&
      (isProvisioned
        ? existing.rates.read === rates.read && existing.rates.write === rates.write
        : existing.rates === rates);
    if (isCurrent) return existing;
    const quota = new Quota(rates, isProvisioned, now);
    this.#quotas.set(owner, quota);
    return quota;
  }

  #take(
    kind: UnitKind,
    owner: Table | SecondaryIndex,
    table: Table,
    hash: string | undefined,
    units: number,
    now: number,
  ): void {
    const quota = this.#quotaOf(owner, table, now);
    const bucket = quota.buckets[kind];
    const partition = hash === undefined ? undefined : quota.partitionBucket(kind, hash, this.#partition[kind], now);
    if (!bucket.hasUnits(now) || partition?.hasUnits(now) === false) throw throttlingError(table);
    bucket.take(units);
    partition?.take(units);
    quota.grow(kind, units, now);
  }

  /** Takes the units of a write. @throws {DynamoDbError} when a quota is exhausted */
  write(table: Table, hash: string, bytes: number, now: number): void {
    this.#take('write', table, table, hash, writeUnits(bytes), now);
  }

  /**
   * Takes the units of a read.
   * @param hash the partition that it reads, if it is only one
   * @throws {DynamoDbError} when a quota is exhausted
   */
  read(table: Table, hash: string | undefined, units: number, now: number, index?: SecondaryIndex): void {
    const owner = index?.definition.kind === 'global' ? index : table;
    this.#take('read', owner, table, hash, units, now);
  }
}

function throttlingError(table: Table): DynamoDbError {
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
