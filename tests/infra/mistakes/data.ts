// Mistakes in the stack of queues, table and bucket.
import { type Mistake, mistake, replace, set } from './make.ts';

export const DATA_MISTAKES: readonly Mistake[] = [
  mistake(
    'any account can assume a role',
    'only tasks, the schedule and people of this account can assume a role',
    replace(
      'data',
      'OperatorRole',
      `"AWS":{"Fn::Sub":"arn:\${AWS::Partition}:iam::\${AWS::AccountId}:root"}`,
      '"AWS":"*"',
    ),
  ),
  mistake(
    'queues have no encryption',
    'queues, table and bucket are encrypted, with the own key if one is given',
    set('data', 'Resources/DeadLetterQueue/Properties/SqsManagedSseEnabled', undefined),
  ),
  mistake(
    'the own key is not used for the table',
    'queues, table and bucket are encrypted, with the own key if one is given',
    set('data', 'Resources/Table/Properties/SSESpecification', undefined),
  ),
  mistake(
    'the bucket can be reached without TLS',
    'queues and bucket accept only TLS',
    replace('data', 'BucketPolicy', '"Effect":"Deny"', '"Effect":"Allow"'),
  ),
  mistake(
    'objects can be reached without TLS',
    'queues and bucket accept only TLS',
    set('data', 'Resources/BucketPolicy/Properties/PolicyDocument/Statement/0/Resource/1', undefined),
  ),
  mistake(
    'the table is deleted with its stack',
    'resources with data are kept when their stack is deleted',
    set('data', 'Resources/Table/DeletionPolicy', 'Delete'),
  ),
  mistake(
    'the bucket is deleted when it is renamed',
    'resources with data are kept when their stack is deleted',
    set('data', 'Resources/Bucket/UpdateReplacePolicy', undefined),
  ),
  mistake(
    'the table can be deleted',
    'the table equals that of packages/aws, can be restored, and is protected from deletion',
    set('data', 'Resources/Table/Properties/DeletionProtectionEnabled', undefined),
  ),
  mistake(
    'messages are dead-lettered after three receives',
    'the queue moves dead letters to the dead-letter queue, which accepts no others',
    set('data', 'Resources/Queue/Properties/RedrivePolicy/maxReceiveCount', 3),
  ),
  mistake(
    'messages are kept for four days',
    'queues have the attributes of packages/aws',
    set('data', 'Resources/DeadLetterQueue/Properties/MessageRetentionPeriod', 345_600),
  ),
  mistake(
    'unfinished uploads are removed while their job runs',
    'the bucket equals that of packages/aws and is private',
    set(
      'data',
      'Resources/Bucket/Properties/LifecycleConfiguration/Rules/0/AbortIncompleteMultipartUpload/DaysAfterInitiation',
      7,
    ),
  ),
  mistake(
    'objects are never removed',
    'the bucket equals that of packages/aws and is private',
    set('data', 'Resources/Bucket/Properties/LifecycleConfiguration/Rules/1', undefined),
  ),
];
