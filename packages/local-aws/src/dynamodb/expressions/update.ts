// Executes updates. Items are never changed: the updated parts are copied, and the rest is shared with the old item.

import { validationError } from '../errors.ts';
import { own, setOwn } from '../input.ts';
import { addNumbers, NumberProblem } from '../numbers.ts';
import { type AttributeValue, type Item, opened, type StoredValue, typeOf } from '../values.ts';
import type { Operand } from './parser.ts';
import { type Path, valueAt } from './path.ts';
import type { Action } from './update-parser.ts';

type SetType = 'SS' | 'NS' | 'BS';
type Container = { L?: AttributeValue[]; M?: Record<string, AttributeValue> };

const wrongType = (): Error => validationError('An operand in the update expression has an incorrect data type');

/** The exact sum or difference, or AWS's complaint. */
function checkedSum(a: string, b: string, subtract = false): string {
  try {
    return addNumbers(a, b, subtract);
  } catch (error) {
    throw error instanceof NumberProblem ? validationError(error.message) : error;
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

/** The difference; undefined when no member is left, because sets cannot be empty. */
function difference(type: SetType, value: AttributeValue, removed: AttributeValue): AttributeValue | undefined {
  const deleted = new Set(removed[type]);
  const left = (value[type] ?? []).filter((member) => !deleted.has(member));
  return left.length === 0 ? undefined : { [type]: left };
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
  if (first === undefined || second === undefined) throw wrongType();
  if (operand.name === 'if_not_exists') {
    const value = first.kind === 'path' ? valueAt(item, first.path) : undefined;
    return value ?? evaluate(second, item);
  }
  const [a, b] = [evaluate(first, item), evaluate(second, item)];
  if (operand.name === 'list_append') {
    if (a.L === undefined || b.L === undefined) throw wrongType();
    return { L: [...a.L, ...b.L] };
  }
  if (a.N === undefined || b.N === undefined) throw wrongType();
  return { N: checkedSum(a.N, b.N, operand.name === '-') };
}

/** An item during its update: each container on a path is copied once. */
class Draft {
  readonly item: Record<string, StoredValue>;
  readonly #fresh = new Set<object>();
  readonly #grown = new Map<AttributeValue[], [position: number, value: AttributeValue][]>();

  constructor(item: Item) {
    this.item = { ...item };
  }

  /** The copied container at the end of a path. @throws when it does not exist */
  #parent(path: Path): Container {
    let container: Container = { M: this.item as Record<string, AttributeValue> };
    for (let i = 0; i < path.length - 1; i += 1) {
      const to = path[i];
      const child = to === undefined ? undefined : childOf(container, to);
      if (child === undefined || to === undefined) throw invalidPath();
      container = this.#copied(container, to, opened(child));
    }
    const last = path.at(-1);
    if ((typeof last === 'number' ? container.L : container.M) === undefined) throw invalidPath();
    return container;
  }

  #copied(parent: Container, to: string | number, child: AttributeValue): Container {
    if (this.#fresh.has(child)) return child as Container;
    const copy: Container =
      child.L !== undefined ? { L: [...child.L] } : child.M !== undefined ? { M: { ...child.M } } : {};
    if (copy.L === undefined && copy.M === undefined) throw invalidPath();
    this.#fresh.add(copy);
    put(parent, to, copy);
    return copy;
  }

  set(path: Path, value: AttributeValue): void {
    const parent = this.#parent(path);
    const last = path[path.length - 1];
    if (typeof last === 'number' && parent.L !== undefined && last >= parent.L.length) {
      const grown = this.#grown.get(parent.L) ?? [];
      grown.push([last, value]);
      this.#grown.set(parent.L, grown);
    } else if (last !== undefined) {
      put(parent, last, value);
    }
  }

  remove(path: Path): void {
    const parent = this.#parent(path);
    const last = path[path.length - 1];
    if (typeof last === 'number') parent.L?.splice(last, 1);
    else if (last !== undefined && parent.M !== undefined) delete parent.M[last];
  }

  /** Elements that were set beyond the end of a list are appended, in the order of their positions. */
  appendGrown(): void {
    for (const [list, values] of this.#grown) {
      for (const [, value] of values.sort(([a], [b]) => a - b)) list.push(value);
    }
    this.#grown.clear();
  }
}

function invalidPath(): Error {
  return validationError('The document path provided in the update expression is invalid for update');
}

function childOf(container: Container, to: string | number): AttributeValue | undefined {
  if (typeof to === 'number') return container.L?.[to];
  return container.M && own(container.M, to);
}

function put(container: Container, to: string | number, value: AttributeValue): void {
  if (typeof to === 'number') {
    if (container.L !== undefined) container.L[to] = value;
  } else if (container.M !== undefined) {
    setOwn(container.M, to, value);
  }
}

function added(existing: AttributeValue | undefined, value: AttributeValue): AttributeValue {
  if (existing !== undefined && typeOf(existing) !== typeOf(value)) throw wrongType();
  if (value.N !== undefined) return { N: checkedSum(existing?.N ?? '0', value.N) };
  const type = setTypeOf(value);
  if (type === undefined) throw wrongType();
  return existing === undefined ? value : union(type, existing, value);
}

function applyAddOrDelete(draft: Draft, action: Action & { kind: 'ADD' | 'DELETE' }): void {
  const { path, value } = action;
  const existing = valueAt(draft.item, path);
  if (action.kind === 'ADD') {
    draft.set(path, added(existing, value));
    return;
  }
  if (existing === undefined) return;
  const type = setTypeOf(value);
  if (type === undefined || typeOf(existing) !== type) throw wrongType();
  const left = difference(type, existing, value);
  if (left === undefined) draft.remove(path);
  else draft.set(path, left);
}

/** Removes later positions first, because a removal moves the elements behind it. */
function inRemovalOrder(a: Path, b: Path): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const [x, y] = [a[i], b[i]];
    if (x === y) continue;
    if (typeof x === 'number' && typeof y === 'number') return y - x;
    return String(x) < String(y) ? -1 : 1;
  }
  return a.length - b.length;
}

/** The new item. @throws {DynamoDbError} `ValidationException` */
export function applyUpdate(item: Item, actions: readonly Action[]): Item {
  const sets = actions.filter((action) => action.kind === 'SET');
  const values = sets.map(({ operand }) => evaluate(operand, item));
  const draft = new Draft(item);
  sets.forEach(({ path }, index) => {
    const value = values[index];
    if (value !== undefined) draft.set(path, value);
  });
  for (const action of actions) {
    if (action.kind === 'ADD' || action.kind === 'DELETE') applyAddOrDelete(draft, action);
  }
  const removals = actions.filter((action) => action.kind === 'REMOVE').map(({ path }) => path);
  for (const path of removals.sort(inRemovalOrder)) draft.remove(path);
  draft.appendGrown();
  return draft.item;
}

/** One attribute's update by the legacy parameter `AttributeUpdates`. */
export interface AttributeUpdate {
  readonly action: string;
  readonly value: AttributeValue | undefined;
}

/** The new item, by `AttributeUpdates`. @throws {DynamoDbError} `ValidationException` */
export function applyAttributeUpdates(item: Item, updates: ReadonlyMap<string, AttributeUpdate>): Item {
  const next: Record<string, StoredValue> = { ...item };
  for (const [name, { action, value }] of updates) {
    const stored = own(next, name);
    const existing = stored && opened(stored);
    const result = legacyResult(action, value, existing);
    if (result === undefined) delete next[name];
    else setOwn(next, name, result);
  }
  return next;
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
