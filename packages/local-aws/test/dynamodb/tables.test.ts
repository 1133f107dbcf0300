// Tables over time: statuses, creation and deletion of indexes, settings.

import { describe, expect, test } from '@jest/globals';
import { createHashTable, createWorld, type World } from './support.ts';

interface Description {
  readonly TableStatus: string;
  readonly TableArn: string;
  readonly ItemCount: number;
  readonly TableSizeBytes: number;
  readonly AttributeDefinitions: { AttributeName: string }[];
  readonly GlobalSecondaryIndexes?: {
    IndexName: string;
    IndexStatus: string;
    ItemCount: number;
    Backfilling?: boolean;
  }[];
  readonly [member: string]: unknown;
}

const described = (world: World, TableName: string) => world.call('DescribeTable', { TableName }).Table as Description;
const put = (world: World, TableName: string, Item: object) => world.call('PutItem', { TableName, Item });
const newIndex = (IndexName: string, AttributeName: string) => ({
  AttributeDefinitions: [{ AttributeName, AttributeType: 'S' }],
  GlobalSecondaryIndexUpdates: [
    { Create: { IndexName, KeySchema: [{ AttributeName, KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } } },
  ],
});
const byIndex = (IndexName: string, value: string) => ({
  IndexName,
  KeyConditionExpression: '#g = :g',
  ExpressionAttributeNames: { '#g': 'g' },
  ExpressionAttributeValues: { ':g': { S: value } },
});

describe('the statuses of a table', () => {
  test('begin with the call and end after the configured times', () => {
    const world = createWorld({
      phases: { createTableMs: 1000, deleteTableMs: 1000, updateTableMs: 1000, createIndexMs: 5000 },
    });
    createHashTable(world);
    expect(described(world, 'hash').TableStatus).toBe('CREATING');
    expect(world.errorOf('PutItem', { TableName: 'hash', Item: { pk: { S: 'a' } } }).code).toBe(
      'ResourceNotFoundException',
    );
    expect(world.errorOf('DeleteTable', { TableName: 'hash' }).code).toBe('ResourceInUseException');
    world.clock.ms += 999;
    expect(described(world, 'hash').TableStatus).toBe('CREATING');
    world.clock.ms += 1;
    put(world, 'hash', { pk: { S: 'a' }, g: { S: 'x' } });
    world.call('UpdateTable', { TableName: 'hash', ...newIndex('byG', 'g') });
    expect(described(world, 'hash')).toMatchObject({
      TableStatus: 'UPDATING',
      GlobalSecondaryIndexes: [{ IndexStatus: 'CREATING', Backfilling: true }],
    });
    const protect = { TableName: 'hash', DeletionProtectionEnabled: true };
    expect(world.errorOf('UpdateTable', protect).code).toBe('ResourceInUseException');
    put(world, 'hash', { pk: { S: 'a' }, g: { S: 'x' } });
    world.clock.ms += 999;
    expect(described(world, 'hash').TableStatus).toBe('UPDATING');
    world.clock.ms += 1;
    expect(described(world, 'hash').TableStatus).toBe('ACTIVE');
    world.clock.ms += 3999;
    expect(world.errorMessage('Query', { TableName: 'hash', ...byIndex('byG', 'x') })).toBe(
      'Cannot read from backfilling global secondary index: byG',
    );
    expect(world.errorOf('UpdateTable', { TableName: 'hash', ...newIndex('more', 'h') }).code).toBe(
      'LimitExceededException',
    );
    world.clock.ms += 1;
    expect(world.call('Query', { TableName: 'hash', ...byIndex('byG', 'x') }).Count).toBe(1);
    world.call('DeleteTable', { TableName: 'hash' });
    expect(described(world, 'hash').TableStatus).toBe('DELETING');
    const codes = ['DeleteTable', 'UpdateTable', 'Scan', 'DescribeTimeToLive'].map(
      (operation) => world.errorOf(operation, protect).code,
    );
    expect(codes).toEqual([
      'ResourceInUseException',
      'ResourceInUseException',
      'ResourceNotFoundException',
      'ValidationException',
    ]);
    world.clock.ms += 999;
    expect(world.call('ListTables')).toEqual({ TableNames: ['hash'] });
    world.clock.ms += 1;
    expect(world.call('ListTables')).toEqual({ TableNames: [] });
  });

  test('last no time by default: the response reports them, and the next call does not', () => {
    const world = createWorld();
    const created = world.call('CreateTable', {
      TableName: 'now',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      Tags: [{ Key: 'a', Value: 'b' }],
    }).TableDescription as Description;
    expect(created.TableStatus).toBe('CREATING');
    expect(described(world, 'now')).toMatchObject({
      TableStatus: 'ACTIVE',
      TableId: created.TableId,
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    });
    expect(world.call('ListTagsOfResource', { ResourceArn: created.TableArn })).toEqual({
      Tags: [{ Key: 'a', Value: 'b' }],
    });
  });
});

test('only global indexes report a status', () => {
  const key = (range: string) => [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
  const { TableDescription } = createWorld().call('CreateTable', {
    TableName: 'now',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk', 'l'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: key('sk'),
    LocalSecondaryIndexes: [{ IndexName: 'byL', KeySchema: key('l'), Projection: { ProjectionType: 'ALL' } }],
    GlobalSecondaryIndexes: [
      { IndexName: 'bySk', KeySchema: key('sk').slice(0, 1), Projection: { ProjectionType: 'ALL' } },
    ],
  });
  const { LocalSecondaryIndexes, GlobalSecondaryIndexes } = Object(TableDescription);
  expect(GlobalSecondaryIndexes).toMatchObject([{ IndexName: 'bySk', IndexStatus: 'CREATING' }]);
  expect(LocalSecondaryIndexes[0]).not.toHaveProperty('IndexStatus');
});

describe('UpdateTable', () => {
  test('creates an index of the existing items, maintains it, and deletes it', () => {
    const world = createWorld();
    createHashTable(world);
    put(world, 'hash', { pk: { S: 'a' }, g: { S: 'x' } });
    put(world, 'hash', { pk: { S: 'b' } });
    world.call('UpdateTable', { TableName: 'hash', ...newIndex('byG', 'g') });
    put(world, 'hash', { pk: { S: 'c' }, g: { S: 'x' } });
    expect(world.call('Query', { TableName: 'hash', ...byIndex('byG', 'x') }).Count).toBe(2);
    expect(described(world, 'hash')).toMatchObject({
      ItemCount: 3,
      GlobalSecondaryIndexes: [{ ItemCount: 2, IndexStatus: 'ACTIVE' }],
    });
    expect(world.errorMessage('UpdateTable', { TableName: 'hash', ...newIndex('byG', 'g') })).toBe(
      'Attempting to create an index which already exists',
    );
    const removal = { TableName: 'hash', GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'byG' } }] };
    world.call('UpdateTable', removal);
    expect(described(world, 'hash').GlobalSecondaryIndexes).toBeUndefined();
    expect(described(world, 'hash').AttributeDefinitions).toHaveLength(1);
    expect(world.errorOf('UpdateTable', removal).code).toBe('ResourceNotFoundException');
    expect(
      world.errorMessage('UpdateTable', {
        TableName: 'hash',
        AttributeDefinitions: newIndex('other', 'g').AttributeDefinitions,
        GlobalSecondaryIndexUpdates: newIndex('other', 'undefined').GlobalSecondaryIndexUpdates,
      }),
    ).toContain('Some index key attributes are not defined in AttributeDefinitions. Keys: [undefined]');
  });

  test('changes one index and deletes another in one call', () => {
    const world = createWorld();
    const units = (n: number) => ({ ProvisionedThroughput: { ReadCapacityUnits: n, WriteCapacityUnits: n } });
    const index = (IndexName: string, AttributeName: string) => ({
      ...{ IndexName, KeySchema: [{ AttributeName, KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } },
      ...units(1),
    });
    world.call('CreateTable', {
      TableName: 'hash',
      AttributeDefinitions: ['pk', 'a', 'b'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [index('byA', 'a'), index('byB', 'b')],
      ...units(1),
    });
    const { TableDescription } = world.call('UpdateTable', {
      TableName: 'hash',
      GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'byA', ...units(2) } }, { Delete: { IndexName: 'byB' } }],
    });
    expect(TableDescription).toMatchObject({
      TableStatus: 'UPDATING',
      GlobalSecondaryIndexes: [
        { IndexName: 'byA', IndexStatus: 'UPDATING', ProvisionedThroughput: { ReadCapacityUnits: 2 } },
        { IndexName: 'byB', IndexStatus: 'DELETING' },
      ],
    });
    const { GlobalSecondaryIndexes, AttributeDefinitions } = described(world, 'hash');
    expect(GlobalSecondaryIndexes).toMatchObject([{ IndexName: 'byA', IndexStatus: 'ACTIVE' }]);
    expect(AttributeDefinitions.map(({ AttributeName }) => AttributeName)).toEqual(['pk', 'a']);
  });

  test('reports when the class of a table was changed, and only if it changed', () => {
    const world = createWorld();
    createHashTable(world);
    const set = (TableClass: string) => {
      world.clock.ms += 1000;
      world.call('UpdateTable', { TableName: 'hash', TableClass });
      return described(world, 'hash').TableClassSummary;
    };
    const start = world.clock.ms / 1000;
    const rare = { TableClass: 'STANDARD_INFREQUENT_ACCESS', LastUpdateDateTime: start + 2 };
    expect(set('STANDARD')).toEqual({ TableClass: 'STANDARD' });
    expect([set(rare.TableClass), set(rare.TableClass)]).toEqual([rare, rare]);
    expect(set('STANDARD')).toEqual({ TableClass: 'STANDARD', LastUpdateDateTime: start + 4 });
  });

  test('reports when units were raised and when they were lowered', () => {
    const world = createWorld();
    const units = (ReadCapacityUnits: number, WriteCapacityUnits: number) => ({
      TableName: 'provisioned',
      ProvisionedThroughput: { ReadCapacityUnits, WriteCapacityUnits },
    });
    world.call('CreateTable', {
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      ...units(5, 5),
    });
    const start = world.clock.ms / 1000;
    const change = (read: number, write: number) => {
      world.clock.ms += 1000;
      world.call('UpdateTable', units(read, write));
      const { LastIncreaseDateTime, LastDecreaseDateTime, NumberOfDecreasesToday } = Object(
        described(world, 'provisioned').ProvisionedThroughput,
      );
      return [LastIncreaseDateTime - start, LastDecreaseDateTime - start, NumberOfDecreasesToday];
    };
    expect(change(6, 5)).toEqual([1, Number.NaN, 0]);
    expect(change(6, 7)).toEqual([2, Number.NaN, 0]);
    expect(change(5, 7)).toEqual([2, 3, 1]);
    expect(change(5, 6)).toEqual([2, 4, 2]);
    expect(change(6, 5)).toEqual([5, 5, 3]);
  });

  test('changes throughput, billing and settings', () => {
    const world = createWorld();
    const units = (n: number) => ({ ProvisionedThroughput: { ReadCapacityUnits: n, WriteCapacityUnits: n } });
    world.call('CreateTable', {
      TableName: 'provisioned',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      ...units(5),
    });
    world.call('UpdateTable', { TableName: 'provisioned', ...units(10) });
    expect(described(world, 'provisioned').ProvisionedThroughput).toMatchObject({
      ReadCapacityUnits: 10,
      WriteCapacityUnits: 10,
    });
    expect(
      world.errorMessage('UpdateTable', { TableName: 'provisioned', BillingMode: 'PROVISIONED', ...units(10) }),
    ).toContain('will not change');
    expect(
      world.errorMessage('UpdateTable', { TableName: 'provisioned', BillingMode: 'PAY_PER_REQUEST', ...units(5) }),
    ).toContain('Neither');
    expect(world.errorMessage('UpdateTable', { TableName: 'provisioned' })).toMatch(/^At least one of/);
    world.call('UpdateTable', { TableName: 'provisioned', BillingMode: 'PAY_PER_REQUEST' });
    world.call('UpdateTable', {
      TableName: 'provisioned',
      DeletionProtectionEnabled: true,
      TableClass: 'STANDARD_INFREQUENT_ACCESS',
      SSESpecification: { Enabled: true },
      OnDemandThroughput: { MaxReadRequestUnits: 20, MaxWriteRequestUnits: 15 },
    });
    expect(described(world, 'provisioned')).toMatchObject({
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      ProvisionedThroughput: { ReadCapacityUnits: 0 },
      DeletionProtectionEnabled: true,
      TableClassSummary: { TableClass: 'STANDARD_INFREQUENT_ACCESS' },
      SSEDescription: { Status: 'ENABLED', SSEType: 'KMS' },
      OnDemandThroughput: { MaxReadRequestUnits: 20, MaxWriteRequestUnits: 15 },
    });
    expect(world.errorMessage('DeleteTable', { TableName: 'provisioned' })).toContain('protected against deletion');
    world.call('UpdateTable', { TableName: 'provisioned', DeletionProtectionEnabled: false });
    world.call('DeleteTable', { TableName: 'provisioned' });
  });
});

test('tables are listed in pages, by name', () => {
  const world = createWorld();
  for (const name of ['ccc', 'aaa', 'bbb']) createHashTable(world, name);
  expect(world.call('ListTables', { Limit: 2 })).toEqual({ TableNames: ['aaa', 'bbb'], LastEvaluatedTableName: 'bbb' });
  expect(world.call('ListTables', { ExclusiveStartTableName: 'bbb' })).toEqual({ TableNames: ['ccc'] });
});

test('limits, endpoints and backups can be described, and an unsupported operation is unknown', () => {
  const world = createWorld();
  createHashTable(world);
  expect(world.call('DescribeLimits')).toHaveProperty('TableMaxReadCapacityUnits', 40_000);
  expect(world.call('DescribeEndpoints').Endpoints).toHaveLength(1);
  expect(world.call('DescribeContinuousBackups', { TableName: 'hash' }).ContinuousBackupsDescription).toMatchObject({
    PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
  });
  for (const operation of ['ExecuteStatement', 'CreateBackup', 'CreateGlobalTable', 'constructor', '__proto__', '']) {
    expect(world.errorOf(operation).code).toBe('UnknownOperationException');
  }
});
