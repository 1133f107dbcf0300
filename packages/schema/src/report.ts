import { z } from 'zod';

const count = z.int().min(0);

/**
 * What a service that was started with an IPC channel reports at its start, every 250 ms, when a job is complete, and a
 * last time before it exits. All numbers are totals since the process started; the same counters feed `/metrics`.
 */
export const serviceReportSchema = z.object({
  kind: z.literal('report'),
  service: z.enum(['producer', 'consumer', 'console']),
  instance: z.string().max(256),
  /** Milliseconds since the epoch. */
  at: count,
  /** AWS requests by operation, SDK retries included, e.g. `{ "sqs:SendMessageBatch": 12 }`. */
  calls: z.record(z.string().max(100), count),
  /** Messages and movies accepted by SQS. */
  sent_messages: count,
  sent_movies: count,
  received_messages: count,
  /** Messages received with a receive count over 1. */
  redelivered: count,
  stored_messages: count,
  stored_movies: count,
  /** Movies written into objects so far. */
  assembled_movies: count,
  dead_lettered: count,
  write_units: z.number().min(0),
  in_flight: count,
  /** Ids of the last jobs that this process completed (at most 100). */
  completed_jobs: z.array(z.string().max(64)).max(100),
  peak_rss_bytes: count,
  /** CPU time of the process so far, user and system. */
  cpu_seconds: z.number().min(0),
  /** The port of the service's HTTP server, when it has one. */
  http_port: z.int().min(1).max(65535).optional(),
  /** Set in the last report before the process exits. */
  final: z.boolean(),
});
export type ServiceReport = Readonly<z.infer<typeof serviceReportSchema>>;
