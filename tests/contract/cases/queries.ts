// Queries: order, pages, the index, scans.

import { paginateQuery, QueryCommand, type QueryCommandInput, ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect } from '@jest/globals';
import { eventually, type Theme, type World } from '../case.ts';
import { createTable, type Item, key, TABLE_BASICS, type TestTable, text } from '../test-table.ts';

/** The sort keys of items. */
const partsOf = (items: readonly Item[] | undefined) => (items ?? []).map((item) => item.part?.S);

function query(world: World, table: TestTable, more: Partial<QueryCommandInput> = {}) {
  return world.dynamodb.send(new QueryCommand({ ...queryOf(table, 'j'), ...more }));
}

function queryOf(table: TestTable, job: string): QueryCommandInput {
  return {
    TableName: table.name,
    ConsistentRead: true,
    KeyConditionExpression: '#job = :job',
    ExpressionAttributeNames: { '#job': 'job_id' },
    ExpressionAttributeValues: { ':job': text(job) },
  };
}

export const queries: Theme = {
  name: 'queries',
  needs: [...TABLE_BASICS, 'dynamodb:Query'],
  cases: {
    'a query returns the items of one key in the order of their bytes, in either direction': async (world) => {
      const table = await createTable(world);
      for (const name of ['movies#10', 'movies#2', 'ledger', 'ü', 'z', 'Z']) await table.put(key('j', name));
      await table.put(key('other', 'x'));
      const order = ['Z', 'ledger', 'movies#10', 'movies#2', 'z', 'ü'];
      expect(partsOf((await query(world, table)).Items)).toEqual(order);
      expect(partsOf((await query(world, table, { ScanIndexForward: false })).Items)).toEqual(order.toReversed());
    },

    'a query narrows by prefix and by range': async (world) => {
      const table = await createTable(world);
      for (const name of ['a1', 'b1', 'b2', 'b3', 'c1']) await table.put(key('j', name));
      const where = (condition: string, values: Item) =>
        query(world, table, {
          KeyConditionExpression: `#job = :job AND ${condition}`,
          ExpressionAttributeNames: { '#job': 'job_id', '#part': 'part' },
          ExpressionAttributeValues: { ':job': text('j'), ...values },
        });
      expect(partsOf((await where('begins_with(#part, :b)', { ':b': text('b') })).Items)).toEqual(['b1', 'b2', 'b3']);
      const between = { ':from': text('b2'), ':to': text('c') };
      expect(partsOf((await where('#part BETWEEN :from AND :to', between)).Items)).toEqual(['b2', 'b3']);
    },

    'a limit makes pages that meet without gap or overlap': async (world) => {
      const table = await createTable(world);
      const names = Array.from({ length: 7 }, (_, i) => `p${i}`);
      for (const name of names) await table.put(key('j', name));
      const parts: (string | undefined)[] = [];
      let start: Item | undefined;
      do {
        const page = await query(world, table, { Limit: 3, ExclusiveStartKey: start });
        parts.push(...partsOf(page.Items));
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
      expect(parts).toEqual(names);
    },

    'a page ends at 1 MB': async (world) => {
      const table = await createTable(world);
      const names = ['p0', 'p1', 'p2', 'p3'];
      for (const name of names) await table.put({ ...key('j', name), x: text('x'.repeat(390_000)) });
      const first = await query(world, table);
      expect(first.Items?.length).toBeLessThan(4);
      expect(first.Items?.length).toBeGreaterThanOrEqual(2);
      expect(first.LastEvaluatedKey).toBeDefined();
      const second = await query(world, table, { ExclusiveStartKey: first.LastEvaluatedKey });
      expect([...partsOf(first.Items), ...partsOf(second.Items)]).toEqual(names);
    },

    'a projection returns only the requested attributes': async (world) => {
      const table = await createTable(world);
      await table.put({ ...key('j', 'p'), a: text('1'), b: text('2') });
      const response = await query(world, table, {
        ProjectionExpression: '#a',
        ExpressionAttributeNames: { '#job': 'job_id', '#a': 'a' },
      });
      expect(response.Items).toEqual([{ a: text('1') }]);
    },

    'the index has only items with its key, newest first, with its projected attributes': async (world) => {
      const table = await createTable(world);
      const job = (id: string, on: string) => ({
        ...key(id, 'job'),
        kind: text('job'),
        started_on: text(on),
        status: text('RUNNING'),
        secret: text('x'),
      });
      await table.put(job('one', '2026-01-01'));
      await table.put(job('three', '2026-01-03'));
      await table.put(job('two', '2026-01-02'));
      await table.put(key('one', 'ledger'));
      const jobs = {
        TableName: table.name,
        IndexName: 'jobs',
        KeyConditionExpression: '#kind = :kind',
        ExpressionAttributeNames: { '#kind': 'kind' },
        ExpressionAttributeValues: { ':kind': text('job') },
        ScanIndexForward: false,
        ConsistentRead: undefined,
      };
      await eventually(world, async () => {
        const response = await query(world, table, jobs);
        expect(response.Items?.map((item) => item.job_id?.S)).toEqual(['three', 'two', 'one']);
        expect(response.Items?.[0]).toEqual({
          ...key('three', 'job'),
          kind: text('job'),
          started_on: text('2026-01-03'),
          status: text('RUNNING'),
        });
      });
      const first = await query(world, table, { ...jobs, Limit: 1 });
      const second = await query(world, table, { ...jobs, ExclusiveStartKey: first.LastEvaluatedKey });
      expect(second.Items?.map((item) => item.job_id?.S)).toEqual(['two', 'one']);
    },

    "the SDK's paginator walks all pages": async (world) => {
      const table = await createTable(world);
      for (let i = 0; i < 5; i += 1) await table.put(key('j', `p${i}`));
      const parts: (string | undefined)[] = [];
      // The type of the paginator's client is the SDK's, but it uses only `send`.
      const client = world.dynamodb as Parameters<typeof paginateQuery>[0]['client'];
      for await (const page of paginateQuery({ client, pageSize: 2 }, queryOf(table, 'j'))) {
        parts.push(...partsOf(page.Items));
      }
      expect(parts).toEqual(['p0', 'p1', 'p2', 'p3', 'p4']);
    },

    'a scan returns all items': {
      needs: ['dynamodb:Scan'],
      run: async (world) => {
        const table = await createTable(world);
        for (const job of ['a', 'b', 'c']) await table.put(key(job, 'p'));
        const response = await world.dynamodb.send(new ScanCommand({ TableName: table.name, ConsistentRead: true }));
        expect(response.Items?.map((item) => item.job_id?.S).toSorted()).toEqual(['a', 'b', 'c']);
      },
    },
  },
};
