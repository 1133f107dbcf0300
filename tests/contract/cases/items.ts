// Items: conditions, number sets, batches, sizes, and consumed units.

import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  PutItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { expect } from '@jest/globals';
import type { Theme, World } from '../case.ts';
import { expectError } from '../errors.ts';
import { createTable, type Item, key, number, TABLE_BASICS, type TestTable, text } from '../test-table.ts';

const numbers = (...values: number[]) => ({ NS: values.map(String) });
const sorted = (set: readonly string[] | undefined) => (set ?? []).map(Number).toSorted((a, b) => a - b);

function update(world: World, table: TestTable, parameters: Partial<UpdateItemCommandInput>) {
  return world.dynamodb.send(new UpdateItemCommand({ TableName: table.name, Key: key('j', 'p'), ...parameters }));
}

/** Adds message numbers to a set, as consumers do with the ledger. */
const add = (world: World, table: TestTable, values: number[], more: Partial<UpdateItemCommandInput> = {}) =>
  update(world, table, {
    UpdateExpression: 'ADD #stored :numbers',
    ExpressionAttributeNames: { '#stored': 'stored' },
    ExpressionAttributeValues: { ':numbers': numbers(...values) },
    ReturnValues: 'UPDATED_NEW',
    ...more,
  });

const writeBatch = (world: World, table: TestTable, items: Item[]) =>
  world.dynamodb.send(
    new BatchWriteItemCommand({
      RequestItems: { [table.name]: items.map((Item) => ({ PutRequest: { Item } })) },
    }),
  );

