// The data stack: queues, table, bucket, and the roles of the console, operators and deployers. Releases do not
// replace it.
import { MAX_RECEIVE_COUNT, type QueueDefinition, type ResourceDefinitions } from '@movie-load/aws';
import { type App, BootstraplessSynthesizer, CfnDeletionPolicy, CfnOutput, CfnResource, Stack } from 'aws-cdk-lib';
import { acknowledge, REASON_EMPTY_DEFAULT_UNUSED } from './acknowledge.ts';
import { addKeyParameter, addRetentionParameter, type OptionalParameter } from './parameters.ts';
import { ACCOUNT, PARTITION, policyDocument, REGION, substitute } from './placeholders.ts';
import { addRole } from './roles.ts';

/**
 * Creates queues, table and bucket as `definitions` describe them. All are encrypted, and retained when the stack is
 * deleted. Queues and bucket refuse requests without TLS.
 */
export function createDataStack(app: App, definitions: ResourceDefinitions): Stack {
  const stack = new Stack(app, 'MovieLoadData', {
    synthesizer: new BootstraplessSynthesizer(),
    description: 'movie-load: queues, table and bucket. Deleting this stack keeps them.',
  });
  const key = addKeyParameter(stack);
  const { queue, dlq } = addQueues(stack, definitions, key);
  const table = addTable(stack, definitions, key);
  const bucket = addBucket(stack, definitions, { key, retention: addRetentionParameter(stack) });
  for (const resource of [queue, dlq, table, bucket]) retain(resource);
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

/** Keeps the resource, and so its data, when the stack is deleted or the resource is replaced or removed from it. */
function retain(resource: CfnResource): void {
  resource.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN;
  resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
}

function addQueues(stack: Stack, definitions: ResourceDefinitions, key: OptionalParameter) {
  const encryption = {
    // Only one of the two is set, because SQS refuses both together.
    SqsManagedSseEnabled: key.unlessGiven(true),
    KmsMasterKeyId: key.ifGiven(key.value),
  };
  const { name: queueName } = definitions.queue;
  const dlq = new CfnResource(stack, 'DeadLetterQueue', {
    type: 'AWS::SQS::Queue',
    properties: {
      ...queueProperties(definitions.dlq),
      ...encryption,
      // The ARN is built from the name: a reference would be circular, because the queue refers to the DLQ.
      RedriveAllowPolicy: {
        redrivePermission: 'byQueue',
        sourceQueueArns: [substitute(`arn:${PARTITION}:sqs:${REGION}:${ACCOUNT}:${queueName}`)],
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
  for (const target of [queue, dlq]) {
    new CfnResource(stack, `${target.node.id}Policy`, {
      type: 'AWS::SQS::QueuePolicy',
      properties: { Queues: [target.ref], PolicyDocument: tlsOnly('sqs:*', [target.getAtt('Arn')]) },
    });
  }
  return { queue, dlq };
}

/** CloudFormation names a queue's attributes as SQS does, but has numbers and booleans where SQS has strings. */
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
      // Without a customer managed key DynamoDB encrypts with a key that AWS owns.
      SSESpecification: key.ifGiven({ SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: key.value }),
    },
  });
}

interface BucketOptions {
  readonly key: OptionalParameter;
  readonly retention: OptionalParameter;
}

function addBucket(stack: Stack, { bucket }: ResourceDefinitions, { key, retention }: BucketOptions): CfnResource {
  const resource = new CfnResource(stack, 'Bucket', {
    type: 'AWS::S3::Bucket',
    properties: {
      BucketName: substitute(bucket.name),
      PublicAccessBlockConfiguration: bucket.publicAccessBlock,
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          key.choose(
            {
              // Reduces the number of calls to KMS, which bills each.
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
  // Two rules of CloudFormation Validate report the empty default of the key parameter.
  for (const rule of ['F3012', 'F3017']) acknowledge(resource, rule, REASON_EMPTY_DEFAULT_UNUSED);
  const arn = resource.getAtt('Arn').toString();
  new CfnResource(stack, 'BucketPolicy', {
    type: 'AWS::S3::BucketPolicy',
    properties: { Bucket: resource.ref, PolicyDocument: tlsOnly('s3:*', [arn, `${arn}/*`]) },
  });
  return resource;
}

type LifecycleRule = ResourceDefinitions['bucket']['lifecycleRules'][number];

/**
 * The rule with CloudFormation's property names, which differ from S3's. A rule that expires objects is in the template
 * only if RetentionDays is given, with that number of days.
 */
function lifecycleRule({ ID, Filter, Expiration, ...rule }: LifecycleRule, retention: OptionalParameter): unknown {
  const common = { ...rule, Id: ID, Prefix: Filter?.Prefix };
  return Expiration === undefined ? common : retention.ifGiven({ ...common, ExpirationInDays: retention.value });
}

/** A resource policy that denies every request without TLS. */
const tlsOnly = (action: string, resources: readonly unknown[]) =>
  policyDocument({
    Sid: 'DenyWithoutTls',
    Effect: 'Deny',
    Principal: '*',
    Action: action,
    Resource: resources,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  });
