// Query: reads a part of one partition of a table or index, in order.

import { invalidParameters, validationError } from '../errors.ts';
import { beginsWith, compare, type ItemPredicate, isConditionMet } from '../expressions/condition.ts';
import { type ParsedCondition, parseCondition } from '../expressions/condition-parser.ts';
import { type KeyCondition, keyConditions } from '../expressions/key-condition.ts';
import { checkConditions, filterPredicate, type LegacyCondition } from '../expressions/legacy.ts';
import { Scope } from '../expressions/scope.ts';
import { getOwn } from '../input.ts';
import type { Source } from '../source.ts';
import type { Entry, Partition } from '../storage/collection.ts';
import {
  firstSortText,
  hashText,
  keyAttributes,
  type Position,
  sortTextAfter,
  sortTextPrefix,
} from '../storage/keys.ts';
import type { Table } from '../storage/table.ts';
import { checkKeyPaths } from '../validation/check-keys.ts';
import { checkExpressionParameters } from '../validation/expression-parameters.ts';
import { type Members, parseParameters } from '../validation/parse-parameters.ts';
import type { AttributeMap, KeyType } from '../values.ts';
import type { Operation, Operations } from './operation.ts';
import { checkSelect, type PageParameters, readPage, sourceOf } from './pages.ts';
import * as parameters from './parameters.ts';
import { selectionOf } from './projections.ts';
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
  readonly predicate: ItemPredicate | undefined;
  /** The parameter's name in messages. */
  readonly label: string;
  /** The top-level attributes that it uses. */
  readonly attributes: ReadonlySet<string>;
  /** Those of them that it accesses by a longer path, such as `a.b` or `a[0]`. */
  readonly nestedAttributes: ReadonlySet<string>;
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

function parseFilter(request: QueryParameters, parsed: ParsedCondition | undefined): Filter {
  const { QueryFilter: filter } = request;
  if (parsed !== undefined) {
    const { condition, attributes, nestedAttributes } = parsed;
    return {
      predicate: (item) => isConditionMet(condition, item),
      label: 'Filter Expression',
      attributes,
      nestedAttributes,
    };
  }
  const predicate = filter && filterPredicate(filter, request.ConditionalOperator);
  return {
    predicate,
    label: 'QueryFilter',
    attributes: new Set(Object.keys(filter ?? {})),
    nestedAttributes: new Set(),
  };
}

/** The key conditions by attribute. Those of an expression get the checks of the legacy parameter too. */
function parseKeyConditions(request: QueryParameters, parsed: ParsedCondition | undefined): KeyConditions {
  const legacyConditions: Record<string, LegacyCondition> = { ...request.KeyConditions };
  if (parsed !== undefined) {
    for (const [name, { operator, values }] of keyConditions(parsed.condition)) {
      const list = values.map((value) => ({ value, problem: undefined }));
      legacyConditions[name] = { ComparisonOperator: operator, AttributeValueList: list };
    }
  }
  checkConditions(legacyConditions);
  const conditions = Object.entries(legacyConditions).map(([name, { ComparisonOperator, AttributeValueList = [] }]) => {
    const values = AttributeValueList.map(({ value }) => value);
    return [name, { operator: ComparisonOperator, values }] as const;
  });
  if (conditions.length < 1 || conditions.length > 2) throw validationError('Conditions can be of length 1 or 2 only');
  return new Map(conditions);
}

/** Operators that a condition on a key cannot have. */
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

/** Which sort texts a query reads: from `from` to before `to`, and only those with the prefix, if there is one. */
interface Bounds {
  readonly from: string;
  readonly to: string | undefined;
  readonly prefix: string | undefined;
}

const UNBOUNDED: Bounds = { from: '', to: undefined, prefix: undefined };

