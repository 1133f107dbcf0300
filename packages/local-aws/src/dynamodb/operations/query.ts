// Query: a part of one partition of a table or index, in order.

import { invalidParameters, validationError } from '../errors.ts';
import { beginsWith, compare, meets, type Test } from '../expressions/condition.ts';
import { type ParsedCondition, parseCondition } from '../expressions/condition-parser.ts';
import { type KeyCondition, keyConditions } from '../expressions/key-condition.ts';
import { checkConditions, filterTest, type LegacyCondition } from '../expressions/legacy.ts';
import { Scope } from '../expressions/scope.ts';
import { own } from '../input.ts';
import type { Source } from '../source.ts';
import type { Entry, Partition } from '../storage/collection.ts';
import { hashText, keyAttributes, orderBehind, orderFrom, orderPrefix, type Position } from '../storage/keys.ts';
import type { Table } from '../storage/table.ts';
import { checkKeyPaths } from '../validation/check-keys.ts';
import { checkExpressionParameters } from '../validation/expression-parameters.ts';
import { type Members, readParameters } from '../validation/shapes.ts';
import type { AttributeMap, KeyType } from '../values.ts';
import type { Operation, Operations } from './operation.ts';
import { checkSelect, fetchesItems, type PageParameters, readPage, sourceOf } from './pages.ts';
import * as parameters from './parameters.ts';
import { projectionOf } from './projections.ts';
import { checkStartKeyValues, startPosition } from './start-key.ts';

interface QueryParameters extends PageParameters {
  readonly KeyConditionExpression?: string;
  readonly KeyConditions?: Readonly<Record<string, LegacyCondition>>;
  readonly QueryFilter?: Readonly<Record<string, LegacyCondition>>;
  readonly ScanIndexForward?: boolean;
}

const QUERY: Members = {
  Select: parameters.select,
  IndexName: parameters.indexName,
  ReturnConsumedCapacity: parameters.returnConsumedCapacity,
  QueryFilter: parameters.legacyConditions,
  TableName: parameters.itemTableName,
  ConditionalOperator: parameters.conditionalOperator,
  AttributesToGet: parameters.attributesToGet,
  Limit: { kind: 'number', java: 'Integer', min: 1, terse: true },
  KeyConditions: parameters.legacyConditions,
  ExclusiveStartKey: parameters.attributeMap,
  ConsistentRead: parameters.flag,
  ScanIndexForward: parameters.flag,
  KeyConditionExpression: parameters.text,
  FilterExpression: parameters.text,
  ProjectionExpression: parameters.text,
  ...parameters.placeholders,
};

type KeyConditions = ReadonlyMap<string, KeyCondition>;

interface Filter {
  readonly test: Test | undefined;
  /** The parameter's name in messages, and the attributes that it uses. */
  readonly label: string;
  readonly attributes: ReadonlySet<string>;
  readonly nested: ReadonlySet<string>;
}

function checkParameters(request: QueryParameters): void {
  // A filter expression does not exclude `KeyConditions`; only a key condition expression does.
  const legacy = ['AttributesToGet', 'QueryFilter', 'ConditionalOperator'];
  if (request.KeyConditionExpression !== undefined) legacy.push('KeyConditions');
  const expressions = ['ProjectionExpression', 'FilterExpression', 'KeyConditionExpression'];
  checkExpressionParameters(request, expressions, legacy);
  checkConditions(request.QueryFilter ?? {});
  checkStartKeyValues(request.ExclusiveStartKey);
  if (request.KeyConditions === undefined && request.KeyConditionExpression === undefined) {
    throw validationError(
      'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
    );
  }
}

function readFilter(request: QueryParameters, parsed: ParsedCondition | undefined): Filter {
  const { QueryFilter: filter } = request;
  if (parsed !== undefined) {
    const { condition, attributes, nested } = parsed;
    return { test: (item) => meets(condition, item), label: 'Filter Expression', attributes, nested };
  }
  const test = filter && filterTest(filter, request.ConditionalOperator);
  return { test, label: 'QueryFilter', attributes: new Set(Object.keys(filter ?? {})), nested: new Set() };
}

