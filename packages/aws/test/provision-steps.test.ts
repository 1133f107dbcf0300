// Provisioning the table, with the test's answers: what is created, changed or not, and what a dry run does.
import { describe, expect, test } from '@jest/globals';
import { type FoundTable, findTable, provisionTable } from '../src/provision-table.ts';
import type { Provisioning } from '../src/provisioning.ts';
import {
  ACTIVE_TABLE,
  type Answers,
  definitions,
  fakeAws,
  index,
  inTurn,
  NO_TABLE,
  refusal,
  settings,
  TTL_ENABLED,
} from './fake-aws.ts';

const { table } = settings;

function start(answers: Answers, isDry = false) {
  const world = fakeAws({ UpdateTimeToLive: () => ({}), UpdateTable: () => ({}), CreateTable: () => ({}), ...answers });
  const reported: string[] = [];
  let pauses = 0;
  const work: Provisioning = {
    definitions,
    settings,
    options: { dryRun: isDry },
    apply: async (call) => (isDry ? undefined : call()),
    created: (what) => reported.push(`created ${what}`),
    changed: (what) => reported.push(`changed ${what}`),
    pause: async () => {
      pauses += 1;
    },
  };
  const run = (existing?: FoundTable) => provisionTable(world.clients.dynamodb, work, existing);
  return { ...world, reported, work, run, pauses: () => pauses };
}

describe('provisioning a table', () => {
  test('waits until the table and its index are active', async () => {
    const building = { ...ACTIVE_TABLE, GlobalSecondaryIndexes: [{ ...index, IndexStatus: 'CREATING' }] };
    const { run, reported, pauses, names } = start({
      DescribeTable: inTurn(
        { Table: { ...ACTIVE_TABLE, TableStatus: 'CREATING' } },
        { Table: building },
        { Table: ACTIVE_TABLE },
      ),
    });
    await run();
    expect(reported).toEqual([`created ${table}`]);
    expect(pauses()).toBe(2);
    expect(names()).toEqual(['CreateTable', 'DescribeTable', 'DescribeTable', 'DescribeTable', 'UpdateTimeToLive']);
  });

  test('waits for a table that another process is creating, and does not report it as created', async () => {
    const { run, reported, pauses } = start({
      CreateTable: () => refusal('ResourceInUseException'),
      DescribeTable: inTurn(NO_TABLE, { Table: ACTIVE_TABLE }),
      UpdateTimeToLive: () => refusal('ValidationException'),
    });
    await run();
    expect([reported, pauses()]).toEqual([[], 1]);
    const other = start({
      CreateTable: () => refusal('ResourceInUseException'),
      DescribeTable: () => ({ Table: { ...ACTIVE_TABLE, KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] } }),
    });
    await expect(other.run()).rejects.toMatchObject({ code: 'resource_differs' });
    expect(other.names()).not.toContain('UpdateTimeToLive');
    const notOn = start({
      DescribeTable: () => ({ Table: ACTIVE_TABLE }),
      UpdateTimeToLive: () => refusal('AccessDeniedException'),
    });
    await expect(notOn.run()).rejects.toThrow('AccessDeniedException');
    const denied = start({ CreateTable: () => refusal('AccessDeniedException') });
    await expect(denied.run()).rejects.toThrow('AccessDeniedException');
  });

  test('adds what an existing table does not have, reports it, and waits after each change', async () => {
    const older = {
      TableStatus: 'ACTIVE',
      KeySchema: ACTIVE_TABLE.KeySchema,
      BillingModeSummary: { BillingMode: 'PROVISIONED' },
    };
    const { run, reported, names, requested } = start({ DescribeTable: () => ({ Table: older }) });
    await run({ description: older, timeToLive: { TimeToLiveStatus: 'DISABLED' } } as FoundTable);
    expect(reported).toEqual([
      `changed ${table} TimeToLive`,
      `changed ${table} index jobs`,
      `changed ${table} BillingMode`,
    ]);
    expect(names()).toEqual([
      'DescribeTable',
      'UpdateTimeToLive',
      'UpdateTable',
      'DescribeTable',
      'UpdateTable',
      'DescribeTable',
    ]);
    expect(requested.filter(({ name }) => name.startsWith('Update')).map(({ input }) => input)).toEqual([
      { TableName: table, TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true } },
      {
        TableName: table,
        AttributeDefinitions: definitions.table.AttributeDefinitions,
        GlobalSecondaryIndexUpdates: [{ Create: index }],
      },
      { TableName: table, BillingMode: 'PAY_PER_REQUEST' },
    ]);
  });

  test('leaves a correct table unchanged, also while its time to live is being turned on', async () => {
    for (const TimeToLiveStatus of ['ENABLED', 'ENABLING']) {
      const { run, reported, names } = start({ DescribeTable: () => ({ Table: ACTIVE_TABLE }) });
      await run({ description: ACTIVE_TABLE, timeToLive: { TimeToLiveStatus } } as FoundTable);
      expect([reported, names()]).toEqual([[], ['DescribeTable']]);
    }
  });

  test('throws when AWS refuses to turn on time to live', async () => {
    const { run } = start({
      DescribeTable: () => ({ Table: ACTIVE_TABLE }),
      UpdateTimeToLive: () => refusal('ValidationException'),
    });
    await expect(run({ description: ACTIVE_TABLE, timeToLive: {} } as FoundTable)).rejects.toThrow(
      'ValidationException',
    );
  });

  test('reports changes and makes none in a dry run, and does not wait for a missing table', async () => {
    const older = {
      TableStatus: 'ACTIVE',
      KeySchema: ACTIVE_TABLE.KeySchema,
      BillingModeSummary: { BillingMode: 'PROVISIONED' },
    };
    const existing = start({ DescribeTable: () => ({ Table: older }) }, true);
    await existing.run({ description: older, timeToLive: {} } as FoundTable);
    expect(existing.reported).toHaveLength(3);
    expect(existing.names()).toEqual(['DescribeTable']);
    const missing = start({}, true);
    await missing.run();
    expect([missing.reported, missing.names()]).toEqual([[`created ${table}`], []]);
  });
});

