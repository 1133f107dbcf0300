// The current state of the consumers: their reports, requested concurrently, and the changes since the previous ones.
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { ControlledConsumer } from '@movie-load/operations/control';
import { addCounts, type CountTotals, type ServiceReport } from '@movie-load/schema';
import type { ConsumerView, Latency } from './api.ts';
import type { Control } from './control.ts';
import { bucketsBetween, bucketsOf, quantile, sumOf } from './latency.ts';
import { readReport } from './service-reports.ts';

export interface ConsumersNow {
  readonly views: readonly ConsumerView[];
  /** Sums over all consumers seen so far, including ended ones. */
  readonly totals: CountTotals;
  readonly movies_per_second: number;
  readonly latency: Latency | null;
  readonly problems: readonly string[];
}

const RATE_WINDOW_MS = 4000;
const LATENCY_WINDOW_MS = 15_000;
/** The port of a consumer's HTTP server, for addresses without a port. */
const DEFAULT_PORT = 9464;
/** Number of earlier consumers whose counts are still included in the sums. */
const MAX_RETIRED = 1000;
/** States in which a consumer cannot answer a request. */
const SILENT: ReadonlySet<ControlledConsumer['state']> = new Set(['gone', 'paused']);

export interface ConsumersOptions {
  readonly urls: readonly string[];
  readonly control: Control | undefined;
  /** Resolves a host name to all its addresses. Default: DNS. */
  readonly addressesOf?: (name: string) => Promise<readonly Pick<LookupAddress, 'address' | 'family'>[]>;
}

