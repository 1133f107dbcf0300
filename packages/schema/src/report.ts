// The report of a service: to its parent process over IPC, and to programs over HTTP (`GET /report`). The counters
// are named only here: the page, the command line and Prometheus read them from the report.
import { z } from 'zod';

const count = z.int().min(0);
const countOrZero = count.default(0);
const countsByName = z.record(z.string().max(100), count).default({});

/** The counters of a service; missing ones are 0. All numbers are totals since the process started. */
const serviceCountsSchema = z.object({
  /** AWS requests by operation, SDK retries included, e.g. `{ "sqs:SendMessageBatch": 12 }`. */
  calls: countsByName,
  /** Calls that were answered with an error, or not at all. */
  failed_calls: countsByName,
  /** Calls that AWS refused, whole or in part, because of a limit per second. */
  throttled_calls: countsByName,
  /** DynamoDB's request units; writes include those of the index. */
  write_units: z.number().min(0).default(0),
  read_units: z.number().min(0).default(0),
  /** Messages and movies accepted by SQS. */
  sent_messages: countOrZero,
  sent_movies: countOrZero,
  received_messages: countOrZero,
  /** Messages received with a receive count over 1. */
  redelivered: countOrZero,
  stored_messages: countOrZero,
  /** Movies written; a movie that is written twice counts twice. */
  stored_movies: countOrZero,
  /** Of `stored_movies`: movies of messages that the ledger had counted before, so that the write changed nothing. */
  repeated_movies: countOrZero,
  /** Messages released to the queue. */
  released: countOrZero,
  /** Deliveries of messages that only a newer release can store. */
  newer_version: countOrZero,
  slices: countOrZero,
  /** Messages of deleted jobs: the consumer deleted them without storing them. */
  dropped_messages: countOrZero,
  /** Parts of objects written, one for an object of one part; and the sum of the seconds that each of them took. */
  object_parts: countOrZero,
  object_part_seconds: z.number().min(0).default(0),
  /** Movies in these parts. */
  assembled_movies: countOrZero,
  dead_lettered: countOrZero,
  /** Dead-lettered messages by reason. */
  dead_lettered_by_reason: countsByName,
  /** Messages received and neither deleted nor released. */
  in_flight: countOrZero,
  /**
   * The age of the oldest message that this process is handling or has released, in seconds since it was sent; 0 when
   * there is none.
   */
  oldest_message_seconds: z.number().min(0).default(0),
  /** Heartbeats by what failed: `call_failed`, `messages_lost` (another consumer has them). */
  heartbeats_failed: countsByName,
  /** Jobs that this process set COMPLETE, and the ids of the latest. */
  completed: countOrZero,
  completed_jobs: z.array(z.string().max(64)).max(100).default([]),
  /** By dependency: 1 while its breaker is open. */
  breakers_open: countsByName,
  /**
   * A histogram of the time from sending a message to storing it: the number of messages that took at most `seconds`;
   * null: all messages. Only in reports over HTTP.
   */
  sent_to_stored: z
    .array(z.object({ seconds: z.number().min(0).nullable(), messages: count }))
    .max(100)
    .default([]),
  /**
   * The longest such time of the last 15 to 20 s; null: nothing was stored then, or an older release does not report
   * it.
   */
  sent_to_stored_max_seconds: z.number().min(0).nullable().default(null),
  /** The port of the service's HTTP server, if it has one. */
  http_port: z.int().min(1).max(65535).optional(),
});
export type ServiceCounts = Readonly<z.infer<typeof serviceCountsSchema>>;

/**
 * A service that was started with an IPC channel reports at its start, every 250 ms, when a job is complete, and a last
 * time before it exits.
 */
export const serviceReportSchema = serviceCountsSchema.extend({
  kind: z.literal('report'),
  service: z.enum(['producer', 'consumer', 'console']),
  instance: z.string().max(256),
  /** Milliseconds since the epoch. */
  at: count,
  peak_rss_bytes: count,
  /** CPU time of the process so far, user and system. */
  cpu_seconds: z.number().min(0),
  /** Set in the last report before the process exits. */
  final: z.boolean(),
});
export type ServiceReport = Readonly<z.infer<typeof serviceReportSchema>>;

/** The counters of a service that has done nothing yet. */
export const NO_COUNTS: ServiceCounts = serviceCountsSchema.parse({});

type Summed =
  | 'sent_messages'
  | 'sent_movies'
  | 'stored_movies'
  | 'repeated_movies'
  | 'object_parts'
  | 'assembled_movies'
  | 'redelivered'
  | 'dead_lettered';
export type CountTotals = Pick<ServiceCounts, Summed | 'write_units' | 'read_units' | 'calls'>;

/** The counts of several processes together; operations in alphabetical order. */
export function addCounts(all: readonly ServiceCounts[]): CountTotals {
  const sum = (read: (counts: ServiceCounts) => number) => all.reduce((total, counts) => total + read(counts), 0);
  const calls = new Map<string, number>();
  for (const [operation, number] of all.flatMap((counts) => Object.entries(counts.calls))) {
    calls.set(operation, (calls.get(operation) ?? 0) + number);
  }
  return {
    sent_messages: sum((counts) => counts.sent_messages),
    sent_movies: sum((counts) => counts.sent_movies),
    stored_movies: sum((counts) => counts.stored_movies),
    repeated_movies: sum((counts) => counts.repeated_movies),
    object_parts: sum((counts) => counts.object_parts),
    assembled_movies: sum((counts) => counts.assembled_movies),
    redelivered: sum((counts) => counts.redelivered),
    dead_lettered: sum((counts) => counts.dead_lettered),
    write_units: sum((counts) => counts.write_units),
    read_units: sum((counts) => counts.read_units),
    calls: Object.fromEntries([...calls].sort(([a], [b]) => a.localeCompare(b))),
  };
}
