// The common parts of BatchWriteItem and BatchGetItem.

import { DynamoDbError, validationError } from '../errors.ts';
import { isObject } from '../input.ts';
import type { Position } from '../storage/keys.ts';
import type { Table } from '../storage/table.ts';

/** Names of tables as keys of `RequestItems`. */
export const tableNames = {
  fits: (key: string) => key.length >= 1 && key.length <= 255 && /^[a-zA-Z0-9_.-]+$/.test(key),
  text: 'Member must have length less than or equal to 255, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+',
};

/** @throws {DynamoDbError} when the batch is empty */
export function checkNotEmpty(items: object, operation: string): void {
  if (Object.keys(items).length === 0) {
    throw validationError(`The requestItems parameter is required for ${operation}`);
  }
}

/** The part of the request that a client must send again: the request's own members. */
export function unprocessedOf(input: unknown, name: string, indexes: readonly number[]): unknown[] {
  const list = isObject(input) ? input[name] : undefined;
  return Array.isArray(list) ? indexes.map((index) => list[index]) : [];
}

/** The keys of a batch, in which each can occur once. */
export class Keys {
  readonly #seen = new Map<Table, Set<string>>();

  add(table: Table, { hash, order }: Position): void {
    const seen = this.#seen.get(table) ?? new Set();
    this.#seen.set(table, seen);
    const key = `${hash.length}:${hash}${order}`;
    if (seen.has(key)) throw validationError('Provided list of item keys contains duplicates');
    seen.add(key);
  }
}

/** Errors that leave an item unprocessed instead of failing the batch. */
export const isThrottling = (error: unknown): error is DynamoDbError =>
  error instanceof DynamoDbError &&
  (error.code === 'ProvisionedThroughputExceededException' || error.code === 'ThrottlingException');
