// Legacy conditions, from before expressions existed: `Expected`, `KeyConditions`, `QueryFilter`, `ScanFilter`.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.html

import { invalidParameters, validationError } from '../errors.ts';
import { type AttributeValue, attributeOf, compareValues, type Item, typeOf, type ValueType } from '../values.ts';
import { beginsWith, compare, contains, type ItemPredicate } from './condition.ts';
import type { Comparator } from './condition-parser.ts';

/** An attribute value, and AWS's message about it if it is invalid. */
export interface CheckedValue {
  readonly value: AttributeValue;
  readonly problem: string | undefined;
}

/** One attribute's condition in `KeyConditions` or a filter. */
export interface LegacyCondition {
  readonly ComparisonOperator: string;
  readonly AttributeValueList?: readonly CheckedValue[];
}

/** One attribute's condition in `Expected`. */
export interface ExpectedAttribute {
  readonly ComparisonOperator?: string;
  readonly AttributeValueList?: readonly CheckedValue[];
  readonly Exists?: boolean;
  readonly Value?: CheckedValue;
}

export const COMPARISON_OPERATORS = [
  'IN',
  'NULL',
  'BETWEEN',
  'LT',
  'NOT_CONTAINS',
  'EQ',
  'GT',
  'NOT_NULL',
  'NE',
  'LE',
  'BEGINS_WITH',
  'GE',
  'CONTAINS',
];

const COMPARATORS: Readonly<Record<string, Comparator>> = { EQ: '=', NE: '<>', LT: '<', LE: '<=', GT: '>', GE: '>=' };
const SCALARS: readonly ValueType[] = ['S', 'N', 'B'];
/** Operators that accept only some types. */
const OPERATOR_TYPES: Readonly<Record<string, readonly ValueType[]>> = {
  LE: SCALARS,
  LT: SCALARS,
  GE: SCALARS,
  GT: SCALARS,
  CONTAINS: SCALARS,
  NOT_CONTAINS: SCALARS,
  BEGINS_WITH: ['S', 'B'],
  IN: SCALARS,
  BETWEEN: SCALARS,
};

/** Whether an operator takes this number of values. */
function acceptsCount(operator: string, count: number): boolean {
  if (operator === 'NULL' || operator === 'NOT_NULL') return count === 0;
  if (operator === 'BETWEEN') return count === 2;
  return operator === 'IN' ? count >= 1 : count === 1;
}

function checkValues(operator: string, values: readonly CheckedValue[]): void {
  for (const { problem } of values) if (problem !== undefined) throw validationError(problem);
  if (!acceptsCount(operator, values.length)) {
    throw invalidParameters(`Invalid number of argument(s) for the ${operator} ComparisonOperator`);
  }
  const types = values.map(({ value }) => typeOf(value));
  if (types.some((type) => type !== types[0])) {
    throw invalidParameters('AttributeValues inside AttributeValueList must be of same type');
  }
  const wrongType = types.find((type) => OPERATOR_TYPES[operator]?.includes(type) === false);
  if (wrongType !== undefined) {
    throw invalidParameters(`ComparisonOperator ${operator} is not valid for ${wrongType} AttributeValue type`);
  }
  const [low, high] = values;
  if (operator === 'BETWEEN' && low && high && (compareValues(low.value, high.value) ?? 0) > 0) {
    throw validationError(
      'The BETWEEN condition was provided a range where the lower bound is greater than the upper bound',
    );
  }
}

/** @throws {DynamoDbError} `ValidationException` */
export function checkConditions(conditions: Readonly<Record<string, LegacyCondition>>): void {
  for (const { ComparisonOperator, AttributeValueList = [] } of Object.values(conditions)) {
    checkValues(ComparisonOperator, AttributeValueList);
  }
}

