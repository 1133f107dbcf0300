// `/metrics` in Prometheus' text format. Totals are read from the counters at each request; only histograms are fed.
import type { Breaker, Counters, ReceivedMessage } from '@movie-load/aws';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ConsumerCounters } from './counters.ts';

export interface MetricsOptions {
  readonly counters: ConsumerCounters;
  readonly aws: Counters;
  readonly breakers: () => readonly Breaker[];
}

export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  /** Feeds the histograms. `now` in milliseconds since the epoch, as the message's times are. */
  stored(message: ReceivedMessage, now: number): void;
}

const LATENCY_BUCKETS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];
const RECEIVES_BUCKETS = [1, 2, 3, 4, 5, 6, 8, 10];

export function createMetrics({ counters, aws, breakers }: MetricsOptions): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const total = (name: string, help: string, read: () => number) =>
    new Counter({
      name: `movie_load_${name}_total`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  const totals = (name: string, help: string, label: string, read: () => ReadonlyMap<string, number>) =>
    new Counter({
      name: `movie_load_${name}_total`,
      help,
      labelNames: [label],
      registers,
      collect() {
        this.reset();
        for (const [value, count] of read()) this.inc({ [label]: value }, count);
      },
    });

  total('messages_received', 'Messages received from the queue.', () => counters.receivedMessages);
  total('messages_redelivered', 'Messages received with a receive count over 1.', () => counters.redelivered);
  total('messages_stored', 'Messages whose movies are stored and counted.', () => counters.storedMessages);
  total('messages_released', 'Messages released to the queue.', () => counters.released);
  total(
    'messages_newer_version',
    'Deliveries of messages that only a newer release can store; they were released.',
    () => counters.newerVersion,
  );
  total('movies_stored', 'Movies stored and counted.', () => counters.storedMovies);
  total('movies_assembled', 'Movies written into objects.', () => counters.assembledMovies);
  total('slices_written', 'Slices written to the table.', () => counters.slices);
  total('jobs_completed', 'Jobs that this process set COMPLETE.', () => counters.completedJobs);
  total('dynamodb_write_units', 'Write request units used, those of the index included.', () => aws.writeUnits);
  total('dynamodb_read_units', 'Read request units used.', () => aws.readUnits);
  totals('messages_dead_lettered', 'Messages that can never succeed.', 'reason', () => counters.deadLettered);
  totals('aws_requests', 'AWS requests, retries included.', 'operation', () => aws.calls);
  totals('aws_requests_failed', 'AWS requests that failed.', 'operation', () => aws.failures);
  new Gauge({
    name: 'movie_load_messages_in_flight',
    help: 'Messages received and neither deleted nor released.',
    registers,
    collect() {
      this.set(counters.inFlight);
    },
  });
  new Gauge({
    name: 'movie_load_breaker_open',
    help: '1 while the dependency counts as failing.',
    labelNames: ['dependency'],
    registers,
    collect() {
      for (const { dependency, open } of breakers()) this.set({ dependency }, open ? 1 : 0);
    },
  });
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

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    stored: ({ sentOn, receiveCount }, now) => {
      latency.observe(Math.max(0, now - sentOn) / 1000);
      receives.observe(receiveCount);
    },
  };
}
