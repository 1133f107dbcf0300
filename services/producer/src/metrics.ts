// What of a producer's report its `/metrics` has.
import type { MetricRow } from '@movie-load/service/metrics';

export const METRIC_ROWS: readonly MetricRow[] = [
  { name: 'messages_sent', help: 'Messages that SQS took.', read: (it) => it.sent_messages },
  { name: 'movies_sent', help: 'Movies in messages that SQS took.', read: (it) => it.sent_movies },
  { name: 'aws_requests', help: 'AWS requests, retries included.', label: 'operation', read: (it) => it.calls },
  {
    name: 'aws_requests_failed',
    help: 'AWS requests that failed.',
    label: 'operation',
    read: (it) => it.failed_calls,
  },
  {
    name: 'aws_requests_throttled',
    help: 'AWS requests that a limit per second refused, whole or in part.',
    label: 'operation',
    read: (it) => it.throttled_calls,
  },
];
