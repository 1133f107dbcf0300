// The option for AWS's quotas: of partitions, of tables on demand and of provisioned throughput.

import { describe, expect, test } from '@jest/globals';
import { createHashTable, createWorld, type World } from './support.ts';

const put = (world: World, TableName: string, Item: object) => world.call('PutItem', { TableName, Item });

describe('DynamoDB quotas', () => {
  /** A function that writes an item of ten units. */
  const write = (world: World, pk: string) => () =>
    put(world, 'hash', { pk: { S: pk }, data: { S: 'x'.repeat(10_000) } });

  /** The number of calls before one is throttled. */
  function countUntilThrottled(run: () => void): number {
    for (let count = 0; ; count += 1) {
      try {
        run();
      } catch (error) {
        expect(Object(error).code).toMatch(/^(ThrottlingException|ProvisionedThroughputExceededException)$/);
        return count;
      }
    }
  }

  test('allow 1,000 write units a second to a partition, and 4,000 or more to a table on demand as it grows', () => {
    const world = createWorld({ quotas: {} });
    createHashTable(world);
    expect(countUntilThrottled(write(world, 'hot'))).toBe(100);
    expect(world.errorOf('PutItem', { TableName: 'hash', Item: { pk: { S: 'hot' } } }).code).toBe(
      'ThrottlingException',
    );
    world.clock.ms += 500;
    expect(countUntilThrottled(write(world, 'hot'))).toBe(50);
    world.clock.ms += 10_000;
    // Spread over 50 partitions, so that only the table's quota applies.
    let partition = 0;
    const spread = () => {
      partition = (partition + 1) % 50;
      write(world, `${partition}`)();
    };
    expect(countUntilThrottled(spread)).toBe(400);
    world.clock.ms += 30 * 60 * 1000;
    spread();
    world.clock.ms += 10_000;
    expect(countUntilThrottled(spread)).toBe(800);
  });

  test('allow five minutes of unused provisioned write units at once, and execute a batch in part', () => {
    const world = createWorld({ quotas: {} });
    world.call('CreateTable', {
      TableName: 'hash',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
    });
    expect(countUntilThrottled(write(world, 'a'))).toBe(30);
    const batch = { RequestItems: { hash: ['a', 'b', 'c'].map((S) => ({ PutRequest: { Item: { pk: { S } } } })) } };
    expect(world.errorOf('BatchWriteItem', batch).code).toBe('ProvisionedThroughputExceededException');
    world.clock.ms += 2000;
    const { UnprocessedItems } = world.call('BatchWriteItem', batch);
    expect(UnprocessedItems).toEqual({ hash: batch.RequestItems.hash.slice(1) });
  });
});
