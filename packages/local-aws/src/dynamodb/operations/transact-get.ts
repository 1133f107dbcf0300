// TransactGetItems: up to 100 items at one moment.

import { type ConsumedCapacityLevel, type Consumption, consumedCapacities, readUnits } from '../capacity.ts';
import { project } from '../expressions/projection.ts';
import { Scope } from '../expressions/scope.ts';
import type { Output } from '../input.ts';
import { positionOf } from '../storage/keys.ts';
import type { Table } from '../storage/table.ts';
import { checkKey } from '../validation/check-keys.ts';
import type { CheckedMap } from '../validation/check-values.ts';
import { checkExpressionParameters } from '../validation/expression-parameters.ts';
import { type Members, readParameters } from '../validation/shapes.ts';
import type { Operation, Operations } from './operation.ts';
import * as parameters from './parameters.ts';
import { type ProjectionParameters, projectionOf } from './projections.ts';
import {
  CONFLICT,
  cancelled,
  consumptionOf,
  FACTOR,
  NO_REASON,
  type Reason,
  reasonOf,
  Targets,
  transactItems,
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

const transactGetItems: Operation = (engine, input) => {
  const request = readParameters<GetParameters>(input, GET);
  const reads = request.TransactItems.map(({ Get: get }) => {
    if (get === undefined) throw new Error('A get that is null passed the checks.');
    checkExpressionParameters(get, ['ProjectionExpression'], []);
    checkValues(get.Key);
    const scope = new Scope(get);
    const wanted = projectionOf(get, scope);
    scope.checkAllUsed();
    return { get, wanted };
  });
  const tables = reads.map(({ get }) => engine.activeTable(get.TableName));
  const targets = new Targets();
  const consumptions = new Map<Table, Consumption>();
  const responses: Output[] = [];
  const reasons = reads.map(({ get, wanted }, index): Reason => {
    const table = tables[index];
    if (table === undefined) return NO_REASON;
    try {
      checkKey(table, get.Key.values);
      wanted?.check(table);
    } catch (error) {
      return reasonOf(error);
    }
    const position = positionOf(table.keys, get.Key.values);
    targets.add(table, position);
    if (engine.conflicts(table, position)) return CONFLICT;
    const row = table.get(position);
    const units = readUnits(row?.bytes ?? 0, true) * FACTOR;
    consumptionOf(consumptions, table, 'ReadCapacityUnits').addTable(units);
    const item = row && (wanted === undefined ? row.item : project(row.item, wanted.projection));
    responses.push(item === undefined ? {} : { Item: item });
    return NO_REASON;
  });
  if (reasons.some((reason) => reason !== NO_REASON)) throw cancelled(reasons);
  return { Responses: responses, ...consumedCapacities(request.ReturnConsumedCapacity, consumptions.values()) };
};

export const TRANSACT_GET_OPERATIONS: Operations = { TransactGetItems: transactGetItems };
