// Executes updates. Stored items are never changed: the updated parts are copied, the others shared with the old item.

import { validationError } from '../errors.ts';
import { getOwn, setOwn } from '../input.ts';
import { addNumbers, InvalidNumberError } from '../numbers.ts';
import { type AttributeValue, type Item, type StoredValue, typeOf, unpack } from '../values.ts';
import type { Operand } from './parser.ts';
import { type Path, type PathStep, valueAt } from './path.ts';
import type { Action } from './update-parser.ts';

type SetType = 'SS' | 'NS' | 'BS';
type Container = { L?: AttributeValue[]; M?: Record<string, AttributeValue> };

const wrongTypeError = (): Error => validationError('An operand in the update expression has an incorrect data type');

/** The exact sum or difference. @throws {DynamoDbError} when DynamoDB cannot store it */
function checkedSum(a: string, b: string, subtract = false): string {
  try {
    return addNumbers(a, b, subtract);
  } catch (error) {
    throw error instanceof InvalidNumberError ? validationError(error.message) : error;
  }
}

function setTypeOf(value: AttributeValue): SetType | undefined {
  const type = typeOf(value);
  return type === 'SS' || type === 'NS' || type === 'BS' ? type : undefined;
}

/** The union, in the order in which members were added. */
function union(type: SetType, value: AttributeValue, added: AttributeValue): AttributeValue {
  return { [type]: [...new Set([...(value[type] ?? []), ...(added[type] ?? [])])] };
}

/** The difference; undefined when it has no members, because sets cannot be empty. */
function difference(type: SetType, value: AttributeValue, removed: AttributeValue): AttributeValue | undefined {
  const removedMembers = new Set(removed[type]);
  const members = (value[type] ?? []).filter((member) => !removedMembers.has(member));
  return members.length === 0 ? undefined : { [type]: members };
}

function evaluate(operand: Operand, item: Item): AttributeValue {
  if (operand.kind === 'value') return operand.value;
  if (operand.kind === 'path') {
    const value = valueAt(item, operand.path);
    if (value === undefined) {
      throw validationError('The provided expression refers to an attribute that does not exist in the item');
    }
    return value;
  }
  const [first, second] = operand.operands;
  if (first === undefined || second === undefined) throw wrongTypeError();
  if (operand.name === 'if_not_exists') {
    const value = first.kind === 'path' ? valueAt(item, first.path) : undefined;
    return value ?? evaluate(second, item);
  }
  const [a, b] = [evaluate(first, item), evaluate(second, item)];
  if (operand.name === 'list_append') {
    if (a.L === undefined || b.L === undefined) throw wrongTypeError();
    return { L: [...a.L, ...b.L] };
  }
  if (a.N === undefined || b.N === undefined) throw wrongTypeError();
  return { N: checkedSum(a.N, b.N, operand.name === '-') };
}

/** An item during its update: each list or map on a path to a change is copied once. */
class Draft {
  readonly item: Record<string, StoredValue>;
  /** The containers that were copied, which may be changed. */
  readonly #copies = new Set<object>();
  /** Elements that were set beyond the end of a list. */
  readonly #appended = new Map<AttributeValue[], [index: number, value: AttributeValue][]>();

  constructor(item: Item) {
    this.item = { ...item };
  }

  /** The copied list or map that contains the last step of a path. @throws {DynamoDbError} when it does not exist */
  #parent(path: Path): Container {
    let container: Container = { M: this.item as Record<string, AttributeValue> };
    for (let i = 0; i < path.length - 1; i += 1) {
      const step = path[i];
      const child = step === undefined ? undefined : childOf(container, step);
      if (child === undefined || step === undefined) throw invalidPathError();
      container = this.#copyChild(container, step, unpack(child));
    }
    const last = path.at(-1);
    if ((typeof last === 'number' ? container.L : container.M) === undefined) throw invalidPathError();
    return container;
  }

  #copyChild(parent: Container, step: PathStep, child: AttributeValue): Container {
    if (this.#copies.has(child)) return child as Container;
    const copy: Container =
      child.L !== undefined ? { L: [...child.L] } : child.M !== undefined ? { M: { ...child.M } } : {};
    if (copy.L === undefined && copy.M === undefined) throw invalidPathError();
    this.#copies.add(copy);
    setChild(parent, step, copy);
    return copy;
  }

  set(path: Path, value: AttributeValue): void {
    const parent = this.#parent(path);
    const last = path[path.length - 1];
    if (typeof last === 'number' && parent.L !== undefined && last >= parent.L.length) {
      const elements = this.#appended.get(parent.L) ?? [];
      elements.push([last, value]);
      this.#appended.set(parent.L, elements);
    } else if (last !== undefined) {
      setChild(parent, last, value);
    }
  }

  remove(path: Path): void {
    const parent = this.#parent(path);
    const last = path[path.length - 1];
    if (typeof last === 'number') parent.L?.splice(last, 1);
    else if (last !== undefined && parent.M !== undefined) delete parent.M[last];
  }

  /** Appends the elements that were set beyond the end of a list, in the order of their indexes. */
  appendElements(): void {
    for (const [list, elements] of this.#appended) {
      for (const [, value] of elements.sort(([a], [b]) => a - b)) list.push(value);
    }
    this.#appended.clear();
  }
}

