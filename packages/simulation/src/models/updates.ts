// Update expressions: SET, REMOVE, ADD and DELETE on top-level attributes and paths into maps.
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { validationError } from './errors.ts';
import {
  type Cursor,
  type Operand,
  type Path,
  parseOperand,
  parsePath,
  remembered,
  type Scope,
  valueAt,
} from './expression-parser.ts';
import type { Item } from './values.ts';

/** A change that is worked out against the item as it was before the update. */
interface Change {
  readonly path: Path;
  readonly value: AttributeValue | undefined;
}
type Update = (scope: Scope) => readonly Change[];

const isUpdate = (value: unknown): value is Update => typeof value === 'function';

/** The item after an update expression, and the names of the top-level attributes that it changed. */
export function applyUpdate(
  expression: string,
  scope: Scope,
): { readonly item: Item; readonly changed: readonly string[] } {
  const changes = remembered('update', expression, parseUpdate, isUpdate)(scope);
  let item: Item = scope.item;
  for (const { path, value } of changes) item = withValue(item, path, value);
  return { item, changed: changes.map(({ path }) => String(path[0])) };
}

function parseUpdate(cursor: Cursor): Update {
  const actions: ((scope: Scope) => Change)[] = [];
  while (cursor.peek() !== undefined) {
    const clause = cursor.take().toUpperCase();
    const parse = CLAUSES[clause];
    if (parse === undefined) throw validationError(`Invalid UpdateExpression: Syntax error; token: "${clause}"`);
    do actions.push(parse(cursor));
    while (cursor.accept(','));
  }
  return (scope) => actions.map((action) => action(scope));
}

const CLAUSES: Readonly<Record<string, (cursor: Cursor) => (scope: Scope) => Change>> = {
  SET(cursor) {
    const path = parsePath(cursor);
    cursor.expect('=');
    const value = parseSum(cursor);
    return (scope) => {
      const next = value(scope);
      if (next === undefined)
        throw validationError('The provided expression refers to an attribute that does not exist in the item');
      return { path: path(scope), value: next };
    };
  },
  REMOVE(cursor) {
    const path = parsePath(cursor);
    return (scope) => ({ path: path(scope), value: undefined });
  },
  ADD(cursor) {
    const path = parsePath(cursor);
    const operand = parseOperand(cursor);
    return (scope) => {
      const at = path(scope);
      return { path: at, value: added(valueAt(scope.item, at), operand(scope)) };
    };
  },
  DELETE(cursor) {
    const path = parsePath(cursor);
    const operand = parseOperand(cursor);
    return (scope) => {
      const at = path(scope);
      return { path: at, value: without(valueAt(scope.item, at), operand(scope)) };
    };
  },
};

function parseSum(cursor: Cursor): Operand {
  const left = parseTerm(cursor);
  const sign = cursor.peek();
  if (sign !== '+' && sign !== '-') return left;
  cursor.take();
  const right = parseTerm(cursor);
  return (scope) => {
    const [a, b] = [left(scope)?.N, right(scope)?.N];
    if (a === undefined || b === undefined)
      throw validationError('An operand in the update expression has an incorrect data type');
    return { N: String(Number(a) + (sign === '+' ? Number(b) : -Number(b))) };
  };
}

function parseTerm(cursor: Cursor): Operand {
  if (cursor.peek()?.toLowerCase() !== 'if_not_exists') return parseOperand(cursor);
  cursor.take();
  cursor.expect('(');
  const path = parsePath(cursor);
  cursor.expect(',');
  const otherwise = parseSum(cursor);
  cursor.expect(')');
  return (scope) => {
    const fallback = otherwise(scope);
    return valueAt(scope.item, path(scope)) ?? fallback;
  };
}

const wrongType = () => validationError('An operand in the update expression has an incorrect data type');

function added(before: AttributeValue | undefined, more: AttributeValue | undefined): AttributeValue {
  if (more?.N !== undefined && (before === undefined || before.N !== undefined)) {
    return { N: String(Number(before?.N ?? 0) + Number(more.N)) };
  }
  if (more?.NS !== undefined && (before === undefined || before.NS !== undefined)) {
    return { NS: [...new Set([...(before?.NS ?? []), ...more.NS].map((text) => String(Number(text))))] };
  }
  if (more?.SS !== undefined && (before === undefined || before.SS !== undefined)) {
    return { SS: [...new Set([...(before?.SS ?? []), ...more.SS])] };
  }
  throw wrongType();
}

function without(before: AttributeValue | undefined, less: AttributeValue | undefined): AttributeValue | undefined {
  if (before === undefined) return undefined;
  if (before.NS !== undefined && less?.NS !== undefined) {
    const gone = new Set(less.NS.map(Number));
    const NS = before.NS.filter((text) => !gone.has(Number(text)));
    return NS.length === 0 ? undefined : { NS };
  }
  if (before.SS !== undefined && less?.SS !== undefined) {
    const SS = before.SS.filter((text) => !less.SS?.includes(text));
    return SS.length === 0 ? undefined : { SS };
  }
  throw wrongType();
}

function withValue(item: Item, path: Path, value: AttributeValue | undefined): Item {
  const [head, ...rest] = path;
  if (typeof head !== 'string') throw validationError('The document path provided in the update expression is invalid');
  const { [head]: inner, ...others } = item;
  if (rest.length === 0) return value === undefined ? others : { ...others, [head]: value };
  if (inner?.M === undefined)
    throw validationError('The document path provided in the update expression is invalid for update');
  return { ...others, [head]: { M: withValue(inner.M, rest, value) } };
}
