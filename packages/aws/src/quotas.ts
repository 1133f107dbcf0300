// AWS's default quotas and speeds that bound a job, in one place with their date and sources.

/** Of one account in us-east-1. Quotas of SQS and DynamoDB can be raised on request. */
export const AWS_QUOTAS = {
  /** What was known of them in this month; compare with the pages below before you rely on it. */
  asOf: 'November 2026',
  region: 'us-east-1',
  sources: [
    'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html',
    'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-fifo.html',
    'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html',
    'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html',
    'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html',
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html',
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance-guidelines.html',
    'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html',
  ],
  /** Of each action, for a FIFO queue in high-throughput mode. A batch is one call. */
  sqsCallsPerSecond: 70_000,
  /** The oldest messages of a FIFO queue among which a receive looks for a group that is not in flight. */
  sqsSearchedMessages: 120_000,
  /** Of a table on demand that is new; it takes twice its highest load of before. */
  newTableWriteUnitsPerSecond: 4000,
  newTableReadUnitsPerSecond: 12_000,
  /** Of any table on demand, however warm it is. */
  tableWriteUnitsPerSecond: 40_000,
  tableReadUnitsPerSecond: 40_000,
  /** Of one partition key. */
  partitionWriteUnitsPerSecond: 1000,
  /** What one request to S3 carries, about. */
  s3MegabytesPerSecond: 85,
  /** Of one prefix of a bucket: PUT, COPY, POST and DELETE. */
  s3WritesPerSecond: 3500,
  /** Of all tasks on Fargate of a new account; on demand and Spot each have as many. */
  fargateVcpus: 6,
} as const;
