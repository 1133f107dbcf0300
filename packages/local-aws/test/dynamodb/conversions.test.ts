// Values in JSON that do not have a parameter's type: DynamoDB converts some and refuses others.

import { expect, test } from '@jest/globals';
import { createHashTable, createWorld } from './support.ts';

const world = createWorld();
createHashTable(world);
const messageOf = (operation: string, input: Record<string, unknown>): string => {
  try {
    world.call(operation, { TableName: 'hash', ...input });
    return '';
  } catch (error) {
    return Object(error).message;
  }
};

test.each<[unknown, boolean]>([
  [true, true],
  ['true', true],
  ['True', true],
  ['1', true],
  ['YES', true],
  [false, false],
  ['FALSE', false],
  ['0', false],
  ['no', false],
])('%j is converted to the boolean %s', (ConsistentRead, expected) => {
  const { ConsumedCapacity } = world.call('GetItem', {
    TableName: 'hash',
    Key: { pk: { S: 'a' } },
    ConsistentRead,
    ReturnConsumedCapacity: 'TOTAL',
  });
  // A consistent read consumes a unit, another one half of it.
  expect(ConsumedCapacity).toMatchObject({ CapacityUnits: expected ? 1 : 0.5 });
});

test.each<[unknown, string]>([
  ['other', 'Unexpected token received from parser'],
  [1, 'NUMBER_VALUE cannot be converted to Boolean'],
  [1.5, 'DECIMAL_VALUE cannot be converted to Boolean'],
  [[], 'Unrecognized collection type class java.lang.Boolean'],
  [{}, 'Start of structure or map found where not expected'],
])('%j is refused as a boolean', (ConsistentRead, message) => {
  expect(messageOf('GetItem', { Key: { pk: { S: 'a' } }, ConsistentRead })).toBe(message);
});

test('a fraction is truncated where an integer is needed, and values of other types are refused', () => {
  for (const pk of ['a', 'b', 'c']) world.call('PutItem', { TableName: 'hash', Item: { pk: { S: pk } } });
  expect(world.call('Scan', { TableName: 'hash', Limit: 2.9 }).Count).toBe(2);
  expect(messageOf('Scan', { Limit: 0.9 })).toContain('greater than or equal to 1');
  expect(messageOf('Scan', { Limit: '2' })).toBe('STRING_VALUE cannot be converted to Integer');
  expect(messageOf('Scan', { Limit: true })).toBe('TRUE_VALUE cannot be converted to Integer');
  expect(messageOf('Scan', { Limit: false })).toBe('FALSE_VALUE cannot be converted to Integer');
  expect(messageOf('Scan', { Limit: [] })).toBe('Unrecognized collection type class java.lang.Integer');
  expect(messageOf('Scan', { Limit: {} })).toBe('Start of structure or map found where not expected');
});

test.each<[unknown, string]>([
  [1, 'NUMBER_VALUE cannot be converted to String'],
  [true, 'TRUE_VALUE cannot be converted to String'],
  [[], 'Unrecognized collection type class java.lang.String'],
  [{}, 'Start of structure or map found where not expected'],
])('%j is refused as a text', (ProjectionExpression, message) => {
  expect(messageOf('GetItem', { Key: { pk: { S: 'a' } }, ProjectionExpression })).toBe(message);
});

test('null counts as absent, and unknown members are ignored', () => {
  expect(messageOf('Scan', { Limit: null, Unknown: { any: 'thing' } })).toBe('');
});
