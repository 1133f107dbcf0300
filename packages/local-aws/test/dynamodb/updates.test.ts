// The effect of updates on items.

import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createHashTable, createWorld, type Item, type World } from './support.ts';

let world: World;
const Key = { pk: { S: 'k' } };

beforeEach(() => {
  world = createWorld();
  createHashTable(world);
});

const put = (item: object) => world.call('PutItem', { TableName: 'hash', Item: { ...Key, ...item } });
const get = (): Item | undefined => world.call('GetItem', { TableName: 'hash', Key, ConsistentRead: true }).Item;

function update(UpdateExpression: string, values?: object, more: object = {}) {
  const ExpressionAttributeValues =
    values && Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value]));
  return world.call('UpdateItem', {
    TableName: 'hash',
    Key,
    UpdateExpression,
    ...(ExpressionAttributeValues && { ExpressionAttributeValues }),
    ...more,
  });
}

const list = (...texts: string[]) => ({ L: texts.map((S) => ({ S })) });

describe('an update with SET', () => {
  test('creates an item, and computes from the values before the update', () => {
    update('SET a = :one, b = if_not_exists(b, :one)', { one: { N: '1' } });
    expect(get()).toEqual({ ...Key, a: { N: '1' }, b: { N: '1' } });
    update('SET a = b + :two, b = a - :two, c = if_not_exists(a, :two)', { two: { N: '2' } });
    expect(get()).toEqual({ ...Key, a: { N: '3' }, b: { N: '-1' }, c: { N: '1' } });
  });

  test('evaluates parentheses first, with any white space', () => {
    put({ a: { N: '10' }, b: { N: '4' } });
    update('SET\ta = (a - b) ,\r\n  c = (if_not_exists(n, b) + :one)\nREMOVE\tb', { one: { N: '1' } });
    expect(get()).toEqual({ ...Key, a: { N: '6' }, c: { N: '5' } });
    update('SET c = ((c))');
    update('SET c = (a + :one) - (c - :one)', { one: { N: '1' } });
    expect(get()).toEqual({ ...Key, a: { N: '6' }, c: { N: '3' } });
  });

  test('refuses a path whose parents the item does not have', () => {
    put({ m: { M: {} }, l: { L: [] }, s: { S: 'text' } });
    for (const path of ['m.toString.x', 'm.a.b', 'l.x', 'l[0].x', 's.x', 's[0]', 'absent.x']) {
      expect(() => update(`SET ${path} = :v`, { v: { S: 'v' } })).toThrow('invalid for update');
    }
    update('SET m.toString = :v', { v: { S: 'v' } });
    expect(get()).toMatchObject({ m: { M: { toString: { S: 'v' } } } });
  });

  test('changes nested maps and lists without changing the old item', () => {
    put({ m: { M: { a: { M: { b: { S: 'old' } } }, keep: { S: 'k' } } }, l: list('a', 'b') });
    const before = get();
    update(
      'SET m.a.b = :v, l[1] = :v, m.#new = :v',
      { v: { S: 'new' } },
      { ExpressionAttributeNames: { '#new': 'x.y' } },
    );
    expect(get()).toEqual({
      ...Key,
      m: { M: { a: { M: { b: { S: 'new' } } }, keep: { S: 'k' }, 'x.y': { S: 'new' } } },
      l: list('a', 'new'),
    });
    // `before` is the stored item itself, not a copy.
    expect(before).toEqual({
      ...Key,
      m: { M: { a: { M: { b: { S: 'old' } } }, keep: { S: 'k' } } },
      l: list('a', 'b'),
    });
  });

  test('appends elements that are set beyond the end of a list, in the order of their indexes', () => {
    put({ l: list('a') });
    update('SET l[9] = :z, l[5] = :y, l[0] = :x', { x: { S: 'x' }, y: { S: 'y' }, z: { S: 'z' } });
    expect(get()?.l).toEqual(list('x', 'y', 'z'));
  });

  test('appends one list to another', () => {
    put({ l: list('b') });
    update('SET l = list_append(list_append(:a, l), :c)', { a: list('a'), c: list('c') });
    expect(get()?.l).toEqual(list('a', 'b', 'c'));
    expect(() => update('SET l = list_append(l, :n)', { n: { N: '1' } })).toThrow('Incorrect operand type');
    put({ l: { S: 'a' } });
    expect(() => update('SET l = list_append(l, :n)', { n: list('a') })).toThrow('incorrect data type');
  });

  test('changes large values as it changes small ones', () => {
    const movies = Array.from({ length: 200 }, (_, i) => ({
      M: { title: { S: `Movie ${i}` }, year: { N: `${1900 + i}` } },
    }));
    put({ movies: { L: movies } });
    update('SET movies[3].title = :t REMOVE movies[0]', { t: { S: 'changed' } });
    const after = get()?.movies?.L as { M: { title: { S: string } } }[];
    expect(after).toHaveLength(199);
    expect(after[2]?.M.title.S).toBe('changed');
  });

  test('accepts names that JavaScript objects inherit', () => {
    update('SET #p = :v', { v: { S: 'v' } }, { ExpressionAttributeNames: { '#p': '__proto__' } });
    expect(JSON.stringify(get())).toBe('{"pk":{"S":"k"},"__proto__":{"S":"v"}}');
    const condition = { TableName: 'hash', Item: Key, ConditionExpression: 'attribute_exists(#c)' };
    expect(world.errorOf('PutItem', { ...condition, ExpressionAttributeNames: { '#c': 'constructor' } }).code).toBe(
      'ConditionalCheckFailedException',
    );
  });
});

