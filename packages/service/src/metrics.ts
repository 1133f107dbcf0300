// `/metrics` and `/report`: the same counts for Prometheus and as JSON. Not exported by `index.ts`, so that only
// services with an HTTP server load it.
import type { ServiceReport } from '@movie-load/schema';
import type { Hono } from 'hono';
import { Counter, Gauge, Registry } from 'prom-client';

/** One metric, whose values are read from a report or another source. */
export interface MetricRow<Source = ServiceReport> {
  /** Without `movie_load_`, and without `_total` for a counter. */
  readonly name: string;
  readonly help: string;
  readonly kind?: 'counter' | 'gauge';
  /** The label of the keys that `read` returns; without a label it returns a number. */
  readonly label?: string;
  read(source: Source): number | Readonly<Record<string, number>>;
}

/** The metrics of every service's AWS calls. */
export const AWS_ROWS: readonly MetricRow<Pick<ServiceReport, 'calls' | 'failed_calls' | 'throttled_calls'>>[] = [
  { name: 'aws_requests', help: 'AWS requests, retries included.', label: 'operation', read: (report) => report.calls },
  {
    name: 'aws_requests_failed',
    help: 'AWS requests that failed.',
    label: 'operation',
    read: (report) => report.failed_calls,
  },
  {
    name: 'aws_requests_throttled',
    help: 'AWS requests that a limit per second refused, whole or in part.',
    label: 'operation',
    read: (report) => report.throttled_calls,
  },
];

export interface Metrics {
  /** For metrics that only Prometheus gets. */
  readonly registry: Registry;
  readonly contentType: string;
  text(): Promise<string>;
}

/** Reads the source (a report) once per scrape, so that all values are of the same moment. */
export function createMetrics<Source = ServiceReport>(
  rows: readonly MetricRow<Source>[],
  current: () => Source,
): Metrics {
  const registry = new Registry();
  let source: Source | undefined;
  for (const { name, help, kind = 'counter', label, read } of rows) {
    const values = (): [Record<string, string>, number][] => {
      const value = read(source ?? current());
      if (typeof value === 'number') return [[{}, value]];
      return Object.entries(value).map(([key, count]) => [{ [label ?? 'name']: key }, count]);
    };
    const common = { help, registers: [registry], labelNames: label === undefined ? [] : [label] };
    if (kind === 'gauge') {
      new Gauge({
        ...common,
        name: `movie_load_${name}`,
        collect() {
          for (const [labels, value] of values()) this.set(labels, value);
        },
      });
    } else {
      new Counter({
        ...common,
        name: `movie_load_${name}_total`,
        collect() {
          this.reset();
          for (const [labels, value] of values()) this.inc(labels, value);
        },
      });
    }
  }
  return {
    registry,
    contentType: registry.contentType,
    text() {
      source = current();
      return registry.metrics();
    },
  };
}

/** Adds both routes. `report` may return more counters than the report to a parent process has. */
export function serveReport(app: Hono, metrics: Metrics, report: () => Promise<ServiceReport> | ServiceReport): void {
  app.get('/metrics', async (c) => c.body(await metrics.text(), 200, { 'Content-Type': metrics.contentType }));
  app.get('/report', async (c) => {
    c.header('Cache-Control', 'no-store');
    return c.json(await report());
  });
}
