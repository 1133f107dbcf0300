// The counters of a producer's report that it exposes to Prometheus at `/metrics`.
import { AWS_ROWS, type MetricRow } from '@movie-load/service/metrics';

export const METRIC_ROWS: readonly MetricRow[] = [
  { name: 'messages_sent', help: 'Messages that SQS accepted.', read: (report) => report.sent_messages },
  { name: 'movies_sent', help: 'Movies in messages that SQS accepted.', read: (report) => report.sent_movies },
  ...AWS_ROWS,
];
