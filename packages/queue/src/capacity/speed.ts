// The speed of one consumer and one producer on AWS, computed from the measured latency of calls and CPU time, for any
// number of movies a message. packages/simulation/test/capacity.test.ts compares it with the simulation of whole jobs.
import { AWS_QUOTAS, MEASURED, type Measured } from '@movie-load/aws';
import {
  BUDGET_CHARACTERS,
  CONSUMER_DEFAULTS,
  GROUPS_SENT_AT_ONCE,
  type JobPlan,
  MAX_GROUPS_AHEAD,
  partsOf,
  READ_AHEAD_BYTES,
} from '@movie-load/schema';
import type { JobEstimate } from '../estimate.ts';

/** The movies a message with which `packed` was measured. */
const PACKED_MOVIES = 325;
const PAGE_BYTES = 1024 * 1024;

export interface Speed {
  /** Receives that a consumer processes at once. */
  readonly receivesAtOnce: number;
  readonly moviesPerReceive: number;
  readonly consumerMoviesPerSecond: number;
  /** Share of a core that a consumer uses at that rate. */
  readonly consumerCpuShare: number;
  readonly producerMoviesPerSecond: number;
  /** The time of a receive, from the call to the delete, in an otherwise idle consumer. */
  readonly receiveMs: number;
  /** The time from the last receive to COMPLETE: it is stored, the last part is written, the upload is completed. */
  readonly endSeconds: number;
}

/** The measured times that the speed is computed from. */
export type Timings = Pick<Measured, 'latency_ms' | 'consumer_cpu' | 'producer_cpu'>;

/** The speed of a job's plan if every quota suffices. */
export function speedOf(plan: JobPlan, estimate: JobEstimate, timings: Timings = MEASURED): Speed {
  const { sqs } = estimate;
  const moviesPerReceive = plan.movies / sqs.receives;
  const { waitMs, cpuMs } = receiveTimes(plan, estimate, timings);
  const characters = (estimate.message_bytes * estimate.messages) / sqs.receives;
  const receivesAtOnce = Math.min(CONSUMER_DEFAULTS.POLLERS, Math.max(1, Math.floor(BUDGET_CHARACTERS / characters)));
  const receivesPerSecond = throughput(receivesAtOnce, waitMs, cpuMs);
  return {
    receivesAtOnce,
    moviesPerReceive,
    consumerMoviesPerSecond: receivesPerSecond * moviesPerReceive,
    consumerCpuShare: (receivesPerSecond * cpuMs) / 1000,
    producerMoviesPerSecond: sendingRate(plan, estimate, timings),
    receiveMs: waitMs + cpuMs,
    endSeconds: endSecondsOf(plan, estimate, timings, waitMs + cpuMs),
  };
}

/**
 * Requests a second of a closed system: `atOnce` requests, each of which waits `waitMs` for answers and needs `cpuMs`
 * of the only thread (mean value analysis).
 */
export function throughput(atOnce: number, waitMs: number, cpuMs: number): number {
  let queued = 0;
  let perMs = 0;
  for (let requests = 1; requests <= atOnce; requests += 1) {
    const responseMs = cpuMs * (1 + queued);
    perMs = requests / (waitMs + responseMs);
    queued = perMs * responseMs;
  }
  return perMs * 1000;
}

/**
 * The cost of a movie in microseconds. It has a share per message and a share per movie, and was measured with one
 * and with `PACKED_MOVIES` movies a message.
 */
function microsPerMovie(single: number, packed: number, moviesPerMessage: number): number {
  const perMovie = Math.max(0, (packed * PACKED_MOVIES - single) / (PACKED_MOVIES - 1));
  return perMovie + (single - perMovie) / moviesPerMessage;
}

/** The times of one receive of a consumer, with its share of climbs and of the object's parts. */
function receiveTimes(
  plan: JobPlan,
  { groups, object_bytes, sqs }: JobEstimate,
  { latency_ms, consumer_cpu }: Timings,
) {
  const { sqs: sqsMs, dynamodb: dynamodbMs, s3: s3Ms } = latency_ms;
  const { 'one a message': single, packed } = consumer_cpu;
  const { parts } = partsOf(plan);
  const pages = groups * Math.ceil(object_bytes / groups / PAGE_BYTES);
  // A receive has four calls: to receive, write the slices, update the ledger and delete. Added is its share of these:
  // each full group is added to its parent and read page by page; each part is uploaded, and recorded if the job has
  // several.
  const tableCalls = (groups + pages + (parts === 1 ? 0 : parts)) / sqs.receives;
  const partCalls = parts / sqs.receives;
  const calls = 4 + tableCalls + partCalls;
  const storedUs = microsPerMovie(single.stored_movie_us, packed.stored_movie_us, plan.movies_per_message);
  return {
    waitMs:
      2 * sqsMs +
      (2 + tableCalls) * dynamodbMs +
      partCalls * s3Ms +
      (uploadSeconds(object_bytes) * 1000) / sqs.receives,
    cpuMs: calls * packed.call_ms + ((plan.movies / sqs.receives) * (storedUs + packed.assembled_movie_us)) / 1000,
  };
}

const uploadSeconds = (bytes: number) => bytes / (AWS_QUOTAS.s3MegabytesPerSecond * 1e6);

/** Movies a second that one producer sends. */
function sendingRate(plan: JobPlan, { groups, sqs }: JobEstimate, { latency_ms, producer_cpu }: Timings): number {
  const { 'one a message': single, packed } = producer_cpu;
  const moviesPerBatch = plan.movies / sqs.sends;
  const micros = microsPerMovie(single.sent_movie_us, packed.sent_movie_us, plan.movies_per_message);
  const cpuMs = packed.call_ms + (moviesPerBatch * micros) / 1000;
  return throughput(Math.min(groups, GROUPS_SENT_AT_ONCE), latency_ms.sqs, cpuMs) * moviesPerBatch;
}

/** The seconds until the last receive is stored, the last part is written, and the upload is completed. */
function endSecondsOf(
  plan: JobPlan,
  { groups, object_bytes }: JobEstimate,
  { latency_ms, consumer_cpu }: Timings,
  receiveMs: number,
): number {
  const { dynamodb: dynamodbMs, s3: s3Ms } = latency_ms;
  const { parts, groupsPerPart } = partsOf(plan);
  const groupsOfPart = Math.min(groups, groupsPerPart);
  const pages = groupsOfPart * Math.ceil(object_bytes / groups / PAGE_BYTES);
  const assembled = ((plan.movies / groups) * groupsOfPart * consumer_cpu.packed.assembled_movie_us) / 1e6;
  const pageBytes = Math.min(PAGE_BYTES, object_bytes / groups);
  const pagesAtOnce = Math.min(MAX_GROUPS_AHEAD, groupsOfPart, READ_AHEAD_BYTES / pageBytes);
  const part =
    assembled +
    ((pages / pagesAtOnce) * dynamodbMs + s3Ms) / 1000 +
    uploadSeconds((object_bytes / groups) * groupsOfPart);
  // The parts are listed twice, the upload is completed; the size and COMPLETE are recorded.
  const completed = parts === 1 ? dynamodbMs : (2 * Math.ceil(parts / 1000) + 1) * s3Ms + 2 * dynamodbMs;
  return (receiveMs + completed) / 1000 + part;
}
