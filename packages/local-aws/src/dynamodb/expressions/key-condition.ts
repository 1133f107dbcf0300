// The conditions that a key condition expression sets on key attributes.

import { validationError } from '../errors.ts';
import type { AttributeValue } from '../values.ts';
import type { Comparator, Condition } from './condition-parser.ts';
import type { Operand } from './parser.ts';

export type KeyOperator = 'EQ' | 'LT' | 'LE' | 'GT' | 'GE' | 'BETWEEN' | 'BEGINS_WITH';

/**
 * The condition on one key attribute. The legacy parameter `KeyConditions` may name other operators, which the query
 * refuses.
 */
export interface KeyCondition {
  readonly operator: string;
  readonly values: readonly AttributeValue[];
}

const KEY_OPERATORS: Readonly<Record<Comparator, KeyOperator | undefined>> = {
  '=': 'EQ',
  '<': 'LT',
  '<=': 'LE',
  '>': 'GT',
  '>=': 'GE',
  '<>': undefined,
};
/** The comparators after the operands are swapped. */
const SWAPPED: Readonly<Record<Comparator, Comparator>> = {
  '=': '=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '<>': '<>',
};

const invalidOperator = (name: string): Error =>
  validationError(`Invalid operator used in KeyConditionExpression: ${name}`);
const invalidCondition = (reason: string): Error =>
  validationError(`Invalid condition in KeyConditionExpression: ${reason}`);

/**
 * The conditions by attribute.
 * @throws {DynamoDbError} for an operator that is not allowed, or two conditions on one attribute
 */
export function keyConditions(condition: Condition): Map<string, KeyCondition> {
  const conditions = new Map<string, KeyCondition>();
  addConditions(condition, conditions);
  return conditions;
}

function addConditions(condition: Condition, conditions: Map<string, KeyCondition>): void {
  switch (condition.kind) {
    case 'and':
      for (const part of condition.parts) addConditions(part, conditions);
      return;
    case 'or':
    case 'not':
    case 'in':
      throw invalidOperator(condition.kind.toUpperCase());
    case 'compare':
      addComparison(condition, conditions);
      return;
    case 'between':
      if (condition.value.kind !== 'path') {
        throw invalidCondition('BETWEEN operator must have the key attribute as its first operand');
      }
      addCondition('BETWEEN', condition.value, [condition.low, condition.high], conditions);
      return;
    case 'call':
      addCall(condition.name, condition.operands, conditions);
  }
}

function addComparison(condition: Condition & { kind: 'compare' }, conditions: Map<string, KeyCondition>): void {
  if (condition.comparator === '<>') throw invalidOperator('<>');
  const { left, right } = condition;
  const isSwapped = left.kind !== 'path' && right.kind === 'path';
  const operator = KEY_OPERATORS[isSwapped ? SWAPPED[condition.comparator] : condition.comparator] ?? 'EQ';
  addCondition(operator, isSwapped ? right : left, [isSwapped ? left : right], conditions);
}

function addCall(name: string, operands: readonly Operand[], conditions: Map<string, KeyCondition>): void {
  if (name === 'size') throw validationError('KeyConditionExpressions cannot contain nested operations');
  if (name !== 'begins_with') throw invalidOperator(name);
  const [key, ...values] = operands;
  if (key?.kind !== 'path') {
    throw invalidCondition('begins_with operator must have the key attribute as its first operand');
  }
  addCondition('BEGINS_WITH', key, values, conditions);
}

function addCondition(
  operator: KeyOperator,
  key: Operand,
  operands: readonly Operand[],
  conditions: Map<string, KeyCondition>,
): void {
  if (key.kind === 'function' || operands.some(({ kind }) => kind === 'function')) {
    throw validationError('KeyConditionExpressions cannot contain nested operations');
  }
  if (operands.some(({ kind }) => kind === 'path')) {
    throw key.kind === 'path'
      ? invalidCondition('Multiple attribute names used in one condition')
      : invalidCondition('No key attribute specified');
  }
  if (key.kind !== 'path') throw invalidCondition('No key attribute specified');
  if (key.path.length > 1) {
    throw validationError('KeyConditionExpressions cannot have conditions on nested attributes');
  }
  const [name] = key.path;
  if (conditions.has(name)) {
    throw validationError('KeyConditionExpressions must only contain one condition per key');
  }
  conditions.set(name, {
    operator,
    values: operands.flatMap((operand) => (operand.kind === 'value' ? [operand.value] : [])),
  });
}
