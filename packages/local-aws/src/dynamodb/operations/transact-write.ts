// TransactWriteItems: executes up to 100 actions, all or none.

import { type ConsumedCapacityLevel, type Consumption, consumedCapacities } from '../capacity.ts';
import { validationError } from '../errors.ts';
import type { ItemPredicate } from '../expressions/condition.ts';
import { Scope } from '../expressions/scope.ts';
import type { DynamoDbState } from '../state.ts';
import type { Entry } from '../storage/collection.ts';
import type { Table } from '../storage/table.ts';
import { digestOf } from '../transaction-tokens.ts';
import { readUnits, writeUnits } from '../units.ts';
import type { CheckedMap } from '../validation/check-values.ts';
import { checkExpressionParameters } from '../validation/expression-parameters.ts';
import { type Members, parseParameters, type Shape } from '../validation/parse-parameters.ts';
import { unpackItem } from '../values.ts';
import type { Operation, Operations } from './operation.ts';
import * as parameters from './parameters.ts';
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
import { planUpdate, updateFromExpression } from './update-plan.ts';
import {
  checkItemSize,
  checkValues,
  conditionOf,
  type ItemAfter,
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

const KEY: Members = { Key: parameters.requiredAttributeMap };

const WRITE: Members = {
  ClientRequestToken: { kind: 'string', minLength: 1, maxLength: 36 },
  TransactItems: transactItems('TransactWriteItem', {
    ConditionCheck: actionShape('ConditionCheck', {
      ...KEY,
      ConditionExpression: { kind: 'string', notNull: true },
    }),
    Put: actionShape('Put', { Item: parameters.requiredAttributeMap }),
    Delete: actionShape('Delete', KEY),
    Update: actionShape('Update', { ...KEY, UpdateExpression: { kind: 'string', notNull: true } }),
  }),
  ReturnConsumedCapacity: parameters.returnConsumedCapacity,
  ReturnItemCollectionMetrics: parameters.returnItemCollectionMetrics,
};

/** An action whose expressions are parsed. Its table is not known yet. */
interface ParsedAction {
  readonly tableName: string;
  readonly parameters: ActionParameters;
  readonly bytes: number;
  readonly plan: (table: Table) => PlannedWrite;
  /** False for a condition check. */
  readonly isWrite: boolean;
}

/** The action of an element of `TransactItems`. @throws {DynamoDbError} when there is not exactly one */
function singleAction(item: Partial<Record<ActionKind, ActionParameters>>): [ActionKind, ActionParameters] {
  const actions = Object.entries(item) as [ActionKind, ActionParameters][];
  const [action] = actions;
  if (actions.length !== 1 || action === undefined) {
    throw validationError('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  return action;
}

/** Parses the expressions of an action; returns the function that plans it for its table. */
function plannerOf(kind: ActionKind, action: ActionParameters, scope: Scope): ParsedAction['plan'] {
  const update =
    kind === 'Update' && action.UpdateExpression !== undefined
      ? updateFromExpression(action.UpdateExpression, scope)
      : undefined;
  const condition: ItemPredicate | undefined = conditionOf(action, scope);
  scope.checkAllUsed();
  const { Item: item, Key: keyMap } = action;
  return (table) => {
    if (kind === 'Put' && item !== undefined) return planPut(table, item, condition);
    if (keyMap === undefined) throw new Error('An action without a key passed the checks.');
    if (update !== undefined) return planUpdate(table, keyMap, update, condition);
    return planDelete(table, keyMap, condition);
  };
}

function parseAction(item: Partial<Record<ActionKind, ActionParameters>>): ParsedAction {
  const [kind, action] = singleAction(item);
  checkExpressionParameters(action, ['UpdateExpression', 'ConditionExpression'], []);
  const values = action.Item ?? action.Key;
  if (values !== undefined) checkValues(values);
  // The size of a put is checked here, because AWS refuses the request when an item is too large. It does not answer
  // that the transaction is cancelled.
  if (action.Item !== undefined) checkItemSize(action.Item);
  const plan = plannerOf(kind, action, new Scope(action));
  const bytes = (values?.bytes ?? 0) + (action.ExpressionAttributeValues?.bytes ?? 0);
  return { tableName: action.TableName, parameters: action, bytes, plan, isWrite: kind !== 'ConditionCheck' };
}

interface PreparedAction {
  readonly action: ParsedAction;
  readonly plan: PlannedWrite;
  readonly before: Entry | undefined;
  readonly after: ItemAfter;
}

/** Checks all actions. Returns what can be committed, and for each action its cancellation reason or `NO_REASON`. */
function prepare(
  state: DynamoDbState,
  actions: readonly ParsedAction[],
): { prepared: PreparedAction[]; reasons: CancellationReason[] } {
  const tables = actions.map(({ tableName }) => state.activeTable(tableName));
  const targets = new UniqueTargets();
  const prepared: PreparedAction[] = [];
  const reasons = actions.map((action, index): CancellationReason => {
    const table = tables[index];
    if (table === undefined) return NO_REASON;
    let plan: PlannedWrite;
    try {
      plan = action.plan(table);
    } catch (error) {
      return cancellationReasonOf(error);
    }
    targets.add(table, plan.position);
    return prepareAction(state, action, plan, prepared);
  });
  return { prepared, reasons };
}

function prepareAction(
  state: DynamoDbState,
  action: ParsedAction,
  plan: PlannedWrite,
  prepared: PreparedAction[],
): CancellationReason {
  const { table, position, condition } = plan;
  if (state.hasConflict(table, position)) return CONFLICT_REASON;
  const before = table.get(position);
  if (condition !== undefined && !condition(before?.item)) {
    const isRequested = action.parameters.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before !== undefined;
    return {
      Code: 'ConditionalCheckFailed',
      Message: 'The conditional request failed',
      ...(isRequested && { Item: unpackItem(before.item) }),
    };
  }
  try {
    const after = plan.apply(before);
    state.throttleWrite(table, position, before, after);
    prepared.push({ action, plan, before, after });
    return NO_REASON;
  } catch (error) {
    return cancellationReasonOf(error);
  }
}

/** Executes the writes. Returns the consumed capacity. */
function commit(state: DynamoDbState, prepared: readonly PreparedAction[]): Map<Table, Consumption> {
  const consumptions = new Map<Table, Consumption>();
  for (const { action, plan, before, after } of prepared) {
    const consumption = consumptionOf(consumptions, plan.table, 'WriteCapacityUnits');
    if (action.isWrite) consumption.addWrite(state.write(plan.table, plan.position, before, after), CAPACITY_FACTOR);
    else consumption.addTable(CAPACITY_FACTOR * writeUnits(before?.bytes ?? 0));
  }
  return consumptions;
}

/** The capacity that a repeated transaction consumes: DynamoDB only reads its items. */
function repeatedConsumption(state: DynamoDbState, actions: readonly ParsedAction[]): Map<Table, Consumption> {
  const consumptions = new Map<Table, Consumption>();
  for (const action of actions) {
    const table = state.activeTable(action.tableName);
    const { position } = action.plan(table);
    const units = readUnits(table.get(position)?.bytes ?? 0, true) * CAPACITY_FACTOR;
    consumptionOf(consumptions, table, 'ReadCapacityUnits').addTable(units);
  }
  return consumptions;
}

const transactWriteItems: Operation = (state, input) => {
  const request = parseParameters<WriteParameters>(input, WRITE);
  const actions = request.TransactItems.map(parseAction);
  if (actions.reduce((sum, { bytes }) => sum + bytes, 0) > MAX_BYTES) {
    throw validationError('The aggregate size of the items in the transaction exceeds the limit of 4 MB');
  }
  const { ClientRequestToken: token, ReturnConsumedCapacity: level } = request;
  const digest = token === undefined ? '' : digestOf(input.TransactItems);
  if (token !== undefined && state.tokens.isRepeat(token, digest, state.now())) {
    return consumedCapacities(level, repeatedConsumption(state, actions).values());
  }
  const { prepared, reasons } = prepare(state, actions);
  if (reasons.some((reason) => reason !== NO_REASON)) throw transactionCancelled(reasons);
  const consumptions = commit(state, prepared);
  if (token !== undefined) state.tokens.remember(token, digest, state.now());
  return consumedCapacities(level, consumptions.values());
};

export const TRANSACT_WRITE_OPERATIONS: Operations = { TransactWriteItems: transactWriteItems };
