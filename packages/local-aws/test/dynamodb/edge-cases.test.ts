// Edge cases that a change easily breaks: similar keys, item sizes, incomplete batches, and cancelled transactions.

import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkAttributeMap } from '../../src/dynamodb/validation/check-values.ts';
import { itemBytes } from '../../src/dynamodb/values.ts';
import { createHashTable, createIndexedTable, createSortedTable, createWorld, type World } from './support.ts';

let world: World;
beforeEach(() => {
  world = createWorld();
  createHashTable(world);
  createSortedTable(world);
});

const text = (S: string) => ({ S });
const key = (pk: string, sk: string) => ({ pk: text(pk), sk: text(sk) });
const put = (TableName: string, Item: object) => world.call('PutItem', { TableName, Item });
const described = (TableName: string) => Object(world.call('DescribeTable', { TableName }).Table);

describe('two keys with equal concatenations', () => {
  const [a, b] = [key('a', 'bc'), key('ab', 'c')];

  test('are distinct in batches and in a transaction', () => {
    const puts = [a, b].map((Item) => ({ PutRequest: { Item } }));
    expect(world.call('BatchWriteItem', { RequestItems: { sortedS: puts } }).UnprocessedItems).toEqual({});
    const { Responses } = world.call('BatchGetItem', { RequestItems: { sortedS: { Keys: [a, b] } } });
    expect(Responses).toEqual({ sortedS: [a, b] });
    const both = [a, b].map((Key) => ({ Delete: { TableName: 'sortedS', Key } }));
    expect(world.call('TransactWriteItems', { TransactItems: both })).toEqual({});
    expect(world.call('Scan', { TableName: 'sortedS' }).Count).toBe(0);
  });

  test('are distinct in an eventually consistent read of old values', () => {
    world = createWorld({ staleMs: () => 50 });
    createSortedTable(world);
    put('sortedS', { ...a, n: text('old') });
    world.clock.ms += 100;
    put('sortedS', { ...b, n: text('new') });
    expect(world.call('GetItem', { TableName: 'sortedS', Key: a }).Item?.n).toEqual(text('old'));
    expect(world.call('GetItem', { TableName: 'sortedS', Key: b }).Item).toBeUndefined();
  });

  test('are distinct when they contain NUL, and sorted by their bytes', () => {
    const names = ['a', 'a\0', 'a\0\0', 'a\0\u0001', 'a\u0001', 'a\u0001\0', 'b'];
    for (const sk of names.toReversed()) put('sortedS', key('p', sk));
    const { Items = [] } = world.call('Query', {
      TableName: 'sortedS',
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': text('p') },
    });
    expect(Items.map(({ sk }) => sk?.S)).toEqual(names);
  });
});

test('a hash key is limited to 2,048 bytes and a range key to 1,024, not to this number of characters', () => {
  put('sortedS', key('é'.repeat(1024), 'é'.repeat(512)));
  const errorMessage = (Item: object) => world.errorMessage('PutItem', { TableName: 'sortedS', Item });
  expect(errorMessage(key(`${'é'.repeat(1024)}x`, 'x'))).toContain('2048');
  expect(errorMessage(key('x', `${'é'.repeat(512)}x`))).toContain('1024');
  createSortedTable(world, 'B');
  const bytes = (count: number) => ({ pk: text('p'), sk: { B: Buffer.alloc(count, 1).toString('base64') } });
  put('sortedB', bytes(1024));
  expect(world.errorMessage('PutItem', { TableName: 'sortedB', Item: bytes(1025) })).toContain('1024');
});

test('an operation with a TableName accepts the table’s ARN instead of its name', () => {
  const arn = described('hash').TableArn;
  put(arn, { pk: text('a') });
  expect(world.call('GetItem', { TableName: arn, Key: { pk: text('a') } }).Item).toEqual({ pk: text('a') });
  expect(world.call('Scan', { TableName: arn }).Count).toBe(1);
  expect(described(arn)).toEqual(described('hash'));
  expect(world.errorMessage('Scan', { TableName: 'arn:aws:sqs:us-east-1:000000000000:table/hash' })).toContain(
    'pattern',
  );
});