function isMet(operator: string, actual: AttributeValue | undefined, values: readonly AttributeValue[]): boolean {
  const [first, second] = values;
  if (operator === 'NULL') return actual === undefined;
  if (operator === 'NOT_NULL') return actual !== undefined;
  const comparator = COMPARATORS[operator];
  if (comparator !== undefined) return compare(comparator, actual, first);
  if (first === undefined) return false;
  if (operator === 'NOT_CONTAINS') return actual === undefined || !contains(actual, first);
  if (actual === undefined) return false;
  if (operator === 'CONTAINS') return contains(actual, first);
  if (operator === 'BEGINS_WITH') return beginsWith(actual, first);
  if (operator === 'IN') return values.some((value) => compare('=', actual, value));
  return compare('>=', actual, first) && compare('<=', actual, second);
}

/** The condition on one attribute, checked. */
interface Clause {
  readonly name: string;
  readonly operator: string;
  readonly values: readonly AttributeValue[];
}

function itemPredicate(clauses: readonly Clause[], conditionalOperator: string | undefined): ItemPredicate {
  const meetsClause = (item: Item | undefined) => (clause: Clause) =>
    isMet(clause.operator, attributeOf(item, clause.name), clause.values);
  return conditionalOperator === 'OR'
    ? (item) => clauses.some(meetsClause(item))
    : (item) => clauses.every(meetsClause(item));
}

/** The predicate of a filter. The caller has checked its conditions. */
export function filterPredicate(
  conditions: Readonly<Record<string, LegacyCondition>>,
  conditionalOperator: string | undefined,
): ItemPredicate {
  const clauses = Object.entries(conditions).map(([name, { ComparisonOperator, AttributeValueList = [] }]) => ({
    name,
    operator: ComparisonOperator,
    values: AttributeValueList.map(({ value }) => value),
  }));
  return itemPredicate(clauses, conditionalOperator);
}

function checkWithOperator(name: string, operator: string, expected: ExpectedAttribute): readonly CheckedValue[] {
  if (expected.Exists !== undefined) {
    throw invalidParameters(`Exists and ComparisonOperator cannot be used together for Attribute: ${name}`);
  }
  const takesNoValue = operator === 'NULL' || operator === 'NOT_NULL';
  if (!takesNoValue && expected.AttributeValueList === undefined && expected.Value === undefined) {
    throw invalidParameters(
      `Value or AttributeValueList must be used with ComparisonOperator: ${operator} for Attribute: ${name}`,
    );
  }
  const values = expected.AttributeValueList ?? (expected.Value === undefined ? [] : [expected.Value]);
  checkValues(operator, values);
  return values;
}

function expectedClause(name: string, expected: ExpectedAttribute): Clause {
  const { ComparisonOperator: operator, AttributeValueList, Exists, Value } = expected;
  if (AttributeValueList !== undefined && Value !== undefined) {
    throw invalidParameters(`Value and AttributeValueList cannot be used together for Attribute: ${name}`);
  }
  if (operator !== undefined) {
    const values = checkWithOperator(name, operator, expected);
    return { name, operator, values: values.map(({ value }) => value) };
  }
  if (AttributeValueList !== undefined) {
    throw invalidParameters(`AttributeValueList can only be used with a ComparisonOperator for Attribute: ${name}`);
  }
  if (Exists === false) {
    if (Value !== undefined) {
      throw invalidParameters(`Value cannot be used when Exists is false for Attribute: ${name}`);
    }
    return { name, operator: 'NULL', values: [] };
  }
  if (Value === undefined) {
    throw invalidParameters(`Value must be provided when Exists is ${Exists ?? 'null'} for Attribute: ${name}`);
  }
  if (Value.problem !== undefined) throw validationError(Value.problem);
  return { name, operator: 'EQ', values: [Value.value] };
}

/** The predicate of `Expected`. @throws {DynamoDbError} `ValidationException` */
export function expectedPredicate(
  expected: Readonly<Record<string, ExpectedAttribute>>,
  conditionalOperator: string | undefined,
): ItemPredicate {
  const clauses = Object.entries(expected).map(([name, attribute]) => expectedClause(name, attribute));
  return itemPredicate(clauses, conditionalOperator);
}
