// The table and the queues step by step, over clients that answer as the test says: what is made, changed or left, and what a dry run does.
import { describe, expect, test } from '@jest/globals';
import { awsSettingsFrom, provision, resourceDefinitions, resourceNames } from '../src/index.ts';
import { type FoundTable, findTable, provisionTable } from '../src/provision-table.ts';
import type { Provisioning } from '../src/provisioning.ts';
import { type Answers, fakeAws, inTurn, refusal } from './fake-aws.ts';

const settings = awsSettingsFrom({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
const definitions = resourceDefinitions(settings);
const { queue, dlq, table, bucket } = settings;
const [index] = definitions.table.GlobalSecondaryIndexes ?? [];
const ACTIVE = {
  TableStatus: 'ACTIVE',
  KeySchema: definitions.table.KeySchema,
  GlobalSecondaryIndexes: [{ ...index, IndexStatus: 'ACTIVE' }],
};
const NO_TABLE = refusal('ResourceNotFoundException');
const ENABLED = { TimeToLiveStatus: 'ENABLED', AttributeName: 'expires_at' };

function start(answers: Answers, isDry = false) {
  const world = fakeAws({ UpdateTimeToLive: () => ({}), UpdateTable: () => ({}), CreateTable: () => ({}), ...answers });
  const told: string[] = [];
  let pauses = 0;
  const work: Provisioning = {
    definitions,
    settings,
    options: { dryRun: isDry },
    apply: async (call) => (isDry ? undefined : call()),
    created: (what) => told.push(`created ${what}`),
    changed: (what) => told.push(`changed ${what}`),
    pause: async () => {
      pauses += 1;
    },
  };
  const run = (there?: FoundTable) => provisionTable(world.clients.dynamodb, work, there);
  return { ...world, told, work, run, pauses: () => pauses };
}

describe('a table', () => {
  test('is waited for until it and its index are active', async () => {
    const building = { ...ACTIVE, GlobalSecondaryIndexes: [{ ...index, IndexStatus: 'CREATING' }] };
    const { run, told, pauses, names } = start({
      DescribeTable: inTurn({ Table: { ...ACTIVE, TableStatus: 'CREATING' } }, { Table: building }, { Table: ACTIVE }),
    });
    await run();
    expect(told).toEqual([`created ${table}`]);
    expect(pauses()).toBe(2);
    expect(names()).toEqual(['CreateTable', 'DescribeTable', 'DescribeTable', 'DescribeTable', 'UpdateTimeToLive']);
  });

  test('that another process creates at this moment is waited for, and was not created by this one', async () => {
    const { run, told, pauses } = start({
      CreateTable: () => refusal('ResourceInUseException'),
      DescribeTable: inTurn(NO_TABLE, { Table: ACTIVE }),
      UpdateTimeToLive: () => refusal('ValidationException'),
    });
    await run();
    expect([told, pauses()]).toEqual([[], 1]);
    const other = start({
      CreateTable: () => refusal('ResourceInUseException'),
      DescribeTable: () => ({ Table: { ...ACTIVE, KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] } }),
    });
    await expect(other.run()).rejects.toMatchObject({ code: 'resource_differs' });
    expect(other.names()).not.toContain('UpdateTimeToLive');
    const notOn = start({
      DescribeTable: () => ({ Table: ACTIVE }),
      UpdateTimeToLive: () => refusal('AccessDeniedException'),
    });
    await expect(notOn.run()).rejects.toThrow('AccessDeniedException');
    const denied = start({ CreateTable: () => refusal('AccessDeniedException') });
    await expect(denied.run()).rejects.toThrow('AccessDeniedException');
  });

  test('that is there gets what it lacks, is told so, and is waited for after each change', async () => {
    const older = {
      TableStatus: 'ACTIVE',
      KeySchema: ACTIVE.KeySchema,
      BillingModeSummary: { BillingMode: 'PROVISIONED' },
    };
    const { run, told, names, asked } = start({ DescribeTable: () => ({ Table: older }) });
    await run({ description: older, timeToLive: { TimeToLiveStatus: 'DISABLED' } } as FoundTable);
    expect(told).toEqual([
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
    expect(asked.filter(({ name }) => name.startsWith('Update')).map(({ input }) => input)).toEqual([
      { TableName: table, TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true } },
      {
        TableName: table,
        AttributeDefinitions: definitions.table.AttributeDefinitions,
        GlobalSecondaryIndexUpdates: [{ Create: index }],
      },
      { TableName: table, BillingMode: 'PAY_PER_REQUEST' },
    ]);
  });

  test('as it should be is left alone, also while its time to live is being turned on', async () => {
    for (const TimeToLiveStatus of ['ENABLED', 'ENABLING']) {
      const { run, told, names } = start({ DescribeTable: () => ({ Table: ACTIVE }) });
      await run({ description: ACTIVE, timeToLive: { TimeToLiveStatus } } as FoundTable);
      expect([told, names()]).toEqual([[], ['DescribeTable']]);
    }
  });

  test('whose time to live AWS refuses to turn on says so', async () => {
    const { run } = start({
      DescribeTable: () => ({ Table: ACTIVE }),
      UpdateTimeToLive: () => refusal('ValidationException'),
    });
    await expect(run({ description: ACTIVE, timeToLive: {} } as FoundTable)).rejects.toThrow('ValidationException');
  });

  test('in a dry run is told and not changed, and one that is not there not waited for', async () => {
    const older = {
      TableStatus: 'ACTIVE',
      KeySchema: ACTIVE.KeySchema,
      BillingModeSummary: { BillingMode: 'PROVISIONED' },
    };
    const there = start({ DescribeTable: () => ({ Table: older }) }, true);
    await there.run({ description: older, timeToLive: {} } as FoundTable);
    expect(there.told).toHaveLength(3);
    expect(there.names()).toEqual(['DescribeTable']);
    const none = start({}, true);
    await none.run();
    expect([none.told, none.names()]).toEqual([[`created ${table}`], []]);
  });
});

describe('a table that is found', () => {
  const find = (Table: object | undefined, TimeToLiveDescription?: object) => {
    const { clients, work } = start({
      DescribeTable: () => (Table === undefined ? NO_TABLE : { Table }),
      DescribeTimeToLive: () => ({ TimeToLiveDescription }),
    });
    return findTable(clients.dynamodb, work);
  };

  test('is it with its time to live, or is not there', async () => {
    expect(await find(ACTIVE, ENABLED)).toEqual({ description: ACTIVE, timeToLive: ENABLED });
    expect(await find(ACTIVE)).toEqual({ description: ACTIVE, timeToLive: {} });
    expect(await find(undefined)).toBeUndefined();
    const denied = start({ DescribeTable: () => refusal('AccessDeniedException') });
    await expect(findTable(denied.clients.dynamodb, denied.work)).rejects.toThrow('AccessDeniedException');
  });

  test.each<[string, object, object, RegExp]>([
    [
      'other keys',
      { ...ACTIVE, KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] },
      ENABLED,
      /has the keys id HASH, not job_id HASH, part RANGE/,
    ],
    [
      'other keys in its index',
      {
        ...ACTIVE,
        GlobalSecondaryIndexes: [{ IndexName: 'jobs', KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }] }],
      },
      ENABLED,
      /has an index "jobs" with other keys/,
    ],
    [
      'another attribute for its time to live',
      ACTIVE,
      { ...ENABLED, AttributeName: 'ttl' },
      /by their attribute ttl \(time to live\), not expires_at/,
    ],
  ])('with %s is refused', async (_, description, timeToLive, text) => {
    await expect(find(description, timeToLive)).rejects.toMatchObject({
      code: 'resource_differs',
      message: expect.stringMatching(text),
      details: { table },
    });
  });

  test('may have had another attribute before it was turned off', async () => {
    const off = { TimeToLiveStatus: 'DISABLED', AttributeName: 'ttl' };
    expect(await find(ACTIVE, off)).toEqual({ description: ACTIVE, timeToLive: off });
  });
});

