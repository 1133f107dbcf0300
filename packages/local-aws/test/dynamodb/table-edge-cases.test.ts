// Edge cases of tables: pages and segments, tags, time to live, quotas, stale reads, indexes and refused updates.

import { describe, expect, test } from '@jest/globals';
import { createHashTable, createIndexedTable, createSortedTable, createWorld, type World } from './support.ts';

const text = (S: string) => ({ S });
const put = (world: World, TableName: string, Item: object) => world.call('PutItem', { TableName, Item });

test('a list of tables returns its last name when there are more, and continues after a name that does not exist', () => {
  const world = createWorld();
  for (const name of ['aaa', 'bbb', 'ccc']) createHashTable(world, name);
  expect(world.call('ListTables', { Limit: 3 })).toEqual({ TableNames: ['aaa', 'bbb', 'ccc'] });
  expect(world.call('ListTables', { Limit: 1, ExclusiveStartTableName: 'aab' })).toEqual({
    TableNames: ['bbb'],
    LastEvaluatedTableName: 'bbb',
  });
  expect(world.errorOf('ListTables', { Limit: 101 }).code).toBe('ValidationException');
});

test('a table has at most 50 tags, added in one request or in several', () => {
  const world = createWorld();
  createHashTable(world);
  const ResourceArn = Object(world.call('DescribeTable', { TableName: 'hash' }).Table).TableArn;
  const tags = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => ({ Key: `t${from + index}`, Value: 'v' }));
  world.call('TagResource', { ResourceArn, Tags: tags(0, 30) });
  world.call('TagResource', { ResourceArn, Tags: tags(20, 50) });
  expect(world.errorMessage('TagResource', { ResourceArn, Tags: tags(50, 51) })).toBe(
    'Number of Tags exceed the current limit for the provided ResourceArn',
  );
  expect(world.call('ListTagsOfResource', { ResourceArn }).Tags).toEqual(tags(0, 50));
  const definition = {
    TableName: 'another',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  };
  expect(world.errorMessage('CreateTable', { ...definition, Tags: tags(0, 51) })).toContain('Number of Tags exceed');
  world.call('CreateTable', { ...definition, Tags: tags(0, 50) });
});

