// Provisioning the resources of the embedded AWS, and a table that has neither the index nor on-demand billing.
import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type TableDescription,
  UpdateTableCommand,
  type UpdateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import {
  GetBucketLifecycleConfigurationCommand,
  GetPublicAccessBlockCommand,
  PutBucketLifecycleConfigurationCommand,
} from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '@movie-load/local-aws';
import {
  type AwsClients,
  type AwsSettings,
  awsSettingsFrom,
  createClients,
  type DynamoDbSender,
  provision,
  queueUrl,
  resourceDefinitions,
} from '../src/index.ts';
import { provisionTable } from '../src/provision-table.ts';

let aws: LocalAws;
let clients: AwsClients;
let settings: AwsSettings;
beforeAll(async () => {
  aws = await startLocalAws();
  settings = awsSettingsFrom({ AWS_ENDPOINT_URL: aws.endpoint });
  clients = createClients(settings, { env: {} });
});
afterAll(async () => {
  clients.destroy();
  await aws.close();
});

async function attributesOf(name: string): Promise<Record<string, string | undefined>> {
  const QueueUrl = await queueUrl(clients.sqs, name);
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
  return (await clients.sqs.send(command)).Attributes ?? {};
}

describe('provision', () => {
  test('creates everything, also when run twice concurrently, and changes nothing when it is run again', async () => {
    const [first, second] = await Promise.all([provision(clients, settings), provision(clients, settings)]);
    const names = [settings.queue, settings.dlq, settings.table, settings.bucket];
    expect(new Set([...first.created, ...second.created])).toEqual(new Set(names));
    expect(await provision(clients, settings)).toEqual({ created: [], changed: [] });
  });

  test('sets every attribute as defined', async () => {
    const { queue, dlq, table, bucket } = resourceDefinitions(settings);
    expect(await attributesOf(queue.name)).toMatchObject(queue.attributes);
    expect(await attributesOf(dlq.name)).toMatchObject(dlq.attributes);
    const redrive = JSON.parse((await attributesOf(queue.name)).RedrivePolicy ?? '{}');
    expect(redrive).toEqual({ deadLetterTargetArn: (await attributesOf(dlq.name)).QueueArn, maxReceiveCount: 10 });
    const allowed = JSON.parse((await attributesOf(dlq.name)).RedriveAllowPolicy ?? '{}');
    const sourceQueueArns = [(await attributesOf(queue.name)).QueueArn];
    expect(allowed).toEqual({ redrivePermission: 'byQueue', sourceQueueArns });
    const { Table } = await clients.dynamodb.send(new DescribeTableCommand({ TableName: table.TableName }));
    expect(Table).toMatchObject({
      KeySchema: table.KeySchema,
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      GlobalSecondaryIndexes: [{ IndexName: 'jobs', KeySchema: table.GlobalSecondaryIndexes?.[0]?.KeySchema }],
    });
    expect(Table?.GlobalSecondaryIndexes?.[0]?.Projection?.NonKeyAttributes?.toSorted()).toEqual(['plan', 'status']);
    const { TimeToLiveDescription } = await clients.dynamodb.send(
      new DescribeTimeToLiveCommand({ TableName: table.TableName }),
    );
    expect(TimeToLiveDescription).toMatchObject({ AttributeName: 'expires_at' });
    expect(TimeToLiveDescription?.TimeToLiveStatus).toMatch(/^ENABL(ING|ED)$/);
    const Bucket = bucket.name;
    const { Rules } = await clients.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(Rules).toMatchObject([{ Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 15 } }]);
    const block = await clients.s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    expect(block.PublicAccessBlockConfiguration).toEqual(bucket.publicAccessBlock);
  });

  test('restores a changed setting and reports it', async () => {
    const QueueUrl = await queueUrl(clients.sqs, settings.queue);
    const Attributes = { VisibilityTimeout: '5', DeduplicationScope: 'queue', FifoThroughputLimit: 'perQueue' };
    await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    const { created, changed } = await provision(clients, settings);
    expect(created).toEqual([]);
    expect(new Set(changed)).toEqual(
      new Set(
        ['VisibilityTimeout', 'DeduplicationScope', 'FifoThroughputLimit'].map((name) => `${settings.queue} ${name}`),
      ),
    );
    expect(await attributesOf(settings.queue)).toMatchObject(resourceDefinitions(settings).queue.attributes);
  });

  test('preserves other lifecycle rules', async () => {
    const Bucket = settings.bucket;
    const theirs = { ID: 'theirs', Status: 'Enabled' as const, Filter: { Prefix: 'old/' }, Expiration: { Days: 30 } };
    const LifecycleConfiguration = { Rules: [theirs] };
    await clients.s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
    expect(await provision(clients, settings)).toEqual({ created: [], changed: [`${Bucket} lifecycle`] });
    const { Rules = [] } = await clients.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(Rules).toMatchObject([theirs, { ID: 'unfinished-uploads' }]);
    expect(Rules).toHaveLength(2);
  });

  test('replaces its own older rule, which removed uploads after a day', async () => {
    const Bucket = settings.bucket;
    const [lifecycleRule] = resourceDefinitions(settings).bucket.lifecycleRules;
    if (lifecycleRule === undefined) throw new Error('no rule');
    const older = { ...lifecycleRule, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } };
    const LifecycleConfiguration = { Rules: [older] };
    await clients.s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
    expect(await provision(clients, settings)).toEqual({ created: [], changed: [`${Bucket} lifecycle`] });
    const { Rules = [] } = await clients.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(Rules).toMatchObject([{ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 15 } }]);
  });

  test('refuses a table with other keys, in a sentence with advice', async () => {
    await clients.dynamodb.send(
      new CreateTableCommand({
        TableName: 'other',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    );
    await expect(provision(clients, { ...settings, table: 'other' })).rejects.toMatchObject({
      code: 'resource_differs',
      message: expect.stringContaining('name another one in MOVIE_LOAD_TABLE'),
    });
  });
});

