// The limits of sizes, numbers, times and pages: the last value that is accepted, and the first that is refused.

import { beforeEach, describe, expect, test } from '@jest/globals';
import { createHashTable, createSortedTable, createWorld, type World } from './support.ts';

const KILOBYTE = 1024;
const MAX_ITEM_BYTES = 400 * KILOBYTE;

let world: World;
beforeEach(() => {
  world = createWorld();
  createHashTable(world);
});

/** An item of this size. */
const itemOf = (pk: string, bytes: number) => ({ pk: { S: pk }, a: { S: 'x'.repeat(bytes - 3 - pk.length) } });
const put = (pk: string, bytes: number) => ({ Put: { TableName: 'hash', Item: itemOf(pk, bytes) } });
const transact = (TransactItems: object[], more: object = {}) =>
  world.call('TransactWriteItems', { TransactItems, ...more });

test('an item may have 400 KB, in every operation that writes', () => {
  const large = itemOf('a', MAX_ITEM_BYTES);
  const tooLarge = itemOf('a', MAX_ITEM_BYTES + 1);
  const message = 'Item size has exceeded the maximum allowed size';
  world.call('PutItem', { TableName: 'hash', Item: large });
  expect(world.errorMessage('PutItem', { TableName: 'hash', Item: tooLarge })).toBe(message);
  const inBatch = (Item: object) => ({ RequestItems: { hash: [{ PutRequest: { Item } }] } });
  world.call('BatchWriteItem', inBatch(large));
  expect(world.errorMessage('BatchWriteItem', inBatch(tooLarge))).toBe(message);
  transact([put('a', MAX_ITEM_BYTES)]);
  expect(world.errorMessage('TransactWriteItems', { TransactItems: [put('a', MAX_ITEM_BYTES + 1)] })).toBe(message);
  const addTwoBytes = {
    TableName: 'hash',
    Key: { pk: { S: 'a' } },
    UpdateExpression: 'SET b = :b',
    ExpressionAttributeValues: { ':b': { S: 'x' } },
  };
  world.call('PutItem', { TableName: 'hash', Item: itemOf('a', MAX_ITEM_BYTES - 2) });
  world.call('UpdateItem', addTwoBytes);
  world.call('PutItem', { TableName: 'hash', Item: itemOf('a', MAX_ITEM_BYTES - 1) });
  expect(world.errorMessage('UpdateItem', addTwoBytes)).toBe(
    'Item size to update has exceeded the maximum allowed size',
  );
});

describe('a transaction', () => {
  const puts = (count: number) => Array.from({ length: count }, (_, index) => put(String(index), 10));

  test('may have 100 actions', () => {
    transact(puts(100));
    expect(world.errorOf('TransactWriteItems', { TransactItems: puts(101) }).code).toBe('ValidationException');
  });

  test('may have 4 MB, including the values of its expressions', () => {
    const largest = Array.from({ length: 10 }, (_, index) => put(String(index), MAX_ITEM_BYTES));
    const remainingBytes = 4 * KILOBYTE * KILOBYTE - 10 * MAX_ITEM_BYTES;
    transact([...largest, put('last', remainingBytes)]);
    const message = 'The aggregate size of the items in the transaction exceeds the limit of 4 MB';
    expect(
      world.errorMessage('TransactWriteItems', { TransactItems: [...largest, put('last', remainingBytes + 1)] }),
    ).toBe(message);
    const update = (bytes: number) => ({
      Update: {
        TableName: 'hash',
        Key: { pk: { S: 'last' } },
        UpdateExpression: 'SET b = :b',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':b': { S: 'x'.repeat(bytes) } },
      },
    });
    const valueBytes = remainingBytes - 'pk'.length - 'last'.length - ':b'.length;
    transact([...largest, update(valueBytes)]);
    expect(world.errorMessage('TransactWriteItems', { TransactItems: [...largest, update(valueBytes + 1)] })).toBe(
      message,
    );
  });

  test('may be repeated with its token after a cancellation, and takes effect only once within ten minutes', () => {
    const token = { ClientRequestToken: 'token' };
    const condition = { ConditionExpression: 'attribute_exists(pk)' };
    const add = [
      {
        Update: {
          TableName: 'hash',
          Key: { pk: { S: 'n' } },
          UpdateExpression: 'ADD n :n',
          ExpressionAttributeValues: { ':n': { N: '1' } },
        },
      },
      { ConditionCheck: { TableName: 'hash', Key: { pk: { S: 'there' } }, ...condition } },
    ];
    const storedCount = () => world.call('GetItem', { TableName: 'hash', Key: { pk: { S: 'n' } } }).Item?.n?.N;
    expect(world.errorOf('TransactWriteItems', { TransactItems: add, ...token }).code).toBe(
      'TransactionCanceledException',
    );
    world.call('PutItem', { TableName: 'hash', Item: { pk: { S: 'there' } } });
    transact(add, token);
    expect(storedCount()).toBe('1');
    world.clock.ms += 10 * 60_000 - 1;
    transact(add, token);
    expect(storedCount()).toBe('1');
    world.clock.ms += 1;
    transact(add, token);
    expect(storedCount()).toBe('2');
  });
});