function readKeyConditions(request: QueryParameters, parsed: ParsedCondition | undefined): KeyConditions {
  const given: Record<string, LegacyCondition> = { ...request.KeyConditions };
  if (parsed !== undefined) {
    for (const [name, { operator, values }] of keyConditions(parsed.condition)) {
      const list = values.map((value) => ({ value, problem: undefined }));
      given[name] = { ComparisonOperator: operator, AttributeValueList: list };
    }
  }
  checkConditions(given);
  const conditions = Object.entries(given).map(([name, { ComparisonOperator, AttributeValueList = [] }]) => {
    const values = AttributeValueList.map(({ value }) => value);
    return [name, { operator: ComparisonOperator, values }] as const;
  });
  if (conditions.length < 1 || conditions.length > 2) throw validationError('Conditions can be of length 1 or 2 only');
  return new Map(conditions);
}

const NOT_INDEXABLE: ReadonlySet<string> = new Set(['NULL', 'NOT_NULL', 'NE', 'CONTAINS', 'NOT_CONTAINS', 'IN']);

/** @throws {DynamoDbError} when the conditions are not on the source's key */
function checkKeyConditions({ keys }: Source, conditions: KeyConditions): void {
  keyAttributes(keys).forEach(({ name, type }, index) => {
    const isHash = index === 0;
    if (isHash && keys.range === undefined && conditions.size > 1) {
      throw validationError('Query key condition not supported');
    }
    const condition = conditions.get(name);
    if (condition === undefined) {
      if (isHash || conditions.size > 1) throw validationError(`Query condition missed key schema element: ${name}`);
      return;
    }
    if (NOT_INDEXABLE.has(condition.operator)) {
      throw validationError('Attempted conditional constraint is not an indexable operation');
    }
    if (condition.values.some((value) => value[type] === undefined)) {
      throw invalidParameters('Condition parameter type does not match schema type');
    }
    if (isHash && condition.operator !== 'EQ') throw validationError('Query key condition not supported');
    for (const value of condition.values) {
      const kind = value.S === '' ? 'string' : value.B === '' ? 'binary' : undefined;
      if (kind === undefined || (!isHash && condition.operator !== 'EQ')) continue;
      throw validationError(
        `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: ${name}`,
      );
    }
  });
}

/** Orders in the partition, from `from` to before `to`, with a common prefix if there is one. */
interface Bounds {
  readonly from: string;
  readonly to: string | undefined;
  readonly prefix: string | undefined;
}

const EVERYTHING: Bounds = { from: '', to: undefined, prefix: undefined };

function boundsOf(condition: KeyCondition | undefined, type: KeyType): Bounds {
  const [first, second] = condition?.values ?? [];
  if (condition === undefined || first === undefined) return EVERYTHING;
  const bounds = (from: string, to?: string): Bounds => ({ from, to, prefix: undefined });
  switch (condition.operator) {
    case 'EQ':
      return bounds(orderFrom(first, type), orderBehind(first, type));
    case 'LT':
      return bounds('', orderFrom(first, type));
    case 'LE':
      return bounds('', orderBehind(first, type));
    case 'GT':
      return bounds(orderBehind(first, type));
    case 'GE':
      return bounds(orderFrom(first, type));
    case 'BETWEEN':
      return bounds(orderFrom(first, type), second && orderBehind(second, type));
    default: {
      const prefix = orderPrefix(first, type);
      return { from: prefix, to: undefined, prefix };
    }
  }
}

/** Whether an order is after the bounds; it must not be before them. */
const isBehind = ({ to, prefix }: Bounds, order: string): boolean =>
  (to !== undefined && order >= to) || (prefix !== undefined && !order.startsWith(prefix));

// A start is within the bounds: `checkStart` refuses others.

function* forwards(partition: Partition, bounds: Bounds, start: Position | undefined): Generator<Entry> {
  const from = probe(start?.order ?? bounds.from);
  for (const entry of partition.entries.walk({ from, after: start !== undefined })) {
    if (isBehind(bounds, entry.order)) return;
    yield entry;
  }
}

