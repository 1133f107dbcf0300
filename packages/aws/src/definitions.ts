// The one definition of the four resources. `provision` creates them, `localstack-init/` creates the same with
// awslocal.
import type { CreateTableCommandInput, TimeToLiveSpecification } from '@aws-sdk/client-dynamodb';
import type { LifecycleRule, PublicAccessBlockConfiguration } from '@aws-sdk/client-s3';
import { EXPIRES_AT } from '@movie-load/schema';
import { DLQ_MESSAGE_BYTES, QUEUE_MESSAGE_BYTES } from './limits.ts';
import type { AwsSettings } from './settings.ts';

export const JOBS_INDEX = 'jobs';
/** After this number of receives SQS itself moves a message to the dead-letter queue. */
export const MAX_RECEIVE_COUNT = 10;

const FOURTEEN_DAYS = 14 * 24 * 60 * 60;

/** Ids of the bucket's lifecycle rules that movie-load manages. */
export const LIFECYCLE_RULES = { unfinishedUploads: 'unfinished-uploads', retention: 'retention' } as const;

export interface QueueDefinition {
  readonly name: string;
  /** Spelled as SQS spells them. Without the redrive policy, which needs the other queue's ARN. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface ResourceDefinitions {
  readonly queue: QueueDefinition;
  readonly dlq: QueueDefinition;
  readonly table: CreateTableCommandInput & { readonly TableName: string };
  /** The table's time to live: the attribute that holds the time at which DynamoDB removes an item. */
  readonly timeToLive: TimeToLiveSpecification & { readonly AttributeName: string };
  readonly bucket: {
    readonly name: string;
    readonly lifecycleRules: readonly LifecycleRule[];
    readonly publicAccessBlock: PublicAccessBlockConfiguration;
  };
}

/** The resources as docs/design.md lists them, in the form of AWS's calls. */
export function resourceDefinitions(
  settings: Pick<AwsSettings, 'queue' | 'dlq' | 'table' | 'bucket' | 'retentionDays'>,
): ResourceDefinitions {
  return {
    queue: {
      name: settings.queue,
      attributes: {
        FifoQueue: 'true',
        DeduplicationScope: 'messageGroup',
        FifoThroughputLimit: 'perMessageGroupId',
        ReceiveMessageWaitTimeSeconds: '20',
        VisibilityTimeout: '60',
        MessageRetentionPeriod: String(FOURTEEN_DAYS),
        MaximumMessageSize: String(QUEUE_MESSAGE_BYTES),
      },
    },
    dlq: {
      name: settings.dlq,
      attributes: {
        FifoQueue: 'true',
        MessageRetentionPeriod: String(FOURTEEN_DAYS),
        MaximumMessageSize: String(DLQ_MESSAGE_BYTES),
      },
    },
    table: {
      TableName: settings.table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'job_id', AttributeType: 'S' },
        { AttributeName: 'part', AttributeType: 'S' },
        { AttributeName: 'kind', AttributeType: 'S' },
        { AttributeName: 'started_on', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'job_id', KeyType: 'HASH' },
        { AttributeName: 'part', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: JOBS_INDEX,
          KeySchema: [
            { AttributeName: 'kind', KeyType: 'HASH' },
            { AttributeName: 'started_on', KeyType: 'RANGE' },
          ],
          // Not ALL: each write to the completion tree's root (`done`) would be billed a second time, for the index.
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['status', 'plan'] },
        },
      ],
    },
    timeToLive: { AttributeName: EXPIRES_AT, Enabled: true },
    bucket: {
      name: settings.bucket,
      lifecycleRules: lifecycleRules(settings),
      publicAccessBlock: {
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: true,
      },
    },
  };
}

function lifecycleRules({ retentionDays }: Pick<AwsSettings, 'retentionDays'>): LifecycleRule[] {
  const ofAllObjects = { Status: 'Enabled', Filter: { Prefix: '' } } as const;
  const { unfinishedUploads, retention } = LIFECYCLE_RULES;
  return [
    // A day longer than messages live: the upload of a job exists as long as the job can continue.
    { ID: unfinishedUploads, ...ofAllObjects, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 15 } },
    ...(retentionDays === undefined ? [] : [{ ID: retention, ...ofAllObjects, Expiration: { Days: retentionDays } }]),
  ];
}
