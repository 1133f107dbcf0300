// Estimates the AWS calls and the price of a job from its plan and a sample of its movies, without any call.
import { AWS_PRICES, QUEUE_MESSAGE_BYTES } from '@movie-load/aws';
import { movieAt } from '@movie-load/movies';
import {
  encodeLoadMessage,
  type JobPlan,
  jobIdOf,
  type Movie,
  messagesOfGroup,
  movieToJson,
  partsOf,
  shapeOf,
  treeOf,
  utf8Bytes,
} from '@movie-load/schema';
import { BATCH_BYTES, BATCH_ENTRIES } from './batches.ts';

/** Counts for the whole job, without faults and with full receives. */
export interface JobEstimate {
  readonly messages: number;
  readonly groups: number;
  readonly message_bytes: number;
  readonly object_bytes: number;
  readonly sqs: {
    readonly sends: number;
    readonly receives: number;
    readonly deletes: number;
    readonly billed_requests: number;
  };
  readonly dynamodb: { readonly items: number; readonly write_units: number; readonly read_units: number };
  readonly s3: { readonly puts: number };
  readonly list_price: {
    readonly usd: number;
    readonly sqs_usd: number;
    readonly dynamodb_usd: number;
    readonly s3_usd: number;
    readonly region: string;
    readonly as_of: string;
  };
}

const SAMPLE_MOVIES = 500;
/** The size of a consistent read unit. */
const READ_UNIT_BYTES = 4096;
/** DynamoDB's largest item. */
const ITEM_BYTES = 400 * 1024;
/** The keys of a slice and the names of its attributes. */
const SLICE_OVERHEAD_BYTES = 160;
/** The trace of one message in its slice. */
const TRACE_BYTES = 30;
/** The names of the movie's attributes, its year, and DynamoDB's overhead of a map in a list. */
const MOVIE_OVERHEAD_BYTES = 30 + 3 + 9;

/** @example estimateJob(planJob({ movies: 1_000_000, movies_per_message: 1, … })).list_price.usd // about 0.35 */
export function estimateJob(plan: JobPlan): JobEstimate {
  const shape = shapeOf(plan);
  const { jsonBytes, itemBytes } = averageMovie(plan);
  const messageBytes = Math.round(
    envelopeBytes(plan) + Math.min(plan.movies_per_message, plan.movies) * (jsonBytes + 1),
  );
  const perBatch = Math.max(
    1,
    Math.min(BATCH_ENTRIES, Math.floor(Math.min(QUEUE_MESSAGE_BYTES, BATCH_BYTES) / messageBytes)),
  );

  let batches = 0;
  let slices = 0;
  let sliceUnits = 0;
  let readUnits = 0;
  for (const [groups, messages] of groupSizes(plan)) {
    let groupBytes = 0;
    for (let first = 0; first < messages; first += perBatch) {
      const count = Math.min(perBatch, messages - first);
      const movies = Math.min(count * plan.movies_per_message, plan.movies);
      const bytes = movies * itemBytes + count * TRACE_BYTES;
      const items = Math.max(1, Math.ceil(bytes / (ITEM_BYTES - SLICE_OVERHEAD_BYTES)));
      batches += groups;
      slices += groups * items;
      sliceUnits += groups * items * Math.ceil((bytes / items + SLICE_OVERHEAD_BYTES) / 1024);
      groupBytes += bytes + items * SLICE_OVERHEAD_BYTES;
    }
    // The object is made group by group.
    readUnits += groups * Math.ceil(groupBytes / READ_UNIT_BYTES);
  }

  const treeNodes = treeOf(plan)
    .levels.slice(1)
    .reduce((sum, nodes) => sum + nodes, 0);
  // Each batch updates its ledger, each full group and each full node its parent. The job's item is created and set
  // COMPLETE: two units each time, one of them for the index. A job of several parts records each part, its upload and
  // the object's size.
  const { parts } = partsOf(plan);
  const partWrites = parts === 1 ? 0 : parts + 2;
  const writeUnits = sliceUnits + batches + shape.groups + treeNodes + 2 + 2 + partWrites;
  const objectBytes = Math.round(plan.movies * (jsonBytes + 2));
  // The upload is created, listed a thousand parts a page, and completed.
  const puts = parts === 1 ? 1 : parts + 2 + Math.ceil(parts / 1000);
  const chunksPerBatch = Math.ceil((messageBytes * perBatch) / AWS_PRICES.sqsChunkBytes);
  const billed = batches * (2 * chunksPerBatch + 1);

  const sqs_usd = billed * AWS_PRICES.sqsFifoRequest;
  const dynamodb_usd = writeUnits * AWS_PRICES.dynamodbWriteUnit + readUnits * AWS_PRICES.dynamodbReadUnit;
  const s3_usd = puts * AWS_PRICES.s3Put;
  return {
    messages: shape.messages,
    groups: shape.groups,
    message_bytes: messageBytes,
    object_bytes: objectBytes,
    sqs: { sends: batches, receives: batches, deletes: batches, billed_requests: billed },
    dynamodb: { items: slices + shape.groups + treeNodes + 1, write_units: writeUnits, read_units: readUnits },
    s3: { puts },
    list_price: {
      usd: sqs_usd + dynamodb_usd + s3_usd,
      sqs_usd,
      dynamodb_usd,
      s3_usd,
      region: AWS_PRICES.region,
      as_of: AWS_PRICES.asOf,
    },
  };
}

/** The number of groups with each number of messages: all but the last are full. */
function groupSizes(plan: JobPlan): [groups: number, messages: number][] {
  const shape = shapeOf(plan);
  const last = shape.groups - 1;
  return [
    [last, shape.groupSize],
    [1, messagesOfGroup(shape, last).count],
  ];
}

function averageMovie({ seed, movies }: JobPlan) {
  const count = Math.min(SAMPLE_MOVIES, movies);
  let jsonBytes = 0;
  let itemBytes = 0;
  for (let index = 0; index < count; index++) {
    const movie: Movie = movieAt(seed, index);
    jsonBytes += utf8Bytes(movieToJson(movie));
    itemBytes += MOVIE_OVERHEAD_BYTES + utf8Bytes(movie.movie_id + movie.title + movie.actor + movie.director);
  }
  return { jsonBytes: jsonBytes / count, itemBytes: itemBytes / count };
}

function envelopeBytes(plan: JobPlan): number {
  const number = shapeOf(plan).messages;
  const started_on = '2026-11-25T00:00:00.000Z';
  return utf8Bytes(encodeLoadMessage({ job_id: jobIdOf(plan), plan, group: number, number, started_on, movies: [] }));
}
