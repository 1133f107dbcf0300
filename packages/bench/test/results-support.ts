// Results of a benchmark, as a run of it would measure them.
import { type Results, ratiosOf } from '../src/results.ts';
import type { Row } from '../src/rows.ts';

export const rowOf = (name: string, movies_per_second: number, more: Partial<Row> = {}): Row => ({
  name,
  movies: 3000,
  movies_per_second,
  spread: [movies_per_second, movies_per_second],
  calls_per_1000: 510,
  calls_by_operation_per_1000: {},
  write_units_per_movie: 0.3,
  usd_per_million: 0.3,
  peak_rss_mb: 100,
  cpu_seconds_per_million: 200,
  server_cpu_seconds_per_million: 100,
  whole_movies_per_second: null,
  processes: [{ cpu_seconds_per_million: 200, peak_rss_mb: 100 }],
  p50_ms: null,
  p99_ms: null,
  max_ms: null,
  ...more,
});

export const ROWS = [
  rowOf('textbook', 500),
  rowOf('ours, one a message', 3000),
  rowOf('ceiling through the SDK, one a message', 4000),
  rowOf('ceiling through our clients, one a message', 6000),
  rowOf('ceiling by bare HTTP, one a message', 12_000),
  rowOf('ours, packed', 40_000, { calls_per_1000: 2.6, write_units_per_movie: 0.13, usd_per_million: 0.09 }),
  rowOf('ceiling through the SDK, packed', 50_000),
  rowOf('ceiling through our clients, packed', 80_000),
  rowOf('ceiling by bare HTTP, packed', 100_000),
];

export const resultsOf = (more: Partial<Results> = {}): Results => ({
  date: '2026-11-25',
  machine: 'a machine',
  endpoint: 'an endpoint',
  rounds: 1,
  rows: ROWS,
  ratios: ratiosOf(ROWS, []),
  replicas: [],
  embedded_sqs: [],
  localstack: [],
  idle_calls_a_minute: undefined,
  runs: [],
  steps: {},
  ...more,
});