describe('ExclusiveStartKey', () => {
  const start = (ExclusiveStartKey: object, more: object = {}) => ({
    TableName: 'sortedS',
    ExclusiveStartKey,
    ...more,
  });
  const key = { pk: text('p'), sk: text('s') };

  test.each([
    ['without the range key', { pk: text('p') }],
    ['with one attribute too many', { ...key, more: text('x') }],
    ['with a key of another type', { ...key, sk: { N: '1' } }],
  ])('is refused %s', (_, wrong) => {
    const world = createWorld();
    createSortedTable(world);
    expect(world.errorMessage('Scan', start(wrong))).toMatch(/provided (key element|starting key)/);
    const query = { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': text('p') } };
    expect(world.errorMessage('Query', start(wrong, query))).toMatch(/provided (key element|starting key)/);
  });

  test('may name an item that does not exist', () => {
    const world = createWorld();
    createSortedTable(world);
    for (const sk of ['a', 'c']) put(world, 'sortedS', { pk: text('p'), sk: text(sk) });
    expect(world.call('Scan', start({ pk: text('p'), sk: text('b') })).Items).toEqual([
      { pk: text('p'), sk: text('c') },
    ]);
  });
});

test('segments are numbered from 0, and a query has one or two key conditions', () => {
  const world = createWorld();
  createSortedTable(world);
  const segment = (Segment: number, TotalSegments: number) => ({ TableName: 'sortedS', Segment, TotalSegments });
  expect(world.call('Scan', segment(3, 4)).Items).toEqual([]);
  expect(world.errorMessage('Scan', segment(4, 4))).toContain('Segment: 4 is not less than TotalSegments: 4');
  const equal = { ComparisonOperator: 'EQ', AttributeValueList: [text('x')] };
  const query = (KeyConditions: object) => world.errorMessage('Query', { TableName: 'sortedS', KeyConditions });
  expect(query({ pk: equal, sk: equal, more: equal })).toBe('Conditions can be of length 1 or 2 only');
  expect(query({})).toBe('Conditions can be of length 1 or 2 only');
});

describe('time to live', () => {
  const expire = (AttributeName: string) => ({
    TableName: 'hash',
    TimeToLiveSpecification: { AttributeName, Enabled: true },
  });
  const remainingKeys = (world: World) =>
    world
      .call('Scan', { TableName: 'hash' })
      .Items?.map(({ pk }) => pk?.S)
      .sort();

  test('can be enabled for one attribute only', () => {
    const world = createWorld();
    createHashTable(world);
    world.call('UpdateTimeToLive', expire('ttl'));
    expect(world.errorMessage('UpdateTimeToLive', expire('other'))).toContain('current AttributeName is ttl');
  });

  test('deletes an item after its second, and ignores texts and times more than five years ago', () => {
    const world = createWorld();
    createHashTable(world);
    const now = world.clock.ms / 1000;
    const year = 365 * 24 * 60 * 60;
    for (const [pk, ttl] of [
      ['soon', { N: String(now + 10) }],
      ['soon, by a fraction', { N: String(now + 10.9) }],
      ['text', text(String(now + 10))],
      ['five years ago', { N: String(now - 5 * year) }],
      ['five years and a second ago', { N: String(now - 5 * year - 1) }],
    ] as const)
      put(world, 'hash', { pk: text(pk), ttl });
    world.call('UpdateTimeToLive', expire('ttl'));
    const before = ['five years and a second ago', 'soon', 'soon, by a fraction', 'text'];
    expect(remainingKeys(world)).toEqual(before);
    world.clock.ms += 10_000;
    expect(remainingKeys(world)).toEqual(before);
    world.clock.ms += 1;
    expect(remainingKeys(world)).toEqual(['five years and a second ago', 'text']);
  });

  test('is a write: a stale read still sees an item that expired since', () => {
    const world = createWorld({ staleMs: () => 1000 });
    createHashTable(world);
    put(world, 'hash', { pk: text('a'), ttl: { N: String(world.clock.ms / 1000 + 5) } });
    world.call('UpdateTimeToLive', expire('ttl'));
    world.clock.ms += 5500;
    expect(
      world.call('GetItem', { TableName: 'hash', Key: { pk: text('a') }, ConsistentRead: true }).Item,
    ).toBeUndefined();
    expect(world.call('GetItem', { TableName: 'hash', Key: { pk: text('a') } }).Item?.pk).toEqual(text('a'));
    world.clock.ms += 1000;
    expect(world.call('GetItem', { TableName: 'hash', Key: { pk: text('a') } }).Item).toBeUndefined();
  });
});

describe('DynamoDB quotas', () => {
  /** The number of calls before one is throttled. */
  function countUntilThrottled(run: () => unknown): number {
    for (let count = 0; ; count += 1) {
      try {
        run();
      } catch (error) {
        expect(Object(error).code).toMatch(/^(ThrottlingException|ProvisionedThroughputExceededException)$/);
        return count;
      }
    }
  }

  test('count, for a write, the larger of the old and the new item', () => {
    const world = createWorld({ quotas: {} });
    createHashTable(world);
    const large = { pk: text('a'), data: text('x'.repeat(100_000)) };
    put(world, 'hash', large);
    world.clock.ms += 1000;
    // 98 units of the 1,000 for the deletion of the large item, one for each small one.
    world.call('DeleteItem', { TableName: 'hash', Key: { pk: text('a') } });
    expect(countUntilThrottled(() => put(world, 'hash', { pk: text('a') }))).toBe(902);
  });

  test('are separate for each global index, and shared by a table and its local indexes', () => {
    const world = createWorld({ quotas: {} });
    const units = (n: number) => ({ ProvisionedThroughput: { ReadCapacityUnits: n, WriteCapacityUnits: n } });
    const Projection = { ProjectionType: 'ALL' };
    world.call('CreateTable', {
      TableName: 'hash',
      AttributeDefinitions: ['pk', 'sk', 'g'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        { IndexName: 'gsi', KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' }], Projection, ...units(2) },
      ],
      LocalSecondaryIndexes: [
        {
          IndexName: 'lsi',
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'g', KeyType: 'RANGE' },
          ],
          Projection,
        },
      ],
      ...units(1),
    });
    const scan = (IndexName: string | undefined) => () => world.call('Scan', { TableName: 'hash', IndexName });
    // Half a unit a read; five minutes of unused units are available.
    expect(countUntilThrottled(scan('gsi'))).toBe(2 * 2 * 300);
    expect(countUntilThrottled(scan('lsi'))).toBe(2 * 300);
    expect(countUntilThrottled(scan(undefined))).toBe(0);
  });

  test('never shrink for a table on demand', () => {
    const world = createWorld({ quotas: {} });
    createHashTable(world);
    put(world, 'hash', { pk: text('a') });
    let number = 0;
    const spread = () => {
      number += 1;
      return put(world, 'hash', { pk: text(`${number % 50}`), data: text('x'.repeat(10_000)) });
    };
    for (const _ of [1, 2]) {
      world.clock.ms += 31 * 60 * 1000;
      spread();
    }
    world.clock.ms += 10_000;
    expect(countUntilThrottled(spread)).toBe(400);
  });
});

test('an index with a partial projection includes the table’s key', () => {
  const world = createWorld();
  createIndexedTable(world);
  const item = { pk: text('p'), sk: text('s'), lsi1sk: text('l'), lsi2sk: text('m'), data: text('d'), more: text('x') };
  put(world, 'indexed', item);
  const { more: _, ...projected } = item;
  expect(world.call('Scan', { TableName: 'indexed', IndexName: 'gsi2' }).Items).toEqual([projected]);
  expect(world.call('Scan', { TableName: 'indexed', IndexName: 'gsi1' }).Items).toEqual([item]);
});

test('a failed update of a table changes nothing, because all of it is checked first', () => {
  const world = createWorld();
  createHashTable(world);
  const create = {
    IndexName: 'new',
    KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' }],
    Projection: { ProjectionType: 'ALL' },
  };
  const described = () => world.call('DescribeTable', { TableName: 'hash' });
  const before = described();
  const error = world.errorOf('UpdateTable', {
    TableName: 'hash',
    AttributeDefinitions: [{ AttributeName: 'g', AttributeType: 'S' }],
    GlobalSecondaryIndexUpdates: [{ Create: create }, { Delete: { IndexName: 'missing' } }],
  });
  expect(error.code).toBe('ResourceNotFoundException');
  expect(described()).toEqual(before);
});