describe('the size of an item', () => {
  const scalar = fc.oneof(
    fc.record({ S: fc.string({ unit: 'grapheme', maxLength: 40 }) }),
    fc.record({ N: fc.integer().map(String) }),
    fc.record({ B: fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString('base64')) }),
    fc.constantFrom({ BOOL: true }, { NULL: true }),
    fc.record({ SS: fc.uniqueArray(fc.string({ minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }) }),
    fc.record({ NS: fc.uniqueArray(fc.integer().map(String), { minLength: 1, maxLength: 4 }) }),
    fc.record({ BS: fc.constantFrom(['AAE='], ['AAE=', 'Ag==']) }),
  );
  const { value } = fc.letrec<{ value: object }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      scalar,
      fc.record({ L: fc.array(tie('value'), { maxLength: 3 }) }),
      fc.record({ M: fc.dictionary(fc.string({ minLength: 1, maxLength: 4 }), tie('value'), { maxKeys: 3 }) }),
    ),
  }));

  test('is the same when it is checked, when it is stored, and after an update', () => {
    fc.assert(
      fc.property(value, value, (first, second) => {
        const checked = checkAttributeMap(structuredClone({ pk: text('a'), one: first }));
        expect(checked.bytes).toBe(itemBytes(checked.values));
        put('hash', { pk: text('a'), one: first });
        expect(described('hash').TableSizeBytes).toBe(checked.bytes);
        world.call('UpdateItem', {
          TableName: 'hash',
          Key: { pk: text('a') },
          UpdateExpression: 'SET one = :two, more = :two',
          ExpressionAttributeValues: { ':two': second },
        });
        const { values } = checkAttributeMap(structuredClone({ pk: text('a'), one: second, more: second }));
        expect(described('hash').TableSizeBytes).toBe(itemBytes(values));
      }),
      { numRuns: 100 },
    );
  });

  test('is subtracted with the item, from the table and from its indexes', () => {
    createIndexedTable(world);
    const item = { ...key('p', 's'), lsi1sk: text('l'), lsi2sk: text('m'), data: text('x'.repeat(100)) };
    const sizes = () => {
      const { TableSizeBytes, ItemCount, GlobalSecondaryIndexes, LocalSecondaryIndexes } = described('indexed');
      const ofIndex = ({ IndexSizeBytes, ItemCount: count }: { IndexSizeBytes: number; ItemCount: number }) => [
        IndexSizeBytes > 0,
        count,
      ];
      return [[TableSizeBytes > 0, ItemCount], ...[...GlobalSecondaryIndexes, ...LocalSecondaryIndexes].map(ofIndex)];
    };
    put('indexed', item);
    put('indexed', { ...item, data: text('y') });
    expect(sizes()).toEqual(Array(5).fill([true, 1]));
    world.call('DeleteItem', { TableName: 'indexed', Key: key('p', 's') });
    expect(sizes()).toEqual(Array(5).fill([false, 0]));
    expect(world.call('Scan', { TableName: 'indexed' }).Items).toEqual([]);
    put('indexed', item);
    expect(world.call('Scan', { TableName: 'indexed' }).Items).toEqual([item]);
  });
});

