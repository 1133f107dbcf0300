// The capacity that calls consume in tables and indexes. The units of indexes were measured on AWS.

import { beforeEach, describe, expect, test } from '@jest/globals';
import { itemCollectionMetrics } from '../../src/dynamodb/operations/writes.ts';
import type { Table } from '../../src/dynamodb/storage/table.ts';
import { createHashTable, createIndexedTable, createWorld, type World } from './support.ts';

let world: World;
const INDEXES = { ReturnConsumedCapacity: 'INDEXES' };

interface Consumed {
  readonly CapacityUnits: number;
  readonly Table?: { readonly CapacityUnits: number };
  readonly GlobalSecondaryIndexes?: Record<string, { readonly CapacityUnits: number }>;
  readonly LocalSecondaryIndexes?: Record<string, { readonly CapacityUnits: number }>;
}

const consumed = (operation: string, input: object) =>
  world.call(operation, { ...INDEXES, ...input }).ConsumedCapacity as Consumed;

beforeEach(() => {
  world = createWorld();
  world.call('CreateTable', {
    TableName: 'costly',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk', 'g', 'l'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'gsi',
        KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['proj'] },
      },
    ],
    LocalSecondaryIndexes: [
      {
        IndexName: 'lsi',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'l', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  });
});

const Key = { pk: { S: 'p' }, sk: { S: '1' } };
const text = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([name, S]) => [name, { S }]));
const put = (values: Record<string, string>) =>
  consumed('PutItem', { TableName: 'costly', Item: { ...Key, ...text(values) } });
const update = (UpdateExpression: string, v?: string) =>
  consumed('UpdateItem', {
    TableName: 'costly',
    Key,
    UpdateExpression,
    ...(v && { ExpressionAttributeValues: { ':v': { S: v } } }),
  });

/** Units of the table, the global and the local index; `undefined` where the response has none. */
function unitsByPart({ CapacityUnits, Table, GlobalSecondaryIndexes, LocalSecondaryIndexes }: Consumed) {
  const units = [
    Table?.CapacityUnits,
    GlobalSecondaryIndexes?.gsi?.CapacityUnits,
    LocalSecondaryIndexes?.lsi?.CapacityUnits,
  ];
  expect(CapacityUnits).toBe(units.reduce<number>((sum, part) => sum + (part ?? 0), 0));
  return units;
}

describe('the consumed write units', () => {
  test('include a unit for each index that the write changes', () => {
    expect(unitsByPart(put({ g: 'g', proj: 'p' }))).toEqual([1, 1, undefined]);
    world.call('DeleteItem', { TableName: 'costly', Key });
    expect(unitsByPart(put({ other: 'o' }))).toEqual([1, undefined, undefined]);
    expect(unitsByPart(put({ l: 'l' }))).toEqual([1, undefined, 1]);
    expect(unitsByPart(put({ g: 'g', l: 'l' }))).toEqual([1, 1, 1]);
    expect(unitsByPart(put({ g: 'g', l: 'l' }))).toEqual([1, undefined, undefined]);
    // One for the table, two for the entry that moves in `gsi`, one for the entry that `lsi` loses.
    expect(
      world.call('PutItem', {
        TableName: 'costly',
        Item: { ...Key, ...text({ g: 'x' }) },
        ReturnConsumedCapacity: 'TOTAL',
      }).ConsumedCapacity,
    ).toEqual({ TableName: 'costly', CapacityUnits: 4 });
  });

  test('are two in an index where an entry moves, and one where an entry is removed', () => {
    const all = { g: 'g', l: 'l', proj: 'p', other: 'o' };
    put(all);
    expect(unitsByPart(update('SET another = :v', 'x'))).toEqual([1, undefined, 1]);
    expect(unitsByPart(update('SET proj = :v', 'p2'))).toEqual([1, 1, 1]);
    expect(unitsByPart(update('SET g = :v', 'moved'))).toEqual([1, 2, 1]);
    expect(unitsByPart(update('SET l = :v', 'l2'))).toEqual([1, undefined, 2]);
    expect(unitsByPart(update('REMOVE g'))).toEqual([1, 1, 1]);
    expect(unitsByPart(consumed('DeleteItem', { TableName: 'costly', Key }))).toEqual([1, undefined, 1]);
    expect(unitsByPart(consumed('DeleteItem', { TableName: 'costly', Key }))).toEqual([1, undefined, undefined]);
  });

  test('are one per kibibyte of the larger of the old and the new item', () => {
    expect(put({ a: 'x'.repeat(3000) }).CapacityUnits).toBe(3);
    expect(put({}).CapacityUnits).toBe(3);
    expect(put({}).CapacityUnits).toBe(1);
    const bytesOfOthers = 'pk'.length + 'p'.length + 'sk'.length + '1'.length + 'a'.length;
    expect([1024, 1025].map((bytes) => put({ a: 'x'.repeat(bytes - bytesOfOthers) }).CapacityUnits)).toEqual([1, 2]);
  });

  test('are added up by table in a batch', () => {
    const request = (sk: string, more: object = {}) => ({
      PutRequest: { Item: { pk: { S: 'b' }, sk: { S: sk }, ...more } },
    });
    const answer = world.call('BatchWriteItem', {
      ...INDEXES,
      RequestItems: { costly: [request('1', text({ g: 'g' })), request('2')] },
    });
    expect(answer.UnprocessedItems).toEqual({});
    expect(answer.ConsumedCapacity).toEqual([
      {
        TableName: 'costly',
        CapacityUnits: 3,
        Table: { CapacityUnits: 2 },
        GlobalSecondaryIndexes: { gsi: { CapacityUnits: 1 } },
      },
    ]);
  });
});

