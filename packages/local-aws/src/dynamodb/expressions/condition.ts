// Evaluates conditions: whether an item meets one.

import { type AttributeValue, attributeOf, compareValues, type Item, sameValue, typeOf } from '../values.ts';
import type { Comparator, Condition } from './condition-parser.ts';
import type { Operand } from './parser.ts';
import { valueAt } from './path.ts';

/** Whether an item meets a condition. The item is undefined when none exists. */
export type ItemPredicate = (item: Item | undefined) => boolean;

const bytesOf = (base64: string): Buffer => Buffer.from(base64, 'base64');

/** The number of characters, bytes, elements or members; undefined for types without a size. */
function sizeOf(value: AttributeValue | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (value.S !== undefined) return value.S.length;
  if (value.B !== undefined) return bytesOf(value.B).length;
  if (value.M !== undefined) return Object.keys(value.M).length;
  return (value.SS ?? value.NS ?? value.BS ?? value.L)?.length;
}

/** The operand's value for an item; undefined when an attribute does not exist. */
function resolve(operand: Operand, item: Item | undefined): AttributeValue | undefined {
  if (operand.kind === 'value') return operand.value;
  if (operand.kind === 'path') {
    return operand.path.length === 1 ? attributeOf(item, operand.path[0]) : valueAt(item, operand.path);
  }
  const [argument] = operand.operands;
  const size = argument && sizeOf(resolve(argument, item));
  return size === undefined ? undefined : { N: String(size) };
}

export function beginsWith(value: AttributeValue, prefix: AttributeValue): boolean {
  if (value.S !== undefined && prefix.S !== undefined) return value.S.startsWith(prefix.S);
  if (value.B === undefined || prefix.B === undefined) return false;
  const [bytes, start] = [bytesOf(value.B), bytesOf(prefix.B)];
  return bytes.subarray(0, start.length).equals(start);
}

/** Whether `part` is a substring of a text or of bytes, a member of a set, or an element of a list. */
export function contains(value: AttributeValue, part: AttributeValue): boolean {
  if (value.L !== undefined) return value.L.some((element) => sameValue(element, part));
  if (part.S !== undefined) return value.S?.includes(part.S) ?? value.SS?.includes(part.S) ?? false;
  if (part.N !== undefined) return value.NS?.includes(part.N) ?? false;
  if (part.B === undefined) return false;
  return value.B === undefined ? (value.BS?.includes(part.B) ?? false) : bytesOf(value.B).includes(bytesOf(part.B));
}

export function compare(
  comparator: Comparator,
  left: AttributeValue | undefined,
  right: AttributeValue | undefined,
): boolean {
  if (comparator === '=') return left !== undefined && right !== undefined && sameValue(left, right);
  if (comparator === '<>') return left === undefined || right === undefined || !sameValue(left, right);
  if (left === undefined || right === undefined) return false;
  const order = compareValues(left, right);
  if (order === undefined) return false;
  if (comparator === '<') return order < 0;
  if (comparator === '<=') return order <= 0;
  return comparator === '>' ? order > 0 : order >= 0;
}

function evaluateFunction(name: string, operands: readonly Operand[], item: Item | undefined): boolean {
  const [first, second] = operands;
  const value = first && resolve(first, item);
  if (name === 'attribute_exists') return value !== undefined;
  if (name === 'attribute_not_exists') return value === undefined;
  const other = second && resolve(second, item);
  if (value === undefined || other === undefined) return false;
  if (name === 'begins_with') return beginsWith(value, other);
  if (name === 'contains') return contains(value, other);
  return typeOf(value) === other.S;
}

export function isConditionMet(condition: Condition, item: Item | undefined): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.parts.every((part) => isConditionMet(part, item));
    case 'or':
      return condition.parts.some((part) => isConditionMet(part, item));
    case 'not':
      return !isConditionMet(condition.part, item);
    case 'compare':
      return compare(condition.comparator, resolve(condition.left, item), resolve(condition.right, item));
    case 'between': {
      const value = resolve(condition.value, item);
      return compare('>=', value, resolve(condition.low, item)) && compare('<=', value, resolve(condition.high, item));
    }
    case 'in': {
      const value = resolve(condition.value, item);
      return value !== undefined && condition.options.some((option) => compare('=', value, resolve(option, item)));
    }
    case 'call':
      return evaluateFunction(condition.name, condition.operands, item);
  }
}