describe('a batch', () => {
  test('get returns at most 16 MB, and lists the unprocessed keys with their options', () => {
    const Keys = Array.from({ length: 41 }, (_, index) => ({ pk: text(String(index).padStart(2, '0')) }));
    const data = text('x'.repeat(400 * 1024 - 'pk00data'.length));
    for (const item of Keys) put('hash', { ...item, data });
    const requested = { ConsistentRead: true, ProjectionExpression: 'pk' };
    const answer = world.call('BatchGetItem', { RequestItems: { hash: { Keys, ...requested } } });
    expect(answer.Responses).toEqual({ hash: Keys.slice(0, 40) });
    expect(answer.UnprocessedKeys).toEqual({ hash: { Keys: Keys.slice(40), ...requested } });
  });

  test('get returns an item that fills the 16 MB to the byte', () => {
    const Keys = Array.from({ length: 41 }, (_, index) => ({ pk: text(String(index).padStart(2, '0')) }));
    const remainingBytes = 16 * 1024 * 1024 - 40 * 400 * 1024;
    const data = (bytes: number) => text('x'.repeat(bytes - 'pk00data'.length));
    for (const item of Keys.slice(0, 40)) put('hash', { ...item, data: data(400 * 1024) });
    const unprocessedWith = (bytes: number) => {
      put('hash', { ...Keys[40], data: data(bytes) });
      return world.call('BatchGetItem', { RequestItems: { hash: { Keys, ProjectionExpression: 'pk' } } })
        .UnprocessedKeys;
    };
    expect(unprocessedWith(remainingBytes)).toEqual({});
    expect(unprocessedWith(remainingBytes + 1)).toMatchObject({ hash: { Keys: Keys.slice(40) } });
  });

  test('write that is processed in part lists all remaining requests by table', () => {
    world = createWorld({ maxBatchItems: () => 1 });
    createHashTable(world);
    createHashTable(world, 'other');
    const requests = ['a', 'b', 'c'].map((pk) => ({ PutRequest: { Item: { pk: text(pk) } } }));
    const { UnprocessedItems } = world.call('BatchWriteItem', { RequestItems: { hash: requests, other: requests } });
    expect(UnprocessedItems).toEqual({ hash: requests.slice(1), other: requests });
  });

  test('get that is throttled in part returns what it has read, and fails when throttled as a whole', () => {
    world = createWorld({ quotas: { partition: { read: 1 } } });
    createHashTable(world);
    for (const pk of ['hot', 'cold']) put('hash', { pk: text(pk) });
    const read = (...names: string[]) => {
      const Keys = names.map((pk) => ({ pk: text(pk) }));
      return { RequestItems: { hash: { Keys, ConsistentRead: true } } };
    };
    world.call('BatchGetItem', read('hot'));
    expect(world.errorOf('BatchGetItem', read('hot')).code).toBe('ThrottlingException');
    expect(world.call('BatchGetItem', read('hot', 'cold'))).toEqual({
      Responses: { hash: [{ pk: text('cold') }] },
      UnprocessedKeys: read('hot').RequestItems,
    });
  });
});

describe('a transaction', () => {
  const deletion = (more: object = {}) => ({
    Delete: { TableName: 'hash', Key: { pk: text('a') }, ConditionExpression: 'attribute_not_exists(pk)', ...more },
  });
  const reasons = (TransactItems: object[]): unknown =>
    world.errorOf('TransactWriteItems', { TransactItems }).details.CancellationReasons;

  test('returns, when cancelled, the existing item only if its action asks for it', () => {
    const item = { pk: text('a'), secret: text('s') };
    put('hash', item);
    const failed = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' };
    expect(reasons([deletion()])).toEqual([failed]);
    expect(reasons([deletion({ ReturnValuesOnConditionCheckFailure: 'NONE' })])).toEqual([failed]);
    expect(reasons([deletion({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })])).toEqual([
      { ...failed, Item: item },
    ]);
  });

  test('costs twice the units of its writes, in indexes too, and twice those of an item whose condition it checks', () => {
    createIndexedTable(world);
    put('hash', { pk: text('large'), data: text('x'.repeat(2000)) });
    const check = { TableName: 'hash', Key: { pk: text('large') }, ConditionExpression: 'attribute_exists(pk)' };
    const { ConsumedCapacity } = world.call('TransactWriteItems', {
      TransactItems: [
        { Put: { TableName: 'indexed', Item: { ...key('p', 's'), lsi1sk: text('l') } } },
        { ConditionCheck: check },
      ],
      ReturnConsumedCapacity: 'INDEXES',
    });
    expect(ConsumedCapacity).toMatchObject([
      {
        TableName: 'indexed',
        CapacityUnits: 6,
        Table: { WriteCapacityUnits: 2 },
        LocalSecondaryIndexes: { lsi1: { WriteCapacityUnits: 2 } },
        GlobalSecondaryIndexes: { gsi1: { WriteCapacityUnits: 2 } },
      },
      { TableName: 'hash', CapacityUnits: 4, WriteCapacityUnits: 4 },
    ]);
  });

  test.each([
    ['PROVISIONED', 'ProvisionedThroughputExceeded'],
    ['PAY_PER_REQUEST', 'ThrottlingError'],
  ])('stopped by a quota, on a table with %s, reports the reason %s', (BillingMode, Code) => {
    world = createWorld({ quotas: { partition: { write: 1 } } });
    const units = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
    world.call('CreateTable', {
      TableName: 'hash',
      BillingMode,
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      ...(BillingMode === 'PROVISIONED' && { ProvisionedThroughput: units }),
    });
    put('hash', { pk: text('a'), data: text('x'.repeat(2000)) });
    expect(reasons([{ Put: { TableName: 'hash', Item: { pk: text('a') } } }])).toMatchObject([{ Code }]);
  });
});
