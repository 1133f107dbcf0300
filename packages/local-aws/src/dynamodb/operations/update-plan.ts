// An update of one item, prepared.

import { invalidParameters, validationError } from '../errors.ts';
import type { Test } from '../expressions/condition.ts';
import type { CheckedValue } from '../expressions/legacy.ts';
import type { Scope } from '../expressions/scope.ts';
import { type AttributeUpdate, applyAttributeUpdates, applyUpdate } from '../expressions/update.ts';
import { type Action, parseUpdate } from '../expressions/update-parser.ts';
import { own, setOwn } from '../input.ts';
import { PackedValue } from '../packed-value.ts';
import { keyAttributes, positionOf } from '../storage/keys.ts';
import type { Table } from '../storage/table.ts';
import { checkKey, checkKeyPaths, checkUpdatedIndexKeys } from '../validation/check-keys.ts';
import type { CheckedMap } from '../validation/check-values.ts';
import {
  type AttributeValue,
  attribute,
  type Item,
  type StoredValue,
  typeOf,
  utf8Bytes,
  valueBytes,
} from '../values.ts';
import { MAX_ITEM_BYTES, type PlannedWrite } from './writes.ts';

/** One attribute of `AttributeUpdates`. */
export interface LegacyUpdate {
  readonly Action?: string;
  readonly Value?: CheckedValue;
}

/** The effect of an update, independent of table and item. */
export interface Update {
  /** Top-level attributes that it changes. */
  readonly changes: ReadonlySet<string>;
  /** Paths that it changes, for `UPDATED_OLD` and `UPDATED_NEW`. */
  readonly actions: readonly Action[] | undefined;
  readonly nested: ReadonlySet<string>;
  /** Values that top-level attributes certainly get. */
  readonly assigned: ReadonlyMap<string, AttributeValue>;
  readonly apply: (item: Item) => Item;
}

/** From an update expression. @throws {DynamoDbError} `ValidationException` */
export function updateOfExpression(expression: string, scope: Scope): Update {
  const { actions, nested } = parseUpdate(expression, scope);
  const assigned = new Map<string, AttributeValue>();
  for (const action of actions) {
    if (action.path.length > 1) continue;
    if (action.kind === 'SET' && action.operand.kind === 'value') assigned.set(action.path[0], action.operand.value);
    if (action.kind === 'ADD') assigned.set(action.path[0], action.value);
  }
  return {
    changes: new Set(actions.map(({ path }) => path[0])),
    actions,
    nested,
    assigned,
    apply: (item) => applyUpdate(item, actions),
  };
}

const SETS = ['SS', 'NS', 'BS'];

function checkLegacyUpdate({ Action: action = 'PUT', Value: given }: LegacyUpdate): AttributeUpdate {
  if (given === undefined) {
    if (action === 'DELETE') return { action, value: undefined };
    throw invalidParameters('Only DELETE action is allowed when no attribute value is specified');
  }
  if (given.problem !== undefined) throw validationError(given.problem);
  const type = typeOf(given.value);
  if (action === 'DELETE' && !SETS.includes(type)) {
    throw invalidParameters(`DELETE action with value is not supported for the type ${type}`);
  }
  if (action === 'ADD' && ![...SETS, 'N', 'L'].includes(type)) {
    throw invalidParameters(`ADD action is not supported for the type ${type}`);
  }
  return { action, value: given.value };
}

/** From `AttributeUpdates`. @throws {DynamoDbError} `ValidationException` */
export function updateOfAttributes(updates: Readonly<Record<string, LegacyUpdate>>): Update {
  const checked = new Map(Object.entries(updates).map(([name, update]) => [name, checkLegacyUpdate(update)]));
  const assigned = new Map<string, AttributeValue>();
  for (const [name, { action, value }] of checked) {
    if (value !== undefined && action !== 'DELETE') assigned.set(name, value);
  }
  return {
    changes: new Set(checked.keys()),
    actions: undefined,
    nested: new Set(),
    assigned,
    apply: (item) => applyAttributeUpdates(item, checked),
  };
}

