// The consumers as they are now: their `/metrics`, asked all at once, and what changed since they were asked before.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { directFetch } from '@movie-load/aws';
import type { ConsumerView, Latency } from './api.ts';
import type { Control, ControlledConsumer } from './control.ts';
import { addBuckets, bucketsBetween, type Metrics, parseMetrics, quantile } from './metrics-text.ts';

export interface ConsumersNow {
  readonly views: readonly ConsumerView[];
  /** AWS calls by operation of all consumers that were seen so far, also of those that are gone. */
  readonly calls: Readonly<Record<string, number>>;
  readonly write_units: number;
  readonly read_units: number;
  readonly redelivered: number;
  readonly movies_per_second: number;
  readonly latency: Latency | null;
  readonly problems: readonly string[];
}

interface Reading {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly metrics: Metrics;
}

const LIMIT_MS = 1500;
const RATE_WINDOW_MS = 4000;
const LATENCY_WINDOW_MS = 15_000;
const FIRST_PORT = 9464;
const MOST_RETIRED = 1000;
const SILENT: ReadonlySet<ControlledConsumer['state']> = new Set(['gone', 'paused']);

export interface ConsumersOptions {
  readonly urls: readonly string[];
  readonly control: Control | undefined;
  readonly now?: () => number;
}

/** @example const consumers = createConsumers({ urls: ['http://consumer:9464'], control: undefined }); */
export function createConsumers({ urls, control, now = Date.now }: ConsumersOptions) {
  /** Readings of each address, oldest first, no older than the longer window. */
  const readings = new Map<string, Reading[]>();

  /** What each address said last, and what those said that were there before it on the same address. */
  const last = new Map<string, Metrics>();
  const retired: Metrics[] = [];

  const keep = (url: string, metrics: Metrics): readonly Reading[] => {
    const at = now();
    const before = last.get(url);
    // Counters never fall: this is another process.
    if (before && before.received > metrics.received) retired.push(before);
    if (retired.length > MOST_RETIRED) retired.shift();
    last.set(url, metrics);
    const recent = (readings.get(url) ?? []).filter((reading) => at - reading.at <= LATENCY_WINDOW_MS);
    const kept = [...recent, { at, metrics }];
    readings.set(url, kept);
    return kept;
  };

  return async function read(): Promise<ConsumersNow> {
    const problems: string[] = [];
    const controlled = await listControlled(control, problems);
    // One that is paused would delay the answer about all others.
    const known = controlled.flatMap(({ url, state }) => (url && !SILENT.has(state) ? originOf(url) : []));
    const quiet = new Set(controlled.flatMap(({ url, state }) => (url && SILENT.has(state) ? originOf(url) : [])));
    const asked = (await resolveAll(urls)).filter((url) => !quiet.has(url));
    const targets = [...new Set([...known, ...asked])];
    for (const url of readings.keys()) if (!targets.includes(url)) readings.delete(url);
    const answers = await Promise.all(
      targets.map(async (url) => {
        const metrics = await fetchMetrics(url);
        return { url, metrics, readings: metrics ? keep(url, metrics) : [] };
      }),
    );
    const views = answers.map((answer) =>
      view(
        answer,
        controlled.find(({ url }) => url && originOf(url) === answer.url),
      ),
    );
    const silent = controlled
      .filter(({ url }) => !url || !targets.includes(originOf(url)))
      .map((consumer) => {
        const said = (consumer.url && last.get(originOf(consumer.url))) || null;
        const metrics = said && consumer.state === 'gone' ? { ...said, in_flight: 0 } : said;
        return view({ url: consumer.url, metrics, readings: [] }, consumer);
      });
    return {
      views: [...views, ...silent],
      ...sums([...last.values(), ...retired]),
      movies_per_second: views.reduce((sum, { rate }) => sum + rate, 0),
      latency: latencyOf(answers.map((answer) => answer.readings)),
      problems,
    };
  };
}

