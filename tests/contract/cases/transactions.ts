// Transactions: all actions or none, and one effect per client token.

import {
  GetItemCommand,
  TransactGetItemsCommand,
  type TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { expect } from '@jest/globals';
import type { Theme, World } from '../case.ts';
import { expectError } from '../errors.ts';
import { createTable, key, number, TABLE_BASICS, type TestTable, text } from '../test-table.ts';

const put = (table: TestTable, part: string, more: object = {}): TransactWriteItem => ({
  Put: { TableName: table.name, Item: key('j', part), ...more },
});
const absent = { ConditionExpression: 'attribute_not_exists(job_id)' };

const write = (world: World, items: TransactWriteItem[], token?: string) =>
  world.dynamodb.send(
    new TransactWriteItemsCommand({ TransactItems: items, ...(token && { ClientRequestToken: token }) }),
  );

const increment = (table: TestTable, by: number): TransactWriteItem => ({
  Update: {
    TableName: table.name,
    Key: key('j', 'counter'),
    UpdateExpression: 'ADD n :by',
    ExpressionAttributeValues: { ':by': number(by) },
  },
});

export const transactions: Theme = {
  name: 'transactions',
  needs: [...TABLE_BASICS, 'dynamodb:TransactWriteItems', 'dynamodb:TransactGetItems'],
  cases: {
    'a transaction writes all of its items': async (world) => {
      const table = await createTable(world);
      await table.put(key('j', 'old'));
      const remove = { Delete: { TableName: table.name, Key: key('j', 'old') } };
      await write(world, [put(table, 'new'), increment(table, 2), remove]);
      expect(await table.get('j', 'new')).toEqual(key('j', 'new'));
      expect((await table.get('j', 'counter'))?.n).toEqual(number(2));
      expect(await table.get('j', 'old')).toBeUndefined();
    },

    'a transaction whose condition fails writes nothing and returns the reasons in order': async (world) => {
      const table = await createTable(world);
      await table.put({ ...key('j', 'there'), n: number(1) });
      const condition = { ...absent, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
      const items = [put(table, 'fresh', absent), put(table, 'there', condition)];
      const error = (await expectError(write(world, items), 'TransactionCanceled')) as TransactionCanceledException;
      expect(error.CancellationReasons?.map(({ Code }) => Code)).toEqual(['None', 'ConditionalCheckFailed']);
      expect(error.CancellationReasons?.[1]?.Item).toEqual({ ...key('j', 'there'), n: number(1) });
      expect(await table.get('j', 'fresh')).toBeUndefined();
    },

    'a transaction with a client token takes effect once': async (world) => {
      const table = await createTable(world);
      const token = world.unique().slice(-36);
      await write(world, [increment(table, 1)], token);
      await write(world, [increment(table, 1)], token);
      expect((await table.get('j', 'counter'))?.n).toEqual(number(1));
      await expectError(write(world, [increment(table, 2)], token), 'IdempotentParameterMismatch');
    },

    'a transaction may have at most 100 items, each once': async (world) => {
      const table = await createTable(world);
      await expectError(write(world, [put(table, 'a'), put(table, 'a')]), 'Validation');
      await expectError(write(world, []), 'Validation');
      const puts = Array.from({ length: 101 }, (_, i) => put(table, `${i}`));
      await expectError(write(world, puts), 'Validation');
      await write(world, puts.slice(1));
    },

    'a read transaction answers in order, with an empty answer for a missing item': async (world) => {
      const table = await createTable(world);
      await table.put(key('j', 'a'));
      const get = (part: string) => ({ Get: { TableName: table.name, Key: key('j', part) } });
      const { Responses } = await world.dynamodb.send(
        new TransactGetItemsCommand({ TransactItems: [get('none'), get('a')] }),
      );
      expect(Responses?.map(({ Item }) => Item?.part)).toEqual([undefined, text('a')]);
      const { Item } = await world.dynamodb.send(new GetItemCommand({ TableName: table.name, Key: key('j', 'a') }));
      expect(Item).toEqual(Responses?.[1]?.Item);
    },
  },
};
