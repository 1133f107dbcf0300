// AWS's list prices for the page: of single calls, and of a whole job before it is started.
import { AWS_PRICES } from '@movie-load/aws';
import { estimateJob } from '@movie-load/queue';
import type { JobPlan } from '@movie-load/schema';
import type { PlanView, Prices } from './api.ts';

const SQS_CALLS = [
  'SendMessage',
  'SendMessageBatch',
  'ReceiveMessage',
  'DeleteMessageBatch',
  'ChangeMessageVisibilityBatch',
  'GetQueueAttributes',
];
/** Includes `ListParts`, which has the price of a PUT. */
const S3_PUTS = ['PutObject', 'CreateMultipartUpload', 'UploadPart', 'ListParts', 'CompleteMultipartUpload'];

/** DynamoDB bills units, not calls: its calls have no price here. */
export function listPrices(): Prices {
  const { asOf, region, sources, sqsFifoRequest, s3Put, dynamodbWriteUnit, dynamodbReadUnit } = AWS_PRICES;
  return {
    of: `${region}, ${asOf}, without free tier`,
    source: sources[0],
    region,
    usd_per_call: Object.fromEntries([
      ...SQS_CALLS.map((operation) => [`sqs:${operation}`, sqsFifoRequest]),
      ...S3_PUTS.map((operation) => [`s3:${operation}`, s3Put]),
      // Deletions in S3 are free.
      ['s3:AbortMultipartUpload', 0],
    ]),
    usd_per_write_unit: dynamodbWriteUnit,
    usd_per_read_unit: dynamodbReadUnit,
  };
}

/** The price of a plan if nothing fails and every receive returns as many messages as possible. */
export function priceOfPlan(plan: JobPlan): PlanView {
  const { messages, groups, sqs, dynamodb, s3, list_price: price } = estimateJob(plan);
  return {
    plan,
    messages,
    groups,
    lines: [
      { what: 'SQS requests as billed', count: sqs.billed_requests, usd: price.sqs_usd },
      { what: 'DynamoDB write units (and reads for the object)', count: dynamodb.write_units, usd: price.dynamodb_usd },
      { what: 'S3 PUT requests', count: s3.puts, usd: price.s3_usd },
    ],
    usd: price.usd,
    prices_of: `List price in ${price.region}, ${price.as_of}; without compute, storage and transfer.`,
  };
}
