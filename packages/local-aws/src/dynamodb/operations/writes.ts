// Plans puts and deletes, and executes planned writes: for single calls, batches and transactions.

import { DynamoDbError, validationError } from '../errors.ts';
import { type ItemPredicate, isConditionMet } from '../expressions/condition.ts';
import { parseCondition } from '../expressions/condition-parser.ts';
import { type ExpectedAttribute, expectedPredicate } from '../expressions/legacy.ts';
import type { Scope } from '../expressions/scope.ts';
import { getOwn, type Output } from '../input.ts';
import type { DynamoDbState } from '../state.ts';
import type { Entry } from '../storage/collection.ts';
import { type Position, positionOf } from '../storage/keys.ts';
import type { Table, WriteCost } from '../storage/table.ts';
import { checkItemKeys, checkKey } from '../validation/check-keys.ts';
import { type CheckedMap, packItem } from '../validation/check-values.ts';
import { type Item, unpackItem } from '../values.ts';

export const MAX_ITEM_BYTES = 400 * 1024;

/** The parameters that make a write conditional. */
export interface ConditionParameters {
  readonly ConditionExpression?: string;
  readonly Expected?: Readonly<Record<string, ExpectedAttribute>>;
  readonly ConditionalOperator?: string;
}

/** The item after a write; undefined when it is deleted. */
export type ItemAfter = { readonly item: Item; readonly bytes: number } | undefined;

/** A write whose parameters are checked. What it writes depends only on the existing item. */
export interface PlannedWrite {
  readonly table: Table;
  readonly position: Position;
  readonly condition: ItemPredicate | undefined;
  /** The item after the write. @throws {DynamoDbError} when the existing item does not allow the write */
  readonly apply: (before: Entry | undefined) => ItemAfter;
}

/** The condition of a write, if it has one. @throws {DynamoDbError} `ValidationException` */
export function conditionOf(request: ConditionParameters, scope: Scope): ItemPredicate | undefined {
  if (request.ConditionExpression !== undefined) {
    const { condition } = parseCondition('ConditionExpression', request.ConditionExpression, scope);
    return (item) => isConditionMet(condition, item);
  }
  return request.Expected && expectedPredicate(request.Expected, request.ConditionalOperator);
}

/** @throws {DynamoDbError} when a value is invalid */
export function checkValues({ problem }: CheckedMap): void {
  if (problem !== undefined) throw validationError(problem);
}

/** @throws {DynamoDbError} when the item is larger than 400 KB */
export function checkItemSize({ bytes }: CheckedMap): void {
  if (bytes > MAX_ITEM_BYTES) throw validationError('Item size has exceeded the maximum allowed size');
}

export function planPut(table: Table, item: CheckedMap, condition: ItemPredicate | undefined): PlannedWrite {
  checkItemKeys(table, item.values);
  const after = { item: packItem(item), bytes: item.bytes };
  return { table, position: positionOf(table.keys, item.values), condition, apply: () => after };
}

export function planDelete(table: Table, key: CheckedMap, condition: ItemPredicate | undefined): PlannedWrite {
  checkKey(table, key.values);
  return { table, position: positionOf(table.keys, key.values), condition, apply: () => undefined };
}

/** The error for a condition that is not met. It contains the existing item if the request asked for it. */
function conditionFailedError(before: Entry | undefined, returnValues: string | undefined): DynamoDbError {
  const isRequested = returnValues === 'ALL_OLD' && before !== undefined;
  const details: Output = isRequested ? { Item: unpackItem(before.item) } : {};
  return new DynamoDbError('ConditionalCheckFailedException', 'The conditional request failed', details);
}

export interface WriteResult {
  readonly before: Entry | undefined;
  readonly after: ItemAfter;
  readonly cost: WriteCost;
}

/** @throws {DynamoDbError} `ConditionalCheckFailedException`, a throttling error, or the error of the write itself */
export function executeWrite(
  state: DynamoDbState,
  { table, position, condition, apply }: PlannedWrite,
  returnOnFailure: string | undefined,
): WriteResult {
  const before = table.get(position);
  if (condition !== undefined && !condition(before?.item)) throw conditionFailedError(before, returnOnFailure);
  const after = apply(before);
  state.throttleWrite(table, position, before, after);
  const cost = state.write(table, position, before, after);
  return { before, after, cost };
}

const GIGABYTE = 1024 ** 3;

/** `ItemCollectionMetrics` of a write; only tables with local indexes have item collections. */
export function itemCollectionMetrics(table: Table, position: Position, key: Item): Output | undefined {
  if (!table.hasLocalIndexes) return undefined;
  let bytes = table.rows.partition(position.hash)?.bytes ?? 0;
  for (const { definition, entries } of table.indexes.values()) {
    if (definition.kind === 'local') bytes += entries.partition(position.hash)?.bytes ?? 0;
  }
  const gigabytes = Math.floor(bytes / GIGABYTE);
  const { name } = table.keys.hash;
  return { ItemCollectionKey: { [name]: getOwn(key, name) }, SizeEstimateRangeGB: [gigabytes, gigabytes + 1] };
}
