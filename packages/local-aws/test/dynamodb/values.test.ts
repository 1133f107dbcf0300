// The sizes, order and equality of attribute values, and the checks of a client's values.

import { expect, test } from '@jest/globals';
import { contains } from '../../src/dynamodb/expressions/condition.ts';
import { indexPositionOf } from '../../src/dynamodb/storage/keys.ts';
import { checkAttributeMap } from '../../src/dynamodb/validation/check-values.ts';
import { type AttributeValue, compareValues, itemBytes, sameValue } from '../../src/dynamodb/values.ts';
import { createHashTable, createWorld } from './support.ts';

test.each<[string, Readonly<Record<string, AttributeValue>>, number]>([
  ['a text', { a: { S: 'é' } }, 3],
  ['bytes', { a: { B: 'YWI=' } }, 3],
  ['a boolean and a null', { a: { BOOL: true }, b: { NULL: true } }, 4],
  ['a set', { a: { SS: ['x', 'yz'] } }, 4],
  ['a list (3 bytes, and 1 for each element)', { a: { L: [{ S: 'x' }, { S: 'y' }] } }, 8],
  ['an empty list', { a: { L: [] } }, 4],
  ['a map (3 bytes, its names, and 1 for each member)', { a: { M: { b: { S: 'x' }, c: { S: 'y' } } } }, 10],
  ['an empty map', { a: { M: {} } }, 4],
  ['a set of texts', { a: { SS: ['é', '\u{1F600}'] } }, 7],
  ['a set of numbers', { a: { NS: ['1', '-12.5'] } }, 7],
  ['a set of bytes', { a: { BS: ['YWI=', 'YQ=='] } }, 4],
  ['names beyond ASCII', { é: { M: { '\u{1F600}': { NULL: true } } } }, 11],
])('the size of %s is counted as AWS counts it', (_, item, bytes) => {
  expect(itemBytes(item)).toBe(bytes);
  expect(checkAttributeMap(structuredClone(item)).bytes).toBe(bytes);
});

test('texts sort by their bytes in UTF-8, not by code units', () => {
  const sorted = ['a', 'é', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}'];
  const shuffled = sorted.toReversed().map((S) => ({ S }));
  expect(shuffled.sort((a, b) => compareValues(a, b) ?? 0).map(({ S }) => S)).toEqual(sorted);
});

test('sets and maps are equal in any order, and unequal when one has more members', () => {
  expect(sameValue({ SS: ['a', 'b'] }, { SS: ['b', 'a'] })).toBe(true);
  expect(sameValue({ SS: ['a', 'b'] }, { SS: ['a'] })).toBe(false);
  expect(sameValue({ SS: ['a'] }, { SS: ['a', 'b'] })).toBe(false);
  expect(sameValue({ M: { a: { N: '1' }, b: { N: '2' } } }, { M: { b: { N: '2' }, a: { N: '1' } } })).toBe(true);
  expect(sameValue({ M: { a: { N: '1' } } }, { M: { a: { N: '1' }, b: { N: '2' } } })).toBe(false);
  expect(sameValue({ L: [{ S: 'a' }] }, { L: [{ S: 'a' }, { S: 'b' }] })).toBe(false);
  expect(sameValue({ S: '1' }, { N: '1' })).toBe(false);
});

test('null and unknown members beside a value are not stored', () => {
  const world = createWorld();
  createHashTable(world);
  const withUnknownMembers = { N: null, Unknown: { a: 1 }, S: 'x', SS: null };
  const Item = {
    pk: { S: 'p' },
    a: withUnknownMembers,
    l: { L: [withUnknownMembers] },
    m: { M: { a: withUnknownMembers } },
    removed: null,
  };
  const clean = { S: 'x' };
  const expected = { pk: { S: 'p' }, a: clean, l: { L: [clean] }, m: { M: { a: clean } } };
  world.call('PutItem', { TableName: 'hash', Item });
  expect(world.call('GetItem', { TableName: 'hash', Key: { pk: { S: 'p', N: null } } }).Item).toStrictEqual(expected);
  const { TableSizeBytes } = Object(world.call('DescribeTable', { TableName: 'hash' }).Table);
  expect(TableSizeBytes).toBe(itemBytes(expected));
});

test('lists and maps may be nested 32 levels deep', () => {
  const world = createWorld();
  createHashTable(world);
  const item = (levels: number) => {
    let a: object = { S: 'x' };
    for (let level = 0; level < levels; level += 1) a = level % 2 === 0 ? { L: [a] } : { M: { m: a } };
    return { TableName: 'hash', Item: { pk: { S: 'p' }, a } };
  };
  world.call('PutItem', item(32));
  expect(world.errorMessage('PutItem', item(33))).toContain('Nesting Levels have exceeded supported limits');
});

test('the first of several problems is reported, with its attribute', () => {
  const wrong = { S: 'x', N: '1' };
  const { problem, problemAttribute } = checkAttributeMap({ good: { S: 'x' }, first: wrong, second: wrong });
  expect([typeof problem, problemAttribute]).toEqual(['string', 'first']);
});

test('contains is false for booleans, nulls and lists in bytes or texts', () => {
  for (const part of [{ BOOL: true }, { NULL: true }, { L: [] }] as AttributeValue[]) {
    for (const value of [{ B: 'YWI=' }, { BS: ['YWI='] }, { S: 'true' }] as AttributeValue[]) {
      expect(contains(value, part)).toBe(false);
    }
  }
});

test('an item whose index key has another type is not in the index', () => {
  const schema = { hash: { name: 'h', type: 'S' }, range: { name: 'r', type: 'N' } } as const;
  const row = { hash: 'a', sortText: 'b' };
  const isIn = (item: Record<string, AttributeValue>) => indexPositionOf(schema, item, row) !== undefined;
  expect(isIn({ h: { S: 'x' }, r: { N: '1' } })).toBe(true);
  expect([isIn({ h: { N: '1' }, r: { N: '1' } }), isIn({ r: { N: '1' } })]).toEqual([false, false]);
  expect([isIn({ h: { S: 'x' }, r: { S: '1' } }), isIn({ h: { S: 'x' } })]).toEqual([false, false]);
});
