// AWS's list prices, in one place with their date and source. Only estimates use them; nothing is billed by them.

/** US dollars in us-east-1 (N. Virginia), without the free tier and data transfer. */
export const AWS_PRICES = {
  /** The month of these prices; compare with the pages below before you rely on them. */
  asOf: 'November 2026',
  region: 'us-east-1',
  sources: [
    'https://aws.amazon.com/sqs/pricing/',
    'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    'https://aws.amazon.com/s3/pricing/',
    'https://aws.amazon.com/fargate/pricing/',
  ],
  /** A FIFO request; each 64 KB of payload counts as one. */
  sqsFifoRequest: 0.5 / 1_000_000,
  sqsChunkBytes: 64 * 1024,
  /** On-demand, standard table class: 1 KB written, 4 KB read consistently. */
  dynamodbWriteUnit: 0.625 / 1_000_000,
  dynamodbReadUnit: 0.125 / 1_000_000,
  /** S3 Standard: PUT, POST (and so each part of an upload). */
  s3Put: 0.005 / 1000,
  /** Fargate, Linux on ARM, on demand: an hour of a vCPU and of a GB. Billed by the second, a minute at least. */
  fargateArmVcpuHour: 0.032_38,
  fargateArmGigabyteHour: 0.003_56,
  /** A GB stored for a month: standard table class, indexes included; S3 Standard. */
  dynamodbGbMonth: 0.25,
  s3GbMonth: 0.023,
} as const;
