// Operations on one item: put, get, update, delete.

import { type ConsumedCapacityLevel, Consumption, consumedCapacity, readUnits } from '../capacity.ts';
import { validationError } from '../errors.ts';
import type { Test } from '../expressions/condition.ts';
import { attributesProjection, type Projection, project } from '../expressions/projection.ts';
import { Scope } from '../expressions/scope.ts';
import type { Output } from '../input.ts';
import { positionOf } from '../storage/keys.ts';
import { checkKey } from '../validation/check-keys.ts';
import type { CheckedMap } from '../validation/check-values.ts';
import { checkExpressionParameters } from '../validation/expression-parameters.ts';
import { type Members, readParameters } from '../validation/shapes.ts';
import type { Item } from '../values.ts';
import type { Operation, Operations } from './operation.ts';
import * as parameters from './parameters.ts';
import { type ProjectionParameters, projectionOf } from './projections.ts';
import {
  type LegacyUpdate,
  NO_UPDATE,
  planUpdate,
  recordBytes,
  type Update,
  updateOfAttributes,
  updateOfExpression,
} from './update-plan.ts';
import {
  type ConditionParameters,
  carryOut,
  checkItemSize,
  checkValues,
  conditionOf,
  itemCollectionMetrics,
  type PlannedWrite,
  planDelete,
  planPut,
  type Written,
} from './writes.ts';

interface WriteParameters extends ConditionParameters {
  readonly TableName: string;
  readonly ReturnValues?: string;
  readonly ReturnConsumedCapacity?: ConsumedCapacityLevel;
  readonly ReturnItemCollectionMetrics?: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: CheckedMap;
}

interface PutParameters extends WriteParameters {
  readonly Item: CheckedMap;
}

interface DeleteParameters extends WriteParameters {
  readonly Key: CheckedMap;
}

interface UpdateParameters extends WriteParameters {
  readonly Key: CheckedMap;
  readonly UpdateExpression?: string;
  readonly AttributeUpdates?: Readonly<Record<string, LegacyUpdate>>;
}

interface GetParameters extends ProjectionParameters {
  readonly TableName: string;
  readonly Key: CheckedMap;
  readonly ConsistentRead?: boolean;
  readonly ReturnConsumedCapacity?: ConsumedCapacityLevel;
}

const CONDITION: Members = {
  ConditionExpression: parameters.text,
  Expected: parameters.expected,
  ConditionalOperator: parameters.conditionalOperator,
  ReturnValuesOnConditionCheckFailure: parameters.returnValuesOnFailure,
  ...parameters.placeholders,
};

const PUT: Members = {
  ReturnValues: parameters.returnValues,
  TableName: parameters.itemTableName,
  ReturnConsumedCapacity: parameters.returnConsumedCapacity,
  ReturnItemCollectionMetrics: parameters.returnItemCollectionMetrics,
  Item: parameters.requiredAttributeMap,
  ...CONDITION,
};

const DELETE: Members = {
  ReturnValues: parameters.returnValues,
  TableName: parameters.itemTableName,
  ReturnConsumedCapacity: parameters.returnConsumedCapacity,
  ReturnItemCollectionMetrics: parameters.returnItemCollectionMetrics,
  Key: parameters.requiredAttributeMap,
  ...CONDITION,
};

const UPDATE: Members = {
  ReturnConsumedCapacity: parameters.returnConsumedCapacity,
  TableName: parameters.itemTableName,
  ReturnItemCollectionMetrics: parameters.returnItemCollectionMetrics,
  ReturnValues: parameters.returnValues,
  Key: parameters.requiredAttributeMap,
  UpdateExpression: parameters.text,
  AttributeUpdates: {
    kind: 'map',
    java: 'AttributeValueUpdate',
    of: {
      kind: 'structure',
      java: 'AttributeValueUpdate',
      members: { Action: parameters.oneOf('ADD', 'PUT', 'DELETE'), Value: { kind: 'attributeValue' } },
    },
  },
  ...CONDITION,
};

const GET: Members = {
  ReturnConsumedCapacity: parameters.returnConsumedCapacity,
  AttributesToGet: parameters.attributesToGet,
  TableName: parameters.itemTableName,
  Key: parameters.requiredAttributeMap,
  ConsistentRead: parameters.flag,
  ProjectionExpression: parameters.text,
  ExpressionAttributeNames: parameters.names,
};

function checkReturnsOld(returnValues: string | undefined): void {
  if (returnValues !== undefined && returnValues !== 'ALL_OLD' && returnValues !== 'NONE') {
    throw validationError('ReturnValues can only be ALL_OLD or NONE');
  }
}

/** Executes a write and returns the requested capacity and metrics. */
function written(
  engine: Parameters<Operation>[0],
  request: WriteParameters,
  plan: PlannedWrite,
  key: Item,
): { readonly result: Written; readonly extras: Output } {
  const result = carryOut(engine, plan, request.ReturnValuesOnConditionCheckFailure);
  const consumption = new Consumption(plan.table);
  consumption.addWrite(result.cost);
  const wantsMetrics = request.ReturnItemCollectionMetrics === 'SIZE';
  const metrics = wantsMetrics ? itemCollectionMetrics(plan.table, plan.position, key) : undefined;
  return {
    result,
    extras: {
      ...consumedCapacity(request.ReturnConsumedCapacity, consumption),
      ...(metrics !== undefined && { ItemCollectionMetrics: metrics }),
    },
  };
}