describe('findTable', () => {
  const find = (Table: object | undefined, TimeToLiveDescription?: object) => {
    const { clients, work } = start({
      DescribeTable: () => (Table === undefined ? NO_TABLE : { Table }),
      DescribeTimeToLive: () => ({ TimeToLiveDescription }),
    });
    return findTable(clients.dynamodb, work);
  };

  test('returns the table with its time to live, or undefined', async () => {
    expect(await find(ACTIVE_TABLE, TTL_ENABLED)).toEqual({ description: ACTIVE_TABLE, timeToLive: TTL_ENABLED });
    expect(await find(ACTIVE_TABLE)).toEqual({ description: ACTIVE_TABLE, timeToLive: {} });
    const unnamed = { TimeToLiveStatus: 'ENABLED' };
    expect(await find(ACTIVE_TABLE, unnamed)).toEqual({ description: ACTIVE_TABLE, timeToLive: unnamed });
    expect(await find(undefined)).toBeUndefined();
    const denied = start({ DescribeTable: () => refusal('AccessDeniedException') });
    await expect(findTable(denied.clients.dynamodb, denied.work)).rejects.toThrow('AccessDeniedException');
  });

  test.each<[string, object, object, RegExp]>([
    [
      'other keys',
      { ...ACTIVE_TABLE, KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] },
      TTL_ENABLED,
      /has the keys id HASH, not job_id HASH, part RANGE/,
    ],
    [
      'other keys in its index',
      {
        ...ACTIVE_TABLE,
        GlobalSecondaryIndexes: [{ IndexName: 'jobs', KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }] }],
      },
      TTL_ENABLED,
      /has an index "jobs" with other keys/,
    ],
    [
      'another attribute for its time to live',
      ACTIVE_TABLE,
      { ...TTL_ENABLED, AttributeName: 'ttl' },
      /by their attribute ttl \(time to live\), not expires_at/,
    ],
  ])('refuses a table with %s', async (_, description, timeToLive, text) => {
    await expect(find(description, timeToLive)).rejects.toMatchObject({
      code: 'resource_differs',
      message: expect.stringMatching(text),
      details: { table },
    });
  });

  test('accepts a table whose time to live was turned off and had another attribute', async () => {
    const off = { TimeToLiveStatus: 'DISABLED', AttributeName: 'ttl' };
    expect(await find(ACTIVE_TABLE, off)).toEqual({ description: ACTIVE_TABLE, timeToLive: off });
  });
});
