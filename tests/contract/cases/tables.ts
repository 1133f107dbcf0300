// Tables: creating and deleting indexes, settings, and refused requests.

import {
  DescribeTableCommand,
  DynamoDBServiceException,
  type GlobalSecondaryIndexUpdate,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateTableCommand,
  type UpdateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import { expect } from '@jest/globals';
import { eventually, type Theme, type World } from '../case.ts';
import { expectError } from '../errors.ts';
import { createTable, type Item, key, number, TABLE_BASICS, type TestTable, text } from '../test-table.ts';

const ACTIVE_TIMEOUT_MS = 600_000;

const describe = async (world: World, table: TestTable) =>
  (await world.dynamodb.send(new DescribeTableCommand({ TableName: table.name }))).Table;

async function waitUntilActive(world: World, table: TestTable): Promise<void> {
  await eventually(
    world,
    async () => {
      const description = await describe(world, table);
      const indexes = description?.GlobalSecondaryIndexes ?? [];
      const states = [description?.TableStatus, ...indexes.map(({ IndexStatus }) => IndexStatus)];
      if (states.some((state) => state !== 'ACTIVE')) throw new Error(`The table is ${states.join(', ')}.`);
    },
    ACTIVE_TIMEOUT_MS,
  );
}

const UPDATE_ATTEMPTS = 20;

/** Retries server errors: LocalStack returns InternalFailure and changes nothing while it works on other tables. */
async function updateTable(world: World, input: UpdateTableCommandInput): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await world.dynamodb.send(new UpdateTableCommand(input));
      return;
    } catch (error) {
      const isRetryable = error instanceof DynamoDBServiceException && (error.$metadata.httpStatusCode ?? 0) >= 500;
      if (!isRetryable || attempt === UPDATE_ATTEMPTS) throw error;
    }
    await world.sleep(500);
  }
}

async function updateIndex(world: World, table: TestTable, update: GlobalSecondaryIndexUpdate): Promise<void> {
  await updateTable(world, {
    TableName: table.name,
    AttributeDefinitions: [{ AttributeName: 'colour', AttributeType: 'S' }],
    GlobalSecondaryIndexUpdates: [update],
  });
  await waitUntilActive(world, table);
}

const byColour: GlobalSecondaryIndexUpdate = {
  Create: {
    IndexName: 'by-colour',
    KeySchema: [{ AttributeName: 'colour', KeyType: 'HASH' }],
    Projection: { ProjectionType: 'KEYS_ONLY' },
  },
};

const queryByColour = (table: TestTable, colour: string) =>
  new QueryCommand({
    TableName: table.name,
    IndexName: 'by-colour',
    KeyConditionExpression: 'colour = :c',
    ExpressionAttributeValues: { ':c': text(colour) },
  });

