// The limits of expressions, and the names of their placeholders.

import { expect, test } from '@jest/globals';
import { parseCondition } from '../../src/dynamodb/expressions/condition-parser.ts';
import { Scope } from '../../src/dynamodb/expressions/scope.ts';
import { checkAttributeMap } from '../../src/dynamodb/validation/check-values.ts';
import { createHashTable, createWorld } from './support.ts';

test('placeholders consist of letters, digits and underscores', () => {
  const world = createWorld();
  createHashTable(world);
  const put = (name: string, value: string) => ({
    TableName: 'hash',
    Item: { pk: { S: 'a' }, n: { N: '1' } },
    ConditionExpression: `attribute_not_exists(pk) OR ${name} = ${value}`,
    ExpressionAttributeNames: { [name]: 'n' },
    ExpressionAttributeValues: { [value]: { N: '1' } },
  });
  for (const one of ['a', 'A_1b', '_', '0', 'set']) world.call('PutItem', put(`#${one}`, `:${one}`));
  for (const one of ['', 'a-b', 'a.b', 'ä']) {
    expect(world.errorMessage('PutItem', put(`#${one}`, ':v'))).toContain('invalid key');
    expect(world.errorMessage('PutItem', put('#n', `:${one}`))).toContain('invalid key');
  }
});

test('IN takes at most 100 values, and an expression at most 300 operators', () => {
  const inOf = (count: number) => {
    const names = Array.from({ length: count }, (_, index) => `:v${index}`);
    const values = checkAttributeMap(Object.fromEntries(names.map((name) => [name, { S: name }])));
    const scope = new Scope({ ExpressionAttributeValues: values });
    return () => parseCondition('X', `s IN (${names.join(', ')})`, scope);
  };
  expect(inOf(100)).not.toThrow();
  expect(inOf(101)).toThrow('The IN operator is provided with too many operands; number of operands: 101');
  const equalities = (operators: number) => Array.from({ length: (operators + 1) / 2 }, () => 'a=b').join(' OR ');
  // 150 equalities with 149 ORs between them, and a NOT.
  expect(() => parseCondition('X', `NOT ${equalities(299)}`, new Scope({}))).not.toThrow();
  expect(() => parseCondition('X', `NOT NOT ${equalities(299)}`, new Scope({}))).toThrow('operator count: 301');
});

test('an expression is limited to 4,096 bytes, not characters', () => {
  const condition = (bytes: number) => `attribute_exists(#${'a'.repeat(bytes - 'attribute_exists(#)'.length)})`;
  const parse = (expression: string) => () => parseCondition('X', expression, new Scope({}));
  // The size is checked before the placeholder, which is not defined.
  expect(parse(condition(4096))).toThrow('is not defined');
  expect(parse(condition(4097))).toThrow('expression size: 4097');
  // White space counts.
  expect(parse(`${condition(4096)} `)).toThrow('expression size: 4097');
  expect(parse('é'.repeat(2049))).toThrow('expression size: 4098');
});

test('a placeholder’s name is limited to 255 characters, and all values together to 2 MB', () => {
  const names = (length: number) => () => new Scope({ ExpressionAttributeNames: { '#a': 'a'.repeat(length) } });
  expect(names(255)).not.toThrow();
  expect(names(256)).toThrow('must have length less than or equal to 255');
  const values = (bytes: number) => () =>
    new Scope({ ExpressionAttributeValues: checkAttributeMap({ ':a': { S: 'x'.repeat(bytes - ':a'.length) } }) });
  expect(values(2 * 1024 * 1024)).not.toThrow();
  expect(values(2 * 1024 * 1024 + 1)).toThrow('ExpressionAttributeValues must not exceed 2 MB');
});