export const items: Theme = {
  name: 'items',
  needs: [...TABLE_BASICS, 'dynamodb:UpdateItem'],
  cases: {
    'a consistent read returns an item as it was put': async (world) => {
      const table = await createTable(world);
      const item = {
        ...key('j', 'p'),
        list: { L: [{ M: { title: text('Öl 🎬'), year: number(1999) } }] },
        yes: { BOOL: true },
        nothing: { NULL: true },
        set: numbers(3, 1, 2),
      };
      await table.put(item);
      const stored = await table.get('j', 'p');
      expect({ ...stored, set: sorted(stored?.set?.NS) }).toEqual({ ...item, set: [1, 2, 3] });
      expect(await table.get('j', 'q')).toBeUndefined();
    },

    'a table describes itself, its billing and its index': async (world) => {
      const table = await createTable(world);
      const { Table } = await world.dynamodb.send(new DescribeTableCommand({ TableName: table.name }));
      expect(Table).toMatchObject({
        BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
        GlobalSecondaryIndexes: [
          { IndexName: 'jobs', Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['status'] } },
        ],
      });
    },

    'a missing table is a ResourceNotFoundException': async (world) => {
      await expectError(
        world.dynamodb.send(new PutItemCommand({ TableName: world.unique(), Item: key('j', 'p') })),
        'ResourceNotFound',
      );
    },

    'a put with attribute_not_exists succeeds only if the item does not exist': async (world) => {
      const table = await createTable(world);
      const put = (status: string) =>
        world.dynamodb.send(
          new PutItemCommand({
            TableName: table.name,
            Item: { ...key('j', 'p'), status: text(status) },
            ConditionExpression: 'attribute_not_exists(#job)',
            ExpressionAttributeNames: { '#job': 'job_id' },
          }),
        );
      await put('RUNNING');
      await expectError(put('COMPLETE'), 'ConditionalCheckFailed');
      expect((await table.get('j', 'p'))?.status).toEqual(text('RUNNING'));
    },

    'an update on condition changes nothing when the condition fails': async (world) => {
      const table = await createTable(world);
      await table.put({ ...key('j', 'p'), status: text('RUNNING') });
      const complete = (on: string) =>
        update(world, table, {
          UpdateExpression: 'SET #status = :to, completed_on = :on',
          ConditionExpression: '#status = :from',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':from': text('RUNNING'), ':to': text('COMPLETE'), ':on': text(on) },
        });
      await complete('now');
      await expectError(complete('later'), 'ConditionalCheckFailed');
      expect(await table.get('j', 'p')).toEqual({
        ...key('j', 'p'),
        status: text('COMPLETE'),
        completed_on: text('now'),
      });
    },

    'ADD on a number set is a union and returns the new set': async (world) => {
      const table = await createTable(world);
      expect(sorted((await add(world, table, [1, 3])).Attributes?.stored?.NS)).toEqual([1, 3]);
      const second = await add(world, table, [3, 2]);
      expect(Object.keys(second.Attributes ?? {})).toEqual(['stored']);
      expect(sorted(second.Attributes?.stored?.NS)).toEqual([1, 2, 3]);
      expect(sorted((await table.get('j', 'p'))?.stored?.NS)).toEqual([1, 2, 3]);
    },

    'one update may contain ADD and SET': async (world) => {
      const table = await createTable(world);
      const answer = await update(world, table, {
        UpdateExpression: 'SET stored_by = :by ADD #stored :numbers',
        ExpressionAttributeNames: { '#stored': 'stored' },
        ExpressionAttributeValues: { ':numbers': numbers(7), ':by': text('me') },
        ReturnValues: 'ALL_NEW',
      });
      expect(answer.Attributes).toEqual({ ...key('j', 'p'), stored: numbers(7), stored_by: text('me') });
    },

    'the same number twice within one set is refused': async (world) => {
      const table = await createTable(world);
      await expectError(add(world, table, [1, 1]), 'Validation');
    },

    'ADD creates the item unless a condition forbids it': async (world) => {
      const table = await createTable(world);
      const condition = {
        ConditionExpression: 'attribute_exists(#job)',
        ExpressionAttributeNames: { '#stored': 'stored', '#job': 'job_id' },
      };
      await expectError(add(world, table, [1], condition), 'ConditionalCheckFailed');
      expect(await table.get('j', 'p')).toBeUndefined();
      await add(world, table, [1]);
      expect(await table.get('j', 'p')).toBeDefined();
      await add(world, table, [2], condition);
    },

    'conditions compare numbers, also with an attribute that does not exist': async (world) => {
      const table = await createTable(world);
      const lease = (until: number, now: number) =>
        update(world, table, {
          UpdateExpression: 'SET assembling_until = :until',
          ConditionExpression: 'attribute_not_exists(assembling_until) OR assembling_until < :now',
          ExpressionAttributeValues: { ':until': number(until), ':now': number(now) },
        });
      await lease(100, 50);
      await expectError(lease(150, 99), 'ConditionalCheckFailed');
      await lease(200, 101);
    },

    'REMOVE removes an attribute': async (world) => {
      const table = await createTable(world);
      await table.put({ ...key('j', 'p'), a: text('1'), b: text('2') });
      await update(world, table, { UpdateExpression: 'REMOVE a' });
      expect(await table.get('j', 'p')).toEqual({ ...key('j', 'p'), b: text('2') });
    },

    'a reserved word as a name is refused': async (world) => {
      const table = await createTable(world);
      await expectError(
        update(world, table, {
          UpdateExpression: 'SET status = :x',
          ExpressionAttributeValues: { ':x': text('x') },
        }),
        'Validation',
      );
    },

    'an item is deleted': {
      needs: ['dynamodb:DeleteItem'],
      run: async (world) => {
        const table = await createTable(world);
        await table.put(key('j', 'p'));
        for (let i = 0; i < 2; i += 1) {
          await world.dynamodb.send(new DeleteItemCommand({ TableName: table.name, Key: key('j', 'p') }));
        }
        expect(await table.get('j', 'p')).toBeUndefined();
      },
    },

    'a batch writes up to 25 items': {
      needs: ['dynamodb:BatchWriteItem'],
      run: async (world) => {
        const table = await createTable(world);
        const keys = (count: number) => Array.from({ length: count }, (_, i) => key('j', `p${i}`));
        const answer = await writeBatch(world, table, keys(25));
        expect(Object.values(answer.UnprocessedItems ?? {}).flat()).toEqual([]);
        const stored = await Promise.all(keys(25).map((_, i) => table.get('j', `p${i}`)));
        expect(stored).toEqual(keys(25));
        await expectError(writeBatch(world, table, keys(26)), 'Validation');
      },
    },

    'a batch refuses two puts of one key': {
      needs: ['dynamodb:BatchWriteItem'],
      run: async (world) => {
        const table = await createTable(world);
        await expectError(writeBatch(world, table, [key('j', 'p'), key('j', 'p')]), 'Validation');
        expect(await table.get('j', 'p')).toBeUndefined();
      },
    },

    'an item has at most 400 KB, names included': {
      needs: ['dynamodb:BatchWriteItem'],
      run: async (world) => {
        const table = await createTable(world);
        const overhead = 'job_id'.length + 'j'.length + 'part'.length + 'p'.length + 'x'.length;
        const item = (bytes: number) => ({ ...key('j', 'p'), x: text('x'.repeat(bytes - overhead)) });
        await table.put(item(400 * 1024));
        await expectError(table.put(item(400 * 1024 + 1)), 'Validation');
        await expectError(writeBatch(world, table, [item(400 * 1024 + 1)]), 'Validation');
      },
    },

    'a write returns the write units that it consumed': async (world) => {
      const table = await createTable(world);
      const put = await world.dynamodb.send(
        new PutItemCommand({
          TableName: table.name,
          Item: { ...key('j', 'p'), x: text('x'.repeat(3000)) },
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );
      expect(put.ConsumedCapacity?.CapacityUnits).toBe(3);
    },
  },
};
