// The permissions on a customer-managed key that a call needs when queues, table and bucket are encrypted: services
// call KMS with the permissions of their caller.

/** As docs/iam/customer-managed-key.json names it. */
export const KEY_ARN = 'arn:aws:kms:REGION:ACCOUNT:key/KEY';

const READ = ['kms:Decrypt'];
const WRITE = ['kms:GenerateDataKey'];
const BOTH = [...READ, ...WRITE];

/**
 * Senders, and writers of uploads in parts, also decrypt.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions. DynamoDB decrypts its
 * table's key with its caller's permissions:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  'sqs:SendMessage': BOTH,
  'sqs:SendMessageBatch': BOTH,
  'sqs:ReceiveMessage': READ,
  'dynamodb:BatchWriteItem': READ,
  'dynamodb:PutItem': READ,
  'dynamodb:UpdateItem': READ,
  'dynamodb:GetItem': READ,
  'dynamodb:Query': READ,
  's3:PutObject': WRITE,
  's3:CreateMultipartUpload': BOTH,
  's3:UploadPart': BOTH,
  's3:CompleteMultipartUpload': BOTH,
  's3:GetObject': READ,
};

export const keyPermissions = (operation: string) =>
  (NEEDS[operation] ?? []).map((action) => ({ action, resource: KEY_ARN }));