function boundsOf(condition: KeyCondition | undefined, type: KeyType): Bounds {
  const [first, second] = condition?.values ?? [];
  if (condition === undefined || first === undefined) return UNBOUNDED;
  const bounds = (from: string, to?: string): Bounds => ({ from, to, prefix: undefined });
  switch (condition.operator) {
    case 'EQ':
      return bounds(firstSortText(first, type), sortTextAfter(first, type));
    case 'LT':
      return bounds('', firstSortText(first, type));
    case 'LE':
      return bounds('', sortTextAfter(first, type));
    case 'GT':
      return bounds(sortTextAfter(first, type));
    case 'GE':
      return bounds(firstSortText(first, type));
    case 'BETWEEN':
      return bounds(firstSortText(first, type), second && sortTextAfter(second, type));
    default: {
      const prefix = sortTextPrefix(first, type);
      return { from: prefix, to: undefined, prefix };
    }
  }
}

/** Whether a sort text that is not before the bounds is after them. */
const isAfter = ({ to, prefix }: Bounds, sortText: string): boolean =>
  (to !== undefined && sortText >= to) || (prefix !== undefined && !sortText.startsWith(prefix));

// `checkStart` has checked that the start is within the bounds.

function* walkForwards(partition: Partition, bounds: Bounds, start: Position | undefined): Generator<Entry> {
  const from = probe(start?.sortText ?? bounds.from);
  for (const entry of partition.entries.walk({ from, isExclusive: start !== undefined })) {
    if (isAfter(bounds, entry.sortText)) return;
    yield entry;
  }
}

function* walkBackwards(partition: Partition, bounds: Bounds, start: Position | undefined): Generator<Entry> {
  // Sorts after all sort texts with the prefix.
  const end = bounds.to ?? (bounds.prefix === undefined ? undefined : `${bounds.prefix}\uffff\uffff`);
  const from = start?.sortText ?? end;
  const walk = from === undefined ? { isBackwards: true } : { from: probe(from), isExclusive: true, isBackwards: true };
  for (const entry of partition.entries.walk(walk)) {
    if (entry.sortText < bounds.from) return;
    yield entry;
  }
}

/** An entry to search for: the tree compares only `sortText`. */
const probe = (sortText: string): Entry => ({ hash: '', sortText, item: {}, bytes: 0 });

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
  const value = getOwn(key, keys.range.name);
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
  checkKeyPaths(table, filter.nestedAttributes);
}

const query: Operation = (state, input) => {
  const request = parseParameters<QueryParameters>(input, QUERY);
  checkParameters(request);
  const scope = new Scope(request);
  const { KeyConditionExpression: keyExpression, FilterExpression: filterExpression } = request;
  const parsedKeyCondition =
    keyExpression === undefined ? undefined : parseCondition('KeyConditionExpression', keyExpression, scope);
  const parsedFilter =
    filterExpression === undefined ? undefined : parseCondition('FilterExpression', filterExpression, scope);
  const selection = selectionOf(request, scope);
  scope.checkAllUsed();
  const conditions = parseKeyConditions(request, parsedKeyCondition);
  const filter = parseFilter(request, parsedFilter);
  checkSelect(request, 'Query');
  const table = state.activeTable(request.TableName);
  const source = sourceOf(table, request, state.now());
  checkKeyConditions(source, conditions);
  const hashValue = conditions.get(source.keys.hash.name)?.values[0];
  const hash = hashValue === undefined ? '' : hashText(hashValue, source.keys.hash.type);
  const start = request.ExclusiveStartKey && startPosition(source, request.ExclusiveStartKey);
  if (start !== undefined && request.ExclusiveStartKey !== undefined) {
    checkStart(source, conditions, start, hash, request.ExclusiveStartKey.values);
  }
  selection?.check(table);
  checkFilter(table, source, filter);
  const range = source.keys.range;
  const bounds = range === undefined ? UNBOUNDED : boundsOf(conditions.get(range.name), range.type);
  const partition = state.readCollection(source, request.ConsistentRead ?? false).partition(hash);
  const walk = request.ScanIndexForward === false ? walkBackwards : walkForwards;
  const entries = partition === undefined ? [] : walk(partition, bounds, start);
  return readPage(state, entries, { source, request, filter: filter.predicate, selection, hash });
};

export const QUERY_OPERATIONS: Operations = { Query: query };
