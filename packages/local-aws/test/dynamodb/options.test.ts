// The engine's options for simulations and lessons: stale reads, small pages, incomplete batches, reported writes.

import { describe, expect, test } from '@jest/globals';
import { History } from '../../src/dynamodb/storage/history.ts';
import type { Table } from '../../src/dynamodb/storage/table.ts';
import { createHashTable, createIndexedTable, createWorld, type World } from './support.ts';

const text = (S: string) => ({ S });
const put = (world: World, TableName: string, Item: object) => world.call('PutItem', { TableName, Item });

describe('the option staleMs', () => {
  function createStaleWorld() {
    let staleMs = 0;
    const world = createWorld({ staleMs: () => staleMs, historyMs: 5000 });
    const setStaleMs = (ms: number) => {
      staleMs = ms;
    };
    return { world, setStaleMs };
  }

  test('shows an older state of an item to an eventually consistent read, and the current one to a consistent read', () => {
    const { world, setStaleMs } = createStaleWorld();
    createHashTable(world);
    const get = (ConsistentRead: boolean) =>
      world.call('GetItem', { TableName: 'hash', Key: { pk: text('a') }, ConsistentRead }).Item?.n;
    for (const n of ['1', '2', '3']) {
      put(world, 'hash', { pk: text('a'), n: text(n) });
      world.clock.ms += 100;
    }
    expect(get(false)).toEqual(text('3'));
    for (const [ms, expected] of [
      [100, '3'],
      [150, '2'],
      [250, '1'],
    ] as const) {
      setStaleMs(ms);
      expect([get(false), get(true)]).toEqual([text(expected), text('3')]);
    }
    setStaleMs(350);
    expect(get(false)).toBeUndefined();
  });

  test('does not mix up old states of two tables with the same key', () => {
    const { world, setStaleMs } = createStaleWorld();
    createHashTable(world);
    createHashTable(world, 'other');
    put(world, 'hash', { pk: text('a'), n: text('of hash') });
    put(world, 'other', { pk: text('a'), n: text('of other') });
    world.clock.ms += 100;
    put(world, 'other', { pk: text('a'), n: text('new') });
    put(world, 'other', { pk: text('b'), n: text('new') });
    setStaleMs(50);
    const get = (TableName: string) => world.call('GetItem', { TableName, Key: { pk: text('a') } }).Item?.n;
    expect([get('hash'), get('other')]).toEqual([text('of hash'), text('of other')]);
    const scan = (TableName: string) => world.call('Scan', { TableName }).Items?.map(({ n }) => n);
    expect([scan('hash'), scan('other')]).toEqual([[text('of hash')], [text('of other')]]);
  });

  test('shows an older state of tables and indexes to queries and scans', () => {
    const { world, setStaleMs } = createStaleWorld();
    createIndexedTable(world);
    const item = (sk: string, g: string) => ({ pk: text('p'), sk: text(sk), lsi1sk: text(g) });
    put(world, 'indexed', item('a', 'old'));
    put(world, 'indexed', item('b', 'old'));
    world.clock.ms += 100;
    put(world, 'indexed', item('a', 'new'));
    world.call('DeleteItem', { TableName: 'indexed', Key: { pk: text('p'), sk: text('b') } });
    put(world, 'indexed', item('c', 'new'));
    const query = (ConsistentRead: boolean) =>
      world
        .call('Query', {
          TableName: 'indexed',
          KeyConditionExpression: 'pk = :p',
          ExpressionAttributeValues: { ':p': text('p') },
          ConsistentRead,
        })
        .Items?.map(({ sk, lsi1sk }) => `${sk?.S} ${lsi1sk?.S}`);
    const index = (g: string) =>
      world.call('Query', {
        TableName: 'indexed',
        IndexName: 'gsi1',
        KeyConditionExpression: 'lsi1sk = :g',
        ExpressionAttributeValues: { ':g': text(g) },
      }).Count;
    const present = ['a new', 'c new'];
    expect([query(false), index('old'), index('new')]).toEqual([present, 0, 2]);
    setStaleMs(50);
    expect([query(false), query(true), index('old'), index('new')]).toEqual([['a old', 'b old'], present, 2, 0]);
    const scanned = world.call('Scan', { TableName: 'indexed' }).Items?.map(({ sk }) => sk?.S);
    expect(scanned).toEqual(['a', 'b']);
    setStaleMs(0);
    expect(query(false)).toEqual(present);
  });
});

describe('the option historyMs', () => {
  test('is how far back reads of old states can go: an older state is no longer known', () => {
    let staleMs = 50;
    const world = createWorld({ staleMs: () => staleMs, historyMs: 5000 });
    createHashTable(world);
    const get = () => world.call('GetItem', { TableName: 'hash', Key: { pk: text('a') } }).Item?.n;
    put(world, 'hash', { pk: text('a'), n: text('old') });
    world.clock.ms += 100;
    put(world, 'hash', { pk: text('a'), n: text('new') });
    expect(get()).toEqual(text('old'));
    // States are forgotten at the next write of any item.
    for (const [ms, expected] of [
      [4999, 'old'],
      [1, 'new'],
    ] as const) {
      world.clock.ms += ms;
      staleMs += ms;
      put(world, 'hash', { pk: text('b') });
      expect(get()).toEqual(text(expected));
    }
  });

  test('bounds the number of replaced states that are kept', () => {
    const history = new History(5000);
    const table = {} as Table;
    for (let ms = 0; ms < 20_000; ms += 100) history.add(table, { hash: 'a', sortText: '' }, undefined, ms);
    expect(history.length).toBe(50);
  });
});

