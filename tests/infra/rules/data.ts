// Rules of the data stack: it equals what packages/aws defines, is retained and encrypted, and accepts only TLS.
import { isDeepStrictEqual } from 'node:util';
import { MAX_RECEIVE_COUNT, type ResourceDefinitions, resourceDefinitions } from '@movie-load/aws';
import { z } from 'zod';
import type { Deployment, Json } from '../../support/template.ts';
import { ofType, policyDocument, type Rule, rawOf, text, unless } from './rule.ts';

const TYPES_WITH_DATA = ['AWS::SQS::Queue', 'AWS::DynamoDB::Table', 'AWS::S3::Bucket'];

/** The default names; that of the bucket has account and region. */
const NAMES = {
  queue: 'movie-load.fifo',
  dlq: 'movie-load-dlq.fifo',
  table: 'movie-job-information',
  bucket: 'movie-bucket-ACCOUNT-REGION',
};
export const DEFINITIONS: ResourceDefinitions = resourceDefinitions(NAMES);

const queueSchema = z.looseObject({ QueueName: z.string() });
const redriveSchema = z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.number() });
const allowSchema = z.object({ redrivePermission: z.string(), sourceQueueArns: z.array(z.string()) });
const tableSchema = z.looseObject({
  PointInTimeRecoverySpecification: z.object({ PointInTimeRecoveryEnabled: z.boolean() }).optional(),
  DeletionProtectionEnabled: z.boolean().optional(),
  SSESpecification: z.object({ SSEEnabled: z.boolean(), SSEType: z.string(), KMSMasterKeyId: z.string() }).optional(),
});
const bucketSchema = z.looseObject({
  BucketName: z.string(),
  PublicAccessBlockConfiguration: z.json().optional(),
  OwnershipControls: z.json().optional(),
  BucketEncryption: z
    .object({
      ServerSideEncryptionConfiguration: z.array(
        z.looseObject({
          ServerSideEncryptionByDefault: z.object({ SSEAlgorithm: z.string(), KMSMasterKeyID: z.string().optional() }),
        }),
      ),
    })
    .optional(),
  LifecycleConfiguration: z.object({ Rules: z.array(z.record(z.string(), z.json())) }).optional(),
});

const arnOf = (queue: string) => `arn:aws:sqs:REGION:ACCOUNT:${queue}`;
const keyOf = ({ parameters }: Deployment) => parameters.KmsKeyArn ?? '';

/** A sentence for each member of `expected` whose value differs in `actual`. */
function differences(
  resource: string,
  actual: Readonly<Record<string, Json>>,
  expected: Readonly<Record<string, unknown>>,
): string[] {
  return Object.entries(expected)
    .filter(([name, value]) => !isDeepStrictEqual(actual[name], value))
    .map(([name, value]) => `${resource}: ${name} is ${text(actual[name])}, not ${JSON.stringify(value)}`);
}

const queues: Rule = {
  name: 'queues have the attributes of packages/aws',
  check({ data }) {
    const templateQueues = ofType(data, 'AWS::SQS::Queue', queueSchema);
    return [DEFINITIONS.queue, DEFINITIONS.dlq].flatMap(({ name, attributes }) => {
      const queue = templateQueues.find(({ properties }) => properties.QueueName === name);
      if (queue === undefined) return [`there is no queue ${name}`];
      const asText = Object.fromEntries(
        Object.entries(queue.resource.properties).map(([key, value]) => [key, String(value)]),
      );
      return differences(name, asText, attributes);
    });
  },
};

const redrive: Rule = {
  name: 'the queue moves dead letters to the dead-letter queue, which accepts no others',
  check({ data }) {
    const templateQueues = ofType(data, 'AWS::SQS::Queue', queueSchema);
    const propertiesOf = (name: string) =>
      templateQueues.find(({ properties }) => properties.QueueName === name)?.properties;
    const { queue, dlq } = DEFINITIONS;
    const policy = redriveSchema.safeParse(propertiesOf(queue.name)?.RedrivePolicy);
    const allow = allowSchema.safeParse(propertiesOf(dlq.name)?.RedriveAllowPolicy);
    const wantedPolicy = { deadLetterTargetArn: arnOf(dlq.name), maxReceiveCount: MAX_RECEIVE_COUNT };
    const wantedAllow = { redrivePermission: 'byQueue', sourceQueueArns: [arnOf(queue.name)] };
    return [
      ...unless(isDeepStrictEqual(policy.data, wantedPolicy), `RedrivePolicy is not ${text(wantedPolicy)}`),
      ...unless(isDeepStrictEqual(allow.data, wantedAllow), `RedriveAllowPolicy is not ${text(wantedAllow)}`),
    ];
  },
};

