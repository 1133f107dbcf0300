// TransactGetItems: reads up to 100 items at one moment.

import { type ConsumedCapacityLevel, type Consumption, consumedCapacities } from '../capacity.ts';
import { project } from '../expressions/projection.ts';
import { Scope } from '../expressions/scope.ts';
import type { Output } from '../input.ts';
import { positionOf } from '../storage/keys.ts';
import type { Table } from '../storage/table.ts';
import { readUnits } from '../units.ts';
import { checkKey } from '../validation/check-keys.ts';
import type { CheckedMap } from '../validation/check-values.ts';
import { checkExpressionParameters } from '../validation/expression-parameters.ts';
import { type Members, parseParameters } from '../validation/parse-parameters.ts';
import type { Operation, Operations } from './operation.ts';
import * as parameters from './parameters.ts';
import { type ProjectionParameters, selectionOf } from './projections.ts';
import {
  CAPACITY_FACTOR,
  type CancellationReason,
  CONFLICT_REASON,
  cancellationReasonOf,
  consumptionOf,
  NO_REASON,
  transactItems,
  transactionCancelled,
  UniqueTargets,
} from './transaction-common.ts';
import { checkValues } from './writes.ts';

interface GetParameters {
  readonly TransactItems: readonly {
    readonly Get?: ProjectionParameters & { readonly TableName: string; readonly Key: CheckedMap };
  }[];
  readonly ReturnConsumedCapacity?: ConsumedCapacityLevel;
}

const GET: Members = {
  TransactItems: transactItems('TransactGetItem', {
    Get: {
      kind: 'structure',
      java: 'Get',
      notNull: true,
      members: {
        Key: parameters.requiredAttributeMap,
        TableName: parameters.itemTableName,
        ProjectionExpression: parameters.text,
        ExpressionAttributeNames: parameters.names,
      },
    },
  }),
  ReturnConsumedCapacity: parameters.returnConsumedCapacity,
};

const transactGetItems: Operation = (state, input) => {
  const request = parseParameters<GetParameters>(input, GET);
  const reads = request.TransactItems.map(({ Get: get }) => {
    if (get === undefined) throw new Error('A TransactGetItem without a Get passed the checks.');
    checkExpressionParameters(get, ['ProjectionExpression'], []);
    checkValues(get.Key);
    const scope = new Scope(get);
    const selection = selectionOf(get, scope);
    scope.checkAllUsed();
    return { get, selection };
  });
  const tables = reads.map(({ get }) => state.activeTable(get.TableName));
  const targets = new UniqueTargets();
  const consumptions = new Map<Table, Consumption>();
  const responses: Output[] = [];
  const reasons = reads.map(({ get, selection }, index): CancellationReason => {
    const table = tables[index];
    if (table === undefined) return NO_REASON;
    try {
      checkKey(table, get.Key.values);
      selection?.check(table);
    } catch (error) {
      return cancellationReasonOf(error);
    }
    const position = positionOf(table.keys, get.Key.values);
    targets.add(table, position);
    if (state.hasConflict(table, position)) return CONFLICT_REASON;
    const row = table.get(position);
    const units = readUnits(row?.bytes ?? 0, true) * CAPACITY_FACTOR;
    consumptionOf(consumptions, table, 'ReadCapacityUnits').addTable(units);
    const item = row && (selection === undefined ? row.item : project(row.item, selection.projection));
    responses.push(item === undefined ? {} : { Item: item });
    return NO_REASON;
  });
  if (reasons.some((reason) => reason !== NO_REASON)) throw transactionCancelled(reasons);
  return { Responses: responses, ...consumedCapacities(request.ReturnConsumedCapacity, consumptions.values()) };
};

export const TRANSACT_GET_OPERATIONS: Operations = { TransactGetItems: transactGetItems };