describe('the consumed read units', () => {
  test('are one per 4 KiB, and half of that for an eventually consistent read', () => {
    put({ a: 'x'.repeat(5000) });
    const get = (ConsistentRead: boolean, key: object = Key) =>
      consumed('GetItem', { TableName: 'costly', Key: key, ConsistentRead }).CapacityUnits;
    expect([
      get(true),
      get(false),
      get(true, { ...Key, sk: { S: 'no' } }),
      get(false, { ...Key, sk: { S: 'no' } }),
    ]).toEqual([2, 1, 1, 0.5]);
    const otherBytes = 'pk'.length + 'p'.length + 'sk'.length + '1'.length + 'a'.length;
    const unitsOf = (bytes: number) => {
      put({ a: 'x'.repeat(bytes - otherBytes) });
      return get(true);
    };
    expect([4096, 4097].map(unitsOf)).toEqual([1, 2]);
  });

  test('count the items of a page before the filter and the projection', () => {
    for (let i = 0; i < 6; i += 1) {
      world.call('PutItem', {
        TableName: 'costly',
        Item: { pk: { S: 'q' }, sk: { S: `${i}` }, filler: { S: 'x'.repeat(2000) } },
      });
    }
    const query = (more: object) =>
      consumed('Query', {
        TableName: 'costly',
        KeyConditionExpression: 'pk = :p',
        ...more,
        ExpressionAttributeValues: { ':p': { S: 'q' }, ...(more as { values?: object }).values },
      });
    expect(query({}).CapacityUnits).toBe(1.5);
    expect(query({ ProjectionExpression: 'sk' }).CapacityUnits).toBe(1.5);
    expect(query({ ConsistentRead: true }).Table).toEqual({ CapacityUnits: 3 });
    expect(query({ FilterExpression: 'filler = :none', values: { ':none': { S: '' } } }).CapacityUnits).toBe(1.5);
  });
});

test('attributes that a local index does not project are read from the table, and cost units there', () => {
  createIndexedTable(world);
  const item = { ...text({ pk: 'p', sk: 's', lsi2sk: 'l', data: 'x'.repeat(10_000) }) };
  world.call('PutItem', { TableName: 'indexed', Item: item });
  const query = (more: object) => {
    const { LocalSecondaryIndexes, Table, CapacityUnits } = consumed('Query', {
      TableName: 'indexed',
      IndexName: 'lsi2',
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': { S: 'p' } },
      ...more,
    });
    return [CapacityUnits, Table?.CapacityUnits, LocalSecondaryIndexes?.lsi2?.CapacityUnits];
  };
  expect(query({})).toEqual([0.5, 0, 0.5]);
  expect(query({ Select: 'COUNT' })).toEqual([0.5, 0, 0.5]);
  expect(query({ Select: 'ALL_ATTRIBUTES' })).toEqual([2, 1.5, 0.5]);
  expect(query({ ProjectionExpression: '#d', ExpressionAttributeNames: { '#d': 'data' } })).toEqual([2, 1.5, 0.5]);
  expect(query({ Select: 'ALL_ATTRIBUTES', ConsistentRead: true })).toEqual([4, 3, 1]);
});

