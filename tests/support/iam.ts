// IAM policies as the templates of AWS and the files in docs/iam have them, and which of their permissions a request
// needs.
import { bucketNameOnAws, DEFAULT_BUCKET } from '@movie-load/aws';
import { z } from 'zod';
import { KEY_ARN } from './kms.ts';
import { deploy, readTemplate } from './template.ts';

const oneOrMore = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
/** A policy as a file in docs/iam has it. */
export const policySchema = z.strictObject({
  Version: z.literal('2012-10-17'),
  Statement: z.array(
    z.strictObject({
      Sid: z.string(),
      Effect: z.literal('Allow'),
      Action: oneOrMore,
      Resource: oneOrMore,
      Condition: z.unknown().optional(),
    }),
  ),
});

/** An action on a resource; the resource may end in `*`. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
}

export const permissionText = ({ action, resource }: Permission): string => `${action} on ${resource}`;

/** Each has a policy in docs/iam. */
export type Role = 'producer' | 'consumer' | 'watcher' | 'console' | 'operator' | 'deployer';

/** The bucket's default name as policies have it. An endpoint that is not AWS has it without account and region. */
const BUCKET_ON_AWS = bucketNameOnAws({ account: 'ACCOUNT', region: 'REGION' });

const roleSchema = z.looseObject({ Policies: z.array(z.object({ PolicyDocument: policySchema })).min(1) });

/** The stack whose template defines the role. */
export const stackOf = (role: Role) => (['producer', 'consumer', 'watcher'].includes(role) ? 'services' : 'data');
/** The logical id of the role in its template. */
export const roleId = (role: Role): string => `${role.charAt(0).toUpperCase()}${role.slice(1)}Role`;

/**
 * Every single permission that the role of the templates has when queues, table and bucket are encrypted with a key
 * of the customer, on the resources of an endpoint that is not AWS.
 */
export function permissionsOf(role: Role): Permission[] {
  const stack = stackOf(role);
  const image = stack === 'services' ? { Image: 'image' } : {};
  const { resources } = deploy(readTemplate(stack), { ...image, KmsKeyArn: KEY_ARN });
  const { Policies } = roleSchema.parse(resources.find(({ id }) => id === roleId(role))?.properties);
  return Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement).flatMap(({ Action, Resource }) =>
    Action.flatMap((action) =>
      Resource.map((resource) => ({ action, resource: resource.replace(BUCKET_ON_AWS, DEFAULT_BUCKET) })),
    ),
  );
}

/** The permission that allows the request, or undefined. */
export function grantOf(granted: readonly Permission[], needed: Permission): Permission | undefined {
  return granted.find(
    ({ action, resource }) =>
      action === needed.action &&
      (resource.endsWith('*') ? needed.resource.startsWith(resource.slice(0, -1)) : resource === needed.resource),
  );
}

/**
 * The actions that an operation needs. Batch operations and parts of an upload have no actions. If a caller may not
 * list a bucket, S3 answers 403 instead of 404 for a missing object, so a read needs `s3:ListBucket`, too.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html, …/list_amazondynamodb.html,
 * …/list_amazons3.html
 */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'sqs:SendMessageBatch': ['sqs:SendMessage'],
  'sqs:DeleteMessageBatch': ['sqs:DeleteMessage'],
  'sqs:ChangeMessageVisibilityBatch': ['sqs:ChangeMessageVisibility'],
  'sqs:ReceiveMessage': ['sqs:ReceiveMessage'],
  'sqs:GetQueueUrl': ['sqs:GetQueueUrl'],
  'sqs:GetQueueAttributes': ['sqs:GetQueueAttributes'],
  'dynamodb:BatchWriteItem': ['dynamodb:BatchWriteItem'],
  'dynamodb:PutItem': ['dynamodb:PutItem'],
  'dynamodb:UpdateItem': ['dynamodb:UpdateItem'],
  'dynamodb:GetItem': ['dynamodb:GetItem'],
  'dynamodb:Query': ['dynamodb:Query'],
  'sqs:CreateQueue': ['sqs:CreateQueue'],
  'sqs:SetQueueAttributes': ['sqs:SetQueueAttributes'],
  'sqs:PurgeQueue': ['sqs:PurgeQueue'],
  'dynamodb:CreateTable': ['dynamodb:CreateTable'],
  'dynamodb:UpdateTable': ['dynamodb:UpdateTable'],
  'dynamodb:DescribeTable': ['dynamodb:DescribeTable'],
  'dynamodb:ListTables': ['dynamodb:ListTables'],
  'sqs:DeleteQueue': ['sqs:DeleteQueue'],
  'dynamodb:DescribeTimeToLive': ['dynamodb:DescribeTimeToLive'],
  'dynamodb:UpdateTimeToLive': ['dynamodb:UpdateTimeToLive'],
  'dynamodb:DeleteTable': ['dynamodb:DeleteTable'],
  's3:DeleteBucket': ['s3:DeleteBucket'],
  's3:DeleteObject': ['s3:DeleteObject'],
  's3:ListBuckets': ['s3:ListAllMyBuckets'],
  's3:CreateBucket': ['s3:CreateBucket'],
  's3:HeadBucket': ['s3:ListBucket'],
  's3:ListObjectsV2': ['s3:ListBucket'],
  's3:GetBucketLifecycleConfiguration': ['s3:GetLifecycleConfiguration'],
  's3:PutBucketLifecycleConfiguration': ['s3:PutLifecycleConfiguration'],
  's3:GetPublicAccessBlock': ['s3:GetBucketPublicAccessBlock'],
  's3:PutPublicAccessBlock': ['s3:PutBucketPublicAccessBlock'],
  's3:PutObject': ['s3:PutObject'],
  's3:CreateMultipartUpload': ['s3:PutObject'],
  's3:UploadPart': ['s3:PutObject'],
  's3:CompleteMultipartUpload': ['s3:PutObject'],
  's3:AbortMultipartUpload': ['s3:AbortMultipartUpload'],
  's3:ListParts': ['s3:ListMultipartUploadParts'],
  's3:GetObject': ['s3:GetObject', 's3:ListBucket'],
  's3:HeadObject': ['s3:GetObject', 's3:ListBucket'],
};

/** Throws for an operation that is not in the table above: add it there, and perhaps a permission to a policy. */
export function actionsOf(operation: string): readonly string[] {
  const actions = ACTIONS[operation];
  if (actions === undefined)
    throw new Error(`ACTIONS in tests/support/iam.ts has no IAM action for ${operation}: add it`);
  return actions;
}

/** The permissions that a request needs. `resources` are the ARNs of the resources that its body or path names. */
export function permissionsNeeded(operation: string, resources: readonly string[]): Permission[] {
  return actionsOf(operation).flatMap((action) =>
    resources.map((resource) => ({
      action,
      resource: action === 's3:ListBucket' ? resource.replace(/\/.*/, '') : resource,
    })),
  );
}
