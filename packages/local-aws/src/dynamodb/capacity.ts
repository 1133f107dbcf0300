// The sums of capacity units that a call consumes, and how a response reports them.

import type { Output } from './input.ts';
import type { SecondaryIndex } from './storage/secondary-index.ts';
import type { Table, WriteCost } from './storage/table.ts';

export type ConsumedCapacityLevel = 'INDEXES' | 'TOTAL' | 'NONE' | undefined;

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

  #reportUnits(units: number): Output {
    return {
      CapacityUnits: units,
      ...(this.#transactionUnits !== undefined && { [this.#transactionUnits]: units }),
    };
  }

  #reportIndexes(kind: 'global' | 'local'): Output | undefined {
    const consumed = [...this.#indexes].filter(([index]) => index.definition.kind === kind);
    if (consumed.length === 0) return undefined;
    return Object.fromEntries(consumed.map(([index, units]) => [index.definition.name, this.#reportUnits(units)]));
  }

  /** `ConsumedCapacity` of one table. */
  report(level: 'INDEXES' | 'TOTAL'): Output {
    const total = { TableName: this.table.name, ...this.#reportUnits(this.total) };
    if (level === 'TOTAL') return total;
    const [globals, locals] = [this.#reportIndexes('global'), this.#reportIndexes('local')];
    return {
      ...total,
      Table: this.#reportUnits(this.#tableUnits),
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