/** The items that all pages of a scan return. */
async function scanAll(world: World, table: TestTable, more: object): Promise<Item[]> {
  const items: Item[] = [];
  let start: Item | undefined;
  do {
    const page = await world.dynamodb.send(
      new ScanCommand({
        TableName: table.name,
        ConsistentRead: true,
        ...more,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return items;
}

export const tables: Theme = {
  name: 'tables',
  needs: [...TABLE_BASICS, 'dynamodb:UpdateTable'],
  cases: {
    'an index that is created later has the existing items, and can be deleted': {
      needs: ['dynamodb:Query'],
      run: async (world) => {
        const table = await createTable(world);
        await table.put({ ...key('j', 'red'), colour: text('red'), other: text('x') });
        await table.put(key('j', 'none'));
        await updateIndex(world, table, byColour);
        await table.put({ ...key('j', 'late'), colour: text('red') });
        await eventually(world, async () => {
          const { Items = [] } = await world.dynamodb.send(queryByColour(table, 'red'));
          expect(Items.map(({ part }) => part?.S).toSorted()).toEqual(['late', 'red']);
          expect(Items.every((item) => item.other === undefined)).toBe(true);
        });
        await updateIndex(world, table, { Delete: { IndexName: 'by-colour' } });
        await expectError(world.dynamodb.send(queryByColour(table, 'red')), 'Validation');
      },
    },

    'a table cannot be deleted until deletion protection is switched off': async (world) => {
      const table = await createTable(world);
      const protect = (DeletionProtectionEnabled: boolean) =>
        updateTable(world, { TableName: table.name, DeletionProtectionEnabled });
      await protect(true);
      expect((await describe(world, table))?.DeletionProtectionEnabled).toBe(true);
      // AWS allows one such change in 15 seconds.
      await eventually(world, () => protect(false));
      expect((await describe(world, table))?.DeletionProtectionEnabled).toBe(false);
    },

    'an UpdateTable that changes nothing, or a missing index, is refused': async (world) => {
      const table = await createTable(world);
      const update = (more: object) => updateTable(world, { TableName: table.name, ...more });
      await expectError(update({}), 'Validation');
      await expectError(
        update({ GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'none' } }] }),
        'ResourceNotFound',
      );
      await expectError(update({ GlobalSecondaryIndexUpdates: [byColour] }), 'Validation');
    },

    'tables are listed by name, in pages': {
      needs: ['dynamodb:ListTables'],
      run: async (world) => {
        const table = await createTable(world);
        const names = [table.name.slice(0, -1)];
        // Tables of other cases may be listed, too.
        while (names.at(-1) !== table.name) {
          const { TableNames = [] } = await world.dynamodb.send(
            new ListTablesCommand({ ExclusiveStartTableName: names.at(-1), Limit: 1 }),
          );
          expect(TableNames).toHaveLength(1);
          names.push(...TableNames);
        }
        expect(names).toEqual(names.toSorted());
        expect(new Set(names).size).toBe(names.length);
      },
    },

    'tags are added, replaced and removed': {
      needs: ['dynamodb:TagResource', 'dynamodb:UntagResource', 'dynamodb:ListTagsOfResource'],
      run: async (world) => {
        const table = await createTable(world);
        const ResourceArn = (await describe(world, table))?.TableArn;
        const tag = (Key: string, Value: string) =>
          world.dynamodb.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key, Value }] }));
        await tag('a', '1');
        await tag('b', '2');
        await tag('a', '3');
        await world.dynamodb.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['b'] }));
        await eventually(world, async () => {
          const { Tags } = await world.dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn }));
          expect(Tags).toEqual([{ Key: 'a', Value: '3' }]);
        });
      },
    },

    'the segments of a scan return each item once': {
      needs: ['dynamodb:Scan'],
      run: async (world) => {
        const table = await createTable(world);
        const jobs = Array.from({ length: 30 }, (_, i) => `job ${i}`);
        for (const job of jobs) await table.put(key(job, 'p'));
        const TotalSegments = 3;
        const segments = await Promise.all(
          [0, 1, 2].map((Segment) => scanAll(world, table, { Segment, TotalSegments, Limit: 4 })),
        );
        expect(
          segments
            .flat()
            .map(({ job_id }) => job_id?.S)
            .toSorted(),
        ).toEqual(jobs.toSorted());
        await expectError(world.dynamodb.send(new ScanCommand({ TableName: table.name, Segment: 1 })), 'Validation');
      },
    },

    'a filter compares values, their sizes and their contents': {
      needs: ['dynamodb:Scan'],
      run: async (world) => {
        const table = await createTable(world);
        await table.put({ ...key('j', 'a'), n: number(5), list: { L: [text('x'), text('y')] }, name: text('alice') });
        await table.put({ ...key('j', 'b'), n: number(15), map: { M: { deep: text('v') } }, name: text('bob') });
        const filteredParts = async (FilterExpression: string, values: Item) => {
          const usedNames = ['list', 'map', 'name'].filter((name) => FilterExpression.includes(`#${name}`));
          const items = await scanAll(world, table, {
            FilterExpression,
            ExpressionAttributeNames: Object.fromEntries(usedNames.map((name) => [`#${name}`, name])),
            ExpressionAttributeValues: values,
          });
          return items.map(({ part }) => part?.S).toSorted();
        };
        expect(await filteredParts('#list[1] = :v', { ':v': text('y') })).toEqual(['a']);
        expect(await filteredParts('#map.deep = :v', { ':v': text('v') })).toEqual(['b']);
        expect(await filteredParts('size(#name) > :v', { ':v': number(3) })).toEqual(['a']);
        expect(
          await filteredParts('contains(#name, :v) OR #name IN (:v, :w)', { ':v': text('lic'), ':w': text('bob') }),
        ).toEqual(['a', 'b']);
        expect(await filteredParts('NOT (#name BETWEEN :v AND :w)', { ':v': text('a'), ':w': text('b') })).toEqual([
          'b',
        ]);
      },
    },

    'a write returns the units of the indexes that it changes, and only those': async (world) => {
      const table = await createTable(world);
      const put = async (more: Item) =>
        (
          await world.dynamodb.send(
            new PutItemCommand({
              TableName: table.name,
              Item: { ...key('j', 'p'), ...more },
              ReturnConsumedCapacity: 'INDEXES',
            }),
          )
        ).ConsumedCapacity;
      const indexed = { kind: text('job'), started_on: text('2026') };
      expect(await put({})).toMatchObject({ CapacityUnits: 1, Table: { CapacityUnits: 1 } });
      expect(await put(indexed)).toMatchObject({
        CapacityUnits: 2,
        GlobalSecondaryIndexes: { jobs: { CapacityUnits: 1 } },
      });
      expect((await put(indexed))?.GlobalSecondaryIndexes).toBeUndefined();
      expect(await put({ ...indexed, started_on: text('2027') })).toMatchObject({ CapacityUnits: 3 });
    },
  },
};
