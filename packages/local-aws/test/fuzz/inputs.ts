// A legal input for each operation of SQS and DynamoDB, and for two that the embedded DynamoDB does not have.

export interface Names {
  readonly queue: string;
  readonly table: string;
  readonly bucket: string;
}

const SQS_ACCOUNT = '000000000000';
const arnOf = (queue: string): string => `arn:aws:sqs:us-east-1:${SQS_ACCOUNT}:${queue}`;
export const urlOf = (queue: string): string => `http://localhost/${SQS_ACCOUNT}/${queue}`;

type Inputs = Readonly<Record<string, (names: Names) => Readonly<Record<string, unknown>>>>;

const HANDLE = 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a';
export const SQS: Inputs = {
  AddPermission: ({ queue }) => ({ QueueUrl: urlOf(queue), Label: 'l', AWSAccountIds: ['1'], Actions: ['*'] }),
  CancelMessageMoveTask: () => ({ TaskHandle: 'e30=' }),
  ChangeMessageVisibility: ({ queue }) => ({ QueueUrl: urlOf(queue), ReceiptHandle: HANDLE, VisibilityTimeout: 0 }),
  ChangeMessageVisibilityBatch: ({ queue }) => ({
    QueueUrl: urlOf(queue),
    Entries: [{ Id: '1', ReceiptHandle: HANDLE, VisibilityTimeout: 0 }],
  }),
  CreateQueue: ({ queue }) => ({ QueueName: queue, Attributes: { DelaySeconds: '0' }, tags: { a: 'b' } }),
  DeleteMessage: ({ queue }) => ({ QueueUrl: urlOf(queue), ReceiptHandle: HANDLE }),
  DeleteMessageBatch: ({ queue }) => ({ QueueUrl: urlOf(queue), Entries: [{ Id: '1', ReceiptHandle: HANDLE }] }),
  DeleteQueue: ({ queue }) => ({ QueueUrl: urlOf(queue) }),
  GetQueueAttributes: ({ queue }) => ({ QueueUrl: urlOf(queue), AttributeNames: ['All'] }),
  GetQueueUrl: ({ queue }) => ({ QueueName: queue }),
  ListDeadLetterSourceQueues: ({ queue }) => ({ QueueUrl: urlOf(queue), MaxResults: 10 }),
  ListMessageMoveTasks: ({ queue }) => ({ SourceArn: arnOf(queue), MaxResults: 1 }),
  ListQueues: ({ queue }) => ({ QueueNamePrefix: queue, MaxResults: 10 }),
  ListQueueTags: ({ queue }) => ({ QueueUrl: urlOf(queue) }),
  PurgeQueue: ({ queue }) => ({ QueueUrl: urlOf(queue) }),
  ReceiveMessage: ({ queue }) => ({
    QueueUrl: urlOf(queue),
    MaxNumberOfMessages: 1,
    VisibilityTimeout: 0,
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['All'],
  }),
  RemovePermission: ({ queue }) => ({ QueueUrl: urlOf(queue), Label: 'l' }),
  SendMessage: ({ queue }) => ({
    QueueUrl: urlOf(queue),
    MessageBody: 'hostile',
    DelaySeconds: 0,
    MessageGroupId: 'g',
    MessageAttributes: { a: { DataType: 'Binary', BinaryValue: 'AAEC' }, n: { DataType: 'Number', StringValue: '1' } },
    MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1' } },
  }),
  SendMessageBatch: ({ queue }) => ({
    QueueUrl: urlOf(queue),
    Entries: ['1', '2'].map((Id) => ({ Id, MessageBody: 'hostile', MessageAttributes: {} })),
  }),
  SetQueueAttributes: ({ queue }) => ({ QueueUrl: urlOf(queue), Attributes: { VisibilityTimeout: '31' } }),
  StartMessageMoveTask: ({ queue }) => ({ SourceArn: arnOf(queue), MaxNumberOfMessagesPerSecond: 1 }),
  TagQueue: ({ queue }) => ({ QueueUrl: urlOf(queue), Tags: { a: 'b' } }),
  UntagQueue: ({ queue }) => ({ QueueUrl: urlOf(queue), TagKeys: ['a'] }),
};

