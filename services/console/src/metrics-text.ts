// Reads what a consumer says at `/metrics` (Prometheus' text format), as far as the page shows it. Pure.

/** One consumer's totals since it started. */
export interface Metrics {
  readonly received: number;
  readonly stored_movies: number;
  readonly redelivered: number;
  readonly dead_lettered: number;
  readonly in_flight: number;
  readonly write_units: number;
  readonly read_units: number;
  readonly calls: Readonly<Record<string, number>>;
  /** Histogram from sent to stored: cumulative counts by upper bound in seconds. */
  readonly latency: ReadonlyMap<number, number>;
}

interface Line {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

function* lines(text: string): Generator<Line> {
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = LINE.exec(line) ?? [];
    if (name === undefined) continue;
    const pairs = [...labels.matchAll(LABEL)].map(([, key = '', label = '']) => [key, label] as const);
    yield { name, labels: new Map(pairs), value: value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value) };
  }
}

export function parseMetrics(text: string): Metrics {
  const sums = new Map<string, number>();
  const calls: Record<string, number> = {};
  const latency = new Map<number, number>();
  for (const { name, labels, value } of lines(text)) {
    if (!Number.isFinite(value)) continue;
    const operation = labels.get('operation');
    const bound = labels.get('le');
    if (name === 'movie_load_aws_requests_total' && operation) calls[operation] = value;
    else if (name === 'movie_load_sent_to_stored_seconds_bucket' && bound) latency.set(toBound(bound), value);
    else sums.set(name, (sums.get(name) ?? 0) + value);
  }
  const sum = (name: string) => sums.get(`movie_load_${name}`) ?? 0;
  return {
    received: sum('messages_received_total'),
    stored_movies: sum('movies_stored_total'),
    redelivered: sum('messages_redelivered_total'),
    dead_lettered: sum('messages_dead_lettered_total'),
    in_flight: sum('messages_in_flight'),
    write_units: sum('dynamodb_write_units_total'),
    read_units: sum('dynamodb_read_units_total'),
    calls,
    latency,
  };
}

const toBound = (text: string): number => (text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text));

/** What was observed between two readings of histograms: `after` − `before`, by bound. A restart counts from 0. */
export function bucketsBetween(
  before: ReadonlyMap<number, number>,
  after: ReadonlyMap<number, number>,
): Map<number, number> {
  return new Map([...after].map(([bound, value]) => [bound, Math.max(0, value - (before.get(bound) ?? 0))]));
}

export function addBuckets(into: Map<number, number>, more: ReadonlyMap<number, number>): void {
  for (const [bound, value] of more) into.set(bound, (into.get(bound) ?? 0) + value);
}

/**
 * A quantile of cumulative buckets in seconds, interpolated within its bucket as Prometheus does; null without
 * observations. In the last, open bucket it is that bucket's lower bound.
 */
export function quantile(buckets: ReadonlyMap<number, number>, q: number): number | null {
  const sorted = [...buckets].sort(([a], [b]) => a - b);
  const total = sorted.at(-1)?.[1] ?? 0;
  if (total === 0) return null;
  let [lower, below] = [0, 0];
  for (const [bound, count] of sorted) {
    if (count >= q * total) {
      if (bound === Number.POSITIVE_INFINITY) return lower;
      return count === below ? bound : lower + ((bound - lower) * (q * total - below)) / (count - below);
    }
    [lower, below] = [bound, count];
  }
  return lower;
}
