// Which parts of an item are returned: by a projection expression, and by a put or a delete with ReturnValues.

import { describe, expect, test } from '@jest/globals';
import { createHashTable, createWorld } from './support.ts';

const text = (S: string) => ({ S });
const item = {
  pk: text('a'),
  s: text('text'),
  l: { L: [text('zero'), { M: { x: text('one'), y: text('more') } }, text('two')] },
  m: { M: { a: { M: { b: text('deep'), c: text('other') } }, e: { L: [] }, f: { M: {} } } },
};
const world = createWorld();
createHashTable(world);
world.call('PutItem', { TableName: 'hash', Item: item });
const project = (ProjectionExpression: string) =>
  world.call('GetItem', { TableName: 'hash', Key: { pk: item.pk }, ProjectionExpression }).Item;

describe('a projection', () => {
  test.each([
    ['s', { s: item.s }],
    ['l', { l: item.l }],
    ['l[0]', { l: { L: [text('zero')] } }],
    ['l[2], l[0]', { l: { L: [text('zero'), text('two')] } }],
    ['l[1].y', { l: { L: [{ M: { y: text('more') } }] } }],
    ['l[1].y, l[2]', { l: { L: [{ M: { y: text('more') } }, text('two')] } }],
    ['m.a.b', { m: { M: { a: { M: { b: text('deep') } } } } }],
    ['m.a.b, m.a.c', { m: { M: { a: item.m.M.a } } }],
    ['m.e', { m: { M: { e: { L: [] } } } }],
    ['m.f', { m: { M: { f: { M: {} } } } }],
    ['s, m.e', { s: item.s, m: { M: { e: { L: [] } } } }],
  ])('returns the attributes at the paths %s', (expression, expected) => {
    expect(project(expression)).toEqual(expected);
  });

  test.each([
    'absent',
    'l[3]',
    'l[1].z',
    'l[0].x',
    'l.x',
    'm.z',
    'm.a.z',
    'm.toString',
    'toString',
    'm[0]',
    'm.e[0]',
    'm.f.x',
    's.x',
    's[0]',
    'absent.x',
    'l[3].x, m.a.z',
  ])('returns nothing for %s, which does not exist', (expression) => {
    expect(project(expression)).toEqual({});
  });

  test('returns the existing ones of several paths', () => {
    expect(project('m.a.z, m.a.b, l[9], l[0], absent')).toEqual({
      m: { M: { a: { M: { b: text('deep') } } } },
      l: { L: [text('zero')] },
    });
  });
});

describe('ReturnValues: ALL_OLD', () => {
  const write = (operation: string, ReturnValues?: string) => {
    const item = { pk: text('w'), n: text('old') };
    const world = createWorld();
    createHashTable(world);
    world.call('PutItem', { TableName: 'hash', Item: item });
    const target = operation === 'PutItem' ? { Item: { pk: text('w') } } : { Key: { pk: text('w') } };
    return world.call(operation, { TableName: 'hash', ...target, ...(ReturnValues && { ReturnValues }) });
  };

  test.each(['PutItem', 'DeleteItem'])('returns the old item of a %s, and nothing unless requested', (operation) => {
    expect(write(operation)).toEqual({});
    expect(write(operation, 'NONE')).toEqual({});
    expect(write(operation, 'ALL_OLD')).toEqual({ Attributes: { pk: text('w'), n: text('old') } });
  });

  test.each(['PutItem', 'DeleteItem'])('returns nothing after a %s that finds no item', (operation) => {
    const target = operation === 'PutItem' ? { Item: { pk: text('new') } } : { Key: { pk: text('new') } };
    expect(world.call(operation, { TableName: 'hash', ...target, ReturnValues: 'ALL_OLD' })).toEqual({});
    world.call('DeleteItem', { TableName: 'hash', Key: { pk: text('new') } });
  });
});
