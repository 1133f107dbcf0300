// The common parts of BatchWriteItem and BatchGetItem.

import { DynamoDbError, validationError } from '../errors.ts';
import { isObject } from '../input.ts';
import type { Position } from '../storage/keys.ts';
import type { Table } from '../storage/table.ts';

/** The constraint of the keys of `RequestItems`: they are names of tables. */
export const tableNameConstraint = {
  isValid: (key: string) => key.length >= 1 && key.length <= 255 && /^[a-zA-Z0-9_.-]+$/.test(key),
  description:
    'Member must have length less than or equal to 255, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+',
};

/** @throws {DynamoDbError} when the batch is empty */
export function checkNotEmpty(items: object, operation: string): void {
  if (Object.keys(items).length === 0) {
    throw validationError(`The requestItems parameter is required for ${operation}`);
  }
}

/** The elements of a list in the request, unchanged, which a client must send again. */
export function selectUnprocessed(parent: unknown, listName: string, indexes: readonly number[]): unknown[] {
  const list = isObject(parent) ? parent[listName] : undefined;
  return Array.isArray(list) ? indexes.map((index) => list[index]) : [];
}

/** The keys of a batch: refuses a key that occurs twice. */
export class UniqueKeys {
  readonly #keysByTable = new Map<Table, Set<string>>();

  /** @throws {DynamoDbError} when the key was added before */
  add(table: Table, { hash, sortText }: Position): void {
    const keys = this.#keysByTable.get(table) ?? new Set();
    this.#keysByTable.set(table, keys);
    const key = `${hash.length}:${hash}${sortText}`;
    if (keys.has(key)) throw validationError('Provided list of item keys contains duplicates');
    keys.add(key);
  }
}

/** Errors that leave an item unprocessed instead of failing the batch. */
export const isThrottlingError = (error: unknown): error is DynamoDbError =>
  error instanceof DynamoDbError &&
  (error.code === 'ProvisionedThroughputExceededException' || error.code === 'ThrottlingException');
