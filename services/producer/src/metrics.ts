// `/metrics` in Prometheus' text format, from counters that are there anyway; names are those of the consumer's.
import type { Counters } from '@movie-load/aws';
import { Counter, Registry } from 'prom-client';
import type { JobBook } from './job-book.ts';

export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
}

export function createMetrics({ totals }: Pick<JobBook, 'totals'>, { calls }: Pick<Counters, 'calls'>): Metrics {
  const registry = new Registry();
  const registers = [registry];
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
  total('messages_sent', 'Messages that SQS took.', () => totals.sent_messages);
  total('movies_sent', 'Movies in messages that SQS took.', () => totals.sent_movies);
  new Counter({
    name: 'movie_load_aws_requests_total',
    help: 'AWS requests, retries included.',
    labelNames: ['operation'],
    registers,
    collect() {
      this.reset();
      for (const [operation, count] of calls) this.inc({ operation }, count);
    },
  });
  return { contentType: registry.contentType, text: () => registry.metrics() };
}