const highThroughput: Rule = {
  name: 'the name of a FIFO queue ends in .fifo, and high throughput has its deduplication scope',
  check: ({ data }) =>
    ofType(data, 'AWS::SQS::Queue', queueSchema).flatMap(({ id, properties }) => {
      const { QueueName, FifoQueue, FifoThroughputLimit, DeduplicationScope } = properties;
      const isHigh = FifoThroughputLimit === 'perMessageGroupId';
      return [
        ...unless(FifoQueue === true && QueueName.endsWith('.fifo'), `${id} is not a FIFO queue by both name and kind`),
        ...unless(
          !isHigh || DeduplicationScope === 'messageGroup',
          `${id}: the limit needs DeduplicationScope=messageGroup`,
        ),
      ];
    }),
};

const table: Rule = {
  name: 'the table equals that of packages/aws, can be restored, and is protected from deletion',
  check({ data }) {
    const tables = ofType(data, 'AWS::DynamoDB::Table', tableSchema);
    const [onlyTable] = tables;
    if (onlyTable === undefined || tables.length !== 1) return [`there are ${tables.length} tables`];
    const { PointInTimeRecoverySpecification: recovery, DeletionProtectionEnabled } = onlyTable.properties;
    return [
      ...differences('the table', onlyTable.resource.properties, {
        ...DEFINITIONS.table,
        TimeToLiveSpecification: DEFINITIONS.timeToLive,
      }),
      ...unless(recovery?.PointInTimeRecoveryEnabled === true, 'the table has no point-in-time recovery'),
      ...unless(DeletionProtectionEnabled === true, 'the table is not protected from deletion'),
    ];
  },
};

/** Renames members from those of S3's calls to those of CloudFormation; the values of parameters are texts. */
function lifecycleRules({ parameters: { RetentionDays = '' } }: Deployment): unknown[] {
  const retentionDays = RetentionDays === '' ? undefined : Number(RetentionDays);
  return resourceDefinitions({ ...NAMES, retentionDays }).bucket.lifecycleRules.map(
    ({ ID, Filter, Expiration, ...rule }) => ({
      ...rule,
      Id: ID,
      Prefix: Filter?.Prefix,
      ...(Expiration === undefined ? {} : { ExpirationInDays: String(Expiration.Days) }),
    }),
  );
}

const bucket: Rule = {
  name: 'the bucket equals that of packages/aws and is private',
  check({ data }) {
    const buckets = ofType(data, 'AWS::S3::Bucket', bucketSchema);
    const [onlyBucket] = buckets;
    if (onlyBucket === undefined || buckets.length !== 1) return [`there are ${buckets.length} buckets`];
    return [
      ...differences('the bucket', onlyBucket.resource.properties, {
        BucketName: DEFINITIONS.bucket.name,
        PublicAccessBlockConfiguration: DEFINITIONS.bucket.publicAccessBlock,
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        LifecycleConfiguration: { Rules: lifecycleRules(data) },
      }),
    ];
  },
};

