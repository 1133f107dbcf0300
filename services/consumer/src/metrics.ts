// A consumer's `/metrics`. Totals are read from its report; histograms get each stored message.
import type { ReceivedMessage } from '@movie-load/aws';
import type { ServiceReport } from '@movie-load/schema';
import { AWS_ROWS, createMetrics, type MetricRow, type Metrics } from '@movie-load/service/metrics';
import { collectDefaultMetrics, Histogram } from 'prom-client';
import { RecentMax } from './recent-max.ts';

export interface ConsumerMetrics extends Metrics {
  /** Adds a stored message to the histograms. `now` in milliseconds since the epoch, like the message's times. */
  stored(message: ReceivedMessage, now: number): void;
  /** The report with the latency histogram and the longest recent latency. */
  report(): Promise<ServiceReport>;
}

/**
 * A redelivered message is stored shortly after its visibility timeout, so there is a narrow bucket above each usual
 * timeout (10, 30, 60, 120, 300 s). No other bucket is wider than twice its lower bound.
 */
const LATENCY_BUCKETS_SECONDS = [
  0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10, 12, 15, 20, 25, 30, 33, 40, 50, 60, 65, 75, 90, 120, 130, 150, 180, 240,
  300, 330, 400, 500, 600, 900, 1200, 1800, 3600,
];
const RECEIVES_BUCKETS = [1, 2, 3, 4, 5, 6, 8, 10];

export const METRIC_ROWS: readonly MetricRow[] = [
  { name: 'messages_received', help: 'Messages received from the queue.', read: (report) => report.received_messages },
  {
    name: 'messages_redelivered',
    help: 'Messages received with a receive count over 1.',
    read: (report) => report.redelivered,
  },
  {
    name: 'messages_stored',
    help: 'Messages whose movies are stored and counted.',
    read: (report) => report.stored_messages,
  },
  { name: 'messages_released', help: 'Messages released to the queue.', read: (report) => report.released },
  {
    name: 'messages_newer_version',
    help: 'Deliveries of messages that only a newer release can store; they were released.',
    read: (report) => report.newer_version,
  },
  {
    name: 'messages_dropped',
    help: 'Messages that were deleted unstored, because their job was deleted.',
    read: (report) => report.dropped_messages,
  },
  {
    name: 'movies_stored',
    help: 'Movies stored and counted, repeats included.',
    read: (report) => report.stored_movies,
  },
  {
    name: 'movies_repeated',
    help: 'Movies stored and counted that were counted before: repeats, which changed nothing.',
    read: (report) => report.repeated_movies,
  },
  {
    name: 'object_parts',
    help: 'Parts of objects written, one for an object of one part.',
    read: (report) => report.object_parts,
  },
  {
    name: 'object_part_seconds',
    help: 'Seconds that the parts of objects took together, reading their slices included.',
    read: (report) => report.object_part_seconds,
  },
  { name: 'movies_assembled', help: 'Movies written into objects.', read: (report) => report.assembled_movies },
  { name: 'slices_written', help: 'Slices written to the table.', read: (report) => report.slices },
  { name: 'jobs_completed', help: 'Jobs that this process set COMPLETE.', read: (report) => report.completed },
  {
    name: 'dynamodb_write_units',
    help: 'Write request units used, those of the index included.',
    read: (report) => report.write_units,
  },
  { name: 'dynamodb_read_units', help: 'Read request units used.', read: (report) => report.read_units },
  {
    name: 'messages_dead_lettered',
    help: 'Invalid messages sent to the dead-letter queue.',
    label: 'reason',
    read: (report) => report.dead_lettered_by_reason,
  },
  ...AWS_ROWS,
  {
    name: 'messages_in_flight',
    help: 'Messages received and neither deleted nor released.',
    kind: 'gauge',
    read: (report) => report.in_flight,
  },
  {
    name: 'heartbeats_failed',
    help: 'Heartbeats that failed as a call, or of which another consumer has the messages.',
    label: 'reason',
    read: (report) => report.heartbeats_failed,
  },
  {
    name: 'oldest_message_age_seconds',
    help: 'Age of the oldest message that this process works on or has released; 0 when there is none.',
    kind: 'gauge',
    read: (report) => report.oldest_message_seconds,
  },
  {
    name: 'breaker_open',
    help: '1 while the dependency counts as failing.',
    kind: 'gauge',
    label: 'dependency',
    read: (report) => report.breakers_open,
  },
];

export function createConsumerMetrics(current: () => ServiceReport, now = Date.now): ConsumerMetrics {
  const metrics = createMetrics(METRIC_ROWS, current);
  const registers = [metrics.registry];
  collectDefaultMetrics({ register: metrics.registry });
  const latency = new Histogram({
    name: 'movie_load_sent_to_stored_seconds',
    help: 'From the sending of a message until its movies are stored and counted.',
    buckets: LATENCY_BUCKETS_SECONDS,
    registers,
  });
  const receives = new Histogram({
    name: 'movie_load_message_receives',
    help: 'Deliveries that it took until a message was stored.',
    buckets: RECEIVES_BUCKETS,
    registers,
  });
  const slowest = new RecentMax();
  return {
    ...metrics,
    stored: ({ sentOn, receiveCount }, storedOn) => {
      const seconds = Math.max(0, storedOn - sentOn) / 1000;
      latency.observe(seconds);
      slowest.add(seconds, storedOn);
      receives.observe(receiveCount);
    },
    report: async () => ({
      ...current(),
      sent_to_stored: await bucketsOf(latency),
      sent_to_stored_max_seconds: slowest.read(now()),
    }),
  };
}

async function bucketsOf(histogram: Histogram): Promise<ServiceReport['sent_to_stored']> {
  const { values } = await histogram.get();
  return values.flatMap(({ labels: { le }, value }) =>
    le === undefined ? [] : [{ seconds: typeof le === 'number' ? le : null, messages: value }],
  );
}
