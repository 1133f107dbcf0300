// In the stack of queues, table and bucket.
import { type Mistake, mistake, replace, set } from './make.ts';

export const IN_DATA: readonly Mistake[] = [
  mistake(
    'a role for every account',
    'a role is for tasks, or for people, of this account',
    replace(
      'data',
      'OperatorRole',
      `"AWS":{"Fn::Sub":"arn:\${AWS::Partition}:iam::\${AWS::AccountId}:root"}`,
      '"AWS":"*"',
    ),
  ),
  mistake(
    'queues without encryption',
    'queues, table and bucket are encrypted, with the own key when there is one',
    set('data', 'Resources/DeadLetterQueue/Properties/SqsManagedSseEnabled', undefined),
  ),
  mistake(
    'the own key is not used for the table',
    'queues, table and bucket are encrypted, with the own key when there is one',
    set('data', 'Resources/Table/Properties/SSESpecification', undefined),
  ),
  mistake(
    'the bucket can be reached without TLS',
    'queues and bucket are reached by TLS only',
    replace('data', 'BucketPolicy', '"Effect":"Deny"', '"Effect":"Allow"'),
  ),
  mistake(
    'objects can be reached without TLS',
    'queues and bucket are reached by TLS only',
    set('data', 'Resources/BucketPolicy/Properties/PolicyDocument/Statement/0/Resource/1', undefined),
  ),
  mistake(
    'the table is deleted with its stack',
    'what has data outlives its stack',
    set('data', 'Resources/Table/DeletionPolicy', 'Delete'),
  ),
  mistake(
    'the bucket is deleted when it is renamed',
    'what has data outlives its stack',
    set('data', 'Resources/Bucket/UpdateReplacePolicy', undefined),
  ),
  mistake(
    'the table can be deleted',
    'the table is that of packages/aws, can be restored, and is protected from deletion',
    set('data', 'Resources/Table/Properties/DeletionProtectionEnabled', undefined),
  ),
  mistake(
    'dead letters after three receives',
    'dead letters go from the queue to the dead-letter queue, and to no other',
    set('data', 'Resources/Queue/Properties/RedrivePolicy/maxReceiveCount', 3),
  ),
  mistake(
    'messages live for four days',
    'queues have the attributes of packages/aws',
    set('data', 'Resources/DeadLetterQueue/Properties/MessageRetentionPeriod', 345_600),
  ),
  mistake(
    'uploads end while their job goes on',
    'the bucket is that of packages/aws, and private',
    set(
      'data',
      'Resources/Bucket/Properties/LifecycleConfiguration/Rules/0/AbortIncompleteMultipartUpload/DaysAfterInitiation',
      7,
    ),
  ),
  mistake(
    'objects are never removed',
    'the bucket is that of packages/aws, and private',
    set('data', 'Resources/Bucket/Properties/LifecycleConfiguration/Rules/1', undefined),
  ),
];
