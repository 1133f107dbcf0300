// The resources that `setup` creates are those of the CloudFormation template, which is deployed unchanged;
// prices, quotas and measurements are those of their sources.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { EXPIRES_AT } from '@movie-load/schema';
import {
  AWS_PRICES,
  AWS_QUOTAS,
  FARGATE_TASK,
  MAX_RECEIVE_MESSAGES,
  MEASURED,
  resourceDefinitions,
} from '../src/index.ts';
import measured from '../src/measured.json' with { type: 'json' };

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Properties: Readonly<Record<string, unknown>> }>>;
}

const template: Template = JSON.parse(
  readFileSync(new URL('../../../infra/templates/data.json', import.meta.url), 'utf8'),
);
const settings = { queue: 'q.fifo', dlq: 'd.fifo', table: 't', bucket: 'b' };
const propertiesOf = (name: string) => template.Resources[name]?.Properties ?? {};
/** SQS has every attribute as text. */
const asTexts = (attributes: object) =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, String(value)]));

test.each([
  ['queue', 'Queue'],
  ['dlq', 'DeadLetterQueue'],
] as const)('the attributes of the %s are those of the template', (which, name) => {
  const { QueueName, SqsManagedSseEnabled, KmsMasterKeyId, RedrivePolicy, RedriveAllowPolicy, ...attributes } =
    propertiesOf(name);
  expect(resourceDefinitions(settings)[which]).toEqual({ name: settings[which], attributes: asTexts(attributes) });
});

test('the table, its index and its time to live are those of the template', () => {
  const { table, timeToLive } = resourceDefinitions(settings);
  const { BillingMode, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, TimeToLiveSpecification } =
    propertiesOf('Table');
  expect(table).toEqual({ TableName: 't', BillingMode, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes });
  expect(timeToLive).toEqual(TimeToLiveSpecification);
  expect(timeToLive.AttributeName).toBe(EXPIRES_AT);
});

test('the bucket is private, and its uploads outlive the messages that they are for', () => {
  const { bucket } = resourceDefinitions(settings);
  expect(bucket.publicAccessBlock).toEqual(propertiesOf('Bucket').PublicAccessBlockConfiguration);
  expect(bucket).toMatchObject({ name: 'b', lifecycleRules: [{ ID: 'unfinished-uploads', Filter: { Prefix: '' } }] });
  const { LifecycleConfiguration } = propertiesOf('Bucket');
  const { Rules } = LifecycleConfiguration as { readonly Rules: readonly object[] };
  const [uploads] = bucket.lifecycleRules;
  expect(Rules[0]).toMatchObject({
    Id: uploads?.ID,
    Status: uploads?.Status,
    AbortIncompleteMultipartUpload: uploads?.AbortIncompleteMultipartUpload,
  });
  const messagesLiveDays = Number(resourceDefinitions(settings).queue.attributes.MessageRetentionPeriod) / 86_400;
  expect(uploads?.AbortIncompleteMultipartUpload?.DaysAfterInitiation).toBe(messagesLiveDays + 1);
});

test('objects are removed after the configured retention, and never by default', () => {
  expect(resourceDefinitions(settings).bucket.lifecycleRules).toHaveLength(1);
  expect(resourceDefinitions({ ...settings, retentionDays: 30 }).bucket.lifecycleRules[1]).toEqual({
    ID: 'retention',
    Status: 'Enabled',
    Filter: { Prefix: '' },
    Expiration: { Days: 30 },
  });
});

test('the dead-letter queue has room for a message and 16 KiB more, for its failure reason', () => {
  const { queue, dlq } = resourceDefinitions(settings);
  const room = Number(dlq.attributes.MaximumMessageSize) - Number(queue.attributes.MaximumMessageSize);
  expect(room).toBe(16 * 1024);
});

test('a receive takes at most ten messages, as many as SQS allows', () => {
  expect(MAX_RECEIVE_MESSAGES).toBe(10);
});

test('prices are those of AWS’s price pages', () => {
  const million = 1_000_000;
  expect([AWS_PRICES.asOf, AWS_PRICES.region]).toEqual([AWS_QUOTAS.asOf, AWS_QUOTAS.region]);
  const { sqsFifoRequest, dynamodbWriteUnit, dynamodbReadUnit, s3Put, ...others } = AWS_PRICES;
  expect(sqsFifoRequest * million).toBeCloseTo(0.5, 9);
  expect(dynamodbWriteUnit * million).toBeCloseTo(0.625, 9);
  expect(dynamodbReadUnit * million).toBeCloseTo(0.125, 9);
  expect(s3Put * 1000).toBeCloseTo(0.005, 9);
  expect(others).toMatchObject({
    sqsChunkBytes: 65_536,
    fargateArmVcpuHour: 0.03238,
    fargateArmGigabyteHour: 0.00356,
    dynamodbGbMonth: 0.25,
    s3GbMonth: 0.023,
  });
  for (const { sources } of [AWS_PRICES, AWS_QUOTAS]) {
    for (const source of sources) expect(source).toMatch(/^https:\/\/(aws|docs\.aws)\.amazon\.com\/[\w/.-]+$/);
  }
});

test('quotas are those of AWS’s quota pages', () => {
  const { asOf, region, sources, ...quotas } = AWS_QUOTAS;
  expect(quotas).toEqual({
    sqsCallsPerSecond: 70_000,
    sqsSearchedMessages: 120_000,
    newTableWriteUnitsPerSecond: 4000,
    newTableReadUnitsPerSecond: 12_000,
    tableWriteUnitsPerSecond: 40_000,
    tableReadUnitsPerSecond: 40_000,
    partitionWriteUnitsPerSecond: 1000,
    s3MegabytesPerSecond: 85,
    s3WritesPerSecond: 3500,
    fargateVcpus: 6,
  });
});

test('a task has one vCPU for its one thread, and the least memory that Fargate offers with it', () => {
  expect(FARGATE_TASK).toEqual({ vcpus: 1, gigabytes: 2 });
});

test('MEASURED has every row that the benchmark wrote', () => {
  const { replicas, ...others } = measured;
  expect(MEASURED).toMatchObject(others);
  expect(MEASURED.replicas.map((row) => ({ ...row }))).toEqual(replicas);
});