function invalidPathError(): Error {
  return validationError('The document path provided in the update expression is invalid for update');
}

function childOf(container: Container, step: PathStep): AttributeValue | undefined {
  if (typeof step === 'number') return container.L?.[step];
  return container.M && getOwn(container.M, step);
}

function setChild(container: Container, step: PathStep, value: AttributeValue): void {
  if (typeof step === 'number') {
    if (container.L !== undefined) container.L[step] = value;
  } else if (container.M !== undefined) {
    setOwn(container.M, step, value);
  }
}

/** The result of ADD: the sum of numbers, or the union of sets. */
function sumOrUnion(existing: AttributeValue | undefined, value: AttributeValue): AttributeValue {
  if (existing !== undefined && typeOf(existing) !== typeOf(value)) throw wrongTypeError();
  if (value.N !== undefined) return { N: checkedSum(existing?.N ?? '0', value.N) };
  const type = setTypeOf(value);
  if (type === undefined) throw wrongTypeError();
  return existing === undefined ? value : union(type, existing, value);
}

/** Returns whether a set has lost its last member, so that the caller must remove it: sets cannot be empty. */
function applyAddOrDelete(draft: Draft, action: Action & { kind: 'ADD' | 'DELETE' }): boolean {
  const { path, value } = action;
  const existing = valueAt(draft.item, path);
  if (action.kind === 'ADD') {
    draft.set(path, sumOrUnion(existing, value));
    return false;
  }
  if (existing === undefined) return false;
  const type = setTypeOf(value);
  if (type === undefined || typeOf(existing) !== type) throw wrongTypeError();
  const remaining = difference(type, existing, value);
  if (remaining === undefined) return true;
  draft.set(path, remaining);
  return false;
}

/** Sorts later list elements first, because a removal moves the elements behind it. */
function compareForRemoval(a: Path, b: Path): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const [x, y] = [a[i], b[i]];
    if (x === y) continue;
    if (typeof x === 'number' && typeof y === 'number') return y - x;
    return String(x) < String(y) ? -1 : 1;
  }
  return a.length - b.length;
}

/** The updated item. @throws {DynamoDbError} `ValidationException` */
export function applyUpdate(item: Item, actions: readonly Action[]): Item {
  const sets = actions.filter((action) => action.kind === 'SET');
  const values = sets.map(({ operand }) => evaluate(operand, item));
  const draft = new Draft(item);
  sets.forEach(({ path }, index) => {
    const value = values[index];
    if (value !== undefined) draft.set(path, value);
  });
  // Removals come last, because indexes of lists are those before the update.
  const removals = actions.filter((action) => action.kind === 'REMOVE').map(({ path }) => path);
  for (const action of actions) {
    if ((action.kind === 'ADD' || action.kind === 'DELETE') && applyAddOrDelete(draft, action)) {
      removals.push(action.path);
    }
  }
  for (const path of removals.sort(compareForRemoval)) draft.remove(path);
  draft.appendElements();
  return draft.item;
}

/** One attribute's update by the legacy parameter `AttributeUpdates`. */
export interface AttributeUpdate {
  readonly action: string;
  readonly value: AttributeValue | undefined;
}

/** The item updated by `AttributeUpdates`. @throws {DynamoDbError} `ValidationException` */
export function applyAttributeUpdates(item: Item, updates: ReadonlyMap<string, AttributeUpdate>): Item {
  const updated: Record<string, StoredValue> = { ...item };
  for (const [name, { action, value }] of updates) {
    const stored = getOwn(updated, name);
    const existing = stored && unpack(stored);
    const result = legacyResult(action, value, existing);
    if (result === undefined) delete updated[name];
    else setOwn(updated, name, result);
  }
  return updated;
}

function legacyResult(
  action: string,
  value: AttributeValue | undefined,
  existing: AttributeValue | undefined,
): AttributeValue | undefined {
  if (value === undefined) return undefined;
  if (action === 'PUT') return value;
  if (existing !== undefined && typeOf(existing) !== typeOf(value)) {
    throw validationError('Type mismatch for attribute to update');
  }
  const type = setTypeOf(value);
  if (action === 'DELETE') return existing && type && difference(type, existing, value);
  if (value.N !== undefined) return { N: checkedSum(existing?.N ?? '0', value.N) };
  if (value.L !== undefined) return { L: [...(existing?.L ?? []), ...value.L] };
  return type === undefined || existing === undefined ? value : union(type, existing, value);
}
