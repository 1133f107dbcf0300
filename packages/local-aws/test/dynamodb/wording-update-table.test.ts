// AWS's exact error messages about changes of a table and of its time to live, as recorded on DynamoDB in October 2026.

import { describe, expect, test } from '@jest/globals';
import { createHashTable, createIndexedTable, createWorld, type World } from './support.ts';
import { PARAMETERS } from './wording-support.ts';

const units = (n: number) => ({ ProvisionedThroughput: { ReadCapacityUnits: n, WriteCapacityUnits: n } });
const definition = { AttributeName: 'pk', AttributeType: 'S' };
const keyOf = (AttributeName: string) => [{ AttributeName, KeyType: 'HASH' }];
const index = { IndexName: 'gsi1', KeySchema: keyOf('pk'), Projection: { ProjectionType: 'ALL' } };

function createProvisioned(world: World): void {
  world.call('CreateTable', {
    TableName: 'provisioned',
    AttributeDefinitions: [definition],
    KeySchema: keyOf('pk'),
    GlobalSecondaryIndexes: [{ ...index, ...units(2) }],
    ...units(1),
  });
}

/** A function that updates indexes of a table, and returns the error. */
const updateErrorOf =
  (world: World, TableName: string) =>
  (...GlobalSecondaryIndexUpdates: object[]) =>
    world.errorOf('UpdateTable', { TableName, GlobalSecondaryIndexUpdates });

test('UpdateTable without a change is refused', () => {
  const world = createWorld();
  createHashTable(world);
  const message =
    'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required';
  expect(world.errorMessage('UpdateTable', { TableName: 'hash' })).toBe(message);
  expect(world.errorMessage('UpdateTable', { TableName: 'hash', AttributeDefinitions: [definition] })).toBe(message);
});

test('a refused UpdateTable changes nothing, even if only one part of it is invalid', () => {
  const world = createWorld();
  createProvisioned(world);
  const described = () => world.call('DescribeTable', { TableName: 'provisioned' });
  const before = described();
  const update = (IndexName: string, n: number) => ({ Update: { IndexName, ...units(n) } });
  const create = (more: object) => ({ Create: { ...index, IndexName: 'new', KeySchema: keyOf('n'), ...more } });
  const messageOf = (GlobalSecondaryIndexUpdates: object[], more: object = {}) =>
    world.errorMessage('UpdateTable', { TableName: 'provisioned', GlobalSecondaryIndexUpdates, ...more });
  const AttributeDefinitions = [{ AttributeName: 'n', AttributeType: 'S' }];
  expect(messageOf([update('gsi1', 3), create(units(1))])).toContain('AttributeDefinitions is not specified');
  expect(messageOf([update('gsi1', 3), create({})], { AttributeDefinitions })).toContain('must be specified');
  expect(messageOf([create(units(1)), update('gsi1', 2)], { AttributeDefinitions })).toContain('will not change');
  expect(described()).toEqual(before);
});