async function listControlled(
  control: Control | undefined,
  problems: string[],
): Promise<readonly ControlledConsumer[]> {
  if (!control) return [];
  try {
    return await control.list();
  } catch {
    problems.push('movie-load up does not answer: consumers cannot be killed, paused or added. Is it still running?');
    return [];
  }
}

const originOf = (url: string): string => new URL(url).origin;

/** Every address that the given ones resolve to: in compose, `consumer` is as many as there are replicas. */
async function resolveAll(urls: readonly string[]): Promise<string[]> {
  const resolved = await Promise.all(
    urls.map(async (text) => {
      const url = new URL(text);
      if (url.port === '') url.port = String(FIRST_PORT);
      const name = url.hostname.replace(/^\[|\]$/g, '');
      if (isIP(name) || name === 'localhost') return [url.origin];
      const addresses = await lookup(name, { all: true }).catch(() => []);
      return addresses.map(({ address, family }) => {
        url.hostname = family === 6 ? `[${address}]` : address;
        return url.origin;
      });
    }),
  );
  return resolved.flat();
}

async function fetchMetrics(url: string): Promise<Metrics | null> {
  try {
    const response = await directFetch(`${url}/metrics`, { signal: AbortSignal.timeout(LIMIT_MS) });
    return response.ok ? parseMetrics(await response.text()) : null;
  } catch {
    return null;
  }
}

interface Answer {
  readonly url: string | null;
  readonly metrics: Metrics | null;
  readonly readings: readonly Reading[];
}

function view({ url, metrics, readings }: Answer, controlled: ControlledConsumer | undefined): ConsumerView {
  const answering = metrics ? 'working' : 'away';
  return {
    name: controlled?.name ?? (url === null ? 'unknown' : new URL(url).host),
    instance: controlled?.instance ?? null,
    url,
    state: controlled && controlled.state !== 'working' ? controlled.state : answering,
    received: metrics?.received ?? 0,
    stored_movies: metrics?.stored_movies ?? 0,
    redelivered: metrics?.redelivered ?? 0,
    dead_lettered: metrics?.dead_lettered ?? 0,
    in_flight: metrics?.in_flight ?? 0,
    rate: rateOf(readings),
    controllable: controlled !== undefined,
  };
}

/** The reading to compare the last one with: the oldest within the window. */
function sinceWithin(readings: readonly Reading[], windowMs: number): { before: Reading; after: Reading } | undefined {
  const after = readings.at(-1);
  const before = after && readings.find(({ at }) => after.at - at <= windowMs);
  return after && before && before !== after ? { before, after } : undefined;
}

function rateOf(readings: readonly Reading[]): number {
  const span = sinceWithin(readings, RATE_WINDOW_MS);
  if (!span) return 0;
  const stored = span.after.metrics.stored_movies - span.before.metrics.stored_movies;
  return Math.max(0, (1000 * stored) / (span.after.at - span.before.at));
}

function latencyOf(all: readonly (readonly Reading[])[]): Latency | null {
  const buckets = new Map<number, number>();
  for (const readings of all) {
    const span = sinceWithin(readings, LATENCY_WINDOW_MS);
    if (span) addBuckets(buckets, bucketsBetween(span.before.metrics.latency, span.after.metrics.latency));
  }
  const [p50, p99] = [quantile(buckets, 0.5), quantile(buckets, 0.99)];
  return p50 === null || p99 === null ? null : { p50_ms: p50 * 1000, p99_ms: p99 * 1000 };
}

function sums(all: readonly Metrics[]) {
  const calls: Record<string, number> = {};
  for (const metrics of all) {
    for (const [operation, n] of Object.entries(metrics.calls)) calls[operation] = (calls[operation] ?? 0) + n;
  }
  return {
    calls,
    write_units: all.reduce((sum, { write_units }) => sum + write_units, 0),
    read_units: all.reduce((sum, { read_units }) => sum + read_units, 0),
    redelivered: all.reduce((sum, { redelivered }) => sum + redelivered, 0),
  };
}
