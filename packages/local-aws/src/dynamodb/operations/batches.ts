// BatchWriteItem and BatchGetItem: many items of several tables in one call, each on its own.

import { type ConsumedCapacityWish, Consumption, consumedCapacities, readUnits } from '../capacity.ts';
import type { DynamoDbEngine } from '../engine.ts';
import { DynamoDbError, validationError } from '../errors.ts';
import { project } from '../expressions/projection.ts';
import { Scope } from '../expressions/scope.ts';
import { isObject, type Output } from '../input.ts';
import { type Position, positionOf } from '../storage/keys.ts';
import type { Table } from '../storage/table.ts';
import { checkKey } from '../validation/check-keys.ts';
import type { CheckedMap } from '../validation/check-values.ts';
import { checkExpressionParameters } from '../validation/expression-parameters.ts';
import { type Members, readParameters } from '../validation/shapes.ts';
import type { Item } from '../values.ts';
import type { Operation, Operations } from './operation.ts';
import * as parameters from './parameters.ts';
import { type ProjectionParameters, projectionOf, type WantedAttributes } from './projections.ts';
import {
  carryOut,
  checkItemSize,
  checkValues,
  itemCollectionMetrics,
  type PlannedWrite,
  planDelete,
  planPut,
} from './writes.ts';

const MAX_WRITES = 25;
const MAX_READS = 100;
/** A batch get answers with at most 16 MB. */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

interface WriteRequest {
  readonly PutRequest?: { readonly Item: CheckedMap };
  readonly DeleteRequest?: { readonly Key: CheckedMap };
}

interface BatchWriteParameters {
  readonly RequestItems: Readonly<Record<string, readonly WriteRequest[]>>;
  readonly ReturnConsumedCapacity?: ConsumedCapacityWish;
  readonly ReturnItemCollectionMetrics?: string;
}

interface KeysAndAttributes extends ProjectionParameters {
  readonly Keys: readonly CheckedMap[];
  readonly ConsistentRead?: boolean;
}

interface BatchGetParameters {
  readonly RequestItems: Readonly<Record<string, KeysAndAttributes>>;
  readonly ReturnConsumedCapacity?: ConsumedCapacityWish;
}

const tableNames = {
  fits: (key: string) => key.length >= 1 && key.length <= 255 && /^[a-zA-Z0-9_.-]+$/.test(key),
  text: 'Member must have length less than or equal to 255, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+',
};

const BATCH_WRITE: Members = {
  ReturnConsumedCapacity: parameters.returnConsumedCapacity,
  ReturnItemCollectionMetrics: parameters.returnItemCollectionMetrics,
  RequestItems: {
    kind: 'map',
    java: 'java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>',
    notNull: true,
    keys: tableNames,
    values: {
      fits: (list) => Array.isArray(list) && list.length >= 1 && list.length <= MAX_WRITES,
      text: 'Member must have length less than or equal to 25, Member must have length greater than or equal to 1',
    },
    of: {
      kind: 'list',
      loose: true,
      of: {
        kind: 'structure',
        java: 'WriteRequest',
        members: {
          PutRequest: { kind: 'structure', java: 'PutRequest', members: { Item: parameters.requiredAttributeMap } },
          DeleteRequest: {
            kind: 'structure',
            java: 'DeleteRequest',
            members: { Key: parameters.requiredAttributeMap },
          },
        },
      },
    },
  },
};

