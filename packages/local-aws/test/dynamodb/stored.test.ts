// How values are stored and measured: packed lists and maps, and the overhead of an update. Also the creation time of a
// table, and the number of reported problems.

import { describe, expect, test } from '@jest/globals';
import { updateOverheadBytes } from '../../src/dynamodb/operations/update-plan.ts';
import { jsonOf } from '../../src/dynamodb/output.ts';
import { PACK_FROM_BYTES, PackedValue } from '../../src/dynamodb/packed-value.ts';
import { checkAttributeMap, packItem } from '../../src/dynamodb/validation/check-values.ts';
import { createHashTable, createWorld } from './support.ts';

const text = (S: string) => ({ S });
const list = { L: [text('x'.repeat(PACK_FROM_BYTES))] };

test('lists and maps are packed from 512 bytes on, and other values are not', () => {
  expect(PACK_FROM_BYTES).toBe(512);
  expect(PackedValue.pack(list, PACK_FROM_BYTES - 1)).toBe(list);
  expect(PackedValue.pack(list, PACK_FROM_BYTES)).toBeInstanceOf(PackedValue);
  expect(PackedValue.pack({ M: { a: text('b') } }, PACK_FROM_BYTES)).toBeInstanceOf(PackedValue);
  const long = text('x'.repeat(1000));
  expect(PackedValue.pack(long, 1000)).toBe(long);
});

test('packing an item creates a new item and leaves the original unchanged', () => {
  const original = checkAttributeMap({ pk: text('a'), list });
  const packed = packItem(original);
  expect(packed.list).toBeInstanceOf(PackedValue);
  expect(packed.pk).toEqual(text('a'));
  expect(original.values).toEqual({ pk: text('a'), list });
  const small = checkAttributeMap({ pk: text('a'), small: { L: [] } });
  expect(packItem(small)).toBe(small.values);
});

describe('a response', () => {
  const world = createWorld();
  createHashTable(world);
  const TableName = 'hash';
  const items = [
    { pk: text('a'), list, 'a "name"': text('ü\n') },
    { pk: text('b'), small: { L: [] }, list, end: { N: '1' } },
    { pk: text('c') },
  ];
  for (const Item of items) world.call('PutItem', { TableName, Item });
  const keys = ['a', 'b', 'none'].map((pk) => ({ pk: text(pk) }));
  const none = { ProjectionExpression: 'absent' };
  const update = { TableName, Key: { pk: text('a') }, ReturnValues: 'ALL_NEW' };

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['GetItem', { TableName, Key: keys[0] }],
    ['GetItem', { TableName, Key: keys[0], ...none }],
    ['GetItem', { TableName, Key: keys[2] }],
    ['Scan', { TableName }],
    ['Scan', { TableName, ...none }],
    ['Scan', { TableName, Limit: 1, Select: 'COUNT', ReturnConsumedCapacity: 'INDEXES' }],
    ['Query', { TableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': text('none') } }],
    ['BatchGetItem', { RequestItems: { hash: { Keys: keys } } }],
    ['BatchGetItem', { RequestItems: { hash: { Keys: keys, ...none } } }],
    ['TransactGetItems', { TransactItems: keys.map((Key) => ({ Get: { TableName, Key } })) }],
    ['UpdateItem', { ...update, UpdateExpression: 'REMOVE small', ReturnConsumedCapacity: 'TOTAL' }],
    ['ListTables', {}],
  ])('is the same in JSON and as objects: %s (%#)', (operation, input) => {
    const parsed = JSON.parse(jsonOf(world.engine.callPacked(operation, structuredClone(input))).toString());
    expect(parsed).toEqual(world.call(operation, input));
  });
});

test('the overhead of an update is 3 bytes, 19 per written path, 1 more in a list, and 2 per removal', () => {
  const operand = { kind: 'value', value: text('x') } as const;
  const bytes = (...actions: object[]) => updateOverheadBytes(Object({ actions }));
  expect(bytes()).toBe(3);
  expect(bytes({ kind: 'SET', path: ['a'], operand })).toBe(22);
  expect(bytes({ kind: 'SET', path: ['a', 0], operand })).toBe(23);
  expect(bytes({ kind: 'SET', path: ['a', 0, 'b'], operand })).toBe(22);
  expect(bytes({ kind: 'ADD', path: ['a'], value: { N: '1' } })).toBe(22);
  expect(bytes({ kind: 'DELETE', path: ['a'], value: { SS: ['x'] } })).toBe(5);
  expect(bytes({ kind: 'REMOVE', path: ['a'] }, { kind: 'REMOVE', path: ['b', 1] })).toBe(7);
});

test('a table reports its creation time to the millisecond', () => {
  const world = createWorld();
  world.clock.ms += 123;
  const createdOn = world.clock.ms;
  createHashTable(world);
  world.clock.ms += 5;
  expect(world.call('DescribeTable', { TableName: 'hash' }).Table).toMatchObject({
    CreationDateTime: createdOn / 1000,
  });
});

test('at most ten problems of a request are listed', () => {
  const definitions = (count: number) =>
    Array.from({ length: count }, () => ({ AttributeName: '', AttributeType: 'S' }));
  const problemsOf = (count: number) =>
    createWorld().errorMessage('CreateTable', {
      TableName: 'table',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: definitions(count),
    });
  expect(problemsOf(9)).toMatch(/^9 validation errors detected/);
  expect(problemsOf(10)).toMatch(/^10 validation errors detected/);
  expect(problemsOf(11)).toMatch(/^10 validation errors detected/);
  expect(problemsOf(11).match(/failed to satisfy constraint/g)).toHaveLength(10);
});
