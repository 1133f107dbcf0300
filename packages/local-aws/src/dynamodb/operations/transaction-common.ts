// What write and read transactions have in common.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html

import { Consumption } from '../capacity.ts';
import { DynamoDbError, validationError } from '../errors.ts';
import type { Position } from '../storage/keys.ts';
import type { Table } from '../storage/table.ts';
import { EmptyKeyError } from '../validation/check-keys.ts';
import type { Members, Shape } from '../validation/shapes.ts';

const MAX_ACTIONS = 100;
/** Transactions do everything twice: prepare and commit. */
export const FACTOR = 2;

/** The shape of `TransactItems`. */
export const transactItems = (java: string, members: Members): Shape => ({
  kind: 'list',
  notNull: true,
  minLength: 1,
  maxLength: MAX_ACTIONS,
  looksAt: MAX_ACTIONS + 1,
  of: { kind: 'structure', java, members },
});

/** Why an action stops its transaction. */
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

/** What an error of one action means for the transaction; an empty key, or no such table, is the whole request's. */
export function reasonOf(error: unknown): Reason {
  if (!(error instanceof DynamoDbError) || error instanceof EmptyKeyError) throw error;
  if (error.code === 'ValidationException') return { Code: 'ValidationError', Message: error.message };
  if (error.code === 'ProvisionedThroughputExceededException') {
    return { Code: 'ProvisionedThroughputExceeded', Message: error.message };
  }
  if (error.code === 'ThrottlingException') return { Code: 'ThrottlingError', Message: error.message };
  throw error;
}

/** The items of a transaction: each can be in it once. */
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

/** The consumption of a table in a transaction. */
export function consumptionOf(
  consumptions: Map<Table, Consumption>,
  table: Table,
  split: 'ReadCapacityUnits' | 'WriteCapacityUnits',
): Consumption {
  const found = consumptions.get(table) ?? new Consumption(table, split);
  consumptions.set(table, found);
  return found;
}
