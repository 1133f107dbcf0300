// TransactWriteItems: all of up to 100 actions or none.

import { type ConsumedCapacityLevel, type Consumption, consumedCapacities, readUnits } from '../capacity.ts';
import { validationError } from '../errors.ts';
import type { Test } from '../expressions/condition.ts';
import { Scope } from '../expressions/scope.ts';
import type { DynamoDbState } from '../state.ts';
import type { Entry } from '../storage/collection.ts';
import type { Table } from '../storage/table.ts';
import { digestOf } from '../transaction-tokens.ts';
import type { CheckedMap } from '../validation/check-values.ts';
import { checkExpressionParameters } from '../validation/expression-parameters.ts';
import { type Members, readParameters, type Shape } from '../validation/shapes.ts';
import { openedItem } from '../values.ts';
import type { Operation, Operations } from './operation.ts';
import * as parameters from './parameters.ts';
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
import { planUpdate, updateOfExpression } from './update-plan.ts';
import {
  checkItemSize,
  checkValues,
  conditionOf,
  type Next,
  type PlannedWrite,
  planDelete,
  planPut,
} from './writes.ts';

const MAX_BYTES = 4 * 1024 * 1024;

interface ActionParameters {
  readonly TableName: string;
  readonly Item?: CheckedMap;
  readonly Key?: CheckedMap;
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: CheckedMap;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

type ActionKind = 'ConditionCheck' | 'Put' | 'Delete' | 'Update';

interface WriteParameters {
  readonly TransactItems: readonly Partial<Record<ActionKind, ActionParameters>>[];
  readonly ClientRequestToken?: string;
  readonly ReturnConsumedCapacity?: ConsumedCapacityLevel;
}

const actionShape = (java: string, members: Members): Shape => ({
  kind: 'structure',
  java,
  members: {
    TableName: parameters.itemTableName,
    ConditionExpression: parameters.text,
    ReturnValuesOnConditionCheckFailure: parameters.returnValuesOnFailure,
    ...parameters.placeholders,
    ...members,
  },
});

const key: Members = { Key: parameters.requiredAttributeMap };

const WRITE: Members = {
  ClientRequestToken: { kind: 'string', minLength: 1, maxLength: 36 },
  TransactItems: transactItems('TransactWriteItem', {
    ConditionCheck: actionShape('ConditionCheck', {
      ...key,
      ConditionExpression: { kind: 'string', notNull: true },
    }),
    Put: actionShape('Put', { Item: parameters.requiredAttributeMap }),
    Delete: actionShape('Delete', key),
    Update: actionShape('Update', { ...key, UpdateExpression: { kind: 'string', notNull: true } }),
  }),
  ReturnConsumedCapacity: parameters.returnConsumedCapacity,
  ReturnItemCollectionMetrics: parameters.returnItemCollectionMetrics,
};

/** An action whose expressions are parsed, but whose table has not been looked up yet. */
interface ReadAction {
  readonly tableName: string;
  readonly parameters: ActionParameters;
  readonly bytes: number;
  readonly plan: (table: Table) => PlannedWrite;
  /** A condition check only reads. */
  readonly writes: boolean;
}

function onlyAction(item: Partial<Record<ActionKind, ActionParameters>>): [ActionKind, ActionParameters] {
  const given = Object.entries(item) as [ActionKind, ActionParameters][];
  const [only] = given;
  if (given.length !== 1 || only === undefined) {
    throw validationError('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  return only;
}

function planOf(kind: ActionKind, action: ActionParameters, scope: Scope): ReadAction['plan'] {
  const update =
    kind === 'Update' && action.UpdateExpression !== undefined
      ? updateOfExpression(action.UpdateExpression, scope)
      : undefined;
  const condition: Test | undefined = conditionOf(action, scope);
  scope.checkAllUsed();
  const { Item: item, Key: keyMap } = action;
  return (table) => {
    if (kind === 'Put' && item !== undefined) return planPut(table, item, condition);
    if (keyMap === undefined) throw new Error('An action without a key passed the checks.');
    if (update !== undefined) return planUpdate(table, keyMap, update, condition);
    return planDelete(table, keyMap, condition);
  };
}

function readAction(item: Partial<Record<ActionKind, ActionParameters>>): ReadAction {
  const [kind, action] = onlyAction(item);
  checkExpressionParameters(action, ['UpdateExpression', 'ConditionExpression'], []);
  const values = action.Item ?? action.Key;
  if (values !== undefined) checkValues(values);
  // The size of a put is checked before its transaction begins: too large an item refuses the request and cancels
  // nothing.
  if (action.Item !== undefined) checkItemSize(action.Item);
  const plan = planOf(kind, action, new Scope(action));
  const bytes = (values?.bytes ?? 0) + (action.ExpressionAttributeValues?.bytes ?? 0);
  return { tableName: action.TableName, parameters: action, bytes, plan, writes: kind !== 'ConditionCheck' };
}

interface Prepared {
  readonly action: ReadAction;
  readonly plan: PlannedWrite;
  readonly before: Entry | undefined;
  readonly next: Next;
}

/** Checks all actions; returns the writes, or the reasons for the cancellation. */
function prepare(state: DynamoDbState, actions: readonly ReadAction[]): { prepared: Prepared[]; reasons: Reason[] } {
  const tables = actions.map(({ tableName }) => state.activeTable(tableName));
  const targets = new Targets();
  const prepared: Prepared[] = [];
  const reasons = actions.map((action, index): Reason => {
    const table = tables[index];
    if (table === undefined) return NO_REASON;
    let plan: PlannedWrite;
    try {
      plan = action.plan(table);
    } catch (error) {
      return reasonOf(error);
    }
    targets.add(table, plan.position);
    return prepareOne(state, action, plan, prepared);
  });
  return { prepared, reasons };
}

function prepareOne(state: DynamoDbState, action: ReadAction, plan: PlannedWrite, prepared: Prepared[]): Reason {
  const { table, position, condition } = plan;
  if (state.conflicts(table, position)) return CONFLICT;
  const before = table.get(position);
  if (condition !== undefined && !condition(before?.item)) {
    const isWanted = action.parameters.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before !== undefined;
    return {
      Code: 'ConditionalCheckFailed',
      Message: 'The conditional request failed',
      ...(isWanted && { Item: openedItem(before.item) }),
    };
  }
  try {
    const next = plan.next(before);
    state.throttleWrite(table, position, before, next);
    prepared.push({ action, plan, before, next });
    return NO_REASON;
  } catch (error) {
    return reasonOf(error);
  }
}

const UNIT_BYTES = 1024;

function commit(state: DynamoDbState, prepared: readonly Prepared[]): Map<Table, Consumption> {
  const consumptions = new Map<Table, Consumption>();
  for (const { action, plan, before, next } of prepared) {
    const consumption = consumptionOf(consumptions, plan.table, 'WriteCapacityUnits');
    if (action.writes) consumption.addWrite(state.write(plan.table, plan.position, before, next), FACTOR);
    else consumption.addTable(FACTOR * Math.max(1, Math.ceil((before?.bytes ?? 0) / UNIT_BYTES)));
  }
  return consumptions;
}

/** The capacity that a repeated transaction consumes: the reads of its items. */
function repeatedConsumption(state: DynamoDbState, actions: readonly ReadAction[]): Map<Table, Consumption> {
  const consumptions = new Map<Table, Consumption>();
  for (const action of actions) {
    const table = state.activeTable(action.tableName);
    const { position } = action.plan(table);
    const units = readUnits(table.get(position)?.bytes ?? 0, true) * FACTOR;
    consumptionOf(consumptions, table, 'ReadCapacityUnits').addTable(units);
  }
  return consumptions;
}

const transactWriteItems: Operation = (state, input) => {
  const request = readParameters<WriteParameters>(input, WRITE);
  const actions = request.TransactItems.map(readAction);
  if (actions.reduce((sum, { bytes }) => sum + bytes, 0) > MAX_BYTES) {
    throw validationError('The aggregate size of the items in the transaction exceeds the limit of 4 MB');
  }
  const { ClientRequestToken: token, ReturnConsumedCapacity: level } = request;
  const digest = token === undefined ? '' : digestOf(input.TransactItems);
  if (token !== undefined && state.tokens.isRepeat(token, digest, state.now())) {
    return consumedCapacities(level, repeatedConsumption(state, actions).values());
  }
  const { prepared, reasons } = prepare(state, actions);
  if (reasons.some((reason) => reason !== NO_REASON)) throw cancelled(reasons);
  const consumptions = commit(state, prepared);
  if (token !== undefined) state.tokens.remember(token, digest, state.now());
  return consumedCapacities(level, consumptions.values());
};

export const TRANSACT_WRITE_OPERATIONS: Operations = { TransactWriteItems: transactWriteItems };
