// Every operator and function of conditions, with every type of value.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html

import { describe, expect, test } from '@jest/globals';
import { isConditionMet } from '../../src/dynamodb/expressions/condition.ts';
import { parseCondition } from '../../src/dynamodb/expressions/condition-parser.ts';
import { Scope } from '../../src/dynamodb/expressions/scope.ts';
import { checkAttributeMap } from '../../src/dynamodb/validation/check-values.ts';
import type { AttributeMap } from '../../src/index.ts';
import { ITEM } from './condition-item.ts';
import { createHashTable, createWorld } from './support.ts';

/** The values that the expressions below use. */
const VALUES = {
  ':hello': { S: 'hello' },
  ':he': { S: 'he' },
  ':ell': { S: 'ell' },
  ':a': { S: 'a' },
  ':z': { S: 'z' },
  ':4': { N: '4' },
  ':5': { N: '5.0' },
  ':6': { N: '6' },
  ':1': { N: '1' },
  ':2': { N: '2' },
  ':3': { N: '3' },
  ':five': { S: '5' },
  ':bytes': { B: 'AAE=' },
  ':inner': { B: 'AQI=' },
  ':byte': { B: 'Ag==' },
  ':same': { B: 'AAECAw==' },
  ':set': { SS: ['b', 'a'] },
  ':list': { L: [{ S: 'a' }, { N: '1' }, { M: { x: { S: 'deep' } } }] },
  ':map': { M: { x: { S: 'deep' } } },
  ':true': { BOOL: true },
  ':null': { NULL: true },
  ...Object.fromEntries(
    ['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M'].map((type) => [`:${type}`, { S: type }]),
  ),
};

function isMet(expression: string, item: AttributeMap | undefined = ITEM): boolean {
  const used = Object.entries(VALUES).filter(([name]) => new RegExp(`${name}\\b`).test(expression));
  const values = checkAttributeMap(structuredClone(Object.fromEntries(used)));
  const scope = new Scope(used.length === 0 ? {} : { ExpressionAttributeValues: values });
  return isConditionMet(parseCondition('ConditionExpression', expression, scope).condition, item);
}

describe('a comparison', () => {
  test.each([
    ['<', false, false, true],
    ['<=', false, true, true],
    ['=', false, true, false],
    ['<>', true, false, true],
    ['>=', true, true, false],
    ['>', true, false, false],
  ])('compares 5 %s 4, 5 and 6: %s, %s, %s; texts and bytes alike', (operator, four, five, six) => {
    expect([`n ${operator} :4`, `n ${operator} :5`, `n ${operator} :6`].map((expression) => isMet(expression))).toEqual(
      [four, five, six],
    );
    expect(
      [`s ${operator} :ell`, `s ${operator} :hello`, `s ${operator} :z`].map((expression) => isMet(expression)),
    ).toEqual([four, five, six]);
    expect(
      [`b ${operator} :bytes`, `b ${operator} :same`, `b ${operator} :byte`].map((expression) => isMet(expression)),
    ).toEqual([four, five, six]);
  });

  test.each([
    ['absent = :5', false],
    ['absent <> :5', true],
    ['absent < :5', false],
    ['absent = vacant', false],
    ['absent <> vacant', true],
    ['n = :five', false],
    ['n <> :five', true],
    ['n < :five', false],
    ['n > :five', false],
    ['ss = :set', true],
    ['l = :list', true],
    ['l[2] = :map', true],
    ['l[2].x <> :hello', true],
    ['l[3] = :map', false],
    ['m.a = l[0]', false],
    ['yes = :true', true],
    ['nothing = :null', true],
    ['yes < absent', false],
    ['nothing <= yes', false],
    ['n BETWEEN nothing AND yes', false],
    ['s.x = :hello', false],
    ['n BETWEEN :4 AND :5', true],
    ['n BETWEEN :5 AND :5', true],
    ['n BETWEEN :5 AND :6', true],
    ['n BETWEEN :6 AND :6', false],
    ['n BETWEEN :1 AND :4', false],
    ['absent BETWEEN :1 AND :4', false],
    ['n IN (:4, :5)', true],
    ['n IN (:4)', false],
    ['n IN (:five)', false],
    ['absent IN (:5)', false],
  ])('evaluates %s to %s', (expression, expected) => {
    expect(isMet(expression)).toBe(expected);
  });
});

test.each([
  ['size(:5) = :1', 'size', 'N'],
  ['size(:true) = :1', 'size', 'BOOL'],
  ['size(:null) = :1', 'size', 'NULL'],
  ['begins_with(s, :5)', 'begins_with', 'N'],
  ['begins_with(:set, :he)', 'begins_with', 'SS'],
  ['attribute_type(s, :5)', 'attribute_type', 'N'],
])('a function refuses an operand of an unsupported type: %s', (expression, name, type) => {
  expect(() => isMet(expression)).toThrow(
    `Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`,
  );
});

test.each([
  ['n < :true', '<', 'BOOL'],
  ['n <= :null', '<=', 'NULL'],
  [':set > n', '>', 'SS'],
  ['n >= :list', '>=', 'L'],
  ['n BETWEEN :map AND :5', 'BETWEEN', 'M'],
  ['n BETWEEN :4 AND :true', 'BETWEEN', 'BOOL'],
  [':null BETWEEN n AND n', 'BETWEEN', 'NULL'],
])('a comparison refuses an operand of an unordered type: %s', (expression, operator, type) => {
  expect(() => isMet(expression)).toThrow(
    `Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`,
  );
});

