// A job's usage of AWS, estimated from its plan and its stored data (the number of batches and deliveries). It is not
// measured, because AWS does not report usage by job, and consumers count their calls by process.
import { AWS_PRICES } from '@movie-load/aws';
import { estimateJob } from '@movie-load/queue';
import { type JobPlan, partsOf, shapeOf, treeOf } from '@movie-load/schema';
import { formatNumber } from './format.ts';

/** Counts from the traces in a job's slices. */
export interface StoredCounts {
  /** Distinct messages. */
  readonly messages: number;
  /** Sum of the receives until each message was stored. */
  readonly deliveries: number;
  /** Number of batches: a batch has a consumer's messages of one receive and one group. */
  readonly batches: number;
}

/** The approximate usage so far; `usageText` names what is not included. */
export interface JobUsage extends StoredCounts {
  readonly sqs_requests: number;
  readonly dynamodb_requests: number;
  readonly write_units: number;
  readonly read_units: number;
  readonly s3_requests: number;
  /** List price. */
  readonly usd: number;
  readonly region: string;
  readonly as_of: string;
}

export function jobUsage(plan: JobPlan, isComplete: boolean, stored: StoredCounts): JobUsage {
  const { messages, deliveries, batches } = stored;
  const { sqs, dynamodb, s3, list_price } = estimateJob(plan);
  const shape = shapeOf(plan);
  const storedShare = messages / shape.messages;
  const messagesPerReceive = shape.messages / sqs.receives;
  // The estimate assumes full batches. Each additional batch costs its calls and two write units: a slice that is not
  // full and an update of the ledger.
  const additionalBatches = Math.max(0, batches - sqs.receives * storedShare);
  const sends = sqs.sends * storedShare;
  const receives = Math.max(batches, deliveries / messagesPerReceive);
  const billedPerCall = sqs.billed_requests / (sqs.sends + sqs.receives + sqs.deletes);
  const sqsBilled = (sends + receives + batches) * billedPerCall;
  const writeUnits = dynamodb.write_units * storedShare + 2 * additionalBatches;
  const { parts } = partsOf(plan);
  const s3Requests = isComplete ? s3.puts : parts > 1 ? s3.puts * storedShare : 0;
  const readUnits = parts > 1 ? dynamodb.read_units * storedShare : isComplete ? dynamodb.read_units : 0;
  const nodes = treeOf(plan)
    .levels.slice(1)
    .reduce((sum, level) => sum + level, 0);
  // Per batch: write the slices, update the ledger. Per group: update its node, query the slices for the object.
  // Per node: update its parent, write that its part is uploaded. Per job: create its item, later set it COMPLETE.
  const dynamodbRequests = 2 * batches + (2 * shape.groups + 2 * nodes) * storedShare + (isComplete ? 2 : 1);
  return {
    ...stored,
    sqs_requests: Math.round(sends + receives + batches),
    dynamodb_requests: Math.round(dynamodbRequests),
    write_units: Math.round(writeUnits),
    read_units: Math.round(readUnits),
    s3_requests: Math.round(s3Requests),
    usd:
      sqsBilled * AWS_PRICES.sqsFifoRequest +
      writeUnits * AWS_PRICES.dynamodbWriteUnit +
      readUnits * AWS_PRICES.dynamodbReadUnit +
      s3Requests * AWS_PRICES.s3Put,
    region: list_price.region,
    as_of: list_price.as_of,
  };
}

/** The usage as one line for people. */
export function usageText({ usd, region, as_of, ...usage }: JobUsage): string {
  const calls = usage.sqs_requests + usage.dynamodb_requests + usage.s3_requests;
  const price = usd < 0.01 ? `$${usd.toPrecision(2)}` : `$${usd.toFixed(2)}`;
  return (
    `about ${formatNumber(calls)} AWS calls, ${formatNumber(usage.write_units)} write units, ${formatNumber(usage.read_units)} read units: ` +
    `${price} (list price in ${region}, ${as_of}; without repeated calls, empty receives and heartbeats)`
  );
}