/** An update without changes: it creates an item with only its key. */
export const NO_UPDATE: Update = {
  changes: new Set(),
  actions: undefined,
  nested: new Set(),
  assigned: new Map(),
  apply: (item) => item,
};

function checkChanges(table: Table, update: Update): void {
  for (const name of table.keyNames) {
    if (update.changes.has(name) && !update.nested.has(name)) {
      throw invalidParameters(`Cannot update attribute ${name}. This attribute is part of the key`);
    }
  }
  checkUpdatedIndexKeys(table, update.assigned);
  checkKeyPaths(table, update.nested);
}

/** Keys of indexes that the update computed. */
function checkComputedKeys(table: Table, update: Update, item: Item): void {
  for (const { definition } of table.indexes.values()) {
    for (const { name, type } of keyAttributes(definition.keys)) {
      if (!update.changes.has(name) || update.assigned.has(name)) continue;
      const value = attribute(item, name);
      if (value !== undefined && value[type] === undefined) {
        throw validationError('The update expression attempted to update the secondary index key to unsupported type');
      }
    }
  }
}

const bytesIn = (item: Item, name: string): number => {
  const value = own(item, name);
  return value === undefined ? 0 : utf8Bytes(name) + valueBytes(value);
};

const RECORD_BYTES = 3;
const WRITE_BYTES = 19;
const REMOVAL_BYTES = 2;

/**
 * The bytes that `UpdateItem` adds to the attributes that an expression writes before it compares them with the limit
 * of an item. So an item with a short key must stay some bytes below 400 KB. Measured on AWS, not documented; updates
 * in transactions do not add them.
 */
export function recordBytes({ actions = [] }: Update): number {
  return actions.reduce((sum, { kind, path }) => {
    if (kind === 'REMOVE' || kind === 'DELETE') return sum + REMOVAL_BYTES;
    return sum + WRITE_BYTES + (typeof path.at(-1) === 'number' ? 1 : 0);
  }, RECORD_BYTES);
}

/** Measures the changed attributes and packs them. */
function settled(before: Item, bytesBefore: number, after: Item, changes: ReadonlySet<string>) {
  const item: Record<string, StoredValue> = after === before ? { ...after } : after;
  let bytes = bytesBefore;
  let changedBytes = 0;
  for (const name of changes) {
    const valueAfter = own(after, name);
    const size = valueAfter === undefined ? 0 : valueBytes(valueAfter);
    const attributeBytes = valueAfter === undefined ? 0 : utf8Bytes(name) + size;
    changedBytes += attributeBytes;
    bytes += attributeBytes - bytesIn(before, name);
    if (valueAfter !== undefined && !(valueAfter instanceof PackedValue)) {
      setOwn(item, name, PackedValue.pack(valueAfter, size));
    }
  }
  return { item, bytes, changedBytes };
}

/**
 * @param extraBytes are counted with the changed attributes, see `recordBytes`
 * @throws {DynamoDbError} when the key or the update does not fit the table
 */
export function planUpdate(
  table: Table,
  key: CheckedMap,
  update: Update,
  condition: Test | undefined,
  extraBytes = 0,
): PlannedWrite {
  checkKey(table, key.values);
  checkChanges(table, update);
  return {
    table,
    position: positionOf(table.keys, key.values),
    condition,
    next(before) {
      const old = before?.item ?? key.values;
      const next = settled(old, before?.bytes ?? key.bytes, update.apply(old), update.changes);
      checkComputedKeys(table, update, next.item);
      if (Math.max(next.bytes, next.changedBytes + extraBytes) > MAX_ITEM_BYTES) {
        throw validationError('Item size to update has exceeded the maximum allowed size');
      }
      return next;
    },
  };
}