test('maxPageItems limits the items of a page', () => {
  const world = createWorld({ maxPageItems: () => 2 });
  createHashTable(world);
  for (const pk of ['a', 'b', 'c']) put(world, 'hash', { pk: text(pk) });
  const first = world.call('Scan', { TableName: 'hash' });
  expect(first.Count).toBe(2);
  const second = world.call('Scan', { TableName: 'hash', ExclusiveStartKey: first.LastEvaluatedKey });
  expect([second.Count, second.LastEvaluatedKey]).toEqual([1, undefined]);
});

test('maxBatchItems limits the items of a batch, and the others stay unprocessed', () => {
  const world = createWorld({ maxBatchItems: (requested) => Math.ceil(requested / 2) });
  createHashTable(world);
  const requests = ['a', 'b', 'c'].map((pk) => ({ PutRequest: { Item: { pk: text(pk) } } }));
  expect(world.call('BatchWriteItem', { RequestItems: { hash: requests } }).UnprocessedItems).toEqual({
    hash: [requests[2]],
  });
  expect(world.call('Scan', { TableName: 'hash' }).Count).toBe(2);
  const keys = ['a', 'b', 'c'].map((pk) => ({ pk: text(pk) }));
  const answer = world.call('BatchGetItem', { RequestItems: { hash: { Keys: keys, ConsistentRead: true } } });
  expect(answer).toMatchObject({
    Responses: { hash: [{ pk: text('a') }, { pk: text('b') }] },
    UnprocessedKeys: { hash: { Keys: [{ pk: text('c') }], ConsistentRead: true } },
  });
});

test('callLeavingUnprocessed leaves the given number of items at the end of one batch unprocessed', () => {
  const world = createWorld();
  createHashTable(world);
  const requests = ['a', 'b', 'c'].map((pk) => ({ PutRequest: { Item: { pk: text(pk) } } }));
  const write = (count: number) =>
    world.engine.callLeavingUnprocessed(count, 'BatchWriteItem', { RequestItems: { hash: structuredClone(requests) } });
  const unprocessed = (count: number) => ({ UnprocessedItems: count === 0 ? {} : { hash: requests.slice(3 - count) } });
  expect(write(2)).toEqual(unprocessed(2));
  expect(world.call('Scan', { TableName: 'hash' }).Count).toBe(1);
  expect(write(4)).toEqual(unprocessed(3));
  expect(() => world.engine.callLeavingUnprocessed(2, 'BatchWriteItem', {})).toThrow('requestItems');
  expect(world.call('BatchWriteItem', { RequestItems: { hash: requests } })).toEqual(unprocessed(0));
  const RequestItems = { hash: { Keys: ['a', 'b'].map((pk) => ({ pk: text(pk) })) } };
  expect(world.engine.callLeavingUnprocessed(1, 'BatchGetItem', { RequestItems })).toMatchObject({
    Responses: { hash: [{ pk: text('a') }] },
    UnprocessedKeys: { hash: { Keys: [{ pk: text('b') }] } },
  });
});

test('onWrite reports each write with its time and the item before and after', () => {
  const reported: unknown[] = [];
  const world = createWorld({
    onWrite: ({ table, before, after, at }) => reported.push([table, before, after, at - start]),
  });
  const start = world.clock.ms;
  createHashTable(world);
  const [a, b] = [{ pk: text('a') }, { pk: text('b') }];
  put(world, 'hash', a);
  world.clock.ms += 100;
  put(world, 'hash', { ...a, n: text('1') });
  world.call('TransactWriteItems', {
    TransactItems: [{ Put: { TableName: 'hash', Item: b } }, { Delete: { TableName: 'hash', Key: a } }],
  });
  expect(reported).toEqual([
    ['hash', undefined, a, 0],
    ['hash', a, { ...a, n: text('1') }, 100],
    ['hash', undefined, b, 100],
    ['hash', { ...a, n: text('1') }, undefined, 100],
  ]);
});

test('engine.item returns the current item even when other reads are stale', () => {
  const world = createWorld({ staleMs: () => 1000 });
  createHashTable(world);
  const item = { pk: text('a'), large: { L: [text('x'.repeat(2000))] } };
  put(world, 'hash', item);
  expect(world.engine.item('hash', { pk: text('a') })).toEqual(item);
  expect(world.engine.item('hash', { pk: text('b') })).toBeUndefined();
  expect(world.engine.item('missing', { pk: text('a') })).toBeUndefined();
});
