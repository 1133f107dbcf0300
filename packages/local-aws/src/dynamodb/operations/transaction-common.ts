// The common parts of write and read transactions.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html

import { Consumption } from '../capacity.ts';
import { DynamoDbError, validationError } from '../errors.ts';
import type { Position } from '../storage/keys.ts';
import type { Table } from '../storage/table.ts';
import { EmptyKeyError } from '../validation/check-keys.ts';
import type { Members, Shape } from '../validation/parse-parameters.ts';

const MAX_ACTIONS = 100;
/** A transaction consumes the units of each read and write twice: to prepare it and to commit it. */
export const CAPACITY_FACTOR = 2;

/** The shape of `TransactItems`. */
export const transactItems = (java: string, members: Members): Shape => ({
  kind: 'list',
  notNull: true,
  minLength: 1,
  maxLength: MAX_ACTIONS,
  maxChecked: MAX_ACTIONS + 1,
  of: { kind: 'structure', java, members },
});

/** Why an action cancels its transaction; `None` for an action that does not. */
export interface CancellationReason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: unknown;
}

export const NO_REASON: CancellationReason = { Code: 'None' };

export function transactionCancelled(reasons: readonly CancellationReason[]): DynamoDbError {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new DynamoDbError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { CancellationReasons: reasons },
  );
}

export const CONFLICT_REASON: CancellationReason = {
  Code: 'TransactionConflict',
  Message: 'Transaction is ongoing for the item',
};

/**
 * The reason for an error of one action. For an empty key or a missing table, AWS refuses the request instead.
 * @throws the error itself when it is not a reason
 */
export function cancellationReasonOf(error: unknown): CancellationReason {
  if (!(error instanceof DynamoDbError) || error instanceof EmptyKeyError) throw error;
  if (error.code === 'ValidationException') return { Code: 'ValidationError', Message: error.message };
  if (error.code === 'ProvisionedThroughputExceededException') {
    return { Code: 'ProvisionedThroughputExceeded', Message: error.message };
  }
  if (error.code === 'ThrottlingException') return { Code: 'ThrottlingError', Message: error.message };
  throw error;
}

/** The items of a transaction: refuses an item that occurs twice. */
export class UniqueTargets {
  readonly #targets = new Set<string>();

  /** @throws {DynamoDbError} when the item was added before */
  add(table: Table, { hash, sortText }: Position): void {
    const target = `${table.name}/${hash.length}:${hash}${sortText}`;
    if (this.#targets.has(target)) {
      throw validationError('Transaction request cannot include multiple operations on one item');
    }
    this.#targets.add(target);
  }
}

/** The sum of the units that a transaction consumes in a table; created on first use. */
export function consumptionOf(
  consumptions: Map<Table, Consumption>,
  table: Table,
  transactionUnits: 'ReadCapacityUnits' | 'WriteCapacityUnits',
): Consumption {
  const consumption = consumptions.get(table) ?? new Consumption(table, transactionUnits);
  consumptions.set(table, consumption);
  return consumption;
}