describe('a function', () => {
  test.each([
    ['s', 5],
    ['umlaut', 3],
    // A character outside of the basic multilingual plane counts twice, as on AWS.
    ['clef', 3],
    ['b', 4],
    ['ss', 2],
    ['ns', 2],
    ['bs', 3],
    ['l', 3],
    ['m', 2],
    ['m.b', 0],
  ])('computes size(%s) as %d', (path, size) => {
    const scope = new Scope({ ExpressionAttributeValues: checkAttributeMap({ ':n': { N: String(size) } }) });
    expect(isConditionMet(parseCondition('X', `size(${path}) = :n`, scope).condition, ITEM)).toBe(true);
  });

  test.each(['n', 'yes', 'nothing', 'absent'])('returns no value for size(%s)', (path) => {
    expect([isMet(`size(${path}) >= :1`), isMet(`size(${path}) < :1`)]).toEqual([false, false]);
  });

  test.each([
    ['contains(s, :ell)', true],
    ['contains(s, :z)', false],
    ['contains(s, :1)', false],
    ['contains(b, :inner)', true],
    ['contains(b, :byte)', true],
    ['contains(ss, :a)', true],
    ['contains(ss, :ell)', false],
    ['contains(ns, :1)', true],
    ['contains(ns, :2)', false],
    ['contains(bs, :byte)', true],
    ['contains(bs, :inner)', false],
    ['contains(l, :a)', true],
    ['contains(l, :1)', true],
    ['contains(l, :map)', true],
    ['contains(l, :z)', false],
    ['contains(m, :a)', false],
    ['contains(n, :5)', false],
    ['contains(absent, :a)', false],
    ['begins_with(s, :he)', true],
    ['begins_with(s, :hello)', true],
    ['begins_with(s, :ell)', false],
    ['begins_with(b, :bytes)', true],
    ['begins_with(b, :inner)', false],
    ['begins_with(s, :bytes)', false],
    ['begins_with(absent, :he)', false],
    ['attribute_exists(s)', true],
    ['attribute_exists(l[2].x)', true],
    ['attribute_exists(l[3])', false],
    ['attribute_exists(m.c)', false],
    ['attribute_exists(nothing)', true],
    ['attribute_not_exists(absent)', true],
    ['attribute_not_exists(nothing)', false],
  ])('evaluates %s to %s', (expression, expected) => {
    expect(isMet(expression)).toBe(expected);
  });

  test.each([
    ['s', 'S'],
    ['n', 'N'],
    ['b', 'B'],
    ['yes', 'BOOL'],
    ['nothing', 'NULL'],
    ['ss', 'SS'],
    ['ns', 'NS'],
    ['bs', 'BS'],
    ['l', 'L'],
    ['m', 'M'],
  ])('finds that the type of %s is %s, and no other', (path, expected) => {
    const types = ['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M'];
    expect(types.filter((type) => isMet(`attribute_type(${path}, :${type})`))).toEqual([expected]);
  });

  test('finds no attribute when the item does not exist', () => {
    const world = createWorld();
    createHashTable(world);
    const put = (ConditionExpression: string) =>
      world.errorOf('PutItem', { TableName: 'hash', Item: { pk: { S: 'a' } }, ConditionExpression });
    expect(put('attribute_exists(pk)').code).toBe('ConditionalCheckFailedException');
    world.call('PutItem', {
      TableName: 'hash',
      Item: { pk: { S: 'a' } },
      ConditionExpression: 'attribute_not_exists(pk)',
    });
  });
});

describe('AND, OR and NOT', () => {
  const [T, F] = ['attribute_exists(s)', 'attribute_exists(absent)'];
  test.each([
    [`${T} AND ${T}`, true],
    [`${T} AND ${F}`, false],
    [`${F} OR ${T}`, true],
    [`${F} OR ${F}`, false],
    [`NOT ${F}`, true],
    [`NOT ${T}`, false],
    [`NOT NOT ${T}`, true],
    [`NOT NOT NOT ${T}`, false],
    // AND binds closer than OR, and NOT closer than both.
    [`${T} OR ${F} AND ${F}`, true],
    [`(${T} OR ${F}) AND ${F}`, false],
    [`${F} AND ${F} OR ${T}`, true],
    [`NOT ${F} AND ${F}`, false],
    [`NOT (${F} AND ${F})`, true],
    [`NOT ${T} OR ${T}`, true],
    [`not ${F} and ${T}`, true],
    [`${T} AND ${T} AND NOT ${F}`, true],
    [`${T} AND n BETWEEN :4 AND :6 AND ${F}`, false],
  ])('evaluate %s to %s', (expression, expected) => {
    expect(isMet(expression)).toBe(expected);
  });
});

test('white space is allowed between tokens, and not needed next to operators', () => {
  expect(
    ['n=:5', 'n\t=\n:5', 'n = :5\r\nAND\n\tNOT(n<:5)', 'n IN(:4,:5)'].map((expression) => isMet(expression)),
  ).toEqual(Array(4).fill(true));
});

test('operands are equal paths only when the whole paths are equal', () => {
  const item = { pk: { S: 'a' }, m: { M: { x: { S: 'a' }, y: { S: 'a' } } }, l: { L: [{ S: 'a' }, { S: 'b' }] } };
  expect(
    ['m.x = m.y', 'l[0] = l[1]', 'm.x = m', 'contains(l, l[0])', 'l[0] < l[1]'].map((expression) =>
      isMet(expression, item),
    ),
  ).toEqual([true, false, false, true, true]);
  for (const same of ['m.x = m.x', 'l[0] < l[0]', 'contains(m.x, m.x)']) {
    expect(() => isMet(same, item)).toThrow('The first operand must be distinct');
  }
});