const encrypted: Rule = {
  name: 'queues, table and bucket are encrypted, with the own key if one is given',
  check({ data }) {
    const key = keyOf(data);
    const problems = rawOf(data, 'AWS::SQS::Queue').flatMap(({ id, properties }) => {
      const { SqsManagedSseEnabled, KmsMasterKeyId } = properties;
      const expected = key === '' ? { SqsManagedSseEnabled: true } : { KmsMasterKeyId: key };
      const actual: unknown = JSON.parse(JSON.stringify({ SqsManagedSseEnabled, KmsMasterKeyId }));
      return unless(isDeepStrictEqual(actual, expected), `${id}: encryption is ${JSON.stringify(actual)}`);
    });
    for (const { properties } of ofType(data, 'AWS::DynamoDB::Table', tableSchema)) {
      const { SSESpecification: sse } = properties;
      const isWanted = key === '' ? sse === undefined : sse?.SSEEnabled === true && sse.KMSMasterKeyId === key;
      problems.push(...unless(isWanted, `the table: encryption is ${JSON.stringify(sse)}`));
    }
    for (const { properties } of ofType(data, 'AWS::S3::Bucket', bucketSchema)) {
      const [first] = properties.BucketEncryption?.ServerSideEncryptionConfiguration ?? [];
      const encryption = first?.ServerSideEncryptionByDefault;
      const isOwn = encryption?.SSEAlgorithm === 'aws:kms' && encryption.KMSMasterKeyID === key;
      const isWanted = key === '' ? encryption?.SSEAlgorithm === 'AES256' : isOwn;
      problems.push(...unless(isWanted, `the bucket: encryption is ${JSON.stringify(first)}`));
    }
    return problems;
  },
};

const retained: Rule = {
  name: 'resources with data are kept when their stack is deleted',
  check: ({ data }) =>
    data.resources
      .filter(({ type }) => TYPES_WITH_DATA.includes(type))
      .filter(
        ({ deletionPolicy, updateReplacePolicy }) => deletionPolicy !== 'Retain' || updateReplacePolicy !== 'Retain',
      )
      .map(({ id }) => `${id} is not retained when it is deleted or replaced`),
};

const dataOnly: Rule = {
  name: 'only the data stack has resources with data',
  check: ({ services }) =>
    services.resources
      .filter(({ type }) => TYPES_WITH_DATA.includes(type))
      .map(({ id }) => `${id} belongs to the data stack`),
};

const queuePolicySchema = z.object({ Queues: z.array(z.string()), PolicyDocument: policyDocument });
const bucketPolicySchema = z.object({ Bucket: z.string(), PolicyDocument: policyDocument });

/** True when the policy denies every action on all these resources to all callers without TLS. */
function deniesWithoutTls({ Statement }: z.infer<typeof policyDocument>, action: string, resources: readonly string[]) {
  return Statement.some(
    (statement) =>
      statement.Effect === 'Deny' &&
      statement.Principal === '*' &&
      isDeepStrictEqual(statement.Action, [action]) &&
      resources.every((resource) => statement.Resource.includes(resource)) &&
      isDeepStrictEqual(statement.Condition, { Bool: { 'aws:SecureTransport': 'false' } }),
  );
}

const tls: Rule = {
  name: 'queues and bucket accept only TLS',
  check({ data }) {
    const queuePolicies = ofType(data, 'AWS::SQS::QueuePolicy', queuePolicySchema);
    const bucketPolicies = ofType(data, 'AWS::S3::BucketPolicy', bucketPolicySchema);
    return [
      ...ofType(data, 'AWS::SQS::Queue', queueSchema)
        .filter(({ id, properties: { QueueName } }) => {
          const ownPolicies = queuePolicies.filter(({ properties }) => properties.Queues.includes(data.refOf(id)));
          return !ownPolicies.some(({ properties }) =>
            deniesWithoutTls(properties.PolicyDocument, 'sqs:*', [arnOf(QueueName)]),
          );
        })
        .map(({ id }) => `${id} can be reached without TLS`),
      ...ofType(data, 'AWS::S3::Bucket', bucketSchema)
        .filter(({ properties: { BucketName } }) => {
          const arn = `arn:aws:s3:::${BucketName}`;
          const ownPolicies = bucketPolicies.filter(({ properties }) => properties.Bucket === BucketName);
          return !ownPolicies.some(({ properties }) =>
            deniesWithoutTls(properties.PolicyDocument, 's3:*', [arn, `${arn}/*`]),
          );
        })
        .map(({ id }) => `${id} can be reached without TLS`),
    ];
  },
};

export const DATA_RULES: readonly Rule[] = [
  queues,
  redrive,
  highThroughput,
  table,
  bucket,
  encrypted,
  retained,
  dataOnly,
  tls,
];
