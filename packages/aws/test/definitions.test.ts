// The resources that `setup` makes are those of the CloudFormation template, which is checked in and deployed as it is.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { EXPIRES_AT } from '@movie-load/schema';
import { AWS_PRICES, AWS_QUOTAS, MAX_RECEIVE_MESSAGES, resourceDefinitions } from '../src/index.ts';

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Properties: Readonly<Record<string, unknown>> }>>;
}

const template: Template = JSON.parse(
  readFileSync(new URL('../../../infra/templates/data.json', import.meta.url), 'utf8'),
);
const settings = { queue: 'q.fifo', dlq: 'd.fifo', table: 't', bucket: 'b' };
const propertiesOf = (name: string) => template.Resources[name]?.Properties ?? {};
/** SQS has every attribute as a text. */
const asTexts = (attributes: object) =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, String(value)]));

test.each([
  ['queue', 'Queue'],
  ['dlq', 'DeadLetterQueue'],
] as const)('the attributes of the %s', (which, name) => {
  const { QueueName, SqsManagedSseEnabled, KmsMasterKeyId, RedrivePolicy, RedriveAllowPolicy, ...attributes } =
    propertiesOf(name);
  expect(resourceDefinitions(settings)[which]).toEqual({ name: settings[which], attributes: asTexts(attributes) });
});

test('the table, its index and its time to live', () => {
  const { table, timeToLive } = resourceDefinitions(settings);
  const { BillingMode, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, TimeToLiveSpecification } =
    propertiesOf('Table');
  expect(table).toEqual({ TableName: 't', BillingMode, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes });
  expect(timeToLive).toEqual(TimeToLiveSpecification);
  expect(timeToLive.AttributeName).toBe(EXPIRES_AT);
});

test('the bucket, private, whose uploads outlive the messages that they are for', () => {
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

test('objects are removed after the retention that is wanted, and else never', () => {
  expect(resourceDefinitions(settings).bucket.lifecycleRules).toHaveLength(1);
  expect(resourceDefinitions({ ...settings, retentionDays: 30 }).bucket.lifecycleRules[1]).toEqual({
    ID: 'retention',
    Status: 'Enabled',
    Filter: { Prefix: '' },
    Expiration: { Days: 30 },
  });
});

test('a message fits into the dead-letter queue with its reason beside it', () => {
  const { queue, dlq } = resourceDefinitions(settings);
  const room = Number(dlq.attributes.MaximumMessageSize) - Number(queue.attributes.MaximumMessageSize);
  expect(room).toBe(16 * 1024);
  expect(MAX_RECEIVE_MESSAGES).toBe(10);
});

test('prices and quotas are of the same month and region', () => {
  expect([AWS_PRICES.asOf, AWS_PRICES.region]).toEqual([AWS_QUOTAS.asOf, AWS_QUOTAS.region]);
});
