// The billing mode that a table reports, before and after a change.

import { expect, test } from '@jest/globals';
import { createHashTable, createWorld, type World } from './support.ts';

const table = (world: World, TableName: string) => Object(world.call('DescribeTable', { TableName }).Table);
const units = (n: number) => ({ ProvisionedThroughput: { ReadCapacityUnits: n, WriteCapacityUnits: n } });

test('a table on demand reports since when, and has no capacity units', () => {
  const world = createWorld();
  const since = world.clock.ms / 1000;
  createHashTable(world);
  world.clock.ms += 5000;
  expect(table(world, 'hash')).toMatchObject({
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST', LastUpdateToPayPerRequestDateTime: since },
    TableThroughputModeSummary: { TableThroughputMode: 'PAY_PER_REQUEST' },
    ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
  });
});

test('a table reports its change to provisioned capacity with the earlier time, and its change back with a new one', () => {
  const world = createWorld();
  createHashTable(world);
  const since = world.clock.ms / 1000;
  world.clock.ms += 5000;
  world.call('UpdateTable', { TableName: 'hash', BillingMode: 'PROVISIONED', ...units(5) });
  expect(table(world, 'hash')).toMatchObject({
    BillingModeSummary: { BillingMode: 'PROVISIONED', LastUpdateToPayPerRequestDateTime: since },
    ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
  });
  world.clock.ms += 5000;
  world.call('UpdateTable', { TableName: 'hash', BillingMode: 'PAY_PER_REQUEST' });
  world.clock.ms += 5000;
  expect(table(world, 'hash')).toMatchObject({
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST', LastUpdateToPayPerRequestDateTime: since + 10 },
    ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
  });
});

test('a table that was always provisioned reports no billing mode summary', () => {
  const world = createWorld();
  world.call('CreateTable', {
    TableName: 'units',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    ...units(1),
  });
  expect(table(world, 'units')).not.toHaveProperty('BillingModeSummary');
  expect(table(world, 'units')).toMatchObject(units(1));
});
