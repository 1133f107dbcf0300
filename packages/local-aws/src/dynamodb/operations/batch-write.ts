// BatchWriteItem: independent puts and deletes in several tables in one call.

import { type ConsumedCapacityLevel, Consumption, consumedCapacities } from '../capacity.ts';
import { DynamoDbError, validationError } from '../errors.ts';
import type { Output } from '../input.ts';
import type { DynamoDbState } from '../state.ts';
import type { Table } from '../storage/table.ts';
import type { CheckedMap } from '../validation/check-values.ts';
import { type Members, readParameters } from '../validation/shapes.ts';
import type { Item } from '../values.ts';
import { checkNotEmpty, isThrottling, Keys, tableNames, unprocessedOf } from './batch-common.ts';
import type { Operation, Operations } from './operation.ts';
import * as parameters from './parameters.ts';
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

interface WriteRequest {
  readonly PutRequest?: { readonly Item: CheckedMap };
  readonly DeleteRequest?: { readonly Key: CheckedMap };
}

interface BatchWriteParameters {
  readonly RequestItems: Readonly<Record<string, readonly WriteRequest[]>>;
  readonly ReturnConsumedCapacity?: ConsumedCapacityLevel;
  readonly ReturnItemCollectionMetrics?: string;
}

const BATCH_WRITE: Members = {
  ReturnConsumedCapacity: parameters.returnConsumedCapacity,
  ReturnItemCollectionMetrics: parameters.returnItemCollectionMetrics,
  RequestItems: {
    kind: 'map',
    maxChecked: 101,
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
      maxChecked: 101,
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
  /** The member of a request that contains its item's key. */
  readonly key: Item;
}

function planBatch(state: DynamoDbState, requests: BatchWriteParameters['RequestItems']): BatchWrite[] {
  const lists = Object.entries(requests);
  for (const [, list] of lists) list.forEach(checkWriteRequest);
  if (lists.reduce((sum, [, list]) => sum + list.length, 0) > MAX_WRITES) {
    throw validationError('Too many items requested for the BatchWriteItem call');
  }
  const keys = new Keys();
  return lists.flatMap(([name, list]) => {
    const table = state.activeTable(name);
    return list.map((request, index) => {
      const plan = planWrite(table, request);
      keys.add(table, plan.position);
      const { values: key = {} } = request.DeleteRequest?.Key ?? request.PutRequest?.Item ?? {};
      return { name, index, plan, key };
    });
  });
}

/** The results of a batch. */
class BatchResult {
  readonly consumptions = new Map<Table, Consumption>();
  readonly #metrics = new Map<string, Map<string, Output>>();
  readonly #left = new Map<string, number[]>();
  throttled: DynamoDbError | undefined;

  leave({ name, index }: BatchWrite): void {
    this.#left.set(name, [...(this.#left.get(name) ?? []), index]);
  }

  /** Executes one write; a throttled one stays unprocessed. */
  write(state: DynamoDbState, write: BatchWrite): void {
    const { table, position } = write.plan;
    try {
      const { cost } = carryOut(state, write.plan, undefined);
      const consumption = this.consumptions.get(table) ?? new Consumption(table);
      this.consumptions.set(table, consumption);
      consumption.addWrite(cost);
      const metrics = itemCollectionMetrics(table, position, write.key);
      if (metrics === undefined) return;
      this.#metrics.set(write.name, (this.#metrics.get(write.name) ?? new Map()).set(position.hash, metrics));
    } catch (error) {
      if (!isThrottling(error)) throw error;
      this.throttled = error;
      this.leave(write);
    }
  }

  unprocessed(input: unknown): Output {
    return Object.fromEntries(Array.from(this.#left, ([name, indexes]) => [name, unprocessedOf(input, name, indexes)]));
  }

  metrics(): Output | undefined {
    if (this.#metrics.size === 0) return undefined;
    return Object.fromEntries(Array.from(this.#metrics, ([name, found]) => [name, [...found.values()]]));
  }
}

const batchWriteItem: Operation = (state, input) => {
  const request = readParameters<BatchWriteParameters>(input, BATCH_WRITE);
  checkNotEmpty(request.RequestItems, 'BatchWriteItem');
  const writes = planBatch(state, request.RequestItems);
  const processed = state.batchLimit(writes.length);
  const result = new BatchResult();
  writes.forEach((write, at) => {
    if (at < processed) result.write(state, write);
    else result.leave(write);
  });
  if (result.throttled !== undefined && result.consumptions.size === 0) throw result.throttled;
  const metrics = request.ReturnItemCollectionMetrics === 'SIZE' ? result.metrics() : undefined;
  return {
    UnprocessedItems: result.unprocessed(input.RequestItems),
    ...(metrics !== undefined && { ItemCollectionMetrics: metrics }),
    ...consumedCapacities(request.ReturnConsumedCapacity, result.consumptions.values()),
  };
};

export const BATCH_WRITE_OPERATIONS: Operations = { BatchWriteItem: batchWriteItem };