/** @example const consumers = createConsumers({ urls: ['http://consumer:9464'], control: undefined }); */
export function createConsumers({ urls, control, addressesOf = byDns }: ConsumersOptions) {
  /** Reports of each address, oldest first, no older than the longer window. */
  const recentReports = new Map<string, readonly ServiceReport[]>();
  /** The last report of each address. */
  const lastReports = new Map<string, ServiceReport>();
  /** The last reports of earlier consumers, at whose addresses another one reports now. */
  const retiredReports: ServiceReport[] = [];

  const recordReport = (url: string, report: ServiceReport): readonly ServiceReport[] => {
    const before = lastReports.get(url);
    const isNewInstance = before !== undefined && before.instance !== report.instance;
    if (isNewInstance) retiredReports.push(before);
    if (retiredReports.length > MAX_RETIRED) retiredReports.shift();
    lastReports.set(url, report);
    const known = isNewInstance ? [] : (recentReports.get(url) ?? []);
    const reports = [...known.filter(({ at }) => report.at - at <= LATENCY_WINDOW_MS), report];
    recentReports.set(url, reports);
    return reports;
  };

  return async function read(): Promise<ConsumersNow> {
    const problems: string[] = [];
    const controlled = await listControlled(control, problems);
    // A request to a paused consumer would delay the response about all others.
    const controlledUrls = controlled.flatMap(({ url, state }) => (url && !SILENT.has(state) ? originOf(url) : []));
    const silentUrls = new Set(controlled.flatMap(({ url, state }) => (url && SILENT.has(state) ? originOf(url) : [])));
    const configuredUrls = (await resolveAll(urls, addressesOf)).filter((url) => !silentUrls.has(url));
    const targets = [...new Set([...controlledUrls, ...configuredUrls])];
    for (const url of recentReports.keys()) if (!targets.includes(url)) recentReports.delete(url);
    const readings = await Promise.all(
      targets.map(async (url) => {
        const report = await readReport(url);
        // Without an answer its last report is shown, with the state `away`.
        const latest = report ?? lastReports.get(url) ?? null;
        return { url, report: latest, isAnswering: report !== null, recent: report ? recordReport(url, report) : [] };
      }),
    );
    const views = readings.map((reading) =>
      toView(
        reading,
        // A consumer that ended may have had the same port.
        controlled.find(({ url, state }) => url && !SILENT.has(state) && originOf(url) === reading.url),
      ),
    );
    const unreached = controlled
      .filter(({ url, state }) => !url || SILENT.has(state) || !targets.includes(originOf(url)))
      .map((consumer) => {
        const latest = (consumer.url && lastReports.get(originOf(consumer.url))) || null;
        const reported = latest?.instance === consumer.instance ? latest : null;
        const report = reported && consumer.state === 'gone' ? { ...reported, in_flight: 0 } : reported;
        return toView({ url: consumer.url, report, isAnswering: false, recent: [] }, consumer);
      });
    return {
      views: [...views, ...unreached],
      totals: addCounts([...lastReports.values(), ...retiredReports]),
      movies_per_second: views.reduce((sum, { rate }) => sum + rate, 0),
      latency: latencyOf(readings.map(({ recent }) => recent)),
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

const byDns = (name: string) => lookup(name, { all: true });

/** All addresses that the given ones resolve to: in compose, `consumer` resolves to every replica. */
async function resolveAll(
  urls: readonly string[],
  addressesOf: NonNullable<ConsumersOptions['addressesOf']>,
): Promise<string[]> {
  const resolved = await Promise.all(
    urls.map(async (text) => {
      const url = new URL(text);
      if (url.port === '') url.port = String(DEFAULT_PORT);
      const name = url.hostname.replace(/^\[|\]$/g, '');
      if (isIP(name) || name === 'localhost') return [url.origin];
      const addresses = await addressesOf(name).catch(() => []);
      return addresses.map(({ address, family }) => {
        url.hostname = family === 6 ? `[${address}]` : address;
        return url.origin;
      });
    }),
  );
  return resolved.flat();
}

interface Reading {
  readonly url: string | null;
  /** The last report. */
  readonly report: ServiceReport | null;
  readonly isAnswering: boolean;
  readonly recent: readonly ServiceReport[];
}

function toView(
  { url, report, isAnswering, recent }: Reading,
  controlled: ControlledConsumer | undefined,
): ConsumerView {
  return {
    name: controlled?.name ?? (url === null ? 'unknown' : new URL(url).host),
    instance: controlled?.instance ?? report?.instance ?? null,
    url,
    state: controlled && controlled.state !== 'working' ? controlled.state : isAnswering ? 'working' : 'away',
    stored_movies: report?.stored_movies ?? 0,
    repeated_movies: report?.repeated_movies ?? 0,
    redelivered: report?.redelivered ?? 0,
    dead_lettered: report?.dead_lettered ?? 0,
    in_flight: report?.in_flight ?? 0,
    rate: rateOf(recent),
    controllable: controlled !== undefined,
  };
}

/** The last report, and the oldest one within the window before it; undefined if there is only one. */
function windowEnds(reports: readonly ServiceReport[], windowMs: number) {
  const after = reports.at(-1);
  const before = after && reports.find(({ at }) => after.at - at <= windowMs);
  return after && before && before.at < after.at ? { before, after } : undefined;
}

function rateOf(reports: readonly ServiceReport[]): number {
  const ends = windowEnds(reports, RATE_WINDOW_MS);
  if (!ends) return 0;
  const stored = ends.after.stored_movies - ends.before.stored_movies;
  return (1000 * stored) / (ends.after.at - ends.before.at);
}

function latencyOf(all: readonly (readonly ServiceReport[])[]): Latency | null {
  const observed = all.flatMap((reports) => {
    const ends = windowEnds(reports, LATENCY_WINDOW_MS);
    if (!ends) return [];
    const between = bucketsBetween(bucketsOf(ends.before), bucketsOf(ends.after));
    const hasMessages = [...between.values()].some((messages) => messages > 0);
    return hasMessages ? [{ between, slowest: ends.after.sent_to_stored_max_seconds }] : [];
  });
  const buckets = sumOf(observed.map(({ between }) => between));
  const slowestSeconds = observed.map(({ slowest }) => slowest);
  // A consumer of an older release does not report its slowest message: then the quantiles have no upper limit.
  const maxSeconds = slowestSeconds.every((seconds) => seconds !== null) ? Math.max(...slowestSeconds) : undefined;
  const [p50, p99] = [quantile(buckets, 0.5, maxSeconds), quantile(buckets, 0.99, maxSeconds)];
  return p50 === null || p99 === null ? null : { p50_ms: p50 * 1000, p99_ms: p99 * 1000 };
}
