// The stack that outlives every release: queues, table, bucket, and the roles of people who work with them.
import { MAX_RECEIVE_COUNT, type QueueDefinition, type ResourceDefinitions } from '@movie-load/aws';
import { type App, BootstraplessSynthesizer, CfnDeletionPolicy, CfnOutput, CfnResource, Stack } from 'aws-cdk-lib';
import { acknowledge, EMPTY_ONLY_WHERE_UNUSED } from './acknowledge.ts';
import { addKeyParameter, addRetentionParameter, type OptionalParameter } from './parameters.ts';
import { addRole } from './roles.ts';
import { ACCOUNT, PARTITION, policyDocument, REGION, text } from './texts.ts';

/** Queues, table and bucket by `definitions`; retained, encrypted, by TLS only, protected from deletion. */
export function createDataStack(app: App, definitions: ResourceDefinitions): Stack {
  const stack = new Stack(app, 'MovieLoadData', {
    synthesizer: new BootstraplessSynthesizer(),
    description: 'movie-load: queues, table and bucket. Deleting this stack keeps them.',
  });
  const key = addKeyParameter(stack);
  const { queue, dlq } = addQueues(stack, definitions, key);
  const table = addTable(stack, definitions, key);
  const bucket = addBucket(stack, definitions, { key, retention: addRetentionParameter(stack) });
  for (const one of [queue, dlq, table, bucket]) retain(one);
  const roleOptions = { definitions, hasKey: key.isGiven, keyArn: key.value };
  for (const name of ['console', 'operator', 'deployer'] as const) {
    const role = addRole(stack, name, roleOptions);
    new CfnOutput(stack, `${role.node.id}Arn`, { value: role.attrArn });
  }
  new CfnOutput(stack, 'QueueUrl', { value: queue.ref });
  new CfnOutput(stack, 'DeadLetterQueueUrl', { value: dlq.ref });
  new CfnOutput(stack, 'TableName', { value: table.ref });
  new CfnOutput(stack, 'BucketName', { value: bucket.ref });
  return stack;
}

/** Neither deleting the stack nor renaming something in it deletes data. */
function retain(resource: CfnResource): void {
  resource.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN;
  resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
}

function addQueues(stack: Stack, definitions: ResourceDefinitions, key: OptionalParameter) {
  const encryption = {
    // One of the two, because SQS refuses both together.
    SqsManagedSseEnabled: key.unlessGiven(true),
    KmsMasterKeyId: key.ifGiven(key.value),
  };
  const { name: queueName } = definitions.queue;
  const dlq = new CfnResource(stack, 'DeadLetterQueue', {
    type: 'AWS::SQS::Queue',
    properties: {
      ...queueProperties(definitions.dlq),
      ...encryption,
      // By its name, because the two queues refer to each other.
      RedriveAllowPolicy: {
        redrivePermission: 'byQueue',
        sourceQueueArns: [text(`arn:${PARTITION}:sqs:${REGION}:${ACCOUNT}:${queueName}`)],
      },
    },
  });
  const queue = new CfnResource(stack, 'Queue', {
    type: 'AWS::SQS::Queue',
    properties: {
      ...queueProperties(definitions.queue),
      ...encryption,
      RedrivePolicy: { deadLetterTargetArn: dlq.getAtt('Arn'), maxReceiveCount: MAX_RECEIVE_COUNT },
    },
  });
  for (const one of [queue, dlq]) {
    new CfnResource(stack, `${one.node.id}Policy`, {
      type: 'AWS::SQS::QueuePolicy',
      properties: { Queues: [one.ref], PolicyDocument: tlsOnly('sqs:*', [one.getAtt('Arn')]) },
    });
  }
  return { queue, dlq };
}

/** CloudFormation has SQS's names of a queue's attributes, but numbers and booleans instead of texts. */
function queueProperties({ name, attributes }: QueueDefinition): Record<string, unknown> {
  const values = Object.entries(attributes).map(([attribute, value]) => [attribute, typedValue(value)]);
  return { QueueName: name, ...Object.fromEntries(values) };
}

function typedValue(attribute: string): string | number | boolean {
  if (/^\d+$/.test(attribute)) return Number(attribute);
  return attribute === 'true' || attribute === 'false' ? attribute === 'true' : attribute;
}

function addTable(stack: Stack, { table, timeToLive }: ResourceDefinitions, key: OptionalParameter): CfnResource {
  return new CfnResource(stack, 'Table', {
    type: 'AWS::DynamoDB::Table',
    properties: {
      ...table,
      TimeToLiveSpecification: timeToLive,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
      // Without a key of the customer DynamoDB encrypts with its own.
      SSESpecification: key.ifGiven({ SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: key.value }),
    },
  });
}

interface BucketOptions {
  readonly key: OptionalParameter;
  readonly retention: OptionalParameter;
}

function addBucket(stack: Stack, { bucket }: ResourceDefinitions, { key, retention }: BucketOptions): CfnResource {
  const made = new CfnResource(stack, 'Bucket', {
    type: 'AWS::S3::Bucket',
    properties: {
      BucketName: text(bucket.name),
      PublicAccessBlockConfiguration: bucket.publicAccessBlock,
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          key.choose(
            {
              // Fewer calls to KMS, which bills them.
              BucketKeyEnabled: true,
              ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key.value },
            },
            { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
          ),
        ],
      },
      LifecycleConfiguration: { Rules: bucket.lifecycleRules.map((rule) => lifecycleRule(rule, retention)) },
    },
  });
  for (const rule of ['F3012', 'F3017']) acknowledge(made, rule, EMPTY_ONLY_WHERE_UNUSED);
  const arn = made.getAtt('Arn').toString();
  new CfnResource(stack, 'BucketPolicy', {
    type: 'AWS::S3::BucketPolicy',
    properties: { Bucket: made.ref, PolicyDocument: tlsOnly('s3:*', [arn, `${arn}/*`]) },
  });
  return made;
}

type LifecycleRule = ResourceDefinitions['bucket']['lifecycleRules'][number];

/** A rule by CloudFormation's names, which differ from S3's. The days of expiration are a parameter. */
function lifecycleRule({ ID, Filter, Expiration, ...rule }: LifecycleRule, retention: OptionalParameter): unknown {
  const common = { ...rule, Id: ID, Prefix: Filter?.Prefix };
  return Expiration === undefined ? common : retention.ifGiven({ ...common, ExpirationInDays: retention.value });
}

const tlsOnly = (action: string, resources: readonly unknown[]) =>
  policyDocument({
    Sid: 'DenyWithoutTls',
    Effect: 'Deny',
    Principal: '*',
    Action: action,
    Resource: resources,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  });
