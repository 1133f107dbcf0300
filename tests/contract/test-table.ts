// A table for one case, with the keys and the index of the project's table.

import {
  type AttributeValue,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { eventually, type World } from './case.ts';

export type Item = Record<string, AttributeValue>;

/** Operations that `TestTable` uses. */
export const TABLE_BASICS = ['CreateTable', 'DescribeTable', 'DeleteTable', 'PutItem', 'GetItem'].map(
  (operation) => `dynamodb:${operation}`,
);

export const text = (value: string): AttributeValue => ({ S: value });
export const number = (value: number): AttributeValue => ({ N: String(value) });
export const key = (job: string, part: string): Item => ({ job_id: text(job), part: text(part) });

export interface TestTable {
  readonly name: string;
  put(item: Item): Promise<unknown>;
  get(job: string, part: string): Promise<Item | undefined>;
}

export async function createTable(world: World): Promise<TestTable> {
  const TableName = world.unique();
  await world.dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['job_id', 'part', 'kind', 'started_on'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'job_id', KeyType: 'HASH' },
        { AttributeName: 'part', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'jobs',
          KeySchema: [
            { AttributeName: 'kind', KeyType: 'HASH' },
            { AttributeName: 'started_on', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['status'] },
        },
      ],
    }),
  );
  world.afterwards(() => world.dynamodb.send(new DeleteTableCommand({ TableName })));
  await eventually(world, async () => {
    const { Table } = await world.dynamodb.send(new DescribeTableCommand({ TableName }));
    if (Table?.TableStatus !== 'ACTIVE') throw new Error(`The table is ${Table?.TableStatus}.`);
  });
  return {
    name: TableName,
    put: (Item) => world.dynamodb.send(new PutItemCommand({ TableName, Item })),
    get: async (job, part) =>
      (await world.dynamodb.send(new GetItemCommand({ TableName, Key: key(job, part), ConsistentRead: true }))).Item,
  };
}
