// The common parts of write and read transactions.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html

import { Consumption } from '../capacity.ts';
import { DynamoDbError, validationError } from '../errors.ts';
import type { Position } from '../storage/keys.ts';
import type { Table } from '../storage/table.ts';
import { EmptyKeyError } from '../validation/check-keys.ts';
import type { Members, Shape } from '../validation/shapes.ts';

const MAX_ACTIONS = 100;
/** Transactions consume everything twice: to prepare and to commit. */
export const FACTOR = 2;

/** The shape of `TransactItems`. */
export const transactItems = (java: string, members: Members): Shape => ({
  kind: 'list',
  notNull: true,
  minLength: 1,
  maxLength: MAX_ACTIONS,
  maxChecked: MAX_ACTIONS + 1,
  of: { kind: 'structure', java, members },
});

/** The reason for which an action cancels its transaction. */
export interface Reason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: unknown;
}

export const NO_REASON: Reason = { Code: 'None' };

export function cancelled(reasons: readonly Reason[]): DynamoDbError {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new DynamoDbError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { CancellationReasons: reasons },
  );
}

export const CONFLICT: Reason = {
  Code: 'TransactionConflict',
  Message: 'Transaction is ongoing for the item',
};

/** The reason for an error of one action. An empty key and a missing table refuse the whole request instead. */
export function reasonOf(error: unknown): Reason {
  if (!(error instanceof DynamoDbError) || error instanceof EmptyKeyError) throw error;
  if (error.code === 'ValidationException') return { Code: 'ValidationError', Message: error.message };
  if (error.code === 'ProvisionedThroughputExceededException') {
    return { Code: 'ProvisionedThroughputExceeded', Message: error.message };
  }
  if (error.code === 'ThrottlingException') return { Code: 'ThrottlingError', Message: error.message };
  throw error;
}

/** The items of a transaction, in which each can occur once. */
export class Targets {
  readonly #seen = new Set<string>();

  add(table: Table, { hash, order }: Position): void {
    const target = `${table.name}/${hash.length}:${hash}${order}`;
    if (this.#seen.has(target)) {
      throw validationError('Transaction request cannot include multiple operations on one item');
    }
    this.#seen.add(target);
  }
}

/** The capacity of a table that a transaction consumes. */
export function consumptionOf(
  consumptions: Map<Table, Consumption>,
  table: Table,
  split: 'ReadCapacityUnits' | 'WriteCapacityUnits',
): Consumption {
  const found = consumptions.get(table) ?? new Consumption(table, split);
  consumptions.set(table, found);
  return found;
}