test('a batch may have 25 writes or 100 reads, each key once', () => {
  const writes = (count: number) => ({
    RequestItems: {
      hash: Array.from({ length: count }, (_, index) => ({ PutRequest: { Item: itemOf(`${index}`, 10) } })),
    },
  });
  const reads = (count: number) => ({
    RequestItems: { hash: { Keys: Array.from({ length: count }, (_, index) => ({ pk: { S: `${index}` } })) } },
  });
  expect(world.call('BatchWriteItem', writes(25)).UnprocessedItems).toEqual({});
  expect(world.errorOf('BatchWriteItem', writes(26)).code).toBe('ValidationException');
  // The 25 items that the batch above has written.
  expect(Object(world.call('BatchGetItem', reads(100)).Responses).hash).toHaveLength(25);
  expect(world.errorOf('BatchGetItem', reads(101)).code).toBe('ValidationException');
  // The limit is for all tables together.
  createHashTable(world, 'second');
  const more = { second: [{ PutRequest: { Item: itemOf('a', 10) } }] };
  const { hash } = writes(25).RequestItems;
  expect(world.errorMessage('BatchWriteItem', { RequestItems: { hash, ...more } })).toContain(
    'Too many items requested',
  );
  const RequestItems = { ...reads(100).RequestItems, second: { Keys: [{ pk: { S: 'a' } }] } };
  expect(world.errorMessage('BatchGetItem', { RequestItems })).toContain('Too many items requested');
  const twice = { PutRequest: { Item: itemOf('a', 10) } };
  expect(world.errorMessage('BatchWriteItem', { RequestItems: { hash: [twice, twice] } })).toContain('duplicates');
  const Keys = [{ pk: { S: 'a' } }, { pk: { S: 'a' } }];
  expect(world.errorMessage('BatchGetItem', { RequestItems: { hash: { Keys } } })).toContain('duplicates');
});

test('a hash key may have 2,048 bytes and a range key 1,024', () => {
  createSortedTable(world);
  const item = (pk: number, sk: number) => ({
    TableName: 'sortedS',
    Item: { pk: { S: 'x'.repeat(pk) }, sk: { S: 'x'.repeat(sk) } },
  });
  world.call('PutItem', item(2048, 1024));
  expect(world.errorMessage('PutItem', item(2049, 1))).toContain('2048');
  expect(world.errorMessage('PutItem', item(1, 1025))).toContain('1024');
});

describe('a page of a query', () => {
  const query = (more: object) => {
    const { Items = [], LastEvaluatedKey } = world.call('Query', {
      TableName: 'sortedS',
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': { S: 'p' } },
      ...more,
    });
    return [Items.map(({ sk }) => sk?.S).join(''), LastEvaluatedKey?.sk?.S];
  };
  const between = (from: string, to: string) => ({
    KeyConditionExpression: 'pk = :p AND sk BETWEEN :f AND :t',
    ExpressionAttributeValues: { ':p': { S: 'p' }, ':f': { S: from }, ':t': { S: to } },
  });
  beforeEach(() => {
    createSortedTable(world);
    for (const sk of 'abcde') world.call('PutItem', { TableName: 'sortedS', Item: { pk: { S: 'p' }, sk: { S: sk } } });
  });

  test('ends at its limit, and the next page continues after its last key, in both directions and within bounds', () => {
    const after = (sk: string) => ({ ExclusiveStartKey: { pk: { S: 'p' }, sk: { S: sk } } });
    expect(query({ Limit: 2 })).toEqual(['ab', 'b']);
    expect(query({ Limit: 5 })).toEqual(['abcde', 'e']);
    expect(query({ Limit: 6 })).toEqual(['abcde', undefined]);
    expect(query(after('b'))).toEqual(['cde', undefined]);
    expect(query({ ...after('d'), ScanIndexForward: false })).toEqual(['cba', undefined]);
    expect(query(between('b', 'd'))).toEqual(['bcd', undefined]);
    expect(query({ ...between('b', 'd'), ScanIndexForward: false })).toEqual(['dcb', undefined]);
    expect(query({ ...between('b', 'd'), ...after('b') })).toEqual(['cd', undefined]);
    expect(query({ ...between('b', 'd'), ...after('c'), ScanIndexForward: false })).toEqual(['b', undefined]);
  });

  test('counts the items that it reads, not those that pass the filter', () => {
    const filter = {
      FilterExpression: 'a = :a',
      ExpressionAttributeValues: { ':p': { S: 'p' }, ':a': { S: 'none' } },
    };
    expect(query({ ...filter, Limit: 2 })).toEqual(['', 'b']);
    expect(query(filter)).toEqual(['', undefined]);
  });

  test('ends when it has read one megabyte', () => {
    const write = (pk: string, count: number, bytes: number) => {
      for (let i = 0; i < count; i += 1) {
        const item = { pk: { S: pk }, sk: { S: String(i) } };
        const otherBytes = 'pk'.length + 'sk'.length + pk.length + 1 + 'a'.length;
        world.call('PutItem', { TableName: 'sortedS', Item: { ...item, a: { S: 'x'.repeat(bytes - otherBytes) } } });
      }
    };
    write('q', 5, 256 * KILOBYTE);
    const partitionQ = { ExpressionAttributeValues: { ':p': { S: 'q' } } };
    expect(query(partitionQ)).toEqual(['0123', '3']);
    expect(query({ ...partitionQ, ExclusiveStartKey: { pk: { S: 'q' }, sk: { S: '3' } } })).toEqual(['4', undefined]);
  });

  test.each([
    ['<', 'ab'],
    ['<=', 'abc'],
    ['>', 'de'],
    ['>=', 'cde'],
    ['=', 'c'],
  ])('has, for the condition sk %s c, the items %s', (operator, expected) => {
    const condition = {
      KeyConditionExpression: `pk = :p AND sk ${operator} :c`,
      ExpressionAttributeValues: { ':p': { S: 'p' }, ':c': { S: 'c' } },
    };
    expect(query(condition)[0]).toBe(expected);
    expect(query({ ...condition, ScanIndexForward: false })[0]).toBe([...expected].reverse().join(''));
  });
});
