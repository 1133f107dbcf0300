// localstack-init creates with awslocal the resources that provision() creates in code: every attribute is compared.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTableCommand, DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import {
  GetBucketLifecycleConfigurationCommand,
  GetPublicAccessBlockCommand,
  PutBucketLifecycleConfigurationCommand,
} from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AwsSettings, provision, resourceDefinitions } from '@movie-load/aws';
import { needs } from '../support/needs.ts';
import { INIT, type Localstack, startLocalstack } from './support/localstack.ts';

needs('docker')('localstack-init', () => {
  let localstack: Localstack;
  beforeAll(async () => {
    localstack = await startLocalstack({ init: INIT });
  });
  afterAll(() => localstack?.stop());

  test('reaches READY, and no script fails', async () => {
    const answer = await fetch(`${localstack.endpoint}/_localstack/init`);
    expect(await answer.json()).toMatchObject({
      completed: { READY: true },
      scripts: [{ stage: 'READY', name: '10-resources.sh', state: 'SUCCESSFUL' }],
    });
    expect(await localstack.healthCheck()).toBe(0);
  });

  test('a failed script makes the health check fail, though LocalStack reports READY', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'movie-load-init-'));
    await chmod(folder, 0o755);
    await writeFile(join(folder, '10-works.sh'), '#!/usr/bin/env bash\ntrue\n', { mode: 0o755 });
    await writeFile(join(folder, '20-fails.sh'), '#!/usr/bin/env bash\nexit 3\n', { mode: 0o755 });
    const failing = await startLocalstack({ init: folder });
    try {
      const answer = await fetch(`${failing.endpoint}/_localstack/init`);
      expect(await answer.json()).toMatchObject({
        completed: { READY: true },
        scripts: [{ state: 'SUCCESSFUL' }, { state: 'ERROR' }],
      });
      expect(await failing.healthCheck()).not.toBe(0);
    } finally {
      await failing.stop();
      await rm(folder, { recursive: true });
    }
  });

  test('creates resources whose every attribute is that of the code’s definition', async () => {
    const actual = await describeAll(localstack, localstack.settings);
    const expected = resourceDefinitions(localstack.settings);
    expect(actual.dlq).toMatchObject(expected.dlq.attributes);
    expect(actual.queue).toMatchObject(expected.queue.attributes);
    expect(actual.table.AttributeDefinitions).toEqual(
      expect.arrayContaining(expected.table.AttributeDefinitions ?? []),
    );
    expect(actual.table).toMatchObject({
      TableName: 'movie-job-information',
      KeySchema: expected.table.KeySchema,
      BillingModeSummary: { BillingMode: expected.table.BillingMode },
      GlobalSecondaryIndexes: expected.table.GlobalSecondaryIndexes,
    });
    expect(actual.timeToLive).toMatchObject({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expires_at' });
    expect(actual.lifecycle).toMatchObject(expected.bucket.lifecycleRules);
    expect(actual.publicAccessBlock).toEqual(expected.bucket.publicAccessBlock);
  });

  test('leaves nothing for provision() to create or change', async () => {
    expect(await provision(localstack.clients, localstack.settings)).toEqual({ created: [], changed: [] });
  });

  test('creates what provision() creates under other names, but for names and times', async () => {
    const other: AwsSettings = {
      ...localstack.settings,
      queue: 'other-load.fifo',
      dlq: 'other-load-dlq.fifo',
      table: 'other-job-information',
      bucket: 'other-bucket',
    };
    await provision(localstack.clients, other);
    const [byCode, byScript] = await Promise.all([
      describeAll(localstack, other),
      describeAll(localstack, localstack.settings),
    ]);
    expect(withoutNames(byScript, localstack.settings)).toEqual(withoutNames(byCode, other));
  });

  test('attributes that were changed by hand are corrected by provision()', async () => {
    const { clients, settings } = localstack;
    const { QueueUrl } = await clients.sqs.send(new GetQueueUrlCommand({ QueueName: settings.queue }));
    const Attributes = { VisibilityTimeout: '7', ReceiveMessageWaitTimeSeconds: '1' };
    await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    const Rules = [{ ID: 'other', Status: 'Disabled' as const, Filter: { Prefix: 'x/' }, Expiration: { Days: 3 } }];
    await clients.s3.send(
      new PutBucketLifecycleConfigurationCommand({ Bucket: settings.bucket, LifecycleConfiguration: { Rules } }),
    );
    const { created, changed } = await provision(clients, settings);
    expect(created).toEqual([]);
    expect([...changed].sort()).toEqual([
      'movie-bucket lifecycle',
      'movie-load.fifo ReceiveMessageWaitTimeSeconds',
      'movie-load.fifo VisibilityTimeout',
    ]);
    const corrected = await describeAll(localstack, settings);
    expect(corrected.queue).toMatchObject(resourceDefinitions(settings).queue.attributes);
    expect(corrected.lifecycle?.map(({ ID }) => ID)).toEqual(['other', 'unfinished-uploads']);
    expect(await provision(clients, settings)).toEqual({ created: [], changed: [] });
  });
});

/** Everything that the endpoint returns about the four resources. */
async function describeAll({ clients: { sqs, dynamodb, s3 } }: Localstack, settings: AwsSettings) {
  const attributes = async (QueueName: string) => {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    return Attributes;
  };
  const { Table: table = {} } = await dynamodb.send(new DescribeTableCommand({ TableName: settings.table }));
  const { TimeToLiveDescription: timeToLive } = await dynamodb.send(
    new DescribeTimeToLiveCommand({ TableName: settings.table }),
  );
  const { Rules: lifecycle } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: settings.bucket }));
  const { PublicAccessBlockConfiguration: publicAccessBlock } = await s3.send(
    new GetPublicAccessBlockCommand({ Bucket: settings.bucket }),
  );
  return {
    timeToLive,
    queue: await attributes(settings.queue),
    dlq: await attributes(settings.dlq),
    table,
    lifecycle,
    publicAccessBlock,
  };
}

/** As JSON with replaced names, without times and random ids, and with unordered lists sorted. */
function withoutNames(described: object, { queue, dlq, table, bucket }: AwsSettings): unknown {
  const text = JSON.stringify(described)
    .replaceAll(dlq, '<dlq>')
    .replaceAll(queue, '<queue>')
    .replaceAll(table, '<table>')
    .replaceAll(bucket, '<bucket>');
  return JSON.parse(text, (key, value: unknown) => {
    if (/(Timestamp|DateTime|TableId)$/.test(key) || key.startsWith('LastUpdate')) return undefined;
    if (key === 'RedrivePolicy' || key === 'RedriveAllowPolicy') return JSON.parse(String(value));
    if (key === 'AttributeDefinitions' && Array.isArray(value)) return value.map((one) => JSON.stringify(one)).sort();
    return value;
  });
}
