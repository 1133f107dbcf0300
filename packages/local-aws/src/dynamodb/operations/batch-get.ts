// BatchGetItem: items of several tables in one call.

import { type ConsumedCapacityLevel, Consumption, consumedCapacities } from '../capacity.ts';
import { type DynamoDbError, validationError } from '../errors.ts';
import { project } from '../expressions/projection.ts';
import { Scope } from '../expressions/scope.ts';
import { isObject, type Output } from '../input.ts';
import type { DynamoDbState } from '../state.ts';
import { type Position, positionOf } from '../storage/keys.ts';
import type { Table } from '../storage/table.ts';
import { readUnits } from '../units.ts';
import { checkKey } from '../validation/check-keys.ts';
import type { CheckedMap } from '../validation/check-values.ts';
import { checkExpressionParameters } from '../validation/expression-parameters.ts';
import { type Members, parseParameters } from '../validation/parse-parameters.ts';
import type { Item } from '../values.ts';
import {
  checkNotEmpty,
  isThrottlingError,
  selectUnprocessed,
  tableNameConstraint,
  UniqueKeys,
} from './batch-common.ts';
import type { Operation, Operations } from './operation.ts';
import * as parameters from './parameters.ts';
import { type AttributeSelection, type ProjectionParameters, selectionOf } from './projections.ts';
import { checkValues } from './writes.ts';

const MAX_READS = 100;
/** The items of a response have at most 16 MB. */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

interface KeysAndAttributes extends ProjectionParameters {
  readonly Keys: readonly CheckedMap[];
  readonly ConsistentRead?: boolean;
}

interface BatchGetParameters {
  readonly RequestItems: Readonly<Record<string, KeysAndAttributes>>;
  readonly ReturnConsumedCapacity?: ConsumedCapacityLevel;
}

const BATCH_GET: Members = {
  ReturnConsumedCapacity: parameters.returnConsumedCapacity,
  RequestItems: {
    kind: 'map',
    maxChecked: 101,
    java: 'KeysAndAttributes',
    notNull: true,
    keys: tableNameConstraint,
    terse: true,
    of: {
      kind: 'structure',
      java: 'KeysAndAttributes',
      terse: true,
      members: {
        Keys: {
          kind: 'list',
          notNull: true,
          minLength: 1,
          maxLength: MAX_READS,
          maxChecked: MAX_READS + 1,
          terse: true,
          of: parameters.attributeMap,
        },
        AttributesToGet: parameters.attributesToGet,
        ConsistentRead: parameters.flag,
        ProjectionExpression: parameters.text,
        ExpressionAttributeNames: parameters.names,
      },
    },
  },
};

interface TableRead {
  readonly name: string;
  readonly request: KeysAndAttributes;
  readonly selection: AttributeSelection | undefined;
}

function parseRequests(requests: BatchGetParameters['RequestItems']): TableRead[] {
  const reads = Object.entries(requests).map(([name, request]) => {
    checkExpressionParameters(request, ['ProjectionExpression'], ['AttributesToGet']);
    const scope = new Scope({
      ...(request.ExpressionAttributeNames && { ExpressionAttributeNames: request.ExpressionAttributeNames }),
    });
    const selection = selectionOf(request, scope);
    scope.checkAllUsed();
    request.Keys.forEach(checkValues);
    return { name, request, selection };
  });
  const uses = (parameter: keyof KeysAndAttributes): boolean =>
    reads.some(({ request }) => request[parameter] !== undefined);
  if (uses('ProjectionExpression') && uses('AttributesToGet')) {
    throw validationError(
      'Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}',
    );
  }
  if (reads.reduce((sum, { request }) => sum + request.Keys.length, 0) > MAX_READS) {
    throw validationError('Too many items requested for the BatchGetItem call');
  }
  return reads;
}

/** A table's part of the request with only its unprocessed keys. */
function unprocessedKeys(requestItems: unknown, name: string, indexes: readonly number[]): Output {
  const request = isObject(requestItems) ? requestItems[name] : undefined;
  if (!isObject(request)) return {};
  return { ...request, Keys: selectUnprocessed(request, 'Keys', indexes) };
}

/** A table's part of the request, with the positions of its keys. */
interface PlannedRead extends TableRead {
  readonly table: Table;
  readonly positions: readonly Position[];
}

function planReads(state: DynamoDbState, reads: readonly TableRead[]): PlannedRead[] {
  const keys = new UniqueKeys();
  return reads.map((read) => {
    const table = state.activeTable(read.name);
    read.selection?.check(table);
    const positions = read.request.Keys.map(({ values }) => {
      checkKey(table, values);
      const position = positionOf(table.keys, values);
      keys.add(table, position);
      return position;
    });
    return { ...read, table, positions };
  });
}

/** The number of items and bytes that may still be read, over all tables. */
interface Budget {
  items: number;
  bytes: number;
}

interface TableResult {
  readonly items: Item[];
  /** The indexes, in the request, of the keys that were not read. */
  readonly unprocessed: number[];
  readonly consumption: Consumption;
  throttlingError?: DynamoDbError;
}

function readTable(state: DynamoDbState, read: PlannedRead, budget: Budget): TableResult {
  const { table, request, selection, positions } = read;
  const result: TableResult = { items: [], unprocessed: [], consumption: new Consumption(table) };
  positions.forEach((position, index) => {
    const row = state.read(table, position, request.ConsistentRead ?? false);
    const bytes = row?.bytes ?? 0;
    budget.items -= 1;
    if (budget.items < 0 || bytes > budget.bytes) {
      result.unprocessed.push(index);
      return;
    }
    const units = readUnits(bytes, request.ConsistentRead);
    try {
      state.throttleRead(table, position.hash, units);
    } catch (error) {
      if (!isThrottlingError(error)) throw error;
      result.throttlingError = error;
      result.unprocessed.push(index);
      return;
    }
    budget.bytes -= bytes;
    result.consumption.addTable(units);
    if (row !== undefined)
      result.items.push(selection === undefined ? row.item : project(row.item, selection.projection));
  });
  return result;
}

const batchGetItem: Operation = (state, input) => {
  const request = parseParameters<BatchGetParameters>(input, BATCH_GET);
  checkNotEmpty(request.RequestItems, 'BatchGetItem');
  const planned = planReads(state, parseRequests(request.RequestItems));
  const keyCount = planned.reduce((sum, { positions }) => sum + positions.length, 0);
  const budget: Budget = { items: state.maxBatchItems(keyCount), bytes: MAX_RESPONSE_BYTES };
  const results = planned.map((read) => ({ name: read.name, ...readTable(state, read, budget) }));
  const consumptions = results.map(({ consumption }) => consumption).filter(({ total }) => total > 0);
  const throttlingError = results.find((result) => result.throttlingError !== undefined)?.throttlingError;
  if (throttlingError !== undefined && consumptions.length === 0) throw throttlingError;
  const incomplete = results.filter(({ unprocessed }) => unprocessed.length > 0);
  return {
    Responses: Object.fromEntries(results.map(({ name, items }) => [name, items])),
    UnprocessedKeys: Object.fromEntries(
      incomplete.map(({ name, unprocessed }) => [name, unprocessedKeys(input.RequestItems, name, unprocessed)]),
    ),
    ...consumedCapacities(request.ReturnConsumedCapacity, consumptions),
  };
};

export const BATCH_GET_OPERATIONS: Operations = { BatchGetItem: batchGetItem };