test('item collection metrics are returned for tables with local indexes', () => {
  createIndexedTable(world);
  createHashTable(world);
  const SIZE = { ReturnItemCollectionMetrics: 'SIZE' };
  const item = { pk: { S: 'p' }, sk: { S: 's' } };
  const metrics = { ItemCollectionKey: { pk: { S: 'p' } }, SizeEstimateRangeGB: [0, 1] };
  expect(world.call('PutItem', { TableName: 'indexed', Item: item, ...SIZE }).ItemCollectionMetrics).toEqual(metrics);
  expect(world.call('DeleteItem', { TableName: 'indexed', Key: item, ...SIZE }).ItemCollectionMetrics).toEqual(metrics);
  expect(world.call('PutItem', { TableName: 'hash', Item: { pk: { S: 'p' } }, ...SIZE })).toEqual({});
  expect(world.call('PutItem', { TableName: 'indexed', Item: item, ReturnItemCollectionMetrics: 'NONE' })).toEqual({});
  const batch = (requests: object) => world.call('BatchWriteItem', { RequestItems: { indexed: requests }, ...SIZE });
  const put = { PutRequest: { Item: { ...item, sk: { S: 'other' } } } };
  expect(batch([put]).ItemCollectionMetrics).toEqual({ indexed: [metrics] });
  const missing = { pk: { S: 'q' }, sk: { S: 'never there' } };
  expect(
    batch([put, { DeleteRequest: { Key: item } }, { DeleteRequest: { Key: missing } }]).ItemCollectionMetrics,
  ).toEqual({
    indexed: [metrics, { ItemCollectionKey: { pk: { S: 'q' } }, SizeEstimateRangeGB: [0, 1] }],
  });
});

test('an item collection’s size includes the partition and its local indexes', () => {
  const GIGABYTE = 1024 ** 3;
  const partition = (bytes: number) => ({ partition: (hash: string) => (hash === 'p' ? { bytes } : undefined) });
  const index = (kind: string, bytes: number) => ({ definition: { kind }, entries: partition(bytes) });
  const table = {
    hasLocalIndexes: true,
    rows: partition(1.5 * GIGABYTE),
    indexes: new Map(Object.entries({ l: index('local', GIGABYTE), g: index('global', 5 * GIGABYTE) })),
    keys: { hash: { name: 'pk' } },
  } as unknown as Table;
  const key = { pk: { S: 'p' } };
  const range = (hash: string) => itemCollectionMetrics(table, { hash, sortText: '' }, key)?.SizeEstimateRangeGB;
  expect([range('p'), range('other')]).toEqual([
    [2, 3],
    [0, 1],
  ]);
});

test('an item of 400 KiB is accepted, and one byte more is refused', () => {
  createHashTable(world);
  const item = (bytes: number) => ({ pk: { S: 'a' }, p: { S: 'x'.repeat(bytes - 'pkap'.length) } });
  world.call('PutItem', { TableName: 'hash', Item: item(409_600) });
  expect(world.errorMessage('PutItem', { TableName: 'hash', Item: item(409_601) })).toBe(
    'Item size has exceeded the maximum allowed size',
  );
  expect(
    world.errorMessage('UpdateItem', {
      TableName: 'hash',
      Key: { pk: { S: 'a' } },
      UpdateExpression: 'SET q = :q',
      ExpressionAttributeValues: { ':q': { S: 'x' } },
    }),
  ).toBe('Item size to update has exceeded the maximum allowed size');
});

// The last number of each line is the overhead in bytes, see `updateOverheadBytes`.
test.each([
  ['SET b = :pad', {}, 22],
  ['SET b = :pad, c = :c', { c: { S: 'y' } }, 41],
  ['SET b = :pad REMOVE r', {}, 24],
  ['SET b = :pad ADD n :n', { n: { N: '1' } }, 41],
])(
  'UpdateItem limits what %s writes plus an overhead, without the key, and the size of the whole item',
  (UpdateExpression, more: Record<string, object>, overheadBytes) => {
    createHashTable(world);
    const update = (pk: string, bytes: number) => ({
      TableName: 'hash',
      Key: { pk: { S: pk } },
      UpdateExpression,
      ExpressionAttributeValues: {
        ':pad': { S: 'x'.repeat(bytes) },
        ...Object.fromEntries(Object.entries(more).map(([name, value]) => [`:${name}`, value])),
      },
    });
    const moreBytes = 'c' in more ? 2 : 'n' in more ? 3 : 0;
    const maxBytes = 409_600 - overheadBytes - 'b'.length - moreBytes;
    world.call('UpdateItem', update('K', maxBytes));
    expect(world.errorMessage('UpdateItem', update('K', maxBytes + 1))).toBe(
      'Item size to update has exceeded the maximum allowed size',
    );
    // With a key that is longer than the overhead, the size of the whole item is the limit.
    const key = 'k'.repeat(100);
    const maxBytesWithKey = 409_600 - 'pk'.length - key.length - 'b'.length - moreBytes;
    world.call('UpdateItem', update(key, maxBytesWithKey));
    world.errorMessage('UpdateItem', update(key, maxBytesWithKey + 1));
  },
);