const BATCH_GET: Members = {
  ReturnConsumedCapacity: parameters.returnConsumedCapacity,
  RequestItems: {
    kind: 'map',
    java: 'KeysAndAttributes',
    notNull: true,
    keys: tableNames,
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

function checkNotEmpty(items: object, operation: string): void {
  if (Object.keys(items).length === 0) {
    throw validationError(`The requestItems parameter is required for ${operation}`);
  }
}

/** What of the request a client must send again: the request's own members. */
function unprocessedOf(input: unknown, name: string, indexes: readonly number[]): unknown[] {
  const list = isObject(input) ? input[name] : undefined;
  return Array.isArray(list) ? indexes.map((index) => list[index]) : [];
}

class Keys {
  readonly #seen = new Map<Table, Set<string>>();

  add(table: Table, { hash, order }: Position): void {
    const seen = this.#seen.get(table) ?? new Set();
    this.#seen.set(table, seen);
    const key = `${hash.length}:${hash}${order}`;
    if (seen.has(key)) throw validationError('Provided list of item keys contains duplicates');
    seen.add(key);
  }
}

function checkWriteRequest({ PutRequest, DeleteRequest }: WriteRequest): void {
  if ((PutRequest === undefined) === (DeleteRequest === undefined)) {
    throw validationError(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  }
  if (PutRequest !== undefined) {
    checkValues(PutRequest.Item);
    checkItemSize(PutRequest.Item);
  } else if (DeleteRequest !== undefined) {
    checkValues(DeleteRequest.Key);
  }
}

function planWrite(table: Table, { PutRequest, DeleteRequest }: WriteRequest): PlannedWrite {
  if (DeleteRequest !== undefined) return planDelete(table, DeleteRequest.Key, undefined);
  if (PutRequest === undefined) throw new Error('A write request without a request passed the checks.');
  try {
    return planPut(table, PutRequest.Item, undefined);
  } catch (error) {
    const isKeyMismatch =
      error instanceof DynamoDbError && /: (Missing the key|Type mismatch for key)/.test(error.message);
    throw isKeyMismatch ? validationError('The provided key element does not match the schema') : error;
  }
}

interface BatchWrite {
  readonly name: string;
  readonly index: number;
  readonly plan: PlannedWrite;
}

function planBatch(engine: DynamoDbEngine, requests: BatchWriteParameters['RequestItems']): BatchWrite[] {
  const lists = Object.entries(requests);
  for (const [, list] of lists) list.forEach(checkWriteRequest);
  if (lists.reduce((sum, [, list]) => sum + list.length, 0) > MAX_WRITES) {
    throw validationError('Too many items requested for the BatchWriteItem call');
  }
  const keys = new Keys();
  return lists.flatMap(([name, list]) => {
    const table = engine.activeTable(name);
    return list.map((request, index) => {
      const plan = planWrite(table, request);
      keys.add(table, plan.position);
      return { name, index, plan };
    });
  });
}

const isThrottling = (error: unknown): error is DynamoDbError =>
  error instanceof DynamoDbError &&
  (error.code === 'ProvisionedThroughputExceededException' || error.code === 'ThrottlingException');

const batchWriteItem: Operation = (engine, input) => {
  const request = readParameters<BatchWriteParameters>(input, BATCH_WRITE);
  checkNotEmpty(request.RequestItems, 'BatchWriteItem');
  const writes = planBatch(engine, request.RequestItems);
  const consumptions = new Map<Table, Consumption>();
  const metrics = new Map<string, Map<string, Output>>();
  const left = new Map<string, number[]>();
  const processed = engine.batchLimit(writes.length);
  let throttled: DynamoDbError | undefined;
  writes.forEach(({ name, index, plan }, at) => {
    const { table, position } = plan;
    try {
      if (at >= processed) left.set(name, [...(left.get(name) ?? []), index]);
      else {
        const { cost, next, before } = carryOut(engine, plan, undefined);
        const consumption = consumptions.get(table) ?? new Consumption(table);
        consumptions.set(table, consumption);
        consumption.addWrite(cost);
        const found = itemCollectionMetrics(table, position, next?.item ?? before?.item ?? {});
        if (found !== undefined) metrics.set(name, (metrics.get(name) ?? new Map()).set(position.hash, found));
      }
    } catch (error) {
      if (!isThrottling(error)) throw error;
      throttled = error;
      left.set(name, [...(left.get(name) ?? []), index]);
    }
  });
  if (throttled !== undefined && consumptions.size === 0) throw throttled;
  const wantsMetrics = request.ReturnItemCollectionMetrics === 'SIZE' && metrics.size > 0;
  return {
    UnprocessedItems: Object.fromEntries(
      Array.from(left, ([name, indexes]) => [name, unprocessedOf(input.RequestItems, name, indexes)]),
    ),
    ...(wantsMetrics && {
      ItemCollectionMetrics: Object.fromEntries(Array.from(metrics, ([name, found]) => [name, [...found.values()]])),
    }),
    ...consumedCapacities(request.ReturnConsumedCapacity, consumptions.values()),
  };
};

interface TableRead {
  readonly name: string;
  readonly request: KeysAndAttributes;
  readonly wanted: WantedAttributes | undefined;
}

function readRequests(requests: BatchGetParameters['RequestItems']): TableRead[] {
  const reads = Object.entries(requests).map(([name, request]) => {
    checkExpressionParameters(request, ['ProjectionExpression'], ['AttributesToGet']);
    const scope = new Scope({
      ...(request.ExpressionAttributeNames && { ExpressionAttributeNames: request.ExpressionAttributeNames }),
    });
    const wanted = projectionOf(request, scope);
    scope.checkAllUsed();
    request.Keys.forEach(checkValues);
    return { name, request, wanted };
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

/** What is left of one table's request, with its other parameters. */
function unprocessedKeys(input: unknown, name: string, indexes: readonly number[]): Output {
  const request = isObject(input) ? input[name] : undefined;
  if (!isObject(request)) return {};
  return { ...request, Keys: unprocessedOf(request, 'Keys', indexes) };
}

const batchGetItem: Operation = (engine, input) => {
  const parsed = readParameters<BatchGetParameters>(input, BATCH_GET);
  checkNotEmpty(parsed.RequestItems, 'BatchGetItem');
  const reads = readRequests(parsed.RequestItems);
  const keys = new Keys();
  const planned = reads.map(({ name, request, wanted }) => {
    const table = engine.activeTable(name);
    wanted?.check(table);
    const positions = request.Keys.map(({ values }) => {
      checkKey(table, values);
      const position = positionOf(table.keys, values);
      keys.add(table, position);
      return position;
    });
    return { name, request, wanted, table, positions };
  });
  const responses: Record<string, Item[]> = {};
  const unprocessed: Record<string, Output> = {};
  const consumptions: Consumption[] = [];
  let bytes = 0;
  let left = engine.batchLimit(planned.reduce((sum, { positions }) => sum + positions.length, 0));
  let throttled: DynamoDbError | undefined;
  for (const { name, request, wanted, table, positions } of planned) {
    const consumption = new Consumption(table);
    const items: Item[] = [];
    const skipped: number[] = [];
    positions.forEach((position, index) => {
      const row = engine.read(table, position, request.ConsistentRead ?? false);
      const units = readUnits(row?.bytes ?? 0, request.ConsistentRead);
      left -= 1;
      if (left < 0 || bytes + (row?.bytes ?? 0) > MAX_RESPONSE_BYTES) {
        skipped.push(index);
        return;
      }
      try {
        engine.throttleRead(table, position.hash, units);
      } catch (error) {
        if (!isThrottling(error)) throw error;
        throttled = error;
        skipped.push(index);
        return;
      }
      bytes += row?.bytes ?? 0;
      consumption.addTable(units);
      if (row !== undefined) items.push(wanted === undefined ? row.item : project(row.item, wanted.projection));
    });
    responses[name] = items;
    if (skipped.length > 0) unprocessed[name] = unprocessedKeys(input.RequestItems, name, skipped);
    if (consumption.total > 0) consumptions.push(consumption);
  }
  if (throttled !== undefined && consumptions.length === 0) throw throttled;
  return {
    Responses: responses,
    UnprocessedKeys: unprocessed,
    ...consumedCapacities(parsed.ReturnConsumedCapacity, consumptions),
  };
};

export const BATCH_OPERATIONS: Operations = { BatchWriteItem: batchWriteItem, BatchGetItem: batchGetItem };
