// Puts, updates and deletes of one item, prepared and executed: for single calls, batches and transactions.

import { DynamoDbError, validationError } from '../errors.ts';
import { meets, type Test } from '../expressions/condition.ts';
import { parseCondition } from '../expressions/condition-parser.ts';
import { type ExpectedAttribute, expectedTest } from '../expressions/legacy.ts';
import type { Scope } from '../expressions/scope.ts';
import { type Output, own } from '../input.ts';
import type { DynamoDbState } from '../state.ts';
import type { Entry } from '../storage/collection.ts';
import { type Position, positionOf } from '../storage/keys.ts';
import type { Table, WriteCost } from '../storage/table.ts';
import { checkItemKeys, checkKey } from '../validation/check-keys.ts';
import { type CheckedMap, packItem } from '../validation/check-values.ts';
import { type Item, openedItem } from '../values.ts';

export const MAX_ITEM_BYTES = 400 * 1024;

/** The parameters that make a write conditional. */
export interface ConditionParameters {
  readonly ConditionExpression?: string;
  readonly Expected?: Readonly<Record<string, ExpectedAttribute>>;
  readonly ConditionalOperator?: string;
}

/** The item after the write; undefined when it is deleted. */
export type Next = { readonly item: Item; readonly bytes: number } | undefined;

/** A write whose result depends only on the existing item. */
export interface PlannedWrite {
  readonly table: Table;
  readonly position: Position;
  readonly condition: Test | undefined;
  /** @throws {DynamoDbError} when the existing item does not allow it */
  readonly next: (before: Entry | undefined) => Next;
}

/** @throws {DynamoDbError} `ValidationException` */
export function conditionOf(request: ConditionParameters, scope: Scope): Test | undefined {
  if (request.ConditionExpression !== undefined) {
    const { condition } = parseCondition('ConditionExpression', request.ConditionExpression, scope);
    return (item) => meets(condition, item);
  }
  return request.Expected && expectedTest(request.Expected, request.ConditionalOperator);
}

/** @throws {DynamoDbError} when DynamoDB refuses a value */
export function checkValues({ problem }: CheckedMap): void {
  if (problem !== undefined) throw validationError(problem);
}

/** @throws {DynamoDbError} when it is over 400 KB */
export function checkItemSize({ bytes }: CheckedMap): void {
  if (bytes > MAX_ITEM_BYTES) throw validationError('Item size has exceeded the maximum allowed size');
}

export function planPut(table: Table, item: CheckedMap, condition: Test | undefined): PlannedWrite {
  checkItemKeys(table, item.values);
  const next = { item: packItem(item), bytes: item.bytes };
  return { table, position: positionOf(table.keys, item.values), condition, next: () => next };
}

export function planDelete(table: Table, key: CheckedMap, condition: Test | undefined): PlannedWrite {
  checkKey(table, key.values);
  return { table, position: positionOf(table.keys, key.values), condition, next: () => undefined };
}

/** A condition that is not met. The existing item is included if it was requested. */
function conditionFailed(before: Entry | undefined, returnValues: string | undefined): DynamoDbError {
  const isWanted = returnValues === 'ALL_OLD' && before !== undefined;
  const details: Output = isWanted ? { Item: openedItem(before.item) } : {};
  return new DynamoDbError('ConditionalCheckFailedException', 'The conditional request failed', details);
}

export interface Written {
  readonly before: Entry | undefined;
  readonly next: Next;
  readonly cost: WriteCost;
}

/** @throws {DynamoDbError} `ConditionalCheckFailedException`, or the error of the write itself */
export function carryOut(
  state: DynamoDbState,
  { table, position, condition, next }: PlannedWrite,
  returnOnFailure: string | undefined,
): Written {
  const before = table.get(position);
  if (condition !== undefined && !condition(before?.item)) throw conditionFailed(before, returnOnFailure);
  const after = next(before);
  state.throttleWrite(table, position, before, after);
  const cost = state.write(table, position, before, after);
  return { before, next: after, cost };
}

const GIGABYTE = 1024 ** 3;

/** `ItemCollectionMetrics` of a write; only tables with local indexes have item collections. */
export function itemCollectionMetrics(table: Table, position: Position, key: Item): Output | undefined {
  if (!table.hasLocalIndexes) return undefined;
  let bytes = table.rows.partition(position.hash)?.bytes ?? 0;
  for (const { definition, entries } of table.indexes.values()) {
    if (definition.kind === 'local') bytes += entries.partition(position.hash)?.bytes ?? 0;
  }
  const from = Math.floor(bytes / GIGABYTE);
  const { name } = table.keys.hash;
  return { ItemCollectionKey: { [name]: own(key, name) }, SizeEstimateRangeGB: [from, from + 1] };
}