describe('a table of an older version', () => {
  /** A DynamoDB with this table, which records the updates and makes them. */
  function dynamodbWith(table: TableDescription) {
    const updates: UpdateTableCommandInput[] = [];
    const send = async (command: { readonly input: object }) => {
      if (command instanceof UpdateTableCommand) {
        updates.push(command.input);
        const [created] = command.input.GlobalSecondaryIndexUpdates ?? [];
        if (created?.Create !== undefined)
          table.GlobalSecondaryIndexes = [{ ...created.Create, IndexStatus: 'ACTIVE' }];
        if (command.input.BillingMode !== undefined) table.BillingModeSummary = command.input;
      }
      return { Table: table };
    };
    return { updates, sender: { send } as unknown as DynamoDbSender };
  }

  test('gets its index and on-demand billing, and no change the second time', async () => {
    const definitions = resourceDefinitions(settings);
    const { updates, sender } = dynamodbWith({
      TableStatus: 'ACTIVE',
      KeySchema: definitions.table.KeySchema,
      BillingModeSummary: { BillingMode: 'PROVISIONED' },
    });
    const changed: string[] = [];
    const work = {
      definitions,
      settings,
      options: {},
      apply: async <T>(call: () => Promise<T>) => call(),
      created: () => {},
      changed: (what: string) => changed.push(what),
      pause: async () => {},
    };
    await provisionTable(sender, work);
    expect(changed).toEqual([`${settings.table} index jobs`, `${settings.table} BillingMode`]);
    expect(updates[0]?.GlobalSecondaryIndexUpdates).toEqual([
      { Create: definitions.table.GlobalSecondaryIndexes?.[0] },
    ]);
    await provisionTable(sender, work);
    expect(updates).toHaveLength(2);
  });
});
