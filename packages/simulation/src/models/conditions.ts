// Condition, filter and key-condition expressions.
import {
  type Cursor,
  type Operand,
  parseOperand,
  parsePath,
  remembered,
  type Scope,
  valueAt,
} from './expression-parser.ts';
import { compare, equal } from './values.ts';

export type Condition = (scope: Scope) => boolean;

const isCondition = (value: unknown): value is Condition => typeof value === 'function';

/** @example parseCondition('attribute_exists(#job) AND #status = :running')(scope) */
export const parseCondition = (expression: string): Condition =>
  remembered('condition', expression, parseOr, isCondition);

function parseOr(cursor: Cursor): Condition {
  let left = parseAnd(cursor);
  while (cursor.accept('OR')) {
    const first = left;
    const second = parseAnd(cursor);
    left = (scope) => or(first(scope), second(scope));
  }
  return left;
}

// Both sides are always evaluated, so that every placeholder counts as used.
const or = (a: boolean, b: boolean) => a || b;
const and = (a: boolean, b: boolean) => a && b;

function parseAnd(cursor: Cursor): Condition {
  let left = parseNot(cursor);
  while (cursor.accept('AND')) {
    const first = left;
    const second = parseNot(cursor);
    left = (scope) => and(first(scope), second(scope));
  }
  return left;
}

function parseNot(cursor: Cursor): Condition {
  if (!cursor.accept('NOT')) return parseComparison(cursor);
  const inner = parseNot(cursor);
  return (scope) => !inner(scope);
}

function parseComparison(cursor: Cursor): Condition {
  if (cursor.accept('(')) {
    const inner = parseOr(cursor);
    cursor.expect(')');
    return inner;
  }
  const word = cursor.peek()?.toLowerCase();
  if (word === 'attribute_exists' || word === 'attribute_not_exists') {
    cursor.take();
    cursor.expect('(');
    const path = parsePath(cursor);
    cursor.expect(')');
    return (scope) => (valueAt(scope.item, path(scope)) !== undefined) === (word === 'attribute_exists');
  }
  if (word === 'begins_with' || word === 'contains') {
    cursor.take();
    cursor.expect('(');
    const whole = parseOperand(cursor);
    cursor.expect(',');
    const part = parseOperand(cursor);
    cursor.expect(')');
    return word === 'contains' ? contains(whole, part) : beginsWith(whole, part);
  }
  return parseRelation(cursor, parseOperand(cursor));
}

const beginsWith =
  (whole: Operand, start: Operand): Condition =>
  (scope) => {
    const [text, prefix] = [whole(scope)?.S, start(scope)?.S];
    return text !== undefined && prefix !== undefined && text.startsWith(prefix);
  };

const contains =
  (whole: Operand, part: Operand): Condition =>
  (scope) => {
    const [set, wanted] = [whole(scope), part(scope)];
    if (set === undefined || wanted === undefined) return false;
    if (wanted.N !== undefined && set.NS?.some((text) => Number(text) === Number(wanted.N))) return true;
    if (wanted.S !== undefined && (set.SS?.includes(wanted.S) || set.S?.includes(wanted.S))) return true;
    return set.L?.some((entry) => equal(entry, wanted)) ?? false;
  };

const RELATIONS: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

function parseRelation(cursor: Cursor, left: Operand): Condition {
  if (cursor.accept('BETWEEN')) {
    const low = parseOperand(cursor);
    cursor.expect('AND');
    const high = parseOperand(cursor);
    return (scope) =>
      and(
        ordered(left, low, scope, (order) => order >= 0),
        ordered(left, high, scope, (order) => order <= 0),
      );
  }
  if (cursor.accept('IN')) {
    cursor.expect('(');
    const list = [parseOperand(cursor)];
    while (cursor.accept(',')) list.push(parseOperand(cursor));
    cursor.expect(')');
    return (scope) => list.map((operand) => same(left, operand, scope)).includes(true);
  }
  const sign = cursor.take();
  const right = parseOperand(cursor);
  if (sign === '=') return (scope) => same(left, right, scope);
  if (sign === '<>') return (scope) => !same(left, right, scope);
  const relation = RELATIONS[sign];
  return (scope) => relation !== undefined && ordered(left, right, scope, relation);
}

function same(a: Operand, b: Operand, scope: Scope): boolean {
  const [left, right] = [a(scope), b(scope)];
  return left !== undefined && right !== undefined && equal(left, right);
}

function ordered(a: Operand, b: Operand, scope: Scope, relation: (order: number) => boolean): boolean {
  const [left, right] = [a(scope), b(scope)];
  const order = left === undefined || right === undefined ? undefined : compare(left, right);
  return order !== undefined && relation(order);
}
