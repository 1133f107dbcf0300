// Updates that are refused, and the effect of updates on missing attributes.

import { beforeEach, describe, expect, test } from '@jest/globals';
import { createHashTable, createWorld, type Item, type World } from './support.ts';

let world: World;
beforeEach(() => {
  world = createWorld();
  createHashTable(world);
});

const text = (S: string) => ({ S });
const put = (TableName: string, Item: object) => world.call('PutItem', { TableName, Item });

describe('an update', () => {
  const update = (UpdateExpression: string, values?: object): Item | undefined =>
    world.call('UpdateItem', {
      TableName: 'hash',
      Key: { pk: text('a') },
      UpdateExpression,
      ReturnValues: 'ALL_NEW',
      ...(values && { ExpressionAttributeValues: values }),
    }).Attributes;
  const errorMessage = (UpdateExpression: string, values?: object) =>
    world.errorMessage('UpdateItem', {
      TableName: 'hash',
      Key: { pk: text('a') },
      UpdateExpression,
      ...(values && { ExpressionAttributeValues: values }),
    });

  test.each(['REMOVE pk', 'SET pk = if_not_exists(pk, :v)', 'SET pk = :v', 'ADD pk :v', 'DELETE pk :v'])(
    'refuses to change a key: %s',
    (expression) => {
      const v = /^ADD|^DELETE/.test(expression) ? { SS: ['x'] } : text('x');
      const values = expression.includes(':v') ? { ':v': v } : undefined;
      expect(errorMessage(expression, values)).toContain(
        'Cannot update attribute pk. This attribute is part of the key',
      );
    },
  );

  test.each([
    ['ADD s :n', { ':n': { N: '1' } }],
    ['ADD n :s', { ':s': { SS: ['x'] } }],
    ['ADD ss :ns', { ':ns': { NS: ['1'] } }],
    ['DELETE s :ss', { ':ss': { SS: ['x'] } }],
    ['DELETE ss :ns', { ':ns': { NS: ['1'] } }],
    ['SET n = n + s', undefined],
    ['SET n = s - n', undefined],
    ['SET l = list_append(l, n)', undefined],
  ])('refuses %s, which does not fit the stored value, and changes nothing', (expression, values) => {
    const item = { pk: text('a'), s: text('s'), n: { N: '1' }, ss: { SS: ['a'] }, l: { L: [] } };
    put('hash', item);
    expect(errorMessage(expression, values)).toContain('incorrect data type');
    expect(world.call('GetItem', { TableName: 'hash', Key: { pk: text('a') } }).Item).toEqual(item);
  });

  test('applies if_not_exists only where no value exists', () => {
    const values = { ':d': text('default') };
    expect(update('SET a = if_not_exists(a, :d), b = if_not_exists(m.x, :d)', values)).toMatchObject({
      a: text('default'),
      b: text('default'),
    });
    expect(update('SET a = if_not_exists(a, :d)', { ':d': text('other') })?.a).toEqual(text('default'));
  });

  test('creates missing attributes, adds to existing ones and removes an emptied set by AttributeUpdates', () => {
    const legacy = (AttributeUpdates: object) =>
      world.call('UpdateItem', {
        TableName: 'hash',
        Key: { pk: text('a') },
        AttributeUpdates,
        ReturnValues: 'ALL_NEW',
      });
    const add = (Value: object) => ({ Action: 'ADD', Value });
    legacy({ l: add({ L: [text('a')] }), n: add({ N: '2' }), s: add({ NS: ['1'] }) });
    expect(legacy({ l: add({ L: [text('b')] }), n: add({ N: '-3' }), s: add({ NS: ['1', '2'] }) }).Attributes).toEqual({
      pk: text('a'),
      l: { L: [text('a'), text('b')] },
      n: { N: '-1' },
      s: { NS: ['1', '2'] },
    });
    expect(legacy({ s: { Action: 'DELETE', Value: { NS: ['1', '2', '3'] } } }).Attributes).not.toHaveProperty('s');
  });
});
