// Tags of tables.

import { expect, test } from '@jest/globals';
import { createHashTable, createWorld, type World } from './support.ts';

const arnOf = (world: World, TableName: string): string =>
  (world.call('DescribeTable', { TableName }).Table as { readonly TableArn: string }).TableArn;

test('tags come and go', () => {
  const world = createWorld();
  createHashTable(world);
  const ResourceArn = arnOf(world, 'hash');
  const tag = (...pairs: [string, string][]) =>
    world.call('TagResource', { ResourceArn, Tags: pairs.map(([Key, Value]) => ({ Key, Value })) });
  tag(['a', '1'], ['b', '2']);
  tag(['b', '3']);
  world.call('UntagResource', { ResourceArn, TagKeys: ['a'] });
  expect(world.call('ListTagsOfResource', { ResourceArn }).Tags).toEqual([{ Key: 'b', Value: '3' }]);
  expect(world.invalid('TagResource', { ResourceArn: 'not-an-arn', Tags: [] })).toContain(
    'Invalid ResourceArn provided as input not-an-arn',
  );
  expect(world.refusal('ListTagsOfResource', { ResourceArn: `${ResourceArn}x` }).code).toBe(
    'ResourceNotFoundException',
  );
});

test('tags of another account’s table are not this account’s to read or write', () => {
  const world = createWorld();
  createHashTable(world);
  const ResourceArn = arnOf(world, 'hash').replace('000000000000', '111111111111');
  const inputs = { ListTagsOfResource: {}, TagResource: { Tags: [] }, UntagResource: { TagKeys: [] } };
  for (const [action, input] of Object.entries(inputs)) {
    const { code, message } = world.refusal(action, { ResourceArn, ...input });
    expect(code).toBe('AccessDeniedException');
    expect(message).toContain(`is not authorized to perform: dynamodb:${action} on resource: ${ResourceArn}`);
  }
});
