// Tags of tables.

import { describe, expect, test } from '@jest/globals';
import { createHashTable, createWorld, type World } from './support.ts';

const arnOf = (world: World, TableName: string): string =>
  (world.call('DescribeTable', { TableName }).Table as { readonly TableArn: string }).TableArn;

const ANOTHER = {
  TableName: 'another',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
};

test('tags are added, replaced and removed, only by the ARN of an existing table', () => {
  const world = createWorld();
  createHashTable(world);
  const ResourceArn = arnOf(world, 'hash');
  const tag = (...pairs: [string, string][]) =>
    world.call('TagResource', { ResourceArn, Tags: pairs.map(([Key, Value]) => ({ Key, Value })) });
  tag(['a', '1'], ['b', '2']);
  tag(['b', '3'], ['c', '4']);
  world.call('UntagResource', { ResourceArn, TagKeys: ['a', 'none', 'c'] });
  expect(world.call('ListTagsOfResource', { ResourceArn }).Tags).toEqual([{ Key: 'b', Value: '3' }]);
  expect(world.errorMessage('TagResource', { ResourceArn: 'not-an-arn', Tags: [] })).toContain(
    'Invalid ResourceArn provided as input not-an-arn',
  );
  expect(world.errorOf('ListTagsOfResource', { ResourceArn: `${ResourceArn}x` })).toMatchObject({
    code: 'ResourceNotFoundException',
    message: `Requested resource not found: ResourceArn: ${ResourceArn}x not found`,
  });
  const arnInOtherRegion = ResourceArn.replace('us-east-1', 'eu-west-1');
  expect(world.errorOf('TagResource', { ResourceArn: arnInOtherRegion, Tags: [] }).code).toBe(
    'ResourceNotFoundException',
  );
});

// Recorded on DynamoDB in October 2026.
describe('a tag', () => {
  const good = { Key: 'good', Value: 'v' };
  test.each([
    ['without a key', [{ Value: 'v' }], 'The Tag Key provided is invalid, Key: null'],
    ['with an empty key', [{ Key: '', Value: 'v' }], 'The Tag Key provided is invalid, Key: '],
    [
      'with a long key',
      [{ Key: 'k'.repeat(129), Value: 'v' }],
      `The Tag Key provided is invalid, Key: ${'k'.repeat(129)}`,
    ],
    [
      'with a forbidden character in its key',
      [{ Key: 'a,b', Value: 'v' }],
      'The Tag Key provided is invalid, Key: a,b',
    ],
    ['with the prefix aws:', [{ Key: 'aws:zzz', Value: 'v' }], 'Tag Key cannot be prefixed with aws:, Key: aws:zzz'],
    ['without a value', [{ Key: 'k' }], 'The Tag Value provided is invalid, Value: null'],
    [
      'with a long value',
      [{ Key: 'k', Value: 'v'.repeat(257) }],
      `The Tag Value provided is invalid, Value: ${'v'.repeat(257)}`,
    ],
    [
      'with a forbidden character in its value',
      [{ Key: 'k', Value: '100%' }],
      'The Tag Value provided is invalid, Value: 100%',
    ],
    [
      'when its key occurs twice',
      [
        { Key: 'dup', Value: 'v' },
        { Key: 'dup', Value: 'w' },
      ],
      'Duplicate Tag Keys provided as input: Duplicate Tag Key found dup',
    ],
  ])('is refused %s', (_, invalidTags, message) => {
    const world = createWorld();
    createHashTable(world);
    const ResourceArn = arnOf(world, 'hash');
    expect(world.errorMessage('TagResource', { ResourceArn, Tags: [good, ...invalidTags] })).toBe(message);
    expect(world.call('ListTagsOfResource', { ResourceArn }).Tags).toEqual([]);
    expect(world.errorMessage('CreateTable', { ...ANOTHER, Tags: [good, ...invalidTags] })).toBe(message);
    expect(world.call('ListTables').TableNames).toEqual(['hash']);
  });

  test('is not removed by an invalid key', () => {
    const world = createWorld();
    createHashTable(world);
    const ResourceArn = arnOf(world, 'hash');
    const untag = (...TagKeys: string[]) => world.errorMessage('UntagResource', { ResourceArn, TagKeys });
    world.call('TagResource', { ResourceArn, Tags: [good] });
    expect(untag('good', '')).toBe('The Tag Key provided is invalid, Key: ');
    expect(untag()).toBe('Atleast one Tag Key needs to be provided as Input.');
    expect(untag(...Array.from({ length: 51 }, (_, index) => `t${index}`))).toContain('Number of Tags exceed');
    expect(world.call('ListTagsOfResource', { ResourceArn }).Tags).toEqual([good]);
  });
});

test('tags may have letters of all scripts, some punctuation, keys of 128 and values of 256 characters', () => {
  const world = createWorld();
  createHashTable(world);
  const ResourceArn = arnOf(world, 'hash');
  const Tags = [
    { Key: 'ключ', Value: 'café 表' },
    { Key: 'signs', Value: 'a+b-c=d.e_f:g/h@i' },
    { Key: 'k'.repeat(128), Value: 'v'.repeat(256) },
    { Key: 'empty', Value: '' },
  ];
  world.call('TagResource', { ResourceArn, Tags });
  expect(world.call('ListTagsOfResource', { ResourceArn }).Tags).toEqual(Tags);
});

test('tags of another account’s table can be neither read nor written', () => {
  const world = createWorld();
  createHashTable(world);
  const ResourceArn = arnOf(world, 'hash').replace('000000000000', '111111111111');
  const inputs = { ListTagsOfResource: {}, TagResource: { Tags: [] }, UntagResource: { TagKeys: [] } };
  for (const [action, input] of Object.entries(inputs)) {
    const { code, message } = world.errorOf(action, { ResourceArn, ...input });
    expect(code).toBe('AccessDeniedException');
    expect(message).toContain(`is not authorized to perform: dynamodb:${action} on resource: ${ResourceArn}`);
  }
});