describe('UpdateTable', () => {
  test.each(['Update', 'Delete'])('refuses the action %s on an index that does not exist', (action) => {
    const world = createWorld();
    createIndexedTable(world);
    expect(updateErrorOf(world, 'indexed')({ [action]: { IndexName: 'ghost' } })).toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Requested resource not found: Index ghost for table indexed',
    });
  });

  test('refuses to change, delete or replace a local index', () => {
    const world = createWorld();
    createIndexedTable(world);
    const update = updateErrorOf(world, 'indexed');
    expect(update({ Delete: { IndexName: 'lsi1' } }).message).toBe(
      'Cannot delete an index that is not a GlobalSecondaryIndex: lsi1',
    );
    expect(update({ Update: { IndexName: 'lsi1', ...units(1) } }).message).toBe(
      'Cannot update an index that is not a GlobalSecondaryIndex: lsi1',
    );
    expect(update({ Create: { ...index, IndexName: 'lsi1' } }).message).toBe(
      'Attempting to create an index which already exists',
    );
  });

  test('refuses an entry with two actions, and one without an action', () => {
    const world = createWorld();
    createIndexedTable(world);
    const update = updateErrorOf(world, 'indexed');
    const two = { Update: { IndexName: 'gsi1', ...units(1) }, Delete: { IndexName: 'gsi1' } };
    expect(update(two).message).toBe(
      `${PARAMETERS} Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object`,
    );
    expect(update({}).message).toMatch(/Delete must not be null$/);
  });

  test('refuses to set an index’s throughput to its current values', () => {
    const world = createWorld();
    createProvisioned(world);
    const update = updateErrorOf(world, 'provisioned');
    const more = 'Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.';
    expect(update({ Update: { IndexName: 'gsi1', ...units(2) } }).message).toBe(
      `The provisioned throughput for the index gsi1 will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for index gsi1: 2. Requested ReadCapacityUnits: 2. Current WriteCapacityUnits provisioned for index gsi1: 2. Requested WriteCapacityUnits: 2. ${more}`,
    );
    expect(world.errorMessage('UpdateTable', { TableName: 'provisioned', ...units(1) })).toBe(
      `The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: 1. Requested ReadCapacityUnits: 1. Current WriteCapacityUnits provisioned for the table: 1. Requested WriteCapacityUnits: 1. ${more}`,
    );
  });

  test('accepts for an index of a table on demand only a maximum throughput, not a provisioned one', () => {
    const world = createWorld();
    createIndexedTable(world);
    const update = updateErrorOf(world, 'indexed');
    for (const change of [{}, units(5), { OnDemandThroughput: {} }]) {
      expect(update({ Update: { IndexName: 'gsi1', ...change } }).message).toBe(
        `${PARAMETERS} The only Updates for index: gsi1 when TableThroughputMode is PAY_PER_REQUEST can be to OnDemandThroughput, WarmThroughput`,
      );
    }
    const limit = { OnDemandThroughput: { MaxReadRequestUnits: 10, MaxWriteRequestUnits: 20 } };
    world.call('UpdateTable', {
      TableName: 'indexed',
      GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'gsi1', ...limit } }],
    });
    const { GlobalSecondaryIndexes } = Object(world.call('DescribeTable', { TableName: 'indexed' }).Table);
    expect(GlobalSecondaryIndexes[0]).toMatchObject({ IndexName: 'gsi1', ...limit });
  });

  test('creates an index only with its definitions, and with throughput only on a provisioned table', () => {
    const world = createWorld();
    createProvisioned(world);
    createHashTable(world);
    const create = (TableName: string, more: object, definitions = [definition]) =>
      world.errorMessage('UpdateTable', {
        TableName,
        ...(definitions.length > 0 && { AttributeDefinitions: definitions }),
        GlobalSecondaryIndexUpdates: [{ Create: { ...index, IndexName: 'new', ...more } }],
      });
    expect(create('hash', {}, [])).toBe(`${PARAMETERS} AttributeDefinitions is not specified for index: new`);
    expect(create('hash', units(1))).toBe(
      `${PARAMETERS} Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: new when BillingMode is PAY_PER_REQUEST`,
    );
    expect(create('provisioned', {})).toBe(`${PARAMETERS} ProvisionedThroughput must be specified for index: new`);
    const table = { TableName: 'other', AttributeDefinitions: [definition], KeySchema: keyOf('pk') };
    for (const more of [units(1), { ...units(1), BillingMode: 'PROVISIONED' }]) {
      expect(world.errorMessage('CreateTable', { ...table, ...more, GlobalSecondaryIndexes: [index] })).toBe(
        `${PARAMETERS} ProvisionedThroughput is not specified for index: gsi1`,
      );
    }
    const onDemand = { BillingMode: 'PAY_PER_REQUEST', GlobalSecondaryIndexes: [{ ...index, ...units(1) }] };
    expect(world.errorMessage('CreateTable', { ...table, ...onDemand })).toBe(
      `${PARAMETERS} ProvisionedThroughput should not be specified for index: gsi1 when BillingMode is PAY_PER_REQUEST`,
    );
  });
});

describe('time to live', () => {
  const set = (AttributeName: string, Enabled: boolean) => ({
    TableName: 'hash',
    TimeToLiveSpecification: { AttributeName, Enabled },
  });

  test('is disabled only by the name of its attribute', () => {
    const world = createWorld();
    createHashTable(world);
    expect(world.errorMessage('UpdateTimeToLive', set('x', false))).toBe('TimeToLive is already disabled');
    world.call('UpdateTimeToLive', set('ttl', true));
    for (const Enabled of [true, false]) {
      expect(world.errorMessage('UpdateTimeToLive', set('other', Enabled))).toBe(
        'TimeToLive is active on a different AttributeName: current AttributeName is ttl',
      );
    }
    expect(world.call('DescribeTimeToLive', { TableName: 'hash' })).toEqual({
      TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' },
    });
  });

  test('cannot be described while the table is being created or deleted', () => {
    const world = createWorld({
      phases: { createTableMs: 1000, deleteTableMs: 1000, updateTableMs: 1000, createIndexMs: 1000 },
    });
    createHashTable(world);
    const described = () => world.errorMessage('DescribeTimeToLive', { TableName: 'hash' });
    expect(described()).toBe(
      'Cannot describe time to live while table is in CREATING state: Current table state is CREATING',
    );
    world.clock.ms += 1000;
    world.call('DescribeTimeToLive', { TableName: 'hash' });
    world.call('DeleteTable', { TableName: 'hash' });
    expect(described()).toBe(
      'Cannot describe time to live while table is in DELETING state: Current table state is DELETING',
    );
  });
});
