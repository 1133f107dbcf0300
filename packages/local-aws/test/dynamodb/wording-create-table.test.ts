// AWS's exact error messages about keys and indexes of a new table, and about filters on keys.

import { describe, expect, test } from '@jest/globals';
import { createIndexedTable, createWorld } from './support.ts';
import { PARAMETERS } from './wording-support.ts';

const attributes = (...names: string[]) => names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
const element = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType });
const key = (hash: string, range?: string) => [
  element(hash, 'HASH'),
  ...(range === undefined ? [] : [element(range, 'RANGE')]),
];
const index = (IndexName: string, KeySchema: object[], Projection: object = { ProjectionType: 'ALL' }) => ({
  IndexName,
  KeySchema,
  Projection,
});
const indexes = (count: number, KeySchema: object[]) =>
  Array.from({ length: count }, (_, i) => index(`index${i}`, KeySchema));

function messageOf(more: object): string {
  const input = {
    TableName: 'table',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: attributes('pk', 'sk'),
    KeySchema: key('pk', 'sk'),
    ...more,
  };
  try {
    createWorld().call('CreateTable', input);
    return '';
  } catch (error) {
    return Object(error).message;
  }
}

describe('the key of a new table', () => {
  test.each<[string, object[], string]>([
    [
      'two ranges',
      [element('pk', 'RANGE'), element('sk', 'RANGE')],
      'The first KeySchemaElement is not a HASH key type',
    ],
    [
      'two hashes',
      [element('pk', 'HASH'), element('sk', 'HASH')],
      'The second KeySchemaElement is not a RANGE key type',
    ],
    [
      'a range first',
      [element('pk', 'RANGE'), element('sk', 'HASH')],
      'The first KeySchemaElement is not a HASH key type',
    ],
  ])('is refused with %s', (_, KeySchema, message) => {
    expect(messageOf({ KeySchema })).toBe(`Invalid KeySchema: ${message}`);
  });

  test('is refused with the same attribute twice, or with an undefined one', () => {
    expect(messageOf({ KeySchema: key('pk', 'pk') })).toBe(
      'Both the Hash Key and the Range Key element in the KeySchema have the same name',
    );
    expect(messageOf({ KeySchema: key('pk', 'other') })).toBe(
      `${PARAMETERS} Some index key attributes are not defined in AttributeDefinitions. Keys: [pk, other], AttributeDefinitions: [pk, sk]`,
    );
  });
});

describe('the indexes of a new table', () => {
  test('are at most five local and twenty global ones, and a list is not empty', () => {
    expect(messageOf({ LocalSecondaryIndexes: indexes(5, key('pk', 'sk')) })).toBe('');
    expect(messageOf({ LocalSecondaryIndexes: indexes(6, key('pk', 'sk')) })).toBe(
      `${PARAMETERS} Number of LocalSecondaryIndexes exceeds per-table limit of 5`,
    );
    expect(messageOf({ GlobalSecondaryIndexes: indexes(20, key('sk')) })).toBe('');
    expect(messageOf({ GlobalSecondaryIndexes: indexes(21, key('sk')) })).toBe(
      `${PARAMETERS} GlobalSecondaryIndex count exceeds the per-table limit of 20`,
    );
    expect(messageOf({ LocalSecondaryIndexes: [] })).toBe(`${PARAMETERS} List of LocalSecondaryIndexes is empty`);
    expect(messageOf({ GlobalSecondaryIndexes: [] })).toBe(`${PARAMETERS} List of GlobalSecondaryIndexes is empty`);
  });

  test('have distinct names across both kinds', () => {
    const [local, global] = [index('same', key('pk', 'sk')), index('same', key('sk'))];
    expect(messageOf({ LocalSecondaryIndexes: [local, local] })).toBe(`${PARAMETERS} Duplicate index name: same`);
    expect(messageOf({ LocalSecondaryIndexes: [local], GlobalSecondaryIndexes: [global] })).toBe(
      `${PARAMETERS} Duplicate index name: same`,
    );
  });

  test('have the table’s hash key and a range key if they are local', () => {
    expect(messageOf({ LocalSecondaryIndexes: [index('local', key('pk'))] })).toBe(
      `${PARAMETERS} Index KeySchema does not have a range key for index: local`,
    );
    expect(messageOf({ LocalSecondaryIndexes: [index('local', key('sk', 'pk'))] })).toBe(
      `${PARAMETERS} Index KeySchema does not have the same leading hash key as table KeySchema for index: local. index hash key: sk, table hash key: pk`,
    );
  });

  test.each<[object, string]>([
    [{}, 'Unknown ProjectionType: null'],
    [{ ProjectionType: 'ALL', NonKeyAttributes: ['x'] }, 'ProjectionType is ALL, but NonKeyAttributes is specified'],
    [
      { ProjectionType: 'KEYS_ONLY', NonKeyAttributes: ['x'] },
      'ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified',
    ],
    [{ ProjectionType: 'INCLUDE' }, 'ProjectionType is INCLUDE, but NonKeyAttributes is not specified'],
  ])('are refused with the projection %j', (projection, message) => {
    expect(messageOf({ GlobalSecondaryIndexes: [index('global', key('sk'), projection)] })).toBe(
      `${PARAMETERS} ${message}`,
    );
  });

  test('use only defined attributes, and all of them', () => {
    expect(messageOf({ AttributeDefinitions: attributes('pk', 'sk', 'more') })).toContain(
      'Number of attributes in KeySchema',
    );
    expect(
      messageOf({
        AttributeDefinitions: attributes('pk', 'sk', 'more'),
        GlobalSecondaryIndexes: indexes(1, key('sk')),
      }),
    ).toBe(
      `${PARAMETERS} Some AttributeDefinitions are not used. AttributeDefinitions: [pk, sk, more], keys used: [pk, sk]`,
    );
    expect(messageOf({ GlobalSecondaryIndexes: indexes(1, key('none')) })).toBe(
      `${PARAMETERS} Some index key attributes are not defined in AttributeDefinitions. Keys: [none], AttributeDefinitions: [pk, sk]`,
    );
  });
});

test.each([
  ['pk', 'Key: pk'],
  ['sk', 'Key: sk'],
  ['lsi1sk', 'IndexKey: lsi1sk'],
  ['lsi2sk', 'IndexKey: lsi2sk'],
])('a filter cannot use a path below the key %s', (name, keyName) => {
  const world = createWorld();
  createIndexedTable(world);
  for (const step of ['.x', '[0]']) {
    expect(
      world.errorMessage('Scan', { TableName: 'indexed', FilterExpression: `attribute_exists(${name}${step})` }),
    ).toBe(`Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${keyName}`);
  }
});
