// Legacy conditions, from before expressions existed, and key conditions with the key on either side.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.html

import { beforeEach, describe, expect, test } from '@jest/globals';
import { DynamoDbError } from '../../src/index.ts';
import { ITEM } from './condition-item.ts';
import { createHashTable, createSortedTable, createWorld, type World } from './support.ts';

describe('legacy conditions', () => {
  let world: World;
  beforeEach(() => {
    world = createWorld();
    createHashTable(world);
    world.call('PutItem', { TableName: 'hash', Item: { pk: { S: 'p' }, ...ITEM } });
  });
  const operator = (ComparisonOperator: string, ...AttributeValueList: object[]) => ({
    ComparisonOperator,
    ...(AttributeValueList.length > 0 && { AttributeValueList }),
  });
  const isMet = (Expected: object, more: object = {}): boolean => {
    try {
      world.call('UpdateItem', { TableName: 'hash', Key: { pk: { S: 'p' } }, Expected, ...more });
      return true;
    } catch (error) {
      if (error instanceof DynamoDbError && error.code === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  };

  test.each<[string, object, boolean]>([
    ['missing', operator('NE', { N: '5' }), true],
    ...['EQ', 'LT', 'LE', 'GT', 'GE', 'CONTAINS', 'BEGINS_WITH', 'IN'].map(
      (name) => ['missing', operator(name, { S: '' }), false] as [string, object, boolean],
    ),
    ['missing', operator('BETWEEN', { S: '' }, { S: 'z' }), false],
    ['missing', operator('NOT_NULL'), false],
    ...(
      [
        ['EQ', false, true, false],
        ['NE', true, false, true],
        ['LT', false, false, true],
        ['LE', false, true, true],
        ['GT', true, false, false],
        ['GE', true, true, false],
      ] as const
    ).flatMap(([name, ...results]) =>
      // The attribute is 5, and is compared with 4, 5 and 6.
      results.map((isTrue, index) => ['n', operator(name, { N: `${index + 4}` }), isTrue] as [string, object, boolean]),
    ),
    ['n', operator('BETWEEN', { N: '5' }, { N: '6' }), true],
    ['n', operator('BETWEEN', { N: '1' }, { N: '5' }), true],
    ['n', operator('BETWEEN', { N: '5' }, { N: '5' }), true],
    ['n', operator('BETWEEN', { N: '1' }, { N: '4' }), false],
    ['n', operator('BETWEEN', { N: '6' }, { N: '9' }), false],
    ['n', operator('IN', { N: '5' }), true],
    ['n', operator('IN', { N: '4' }, { N: '5' }), true],
    ['n', operator('IN', { N: '4' }), false],
    ['s', operator('CONTAINS', { S: 'ell' }), true],
    ['s', operator('CONTAINS', { S: 'z' }), false],
    ['ss', operator('CONTAINS', { S: 'a' }), true],
    ['ss', operator('CONTAINS', { S: 'ell' }), false],
    ['s', operator('NOT_CONTAINS', { S: 'ell' }), false],
    ['s', operator('NOT_CONTAINS', { S: 'z' }), true],
    ['missing', operator('NOT_CONTAINS', { S: 'z' }), true],
    ['s', operator('BEGINS_WITH', { S: 'he' }), true],
    ['s', operator('BEGINS_WITH', { S: 'ell' }), false],
    ['missing', operator('NULL'), true],
    ['s', operator('NULL'), false],
    ['s', operator('NOT_NULL'), true],
    ['s', { Exists: true, Value: { S: 'hello' } }, true],
    ['s', { Exists: true, Value: { S: 'other' } }, false],
    ['s', { Value: { S: 'hello' } }, true],
    ['s', { Value: { S: 'other' } }, false],
    ['missing', { Exists: false }, true],
    ['s', { Exists: false }, false],
  ])('on the attribute %s, %j is %s', (name, condition, expected) => {
    expect(isMet({ [name]: condition })).toBe(expected);
  });

  test('must all be met, or one of them with ConditionalOperator OR', () => {
    const [yes, no] = [operator('EQ', { N: '5' }), operator('NULL')];
    expect(isMet({ n: yes, s: no })).toBe(false);
    expect(isMet({ n: yes, s: no }, { ConditionalOperator: 'AND' })).toBe(false);
    expect(isMet({ n: yes, s: no }, { ConditionalOperator: 'OR' })).toBe(true);
    expect(isMet({ n: operator('NULL'), s: no }, { ConditionalOperator: 'OR' })).toBe(false);
  });
});

test.each([
  ['sk < :c', ':c > sk', 'ab'],
  ['sk <= :c', ':c >= sk', 'abc'],
  ['sk > :c', ':c < sk', 'de'],
  ['sk >= :c', ':c <= sk', 'cde'],
  ['sk = :c', ':c = sk', 'c'],
])('a key condition may have the key on either side: %s, %s', (condition, swapped, expected) => {
  const world = createWorld();
  createSortedTable(world);
  for (const sk of 'abcde') world.call('PutItem', { TableName: 'sortedS', Item: { pk: { S: 'p' }, sk: { S: sk } } });
  for (const either of [condition, swapped]) {
    const { Items = [] } = world.call('Query', {
      TableName: 'sortedS',
      KeyConditionExpression: `:p = pk AND ${either}`,
      ExpressionAttributeValues: { ':p': { S: 'p' }, ':c': { S: 'c' } },
    });
    expect(Items.map(({ sk }) => sk?.S).join('')).toBe(expected);
  }
});