const KEY = { id: { S: 'a' } };
const ITEM = { id: { S: 'a' }, n: { N: '1' }, m: { M: { l: { L: [{ SS: ['x'] }, { B: 'AAEC' }] } } } };
const TABLE = {
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  BillingMode: 'PAY_PER_REQUEST',
};
const tableArn = (table: string): string => `arn:aws:dynamodb:us-east-1:000000000000:table/${table}`;

export const DYNAMODB: Inputs = {
  BatchGetItem: ({ table }) => ({ RequestItems: { [table]: { Keys: [KEY] } } }),
  BatchWriteItem: ({ table }) => ({ RequestItems: { [table]: [{ PutRequest: { Item: ITEM } }] } }),
  CreateTable: ({ table }) => ({ TableName: table, ...TABLE }),
  DeleteItem: ({ table }) => ({ TableName: table, Key: KEY, ReturnValues: 'ALL_OLD' }),
  DeleteTable: ({ table }) => ({ TableName: table }),
  DescribeContinuousBackups: ({ table }) => ({ TableName: table }),
  DescribeEndpoints: () => ({}),
  DescribeLimits: () => ({}),
  DescribeTable: ({ table }) => ({ TableName: table }),
  DescribeTimeToLive: ({ table }) => ({ TableName: table }),
  ExecuteStatement: ({ table }) => ({ Statement: `SELECT * FROM "${table}"` }),
  GetItem: ({ table }) => ({ TableName: table, Key: KEY, ProjectionExpression: 'n, m.l[0]' }),
  ListTables: () => ({ Limit: 10 }),
  ListTagsOfResource: ({ table }) => ({ ResourceArn: tableArn(table) }),
  PutItem: ({ table }) => ({ TableName: table, Item: ITEM, ConditionExpression: 'attribute_not_exists(other)' }),
  Query: ({ table }) => ({
    TableName: table,
    KeyConditionExpression: 'id = :id',
    FilterExpression: 'contains(m.l, :id) OR size(n) > :one',
    ExpressionAttributeValues: { ':id': { S: 'a' }, ':one': { N: '1' } },
  }),
  Scan: ({ table }) => ({
    TableName: table,
    Limit: 10,
    Segment: 0,
    TotalSegments: 2,
    ReturnConsumedCapacity: 'INDEXES',
  }),
  TagResource: ({ table }) => ({ ResourceArn: tableArn(table), Tags: [{ Key: 'a', Value: 'b' }] }),
  TransactGetItems: ({ table }) => ({ TransactItems: [{ Get: { TableName: table, Key: KEY } }] }),
  TransactWriteItems: ({ table }) => ({
    TransactItems: [{ Put: { TableName: table, Item: ITEM } }],
    ClientRequestToken: 'token',
  }),
  UntagResource: ({ table }) => ({ ResourceArn: tableArn(table), TagKeys: ['a'] }),
  UpdateContinuousBackups: ({ table }) => ({
    TableName: table,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  }),
  UpdateItem: ({ table }) => ({
    TableName: table,
    Key: KEY,
    UpdateExpression: 'SET #n = if_not_exists(#n, :one) + :one REMOVE m.l[0] ADD s :set',
    ConditionExpression: 'attribute_exists(id) AND NOT (#n BETWEEN :one AND :one)',
    ExpressionAttributeNames: { '#n': 'n' },
    ExpressionAttributeValues: { ':one': { N: '1' }, ':set': { NS: ['1', '2'] } },
    ReturnValues: 'UPDATED_NEW',
  }),
  UpdateTable: ({ table }) => ({
    TableName: table,
    AttributeDefinitions: [{ AttributeName: 'n', AttributeType: 'N' }],
    GlobalSecondaryIndexUpdates: [
      {
        Create: {
          IndexName: 'by-n',
          KeySchema: [{ AttributeName: 'n', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      },
    ],
  }),
  UpdateTimeToLive: ({ table }) => ({
    TableName: table,
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
  }),
};