describe('provision', () => {
  const NOTHING: Answers = {
    HeadBucket: () => refusal('NotFound', { $metadata: { httpStatusCode: 404 } }),
    GetQueueUrl: () => refusal('QueueDoesNotExist'),
    DescribeTable: () => NO_TABLE,
  };
  const MAKES = /^(Create|Put|Set|Update|Delete)/;

  test('in a dry run names everything that is not there, as it finds it, and makes nothing', async () => {
    const { clients, names } = fakeAws(NOTHING);
    const heard: string[] = [];
    const options = { dryRun: true, onCreated: (what: string) => heard.push(what) };
    const { created, changed } = await provision(clients, settings, options);
    expect(new Set(created)).toEqual(new Set(resourceNames(settings)));
    expect([heard, changed]).toEqual([created, []]);
    expect(names().filter((name) => MAKES.test(name))).toEqual([]);
    expect(created[0]).toBe(bucket);
  });

  test('in a dry run names every setting that differs, and changes none', async () => {
    const queues: Record<string, object> = {
      [`url/${queue}`]: { ...definitions.queue.attributes, VisibilityTimeout: '5', QueueArn: 'arn:queue' },
      [`url/${dlq}`]: { ...definitions.dlq.attributes, QueueArn: 'arn:dlq', RedriveAllowPolicy: '' },
    };
    const { clients, names } = fakeAws({
      HeadBucket: () => ({}),
      GetBucketLifecycleConfiguration: () => ({ Rules: definitions.bucket.lifecycleRules }),
      GetPublicAccessBlock: () => refusal('NoSuchPublicAccessBlockConfiguration'),
      GetQueueUrl: ({ QueueName }) => ({ QueueUrl: `url/${String(QueueName)}` }),
      GetQueueAttributes: ({ QueueUrl }) => ({ Attributes: queues[String(QueueUrl)] }),
      DescribeTable: () => ({ Table: ACTIVE }),
      DescribeTimeToLive: () => ({ TimeToLiveDescription: ENABLED }),
    });
    const heard: string[] = [];
    const { created, changed } = await provision(clients, settings, {
      dryRun: true,
      onChanged: (what) => heard.push(what),
    });
    expect(created).toEqual([]);
    expect(heard).toEqual(changed);
    expect(new Set(changed)).toEqual(
      new Set([
        `${queue} VisibilityTimeout`,
        `${queue} RedrivePolicy`,
        `${dlq} RedriveAllowPolicy`,
        `${bucket} public access block`,
      ]),
    );
    expect(names().filter((name) => MAKES.test(name))).toEqual([]);
  });

  test('tells what failed only when all that it began has ended', async () => {
    const ended: string[] = [];
    const { clients } = fakeAws({
      ...NOTHING,
      HeadBucket: () => ({}),
      CreateQueue: () => refusal('AccessDenied'),
      CreateTable: async () => {
        for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
        ended.push('table');
        return refusal('AccessDeniedException');
      },
      GetBucketLifecycleConfiguration: () => ({ Rules: definitions.bucket.lifecycleRules }),
      GetPublicAccessBlock: () => ({ PublicAccessBlockConfiguration: definitions.bucket.publicAccessBlock }),
    });
    await expect(provision(clients, settings)).rejects.toThrow('AccessDenied');
    expect(ended).toEqual(['table']);
  });

  test('tells each thing once as it is made, asks again after an error that may pass, and ends with its signal', async () => {
    const away = () => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    const { signal } = new AbortController();
    const { clients, asked, names } = fakeAws({
      HeadBucket: inTurn(away(), NOTHING.HeadBucket?.({}, {})),
      GetQueueUrl: inTurn(away(), refusal('QueueDoesNotExist')),
      DescribeTable: inTurn(away(), NO_TABLE, { Table: { ...ACTIVE, TableStatus: 'CREATING' } }, { Table: ACTIVE }),
      CreateBucket: () => ({}),
      CreateQueue: ({ QueueName }) => ({ QueueUrl: `url/${String(QueueName)}` }),
      GetQueueAttributes: ({ QueueUrl }) => ({
        Attributes: {
          ...(String(QueueUrl).endsWith(dlq) ? definitions.dlq : definitions.queue).attributes,
          RedrivePolicy: JSON.stringify({ deadLetterTargetArn: `arn:url/${dlq}`, maxReceiveCount: 10 }),
          QueueArn: `arn:${String(QueueUrl)}`,
        },
      }),
      SetQueueAttributes: () => ({}),
      CreateTable: () => ({}),
      UpdateTimeToLive: () => ({}),
      GetBucketLifecycleConfiguration: () => ({ Rules: definitions.bucket.lifecycleRules }),
      GetPublicAccessBlock: () => ({ PublicAccessBlockConfiguration: definitions.bucket.publicAccessBlock }),
    });
    const heard: string[] = [];
    const { created, changed } = await provision(clients, settings, {
      signal,
      onCreated: (what) => heard.push(what),
      onChanged: (what) => heard.push(`changed ${what}`),
    });
    expect(heard).toEqual(created);
    expect([created.toSorted(), changed]).toEqual([resourceNames(settings).toSorted(), []]);
    expect(resourceNames(settings)).toEqual([bucket, dlq, queue, table]);
    expect(names().indexOf('CreateBucket')).toBeLessThan(names().indexOf('CreateQueue'));
    expect(names().indexOf('CreateBucket')).toBeLessThan(names().indexOf('CreateTable'));
    expect(asked.filter(({ options }) => options.abortSignal !== signal)).toEqual([]);
  });

  test('stops waiting for a table when its signal aborts', async () => {
    const stop = new AbortController();
    const { clients } = fakeAws({
      ...NOTHING,
      HeadBucket: () => ({}),
      GetQueueUrl: () => ({ QueueUrl: 'url' }),
      GetQueueAttributes: () => ({ Attributes: {} }),
      SetQueueAttributes: () => ({}),
      DescribeTable: () => ({ Table: { ...ACTIVE, TableStatus: 'UPDATING' } }),
      DescribeTimeToLive: () => {
        setImmediate(() => stop.abort(new Error('Ctrl-C')));
        return { TimeToLiveDescription: ENABLED };
      },
      GetBucketLifecycleConfiguration: () => ({ Rules: definitions.bucket.lifecycleRules }),
      GetPublicAccessBlock: () => ({ PublicAccessBlockConfiguration: definitions.bucket.publicAccessBlock }),
    });
    await expect(provision(clients, settings, { signal: stop.signal })).rejects.toThrow();
    expect(stop.signal.aborted).toBe(true);
  });
});