describe('an update with REMOVE, ADD or DELETE', () => {
  test('removes list elements by their indexes before the update', () => {
    put({ l: list('a', 'b', 'c', 'd'), x: { S: 'x' }, m: { M: { a: { S: 'a' } } } });
    update('REMOVE l[0], l[2], l[17], x, m.a, nothing');
    expect(get()).toEqual({ ...Key, l: list('b', 'd'), m: { M: {} } });
  });

  test('removes a list element that is an emptied set without moving the elements of other actions', () => {
    put({ l: { L: [{ SS: ['a'] }, { SS: ['b', 'c'] }, { N: '1' }] } });
    update('DELETE l[0] :a, l[1] :b ADD l[2] :n', { a: { SS: ['a'] }, b: { SS: ['b'] }, n: { N: '1' } });
    expect(get()?.l).toEqual({ L: [{ SS: ['c'] }, { N: '2' }] });
  });

  test('adds numbers and unites sets with ADD, and creates missing attributes', () => {
    update('ADD n :n, s :s', { n: { N: '0.1' }, s: { NS: ['1', '2'] } });
    update('ADD n :n, s :s', { n: { N: '0.2' }, s: { NS: ['2', '3'] } });
    expect(get()).toEqual({ ...Key, n: { N: '0.3' }, s: { NS: ['1', '2', '3'] } });
    expect(() => update('ADD n :s', { s: { SS: ['a'] } })).toThrow('incorrect data type');
  });

  test('removes members with DELETE, and the attribute with its last member', () => {
    put({ s: { SS: ['a', 'b'] } });
    update('DELETE s :s', { s: { SS: ['b', 'c'] } });
    expect(get()?.s).toEqual({ SS: ['a'] });
    update('DELETE s :s, t :s', { s: { SS: ['a'] } });
    expect(get()).toEqual(Key);
  });

  test('leaves each member of a set once, after any additions and deletions', () => {
    const change = fc.record({
      isAddition: fc.boolean(),
      members: fc.uniqueArray(fc.integer({ min: 0, max: 20 }), { minLength: 1 }),
    });
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        put({});
        const model = new Set<number>();
        for (const { isAddition, members } of changes) {
          update(`${isAddition ? 'ADD' : 'DELETE'} s :s`, { s: { NS: members.map(String) } });
          for (const member of members) {
            if (isAddition) model.add(member);
            else model.delete(member);
          }
        }
        const stored = (get()?.s?.NS ?? []) as string[];
        expect(stored.map(Number).sort((a, b) => a - b)).toEqual([...model].sort((a, b) => a - b));
      }),
    );
  });
});

