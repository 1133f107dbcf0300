// DynamoDB's Query on the table or its index: keys, order, pages, filter and projection.
import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { parseCondition } from './conditions.ts';
import { validationError } from './errors.ts';
import { project, scopeOf } from './expression-parser.ts';
import { compare, type Item, itemBytes } from './values.ts';

export interface TableDefinition {
  readonly name: string;
  readonly hash: string;
  readonly range: string;
  readonly index: {
    readonly name: string;
    readonly hash: string;
    readonly range: string;
    /** What the index shows besides the keys. */
    readonly includes: readonly string[];
  };
}

/** Answers a query over the given states of the table's items. */
export function runQuery(
  input: QueryCommandInput,
  states: readonly Item[],
  table: TableDefinition,
  page?: number,
): object {
  const indexed = input.IndexName !== undefined;
  if (indexed && input.IndexName !== table.index.name) {
    throw validationError('The table does not have the specified index');
  }
  if (indexed && input.ConsistentRead) {
    throw validationError('Consistent reads are not supported on global secondary indexes');
  }
  if (input.KeyConditionExpression === undefined) {
    throw validationError('Either the KeyConditions or KeyConditionExpression parameter must be specified');
  }
  const { hash, range } = indexed ? table.index : table;
  const condition = parseCondition(input.KeyConditionExpression);
  const sign = input.ScanIndexForward === false ? -1 : 1;
  const order = (a: Item, b: Item) => sign * (by(a, b, range) || by(a, b, table.hash) || by(a, b, table.range));

  const start = input.ExclusiveStartKey;
  const found = states
    .filter((item) => item[hash] !== undefined && item[range] !== undefined && condition(scopeOf(input, item)))
    .sort(order)
    .filter((item) => start === undefined || order(item, start) > 0);
  const limit = Math.min(input.Limit ?? Number.POSITIVE_INFINITY, page ?? Number.POSITIVE_INFINITY, fitting(found));
  const taken = found.slice(0, limit);
  const filter = input.FilterExpression === undefined ? () => true : parseCondition(input.FilterExpression);
  const kept = taken.filter((item) => filter(scopeOf(input, item)));
  const last = taken.at(-1);
  const more =
    last !== undefined && taken.length >= limit && (found.length > taken.length || input.Limit === taken.length);
  const keys = [...new Set([table.hash, table.range, hash, range])];
  const shown = new Set([...keys, ...table.index.includes]);
  const seen = (item: Item): Item =>
    indexed ? Object.fromEntries(Object.entries(item).filter(([name]) => shown.has(name))) : item;
  return {
    Count: kept.length,
    ScannedCount: taken.length,
    ...(input.Select === 'COUNT'
      ? {}
      : { Items: kept.map((item) => project(seen(item), input.ProjectionExpression, scopeOf(input, item))) }),
    ...(more ? { LastEvaluatedKey: Object.fromEntries(keys.flatMap((key) => entry(last, key))) } : {}),
  };
}

const PAGE_BYTES = 1024 * 1024;

/** How many items fit into a page of 1 MB; one more than fits at least, as DynamoDB looks after it has taken. */
function fitting(items: readonly Item[]): number {
  let bytes = 0;
  for (const [at, item] of items.entries()) {
    bytes += itemBytes(item);
    if (bytes >= PAGE_BYTES) return at + 1;
  }
  return Number.POSITIVE_INFINITY;
}

const entry = (item: Item, key: string) => {
  const value = item[key];
  return value === undefined ? [] : [[key, value] as const];
};

function by(a: Item, b: Item, name: string): number {
  const [left, right] = [a[name], b[name]];
  return left === undefined || right === undefined ? 0 : (compare(left, right) ?? 0);
}
