// AWS's default quotas and speeds that bound a job, in one place with their date and sources.

/** Of one account in us-east-1. Quotas of SQS and DynamoDB can be raised on request. */
export const AWS_QUOTAS = {
  /** The month of these quotas; compare with the pages below before you rely on them. */
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
  /** Calls of each action per second, for a FIFO queue in high-throughput mode. A batch is one call. */
  sqsCallsPerSecond: 70_000,
  /** A receive searches only this number of the oldest messages of a FIFO queue for a group that is not in flight. */
  sqsSearchedMessages: 120_000,
  /** Units per second of a new table on demand; later it allows twice its previous peak. */
  newTableWriteUnitsPerSecond: 4000,
  newTableReadUnitsPerSecond: 12_000,
  /** Units per second of any table on demand, whatever its previous peak. */
  tableWriteUnitsPerSecond: 40_000,
  tableReadUnitsPerSecond: 40_000,
  /** Units per second of one partition key. */
  partitionWriteUnitsPerSecond: 1000,
  /** The approximate throughput of one request to S3. */
  s3MegabytesPerSecond: 85,
  /** Requests per second for one prefix of a bucket: PUT, COPY, POST and DELETE. */
  s3WritesPerSecond: 3500,
  /** vCPUs of all Fargate tasks of a new account, on demand; Spot has a second quota of the same size. */
  fargateVcpus: 6,
} as const;
