// Operations on one item: put, get, update, delete.

import { type ConsumedCapacityLevel, Consumption, consumedCapacity } from '../capacity.ts';
import { validationError } from '../errors.ts';
import type { ItemPredicate } from '../expressions/condition.ts';
import { attributesProjection, type Projection, project } from '../expressions/projection.ts';
import { Scope } from '../expressions/scope.ts';
import type { Output } from '../input.ts';
import type { DynamoDbState } from '../state.ts';
import { positionOf } from '../storage/keys.ts';
import { readUnits } from '../units.ts';
import { checkKey } from '../validation/check-keys.ts';
import type { CheckedMap } from '../validation/check-values.ts';
import { checkExpressionParameters } from '../validation/expression-parameters.ts';
import { type Members, parseParameters } from '../validation/parse-parameters.ts';
import type { Item } from '../values.ts';
import type { Operation, Operations } from './operation.ts';
import * as parameters from './parameters.ts';
import { type ProjectionParameters, selectionOf } from './projections.ts';
import {
  type LegacyUpdate,
  NO_UPDATE,
  planUpdate,
  type Update,
  updateFromAttributes,
  updateFromExpression,
  updateOverheadBytes,
} from './update-plan.ts';
import {
  type ConditionParameters,
  checkItemSize,
  checkValues,
  conditionOf,
  executeWrite,
  itemCollectionMetrics,
  type PlannedWrite,
  planDelete,
  planPut,
  type WriteResult,
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

/** @throws {DynamoDbError} when `ReturnValues` is not valid for a put or a delete */
function checkReturnValues(returnValues: string | undefined): void {
  if (returnValues !== undefined && returnValues !== 'ALL_OLD' && returnValues !== 'NONE') {
    throw validationError('ReturnValues can only be ALL_OLD or NONE');
  }
}

/** Executes a write. Returns its result, and the requested capacity and metrics for the response. */
function writeItem(
  state: DynamoDbState,
  request: WriteParameters,
  plan: PlannedWrite,
  key: Item,
): { readonly result: WriteResult; readonly extras: Output } {
  const result = executeWrite(state, plan, request.ReturnValuesOnConditionCheckFailure);
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

const putItem: Operation = (state, input) => {
  const request = parseParameters<PutParameters>(input, PUT);
  checkExpressionParameters(request, ['ConditionExpression'], ['Expected']);
  checkValues(request.Item);
  checkReturnValues(request.ReturnValues);
  checkItemSize(request.Item);
  const scope = new Scope(request);
  const condition = conditionOf(request, scope);
  scope.checkAllUsed();
  const plan = planPut(state.activeTable(request.TableName), request.Item, condition);
  const { result, extras } = writeItem(state, request, plan, request.Item.values);
  const returnsOldItem = request.ReturnValues === 'ALL_OLD' && result.before !== undefined;
  return { ...(returnsOldItem && { Attributes: result.before?.item }), ...extras };
};

const deleteItem: Operation = (state, input) => {
  const request = parseParameters<DeleteParameters>(input, DELETE);
  checkExpressionParameters(request, ['ConditionExpression'], ['Expected']);
  checkValues(request.Key);
  checkReturnValues(request.ReturnValues);
  const scope = new Scope(request);
  const condition = conditionOf(request, scope);
  scope.checkAllUsed();
  const plan = planDelete(state.activeTable(request.TableName), request.Key, condition);
  const { result, extras } = writeItem(state, request, plan, request.Key.values);
  const returnsOldItem = request.ReturnValues === 'ALL_OLD' && result.before !== undefined;
  return { ...(returnsOldItem && { Attributes: result.before?.item }), ...extras };
};

function parseUpdateRequest(request: UpdateParameters): { update: Update; condition: ItemPredicate | undefined } {
  checkExpressionParameters(request, ['UpdateExpression', 'ConditionExpression'], ['AttributeUpdates', 'Expected']);
  checkValues(request.Key);
  const { UpdateExpression: expression, AttributeUpdates: attributes } = request;
  const legacy = attributes && updateFromAttributes(attributes);
  const scope = new Scope(request);
  const update = expression === undefined ? (legacy ?? NO_UPDATE) : updateFromExpression(expression, scope);
  const condition = conditionOf(request, scope);
  scope.checkAllUsed();
  return { update, condition };
}

/** `Attributes` of the response to an update, by its `ReturnValues`. */
function returnedAttributes(returnValues: string | undefined, update: Update, { before, after }: WriteResult): Output {
  const select = (): Item | undefined => {
    if (returnValues === 'ALL_OLD') return before?.item;
    if (returnValues === 'ALL_NEW') return after?.item;
    const item =
      returnValues === 'UPDATED_OLD' ? before?.item : returnValues === 'UPDATED_NEW' ? after?.item : undefined;
    return item && project(item, changedProjection(update));
  };
  const attributes = select();
  return attributes === undefined || Object.keys(attributes).length === 0 ? {} : { Attributes: attributes };
}

/** The projection that selects what an update changes. */
function changedProjection({ actions, changes }: Update): Projection {
  if (actions === undefined) return attributesProjection(changes);
  const root: Projection = new Map();
  for (const { path } of actions) {
    let node = root;
    path.forEach((step, index) => {
      const child = index === path.length - 1 ? undefined : (node.get(step) ?? new Map());
      node.set(step, child);
      if (child !== undefined) node = child;
    });
  }
  return root;
}

const updateItem: Operation = (state, input) => {
  const request = parseParameters<UpdateParameters>(input, UPDATE);
  const { update, condition } = parseUpdateRequest(request);
  const table = state.activeTable(request.TableName);
  const plan = planUpdate(table, request.Key, update, condition, updateOverheadBytes(update));
  const { result, extras } = writeItem(state, request, plan, request.Key.values);
  return { ...returnedAttributes(request.ReturnValues, update, result), ...extras };
};

const getItem: Operation = (state, input) => {
  const request = parseParameters<GetParameters>(input, GET);
  checkExpressionParameters(request, ['ProjectionExpression'], ['AttributesToGet']);
  checkValues(request.Key);
  const scope = new Scope(request);
  const selection = selectionOf(request, scope);
  scope.checkAllUsed();
  const table = state.activeTable(request.TableName);
  checkKey(table, request.Key.values);
  selection?.check(table);
  const position = positionOf(table.keys, request.Key.values);
  const row = state.read(table, position, request.ConsistentRead ?? false);
  const units = readUnits(row?.bytes ?? 0, request.ConsistentRead);
  state.throttleRead(table, position.hash, units);
  const consumption = new Consumption(table);
  consumption.addTable(units);
  const item = row && (selection === undefined ? row.item : project(row.item, selection.projection));
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
