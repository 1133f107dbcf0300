// Which partition a query reads and which part of it, from a key condition expression or `KeyConditions`.

import { validationError } from '../errors.ts';
import type { AttributeValue } from '../values.ts';
import type { Comparator, Condition } from './condition-parser.ts';
import type { Operand } from './parser.ts';

export type KeyOperator = 'EQ' | 'LT' | 'LE' | 'GT' | 'GE' | 'BETWEEN' | 'BEGINS_WITH';

/** The condition on a key attribute. `KeyConditions` may contain more operators, which the query refuses. */
export interface KeyCondition {
  readonly operator: string;
  readonly values: readonly AttributeValue[];
}

const OPERATORS: Readonly<Record<Comparator, KeyOperator | undefined>> = {
  '=': 'EQ',
  '<': 'LT',
  '<=': 'LE',
  '>': 'GT',
  '>=': 'GE',
  '<>': undefined,
};
const MIRRORED: Readonly<Record<Comparator, Comparator>> = {
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

/** The conditions by attribute. @throws {DynamoDbError} when there is more than an equality and a range */
export function keyConditions(condition: Condition): Map<string, KeyCondition> {
  const found = new Map<string, KeyCondition>();
  collect(condition, found);
  return found;
}

function collect(condition: Condition, found: Map<string, KeyCondition>): void {
  switch (condition.kind) {
    case 'and':
      for (const part of condition.parts) collect(part, found);
      return;
    case 'or':
    case 'not':
    case 'in':
      throw invalidOperator(condition.kind.toUpperCase());
    case 'compare':
      compared(condition, found);
      return;
    case 'between':
      if (condition.value.kind !== 'path') {
        throw invalidCondition('BETWEEN operator must have the key attribute as its first operand');
      }
      add('BETWEEN', condition.value, [condition.low, condition.high], found);
      return;
    case 'call':
      called(condition.name, condition.operands, found);
  }
}

function compared(condition: Condition & { kind: 'compare' }, found: Map<string, KeyCondition>): void {
  if (condition.comparator === '<>') throw invalidOperator('<>');
  const { left, right } = condition;
  const isMirrored = left.kind !== 'path' && right.kind === 'path';
  const operator = OPERATORS[isMirrored ? MIRRORED[condition.comparator] : condition.comparator] ?? 'EQ';
  add(operator, isMirrored ? right : left, [isMirrored ? left : right], found);
}

function called(name: string, operands: readonly Operand[], found: Map<string, KeyCondition>): void {
  if (name === 'size') throw validationError('KeyConditionExpressions cannot contain nested operations');
  if (name !== 'begins_with') throw invalidOperator(name);
  const [key, ...rest] = operands;
  if (key?.kind !== 'path') {
    throw invalidCondition('begins_with operator must have the key attribute as its first operand');
  }
  add('BEGINS_WITH', key, rest, found);
}

function add(
  operator: KeyOperator,
  key: Operand,
  operands: readonly Operand[],
  found: Map<string, KeyCondition>,
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
  if (found.has(name)) {
    throw validationError('KeyConditionExpressions must only contain one condition per key');
  }
  found.set(name, {
    operator,
    values: operands.flatMap((operand) => (operand.kind === 'value' ? [operand.value] : [])),
  });
}
