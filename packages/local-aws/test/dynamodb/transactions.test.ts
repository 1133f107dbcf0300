// Transactions: all actions or none, and the reasons for a cancellation.

import { beforeEach, describe, expect, test } from '@jest/globals';
import { createHashTable, createIndexedTable, createWorld, type World } from './support.ts';

let world: World;

beforeEach(() => {
  world = createWorld();
  createHashTable(world);
  createHashTable(world, 'hashB', 'B');
  createIndexedTable(world);
});

const key = (name: string) => ({ pk: { S: name } });
const put = (name: string, more: object = {}) => ({ Put: { TableName: 'hash', Item: key(name), ...more } });
const write = (TransactItems: object[], more: object = {}) =>
  world.call('TransactWriteItems', { TransactItems, ...more });
const writeError = (...TransactItems: object[]) => world.errorOf('TransactWriteItems', { TransactItems });
const stored = (name: string) => world.call('GetItem', { TableName: 'hash', Key: key(name) }).Item;
const absent = { ConditionExpression: 'attribute_not_exists(pk)' };

interface CancellationReason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: object;
}

const reasons = (error: { readonly details: object }) =>
  (error.details as { CancellationReasons: CancellationReason[] }).CancellationReasons;

describe('a write transaction', () => {
  test('puts, updates, deletes and checks at once, in several tables', () => {
    write([put('old'), put('counted'), put('checked')]);
    write([
      put('new'),
      { Delete: { TableName: 'hash', Key: key('old') } },
      {
        Update: {
          TableName: 'hash',
          Key: key('counted'),
          UpdateExpression: 'ADD n :n',
          ExpressionAttributeValues: { ':n': { N: '1' } },
        },
      },
      { ConditionCheck: { TableName: 'hash', Key: key('checked'), ConditionExpression: 'attribute_exists(pk)' } },
      { Put: { TableName: 'indexed', Item: { ...key('p'), sk: { S: 's' } } } },
    ]);
    expect([stored('new'), stored('old'), stored('counted')]).toEqual([
      key('new'),
      undefined,
      { ...key('counted'), n: { N: '1' } },
    ]);
    expect(stored('checked')).toEqual(key('checked'));
    expect(world.call('Scan', { TableName: 'indexed' }).Items).toEqual([{ ...key('p'), sk: { S: 's' } }]);
  });

  test('has no effect when a condition fails, and reports which one', () => {
    write([put('there', { Item: { ...key('there'), a: { S: 'old' } } })]);
    const error = writeError(
      put('fresh', absent),
      put('there', { ...absent, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
    );
    expect(error.code).toBe('TransactionCanceledException');
    expect(error.message).toBe(
      'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]',
    );
    expect(reasons(error)).toEqual([
      { Code: 'None' },
      {
        Code: 'ConditionalCheckFailed',
        Message: 'The conditional request failed',
        Item: { ...key('there'), a: { S: 'old' } },
      },
    ]);
    expect(stored('fresh')).toBeUndefined();
    expect(stored('there')).toEqual({ ...key('there'), a: { S: 'old' } });
  });

  test('is cancelled by an invalid action, and refused for an empty key', () => {
    const cancelledBy = (...items: object[]) => {
      const error = writeError(...items);
      expect(error.message).toMatch(/\[ValidationError\]$/);
      return reasons(error)[0]?.Message;
    };
    const prefix = 'One or more parameter values were invalid:';
    const schema = 'The provided key element does not match the schema';
    const update = (pk: object) => ({
      Update: {
        TableName: 'hash',
        Key: { pk },
        UpdateExpression: 'SET a = :v',
        ExpressionAttributeValues: { ':v': { S: 'x' } },
      },
    });
    const remove = (pk: object) => ({ Delete: { TableName: 'hash', Key: { pk } } });
    const check = (pk: object) => ({ ConditionCheck: { TableName: 'hash', Key: { pk }, ...absent } });
    expect(cancelledBy(put('', { Item: { pk: { N: '5' } } }))).toBe(
      `${prefix} Type mismatch for key pk expected: S actual: N`,
    );
    const indexKey = { Put: { TableName: 'indexed', Item: { ...key('a'), sk: { S: 'a' }, lsi1sk: { N: '5' } } } };
    expect(cancelledBy(indexKey)).toBe(
      `${prefix} Type mismatch for Index Key lsi1sk Expected: S Actual: N IndexName: gsi1`,
    );
    for (const action of [update, remove, check]) {
      expect(cancelledBy(action({ N: '5' }))).toBe(schema);
      expect(cancelledBy(action({ L: [{ S: 'x' }] }))).toBe(schema);
      const error = writeError(action({ S: '' }));
      expect([error.code, error.message]).toEqual([
        'ValidationException',
        'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk',
      ]);
    }
    expect(writeError({ Put: { TableName: 'hashB', Item: { pk: { B: '' } } } }).message).toContain(
      'an empty binary value',
    );
  });

  test('is refused as a whole when the request is invalid', () => {
    const messageOf = (...items: object[]) => writeError(...items).message;
    expect(messageOf()).toBe(
      "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
    expect(messageOf(...Array.from({ length: 101 }, (_, i) => put(`${i}`)))).toMatch(
      /^1 validation error detected: Value '\[.+\]' at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100$/,
    );
    expect(messageOf(put('a'), put('a'))).toBe('Transaction request cannot include multiple operations on one item');
    expect(messageOf({ ...put('a'), ...{ Delete: { TableName: 'hash', Key: key('b') } } })).toBe(
      'TransactItems can only contain one of Check, Put, Update or Delete',
    );
    expect(writeError(put('a', { TableName: 'none' })).code).toBe('ResourceNotFoundException');
    const large = Array.from({ length: 12 }, (_, i) =>
      put(`${i}`, { Item: { ...key(`${i}`), payload: { S: 'x'.repeat(350_000) } } }),
    );
    expect(messageOf(...large)).toContain('4 MB');
    write(large.slice(0, 10));
  });

  test('takes effect once for a token, which no other transaction may have, within ten minutes', () => {
    const add = (n: string) => [
      {
        Update: {
          TableName: 'hash',
          Key: key('c'),
          UpdateExpression: 'ADD n :n',
          ExpressionAttributeValues: { ':n': { N: n } },
        },
      },
    ];
    const token = { ClientRequestToken: 'token', ReturnConsumedCapacity: 'TOTAL' };
    expect(write(add('1'), token)).toEqual({
      ConsumedCapacity: [{ TableName: 'hash', CapacityUnits: 2, WriteCapacityUnits: 2 }],
    });
    expect(write(add('1'), token)).toEqual({
      ConsumedCapacity: [{ TableName: 'hash', CapacityUnits: 2, ReadCapacityUnits: 2 }],
    });
    expect(stored('c')?.n).toEqual({ N: '1' });
    expect(world.errorOf('TransactWriteItems', { TransactItems: add('2'), ...token }).code).toBe(
      'IdempotentParameterMismatchException',
    );
    world.clock.ms += 10 * 60 * 1000;
    write(add('2'), token);
    expect(stored('c')?.n).toEqual({ N: '3' });
    expect(world.engine.tokens.size).toBe(1);
  });

  test('is refused for a put over 400 KB, and cancelled by an update that makes an item too large', () => {
    const p = (bytes: number) => ({ S: 'x'.repeat(bytes - 'pkap'.length) });
    const update = (bytes: number) => ({
      Update: {
        TableName: 'hash',
        Key: key('a'),
        UpdateExpression: 'SET p = :p',
        ExpressionAttributeValues: { ':p': p(bytes) },
      },
    });
    const item = (bytes: number) => ({ Put: { TableName: 'hash', Item: { ...key('a'), p: p(bytes) } } });
    write([item(409_600)]);
    write([update(409_600)]);
    const error = writeError(item(409_601));
    expect([error.code, error.message]).toEqual([
      'ValidationException',
      'Item size has exceeded the maximum allowed size',
    ]);
    expect(reasons(writeError(update(409_601)))).toEqual([
      { Code: 'ValidationError', Message: 'Item size to update has exceeded the maximum allowed size' },
    ]);
  });

  test('is cancelled when the option conflicts reports a conflict', () => {
    world = createWorld({ conflicts: (table) => table === 'hash' });
    createHashTable(world);
    expect(reasons(writeError(put('a')))[0]?.Code).toBe('TransactionConflict');
    expect(stored('a')).toBeUndefined();
  });
});

describe('a read transaction', () => {
  const get = (...names: string[]) => ({
    TransactItems: names.map((name) => ({ Get: { TableName: 'hash', Key: key(name) } })),
  });

  test('returns items in order, and an empty entry for a missing item', () => {
    write([put('a'), put('b')]);
    expect(world.call('TransactGetItems', { ...get('b', 'none', 'a'), ReturnConsumedCapacity: 'INDEXES' })).toEqual({
      Responses: [{ Item: key('b') }, {}, { Item: key('a') }],
      ConsumedCapacity: [
        {
          TableName: 'hash',
          CapacityUnits: 6,
          ReadCapacityUnits: 6,
          Table: { CapacityUnits: 6, ReadCapacityUnits: 6 },
        },
      ],
    });
  });

  test('is refused for an item that occurs twice, and cancelled by an invalid key or a conflict', () => {
    expect(world.errorOf('TransactGetItems', get('a', 'a')).message).toBe(
      'Transaction request cannot include multiple operations on one item',
    );
    const error = world.errorOf('TransactGetItems', { TransactItems: [{ Get: { TableName: 'hash', Key: {} } }] });
    expect(reasons(error).map(({ Code }) => Code)).toEqual(['ValidationError']);
    world = createWorld({ conflicts: (_, { hash }) => hash === 'b' });
    createHashTable(world);
    const conflict = world.errorOf('TransactGetItems', get('a', 'b'));
    expect(reasons(conflict).map(({ Code }) => Code)).toEqual(['None', 'TransactionConflict']);
  });
});
