// Time to live: items that expire at a time of the test's clock.

import { describe, expect, test } from '@jest/globals';
import { createHashTable, createIndexedTable, createSortedTable, createWorld, type World } from './support.ts';

const put = (world: World, TableName: string, Item: object) => world.call('PutItem', { TableName, Item });

describe('time to live', () => {
  const seconds = (world: World) => world.clock.ms / 1000;

  test('removes expired items, in indexes too, and reports them to onWrite', () => {
    const expired: unknown[] = [];
    const world = createWorld({ onWrite: ({ before, after }) => after === undefined && expired.push(before?.sk) });
    createIndexedTable(world);
    const item = (sk: string, ttl?: number) => ({
      pk: { S: 'p' },
      sk: { S: sk },
      lsi1sk: { S: 'g' },
      ...(ttl && { ttl: { N: `${ttl}` } }),
    });
    put(world, 'indexed', item('before', seconds(world) + 10));
    world.call('UpdateTimeToLive', {
      TableName: 'indexed',
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
    put(world, 'indexed', item('after', seconds(world) + 20));
    put(world, 'indexed', item('never'));
    // More than five years ago: probably not a time to live, so AWS does not delete it.
    put(world, 'indexed', item('ancient', 100));
    const scan = (IndexName?: string) =>
      world
        .call('Scan', { TableName: 'indexed', IndexName })
        .Items?.map(({ sk }) => sk?.S)
        .sort();
    const remaining = () => scan('gsi1');
    expect(remaining()).toEqual(['after', 'ancient', 'before', 'never']);
    world.clock.ms += 11_000;
    expect(remaining()).toEqual(['after', 'ancient', 'never']);
    put(world, 'indexed', item('after', seconds(world) + 60));
    world.clock.ms += 30_000;
    expect(remaining()).toEqual(['after', 'ancient', 'never']);
    world.clock.ms += 31_000;
    expect(remaining()).toEqual(['ancient', 'never']);
    expect(scan()).toEqual(['ancient', 'never']);
    expect(expired).toEqual([{ S: 'before' }, { S: 'after' }]);
  });

  test('removes all items that expire in the same second', () => {
    const world = createWorld();
    createSortedTable(world);
    const TimeToLiveSpecification = { AttributeName: 'ttl', Enabled: true };
    world.call('UpdateTimeToLive', { TableName: 'sortedS', TimeToLiveSpecification });
    const ttl = { N: `${seconds(world) + 10.5}` };
    const keys = ['a1', 'a2', 'b1', 'b2', 'b3'].map(([pk = '', sk = '']) => ({ pk: { S: pk }, sk: { S: sk } }));
    for (const key of keys) put(world, 'sortedS', { ...key, ttl });
    world.call('DeleteItem', { TableName: 'sortedS', Key: keys[1] });
    put(world, 'sortedS', { ...keys[3], ttl: { S: 'not a number' } });
    put(world, 'sortedS', { ...keys[4], ttl: { N: `${seconds(world) + 11}` } });
    const remaining = () =>
      world
        .call('Scan', { TableName: 'sortedS' })
        .Items?.map(({ pk, sk }) => `${pk?.S}${sk?.S}`)
        .sort();
    world.clock.ms += 10_000;
    expect(remaining()).toEqual(['a1', 'b1', 'b2', 'b3']);
    world.clock.ms += 1;
    expect(remaining()).toEqual(['b2', 'b3']);
    world.clock.ms += 1000;
    expect(remaining()).toEqual(['b2']);
  });

  test('is described, and refuses a change to its current setting', () => {
    const world = createWorld();
    createHashTable(world);
    const set = (Enabled: boolean, AttributeName = 'ttl') => ({
      TableName: 'hash',
      TimeToLiveSpecification: { AttributeName, Enabled },
    });
    const status = () => world.call('DescribeTimeToLive', { TableName: 'hash' }).TimeToLiveDescription;
    expect(status()).toEqual({ TimeToLiveStatus: 'DISABLED' });
    expect(world.call('UpdateTimeToLive', set(true))).toEqual({
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
    expect(status()).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' });
    expect(world.errorMessage('UpdateTimeToLive', set(true))).toBe('TimeToLive is already enabled');
    world.call('UpdateTimeToLive', set(false));
    expect(world.errorMessage('UpdateTimeToLive', set(false))).toBe('TimeToLive is already disabled');
    expect(world.errorOf('UpdateTimeToLive', set(true, '')).code).toBe('ValidationException');
    expect(world.errorOf('DescribeTimeToLive', { TableName: 'none' }).code).toBe('ResourceNotFoundException');
  });
});
