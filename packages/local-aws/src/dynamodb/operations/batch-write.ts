// BatchWriteItem: independent puts and deletes in several tables in one call.

import { type ConsumedCapacityLevel, Consumption, consumedCapacities } from '../capacity.ts';
import { DynamoDbError, validationError } from '../errors.ts';
import type { Output } from '../input.ts';
import type { DynamoDbState } from '../state.ts';
import type { Table } from '../storage/table.ts';
import type { CheckedMap } from '../validation/check-values.ts';
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
import {
  checkItemSize,
  checkValues,
  executeWrite,
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
    keys: tableNameConstraint,
    values: {
      isValid: (list) => Array.isArray(list) && list.length >= 1 && list.length <= MAX_WRITES,
      description:
        'Member must have length less than or equal to 25, Member must have length greater than or equal to 1',
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
  if (PutRequest === undefined) throw new Error('A write request without a put or delete passed the checks.');
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
  /** The item's key, or the item itself. */
  readonly key: Item;
}

function planBatch(state: DynamoDbState, requests: BatchWriteParameters['RequestItems']): BatchWrite[] {
  const lists = Object.entries(requests);
  for (const [, list] of lists) list.forEach(checkWriteRequest);
  if (lists.reduce((sum, [, list]) => sum + list.length, 0) > MAX_WRITES) {
    throw validationError('Too many items requested for the BatchWriteItem call');
  }
  const keys = new UniqueKeys();
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

/** The writes of a batch: executes them and collects what the response reports. */
class BatchResult {
  readonly consumptions = new Map<Table, Consumption>();
  /** By table name and hash key. */
  readonly #metrics = new Map<string, Map<string, Output>>();
  readonly #unprocessed = new Map<string, number[]>();
  throttlingError: DynamoDbError | undefined;

  addUnprocessed({ name, index }: BatchWrite): void {
    this.#unprocessed.set(name, [...(this.#unprocessed.get(name) ?? []), index]);
  }

  /** Executes one write; a throttled one stays unprocessed. */
  write(state: DynamoDbState, write: BatchWrite): void {
    const { table, position } = write.plan;
    try {
      const { cost } = executeWrite(state, write.plan, undefined);
      const consumption = this.consumptions.get(table) ?? new Consumption(table);
      this.consumptions.set(table, consumption);
      consumption.addWrite(cost);
      const metrics = itemCollectionMetrics(table, position, write.key);
      if (metrics === undefined) return;
      this.#metrics.set(write.name, (this.#metrics.get(write.name) ?? new Map()).set(position.hash, metrics));
    } catch (error) {
      if (!isThrottlingError(error)) throw error;
      this.throttlingError = error;
      this.addUnprocessed(write);
    }
  }

  unprocessed(requestItems: unknown): Output {
    return Object.fromEntries(
      Array.from(this.#unprocessed, ([name, indexes]) => [name, selectUnprocessed(requestItems, name, indexes)]),
    );
  }

  metrics(): Output | undefined {
    if (this.#metrics.size === 0) return undefined;
    return Object.fromEntries(Array.from(this.#metrics, ([name, metrics]) => [name, [...metrics.values()]]));
  }
}

const batchWriteItem: Operation = (state, input) => {
  const request = parseParameters<BatchWriteParameters>(input, BATCH_WRITE);
  checkNotEmpty(request.RequestItems, 'BatchWriteItem');
  const writes = planBatch(state, request.RequestItems);
  const processedCount = state.maxBatchItems(writes.length);
  const result = new BatchResult();
  writes.forEach((write, index) => {
    if (index < processedCount) result.write(state, write);
    else result.addUnprocessed(write);
  });
  if (result.throttlingError !== undefined && result.consumptions.size === 0) throw result.throttlingError;
  const metrics = request.ReturnItemCollectionMetrics === 'SIZE' ? result.metrics() : undefined;
  return {
    UnprocessedItems: result.unprocessed(input.RequestItems),
    ...(metrics !== undefined && { ItemCollectionMetrics: metrics }),
    ...consumedCapacities(request.ReturnConsumedCapacity, result.consumptions.values()),
  };
};

export const BATCH_WRITE_OPERATIONS: Operations = { BatchWriteItem: batchWriteItem };