const putItem: Operation = (engine, input) => {
  const request = readParameters<PutParameters>(input, PUT);
  checkExpressionParameters(request, ['ConditionExpression'], ['Expected']);
  checkValues(request.Item);
  checkReturnsOld(request.ReturnValues);
  checkItemSize(request.Item);
  const scope = new Scope(request);
  const condition = conditionOf(request, scope);
  scope.checkAllUsed();
  const plan = planPut(engine.activeTable(request.TableName), request.Item, condition);
  const { result, extras } = written(engine, request, plan, request.Item.values);
  const isOldWanted = request.ReturnValues === 'ALL_OLD' && result.before !== undefined;
  return { ...(isOldWanted && { Attributes: result.before?.item }), ...extras };
};

const deleteItem: Operation = (engine, input) => {
  const request = readParameters<DeleteParameters>(input, DELETE);
  checkExpressionParameters(request, ['ConditionExpression'], ['Expected']);
  checkValues(request.Key);
  checkReturnsOld(request.ReturnValues);
  const scope = new Scope(request);
  const condition = conditionOf(request, scope);
  scope.checkAllUsed();
  const plan = planDelete(engine.activeTable(request.TableName), request.Key, condition);
  const { result, extras } = written(engine, request, plan, request.Key.values);
  const isOldWanted = request.ReturnValues === 'ALL_OLD' && result.before !== undefined;
  return { ...(isOldWanted && { Attributes: result.before?.item }), ...extras };
};

function readUpdate(request: UpdateParameters): { update: Update; condition: Test | undefined } {
  checkExpressionParameters(request, ['UpdateExpression', 'ConditionExpression'], ['AttributeUpdates', 'Expected']);
  checkValues(request.Key);
  const { UpdateExpression: expression, AttributeUpdates: attributes } = request;
  const legacy = attributes && updateOfAttributes(attributes);
  const scope = new Scope(request);
  const update = expression === undefined ? (legacy ?? NO_UPDATE) : updateOfExpression(expression, scope);
  const condition = conditionOf(request, scope);
  scope.checkAllUsed();
  return { update, condition };
}

/** The attributes that an update returns, by its `ReturnValues`. */
function returned(kind: string | undefined, update: Update, { before, next }: Written): Output {
  const attributes = (): Item | undefined => {
    if (kind === 'ALL_OLD') return before?.item;
    if (kind === 'ALL_NEW') return next?.item;
    const item = kind === 'UPDATED_OLD' ? before?.item : kind === 'UPDATED_NEW' ? next?.item : undefined;
    return item && project(item, changedParts(update));
  };
  const found = attributes();
  return found === undefined || Object.keys(found).length === 0 ? {} : { Attributes: found };
}

function changedParts({ actions, changes }: Update): Projection {
  if (actions === undefined) return attributesProjection(changes);
  const root: Projection = new Map();
  for (const { path } of actions) {
    let node = root;
    path.forEach((step, index) => {
      const below = index === path.length - 1 ? undefined : (node.get(step) ?? new Map());
      node.set(step, below);
      if (below !== undefined) node = below;
    });
  }
  return root;
}

const updateItem: Operation = (engine, input) => {
  const request = readParameters<UpdateParameters>(input, UPDATE);
  const { update, condition } = readUpdate(request);
  const table = engine.activeTable(request.TableName);
  const plan = planUpdate(table, request.Key, update, condition, recordBytes(update));
  const { result, extras } = written(engine, request, plan, request.Key.values);
  return { ...returned(request.ReturnValues, update, result), ...extras };
};

const getItem: Operation = (engine, input) => {
  const request = readParameters<GetParameters>(input, GET);
  checkExpressionParameters(request, ['ProjectionExpression'], ['AttributesToGet']);
  checkValues(request.Key);
  const scope = new Scope(request);
  const wanted = projectionOf(request, scope);
  scope.checkAllUsed();
  const table = engine.activeTable(request.TableName);
  checkKey(table, request.Key.values);
  wanted?.check(table);
  const position = positionOf(table.keys, request.Key.values);
  const row = engine.read(table, position, request.ConsistentRead ?? false);
  const units = readUnits(row?.bytes ?? 0, request.ConsistentRead);
  engine.throttleRead(table, position.hash, units);
  const consumption = new Consumption(table);
  consumption.addTable(units);
  const item = row && (wanted === undefined ? row.item : project(row.item, wanted.projection));
  return {
    ...(item !== undefined && { Item: item }),
    ...consumedCapacity(request.ReturnConsumedCapacity, consumption),
  };
};

export const ITEM_OPERATIONS: Operations = {
  PutItem: putItem,
  DeleteItem: deleteItem,
  UpdateItem: updateItem,
  GetItem: getItem,
};