describe('ReturnValues', () => {
  test.each([
    ['ALL_OLD', { pk: { S: 'k' }, a: { N: '1' }, m: { M: { x: { N: '1' }, y: { N: '2' } } } }],
    ['ALL_NEW', { pk: { S: 'k' }, a: { N: '2' }, m: { M: { x: { N: '2' }, y: { N: '2' } } }, n: { N: '2' } }],
    ['UPDATED_OLD', { a: { N: '1' }, m: { M: { x: { N: '1' } } } }],
    ['UPDATED_NEW', { a: { N: '2' }, m: { M: { x: { N: '2' } } }, n: { N: '2' } }],
    ['NONE', undefined],
  ])('%s returns these attributes of an update', (ReturnValues, attributes) => {
    put({ a: { N: '1' }, m: { M: { x: { N: '1' }, y: { N: '2' } } } });
    const answer = update('SET a = :two, m.x = :two, n = :two', { two: { N: '2' } }, { ReturnValues });
    expect(answer.Attributes).toEqual(attributes);
  });

  test('returns the old item of a put and of a delete', () => {
    put({ a: { N: '1' } });
    const old = { ...Key, a: { N: '1' } };
    expect(world.call('PutItem', { TableName: 'hash', Item: Key, ReturnValues: 'ALL_OLD' }).Attributes).toEqual(old);
    expect(world.call('DeleteItem', { TableName: 'hash', Key, ReturnValues: 'ALL_OLD' }).Attributes).toEqual(Key);
    expect(world.call('DeleteItem', { TableName: 'hash', Key, ReturnValues: 'ALL_OLD' })).toEqual({});
  });

  test('returns the old item when a condition failed', () => {
    put({ a: { N: '1' } });
    const failing = { ConditionExpression: 'a = :no', ExpressionAttributeValues: { ':no': { N: '2' } } };
    const all = { ...failing, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
    for (const [operation, input] of [
      ['PutItem', { Item: Key }],
      ['DeleteItem', { Key }],
      ['UpdateItem', { Key }],
    ] as const) {
      const withoutItem = world.errorOf(operation, { TableName: 'hash', ...input, ...failing });
      expect([withoutItem.code, withoutItem.message, withoutItem.details]).toEqual([
        'ConditionalCheckFailedException',
        'The conditional request failed',
        {},
      ]);
      const withItem = world.errorOf(operation, { TableName: 'hash', ...input, ...all });
      expect(withItem.details).toEqual({ Item: { ...Key, a: { N: '1' } } });
    }
    expect(get()).toEqual({ ...Key, a: { N: '1' } });
  });
});

describe('AttributeUpdates', () => {
  const legacy = (AttributeUpdates: object) => world.call('UpdateItem', { TableName: 'hash', Key, AttributeUpdates });

  test('supports PUT, ADD and DELETE', () => {
    put({ tags: { SS: ['a', 'b', 'c'] }, n: { N: '10' }, removed: { S: 'x' } });
    legacy({
      plain: { Value: { S: 'v' } },
      tags: { Action: 'DELETE', Value: { SS: ['b'] } },
      n: { Action: 'ADD', Value: { N: '5' } },
      more: { Action: 'ADD', Value: { SS: ['x'] } },
      removed: { Action: 'DELETE' },
    });
    expect(get()).toEqual({
      ...Key,
      tags: { SS: ['a', 'c'] },
      n: { N: '15' },
      plain: { S: 'v' },
      more: { SS: ['x'] },
    });
    legacy({ n: { Action: 'PUT', Value: { N: '1' } }, tags: { Value: { S: 'text' } }, more: { Value: { SS: ['y'] } } });
    expect(get()).toEqual({ ...Key, n: { N: '1' }, tags: { S: 'text' }, plain: { S: 'v' }, more: { SS: ['y'] } });
    legacy({ more: { Action: 'ADD', Value: { SS: ['x', 'y'] } }, l: { Action: 'ADD', Value: list('a') } });
    legacy({ more: { Action: 'DELETE', Value: { SS: ['y'] } }, l: { Action: 'ADD', Value: list('b') } });
    expect(get()).toMatchObject({ more: { SS: ['x'] }, l: list('a', 'b') });
    legacy({ more: { Action: 'DELETE', Value: { SS: ['x'] } }, absent: { Action: 'DELETE', Value: { SS: ['x'] } } });
    expect(get()).not.toHaveProperty('more');
    expect(() => legacy({ pk: { Value: { S: 'other' } } })).toThrow('This attribute is part of the key');
    expect(() => legacy({ n: { Action: 'ADD', Value: { SS: ['a'] } } })).toThrow(
      'Type mismatch for attribute to update',
    );
  });
});
