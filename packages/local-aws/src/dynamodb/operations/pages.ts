// A page of a query or a scan: reads entries until the page is full, filters them, and reports the consumed capacity.

import { type ConsumedCapacityLevel, Consumption, consumedCapacity } from '../capacity.ts';
import { invalidParameters, validationError } from '../errors.ts';
import type { ItemPredicate } from '../expressions/condition.ts';
import { project } from '../expressions/projection.ts';
import { getOwn, type Output, setOwn } from '../input.ts';
import type { Source } from '../source.ts';
import type { DynamoDbState } from '../state.ts';
import type { Entry } from '../storage/collection.ts';
import { keyAttributes } from '../storage/keys.ts';
import type { Table } from '../storage/table.ts';
import { readUnits } from '../units.ts';
import type { CheckedMap } from '../validation/check-values.ts';
import type { AttributeMap, Item, StoredValue } from '../values.ts';
import type { AttributeSelection, ProjectionParameters } from './projections.ts';

/** DynamoDB ends a page when it has read this number of bytes. */
const PAGE_BYTES = 1024 * 1024;

/** The common parameters of queries and scans. */
export interface PageParameters extends ProjectionParameters {
  readonly TableName: string;
  readonly IndexName?: string;
  readonly Limit?: number;
  readonly Select?: string;
  readonly ConsistentRead?: boolean;
  readonly ExclusiveStartKey?: CheckedMap;
  readonly ReturnConsumedCapacity?: ConsumedCapacityLevel;
  readonly ConditionalOperator?: string;
  readonly FilterExpression?: string;
  readonly ExpressionAttributeValues?: CheckedMap;
}

/** What a request reads. @throws {DynamoDbError} when the index does not exist, or does not support this read */
export function sourceOf(table: Table, request: PageParameters, now: number): Source {
  const { IndexName: name, ConsistentRead: isConsistent } = request;
  if (name === undefined) {
    return { table, index: undefined, keys: table.keys, entries: table.rows, startKeyNames: table.keyNames };
  }
  const index = table.indexes.get(name);
  if (index === undefined) throw validationError(`The table does not have the specified index: ${name}`);
  const { kind, keys } = index.definition;
  if (kind === 'global' && isConsistent) {
    throw validationError('Consistent reads are not supported on global secondary indexes');
  }
  if (now < index.creatingUntil) {
    throw validationError(`Cannot read from backfilling global secondary index: ${name}`);
  }
  const names = new Set([...table.keyNames, ...keyAttributes(keys).map((key) => key.name)]);
  return { table, index, keys, entries: index.entries, startKeyNames: [...names] };
}

/**
 * @param operation the messages about attributes differ between a query and a scan
 * @throws {DynamoDbError} when `Select` conflicts with the other parameters
 */
export function checkSelect(request: PageParameters, operation: 'Query' | 'Scan'): void {
  const { Select: select, ProjectionExpression: expression, AttributesToGet: names, IndexName: index } = request;
  const parameter =
    expression !== undefined ? 'ProjectionExpression' : names !== undefined ? 'AttributesToGet' : undefined;
  if (select === 'SPECIFIC_ATTRIBUTES' && parameter === undefined) {
    const problem = 'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES';
    throw validationError(operation === 'Query' ? `1 validation error detected: ${problem}` : problem);
  }
  if (select === 'ALL_PROJECTED_ATTRIBUTES' && index === undefined) {
    throw invalidParameters('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName');
  }
  if (parameter === undefined || select === undefined || select === 'SPECIFIC_ATTRIBUTES') return;
  const target = select === 'COUNT' ? 'only the Count' : select;
  throw validationError(`Cannot specify the ${parameter} when choosing to get ${target}`);
}

/**
 * Whether whole items must be fetched from the table, because the index does not have the requested attributes.
 * @throws {DynamoDbError} for a global index, for which AWS does not fetch items
 */
export function mustFetchItems(
  { index }: Source,
  select: string | undefined,
  selection: AttributeSelection | undefined,
): boolean {
  if (index?.projectedNames === undefined) return false;
  const { kind, name } = index.definition;
  if (select === 'ALL_ATTRIBUTES') {
    if (kind === 'local') return true;
    throw invalidParameters(
      `Select type ALL_ATTRIBUTES is not supported for global secondary index ${name} because its projection type is not ALL`,
    );
  }
  const missing = [...(selection?.attributes ?? [])].filter(
    (attribute) => index.projectedNames?.has(attribute) === false,
  );
  if (missing.length === 0) return false;
  if (kind === 'local') return true;
  throw invalidParameters(`Global secondary index ${name} does not project [${missing.join(', ')}]`);
}

export interface PageOptions {
  readonly source: Source;
  readonly request: PageParameters;
  readonly filter: ItemPredicate | undefined;
  readonly selection: AttributeSelection | undefined;
  /** The hash key of the partition, if only one is read: its quota applies. */
  readonly hash?: string;
}

/** `LastEvaluatedKey`: the key of the last item that was read, from which the next page continues. */
function lastEvaluatedKey({ startKeyNames }: Source, item: Item): AttributeMap {
  const key: Record<string, StoredValue> = {};
  for (const name of startKeyNames) {
    const value = getOwn(item, name);
    if (value !== undefined) setOwn(key, name, value);
  }
  // Keys are scalars, so they are never packed.
  return key as AttributeMap;
}

/** Reads entries to the end of a page, and returns the response. */
export function readPage(state: DynamoDbState, entries: Iterable<Entry>, options: PageOptions): Output {
  const { source, request, filter, selection } = options;
  const limit = Math.min(request.Limit ?? Number.POSITIVE_INFINITY, state.maxPageItems());
  const isFetching = mustFetchItems(source, request.Select, selection);
  const items: Item[] = [];
  let [scanned, bytes, fetchedUnits] = [0, 0, 0];
  let last: Item | undefined;
  for (const entry of entries) {
    const item = isFetching ? rowOf(entry).item : entry.item;
    scanned += 1;
    bytes += entry.bytes;
    if (isFetching) fetchedUnits += readUnits(rowOf(entry).bytes, request.ConsistentRead);
    if (filter === undefined || filter(item)) items.push(item);
    if (scanned >= limit || bytes >= PAGE_BYTES) {
      last = item;
      break;
    }
  }
  const units = readUnits(bytes, request.ConsistentRead);
  state.throttleRead(source.table, options.hash, units + fetchedUnits, source.index);
  const isCount = request.Select === 'COUNT';
  return {
    ...(!isCount && {
      Items: selection === undefined ? items : items.map((item) => project(item, selection.projection)),
    }),
    Count: items.length,
    ScannedCount: scanned,
    ...(last !== undefined && { LastEvaluatedKey: lastEvaluatedKey(source, last) }),
    ...consumedCapacity(request.ReturnConsumedCapacity, consumptionOf(source, units, fetchedUnits)),
  };
}

const rowOf = (entry: Entry): Entry => entry.row ?? entry;

function consumptionOf({ table, index }: Source, units: number, fetchedUnits: number): Consumption {
  const consumption = new Consumption(table);
  if (index === undefined) {
    consumption.addTable(units);
  } else {
    consumption.addTable(fetchedUnits);
    consumption.addIndex(index, units);
  }
  return consumption;
}
