// The capacity units that calls consume, by AWS's rules.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html

import type { Output } from './input.ts';
import type { SecondaryIndex } from './storage/secondary-index.ts';
import type { Table, WriteCost } from './storage/table.ts';

const READ_UNIT_BYTES = 4096;

export type ConsumedCapacityLevel = 'INDEXES' | 'TOTAL' | 'NONE' | undefined;

/** Read units of one read of this size; an eventually consistent read consumes half of them. */
export function readUnits(bytes: number, isConsistent: boolean | undefined): number {
  const units = Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES));
  return isConsistent ? units : units / 2;
}

/** Transactions report their units a second time under this name. */
type TransactionUnits = 'ReadCapacityUnits' | 'WriteCapacityUnits' | undefined;

/** Units of one table and its indexes, summed over a request. */
export class Consumption {
  readonly table: Table;
  readonly #transactionUnits: TransactionUnits;
  readonly #indexes = new Map<SecondaryIndex, number>();
  #tableUnits = 0;

  constructor(table: Table, transactionUnits?: TransactionUnits) {
    this.table = table;
    this.#transactionUnits = transactionUnits;
  }

  addTable(units: number): void {
    this.#tableUnits += units;
  }

  addIndex(index: SecondaryIndex, units: number): void {
    this.#indexes.set(index, (this.#indexes.get(index) ?? 0) + units);
  }

  addWrite(cost: WriteCost, factor = 1): void {
    this.addTable(cost.table * factor);
    for (const [index, units] of cost.indexes) this.addIndex(index, units * factor);
  }

  get total(): number {
    let total = this.#tableUnits;
    for (const units of this.#indexes.values()) total += units;
    return total;
  }

  #units(units: number): Output {
    return {
      CapacityUnits: units,
      ...(this.#transactionUnits !== undefined && { [this.#transactionUnits]: units }),
    };
  }

  #indexUnits(kind: 'global' | 'local'): Output | undefined {
    const consumed = [...this.#indexes].filter(([index]) => index.definition.kind === kind);
    if (consumed.length === 0) return undefined;
    return Object.fromEntries(consumed.map(([index, units]) => [index.definition.name, this.#units(units)]));
  }

  /** `ConsumedCapacity` of one table. */
  report(level: 'INDEXES' | 'TOTAL'): Output {
    const total = { TableName: this.table.name, ...this.#units(this.total) };
    if (level === 'TOTAL') return total;
    const [globals, locals] = [this.#indexUnits('global'), this.#indexUnits('local')];
    return {
      ...total,
      Table: this.#units(this.#tableUnits),
      ...(locals !== undefined && { LocalSecondaryIndexes: locals }),
      ...(globals !== undefined && { GlobalSecondaryIndexes: globals }),
    };
  }
}

/** The `ConsumedCapacity` member of a response about one table, if the request asked for it. */
export function consumedCapacity(level: ConsumedCapacityLevel, consumption: Consumption): Output {
  return level === 'INDEXES' || level === 'TOTAL' ? { ConsumedCapacity: consumption.report(level) } : {};
}

/** The same for requests about several tables. */
export function consumedCapacities(level: ConsumedCapacityLevel, consumptions: Iterable<Consumption>): Output {
  if (level !== 'INDEXES' && level !== 'TOTAL') return {};
  return { ConsumedCapacity: Array.from(consumptions, (consumption) => consumption.report(level)) };
}
