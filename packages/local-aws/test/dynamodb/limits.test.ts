// The smallest and the largest value of a parameter violate no constraint, and values beyond them do.

import { expect, test } from '@jest/globals';
import { createHashTable, createWorld } from './support.ts';

const world = createWorld();
createHashTable(world);

const pk = { pk: { S: 'a' } };
const name = (length: number) => 'a'.repeat(length);
const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);
const keys = (count: number) => names(count).map((S) => ({ pk: { S } }));
const keyOf = (AttributeName: string) => [{ AttributeName, KeyType: 'HASH' }];
const units = (read: number, write: number) => ({
  ProvisionedThroughput: { ReadCapacityUnits: read, WriteCapacityUnits: write },
});
const table = (more: object) => ({
  TableName: 'other',
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: keyOf('pk'),
  ...units(1, 1),
  ...more,
});
const index = (more: object) =>
  table({
    GlobalSecondaryIndexes: [
      { IndexName: 'index', KeySchema: keyOf('pk'), Projection: { ProjectionType: 'ALL' }, ...units(1, 1), ...more },
    ],
  });
const hash = (more: object) => ({ TableName: 'hash', ...more });
const UNITS = 1_000_000_000_000;

/** The error of a call; empty when it is accepted. */
function errorOf(operation: string, input: Record<string, unknown>): string {
  try {
    world.call(operation, input);
    if (operation === 'CreateTable') world.call('DeleteTable', { TableName: 'other' });
    return '';
  } catch (error) {
    return String(error);
  }
}

test.each<[string, string, (n: number) => Record<string, unknown>, number, number]>([
  ['a table’s name in operations on items', 'GetItem', (n) => ({ TableName: name(n), Key: pk }), 1, 255],
  ['a table’s name in operations on tables', 'DescribeTable', (n) => ({ TableName: name(n) }), 3, 255],
  ['the name after which a list of tables starts', 'ListTables', (n) => ({ ExclusiveStartTableName: name(n) }), 3, 255],
  ['the page size of a list of tables', 'ListTables', (Limit) => ({ Limit }), 1, 100],
  ['an index’s name', 'Scan', (n) => hash({ IndexName: name(n) }), 3, 255],
  ['a new index’s name', 'CreateTable', (n) => index({ IndexName: name(n) }), 3, 255],
  [
    'an attribute’s name',
    'CreateTable',
    (n) => table({ AttributeDefinitions: [{ AttributeName: name(n), AttributeType: 'S' }], KeySchema: keyOf(name(n)) }),
    1,
    255,
  ],
  [
    'the number of non-key attributes of an index',
    'CreateTable',
    (n) => index({ Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: names(n) } }),
    1,
    20,
  ],
  ['the number of segments of a scan', 'Scan', (TotalSegments) => hash({ TotalSegments, Segment: 0 }), 1, 1_000_000],
  ['the segment of a scan', 'Scan', (Segment) => hash({ TotalSegments: 1_000_000, Segment }), 0, 999_999],
  ['the number of attributes to get', 'GetItem', (n) => hash({ Key: pk, AttributesToGet: names(n) }), 1, 255],
  [
    'a client request token',
    'TransactWriteItems',
    (n) => ({ TransactItems: [{ Put: hash({ Item: pk }) }], ClientRequestToken: name(n) }),
    1,
    36,
  ],
  [
    'the number of actions of a write transaction',
    'TransactWriteItems',
    (n) => ({ TransactItems: keys(n).map((Item) => ({ Put: hash({ Item }) })) }),
    1,
    100,
  ],
  [
    'the number of reads of a read transaction',
    'TransactGetItems',
    (n) => ({ TransactItems: keys(n).map((Key) => ({ Get: hash({ Key }) })) }),
    1,
    100,
  ],
  ['the number of keys of a batch', 'BatchGetItem', (n) => ({ RequestItems: { hash: { Keys: keys(n) } } }), 1, 100],
  [
    'the name of the time-to-live attribute',
    'UpdateTimeToLive',
    (n) => hash({ TimeToLiveSpecification: { AttributeName: name(n), Enabled: false } }),
    1,
    255,
  ],
])('%s has a minimum and a maximum', (_, operation, inputOf, min, max) => {
  const constraint = /failed to satisfy constraint|Member must/;
  for (const n of [min, max]) expect(errorOf(operation, inputOf(n))).not.toMatch(constraint);
  for (const n of [min - 1, max + 1]) expect(errorOf(operation, inputOf(n))).toMatch(constraint);
});

test.each(['Query', 'Scan'])('%s accepts a page of 1 to 2,147,483,647 items, and refuses one of 0', (operation) => {
  const query = { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': pk.pk } };
  const page = (Limit: number) => errorOf(operation, hash({ Limit, ...(operation === 'Query' && query) }));
  expect([page(1), page(2 ** 31 - 1)]).toEqual(['', '']);
  expect(page(0)).toContain('Member must have value greater than or equal to 1');
});

test('a table may have 1 to 10^12 units, for reads and for writes', () => {
  expect(errorOf('CreateTable', table(units(1, UNITS)))).toBe('');
  expect(errorOf('CreateTable', table(units(UNITS, 1)))).toBe('');
  for (const [read, write] of [
    [0, 1],
    [1, 0],
  ] as const) {
    expect(errorOf('CreateTable', table(units(read, write)))).toContain('greater than or equal to 1');
  }
  expect(errorOf('CreateTable', table(units(UNITS + 1, 1)))).toContain('for ReadCapacityUnits is out of bounds');
  expect(errorOf('CreateTable', table(units(1, UNITS + 1)))).toContain('for WriteCapacityUnits is out of bounds');
});

test('a list index may be up to 2,147,483,647', () => {
  const at = (n: number) => errorOf('GetItem', hash({ Key: pk, ProjectionExpression: `l[${n}]` }));
  expect(at(2 ** 31 - 1)).toBe('');
  expect(at(2 ** 31)).toContain('List index is not within the allowable range; index: [2147483648]');
});