function* backwards(partition: Partition, bounds: Bounds, start: Position | undefined): Generator<Entry> {
  // No order with the prefix sorts after the prefix and the largest code unit.
  const end = bounds.to ?? (bounds.prefix === undefined ? undefined : `${bounds.prefix}\uffff\uffff`);
  const from = start?.order ?? end;
  const walk = from === undefined ? { backwards: true } : { from: probe(from), after: true, backwards: true };
  for (const entry of partition.entries.walk(walk)) {
    if (entry.order < bounds.from) return;
    yield entry;
  }
}

/** A probe, of which only the order is compared. */
const probe = (order: string): Entry => ({ hash: '', order, item: {}, bytes: 0 });

/** @throws {DynamoDbError} when the start key is outside of what the query reads */
function checkStart(
  { keys }: Source,
  conditions: KeyConditions,
  start: Position,
  hash: string,
  key: AttributeMap,
): void {
  const condition = keys.range && conditions.get(keys.range.name);
  if (condition === undefined || keys.range === undefined) {
    if (start.hash !== hash) {
      throw validationError('The provided starting key is outside query boundaries based on provided conditions');
    }
    return;
  }
  const value = own(key, keys.range.name);
  if (value === undefined || !matchesRange(condition, value)) {
    throw validationError('The provided starting key does not match the range key predicate');
  }
  if (start.hash !== hash) {
    throw validationError('The query can return at most one row and cannot be restarted');
  }
}

function matchesRange({ operator, values }: KeyCondition, value: AttributeMap[string]): boolean {
  const [first, second] = values;
  if (operator === 'BEGINS_WITH') return first !== undefined && beginsWith(value, first);
  if (operator === 'BETWEEN') return compare('>=', value, first) && compare('<=', value, second);
  const comparator = ({ EQ: '=', LT: '<', LE: '<=', GT: '>', GE: '>=' } as const)[operator as 'EQ'];
  return compare(comparator, value, first);
}

function checkFilter(table: Table, { keys }: Source, filter: Filter): void {
  for (const { name } of keyAttributes(keys)) {
    if (filter.attributes.has(name)) {
      throw validationError(
        `${filter.label} can only contain non-primary key attributes: Primary key attribute: ${name}`,
      );
    }
  }
  checkKeyPaths(table, filter.nested);
}

const query: Operation = (engine, input) => {
  const request = readParameters<QueryParameters>(input, QUERY);
  checkParameters(request);
  const scope = new Scope(request);
  const { KeyConditionExpression: keyExpression, FilterExpression: filterExpression } = request;
  const key = keyExpression === undefined ? undefined : parseCondition('KeyConditionExpression', keyExpression, scope);
  const filtering =
    filterExpression === undefined ? undefined : parseCondition('FilterExpression', filterExpression, scope);
  const wanted = projectionOf(request, scope);
  scope.checkAllUsed();
  const conditions = readKeyConditions(request, key);
  const filter = readFilter(request, filtering);
  checkSelect(request, 'Query');
  const table = engine.activeTable(request.TableName);
  const source = sourceOf(table, request, engine.now());
  checkKeyConditions(source, conditions);
  const hashValue = conditions.get(source.keys.hash.name)?.values[0];
  const hash = hashValue === undefined ? '' : hashText(hashValue, source.keys.hash.type);
  const start = request.ExclusiveStartKey && startPosition(source, request.ExclusiveStartKey);
  if (start !== undefined && request.ExclusiveStartKey !== undefined) {
    checkStart(source, conditions, start, hash, request.ExclusiveStartKey.values);
  }
  wanted?.check(table);
  checkFilter(table, source, filter);
  fetchesItems(source, request.Select, wanted);
  const range = source.keys.range;
  const bounds = range === undefined ? EVERYTHING : boundsOf(conditions.get(range.name), range.type);
  const partition = engine.view(source, request.ConsistentRead ?? false).partition(hash);
  const walk = request.ScanIndexForward === false ? backwards : forwards;
  const entries = partition === undefined ? [] : walk(partition, bounds, start);
  return readPage(engine, entries, { source, request, filter: filter.test, wanted, hash });
};

export const QUERY_OPERATIONS: Operations = { Query: query };
