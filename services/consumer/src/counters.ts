// The counters of a consumer since it started, and the same under the names of its report.
import type { ServiceCounts } from '@movie-load/schema';
import type { HeartbeatFailure } from './heartbeat.ts';
import { UnfinishedMessages } from './unfinished.ts';

export interface ConsumerCounters {
  receivedMessages: number;
  /** Messages received with a receive count over 1. */
  redelivered: number;
  storedMessages: number;
  storedMovies: number;
  /** Movies among these that the ledger had counted before. */
  repeatedMovies: number;
  /** Slices written to the table. */
  slices: number;
  /** Messages of deleted jobs, which are deleted unstored. */
  droppedMessages: number;
  /** Parts of objects that were written. An object that is written with one request counts as one part. */
  objectParts: number;
  /** The sum of the seconds that each of these parts took: reading its slices, then sending it to S3. */
  partSeconds: number;
  /** Movies in these parts. */
  assembledMovies: number;
  completedJobs: number;
  /** The ids of the jobs that this process completed last: at most 100, the latest at the end. */
  readonly lastCompleted: string[];
  /** The number of dead-lettered messages, by the reason for which they were refused. */
  readonly deadLettered: Map<string, number>;
  /** Deliveries of messages that only newer releases can store. */
  newerVersion: number;
  /** Messages released because they could not be stored, need a newer release, or the process ends. */
  released: number;
  /** Messages of the receives that are being handled. */
  inFlight: number;
  /** The number of failed heartbeats, by why they failed. */
  readonly heartbeatsFailed: Map<HeartbeatFailure, number>;
  readonly unfinished: UnfinishedMessages;
}

const LAST_COMPLETED = 100;

export function createConsumerCounters(): ConsumerCounters {
  return {
    receivedMessages: 0,
    redelivered: 0,
    storedMessages: 0,
    storedMovies: 0,
    repeatedMovies: 0,
    slices: 0,
    droppedMessages: 0,
    objectParts: 0,
    partSeconds: 0,
    assembledMovies: 0,
    completedJobs: 0,
    lastCompleted: [],
    deadLettered: new Map(),
    newerVersion: 0,
    released: 0,
    inFlight: 0,
    heartbeatsFailed: new Map(),
    unfinished: new UnfinishedMessages(),
  };
}

export function countCompleted(counters: ConsumerCounters, jobId: string): void {
  counters.completedJobs++;
  counters.lastCompleted.push(jobId);
  if (counters.lastCompleted.length > LAST_COMPLETED) counters.lastCompleted.shift();
}

/** The counters under the names of the report, which `/metrics` and the page read too. */
export function countsOf(counters: ConsumerCounters): Partial<ServiceCounts> {
  return {
    received_messages: counters.receivedMessages,
    redelivered: counters.redelivered,
    stored_messages: counters.storedMessages,
    stored_movies: counters.storedMovies,
    repeated_movies: counters.repeatedMovies,
    released: counters.released,
    newer_version: counters.newerVersion,
    slices: counters.slices,
    dropped_messages: counters.droppedMessages,
    object_parts: counters.objectParts,
    object_part_seconds: counters.partSeconds,
    assembled_movies: counters.assembledMovies,
    dead_lettered: counters.deadLettered.values().reduce((sum, count) => sum + count, 0),
    dead_lettered_by_reason: Object.fromEntries(counters.deadLettered),
    in_flight: counters.inFlight,
    heartbeats_failed: Object.fromEntries(counters.heartbeatsFailed),
    completed: counters.completedJobs,
    completed_jobs: [...counters.lastCompleted],
  };
}
