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
const FIRST_PORT = 9464;
const MAX_RETIRED = 1000;
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
  const recent = new Map<string, readonly ServiceReport[]>();

  /** The last report of each address, and the last reports of earlier consumers at the same address. */
  const last = new Map<string, ServiceReport>();
  const retired: ServiceReport[] = [];

  const keep = (url: string, report: ServiceReport): readonly ServiceReport[] => {
    const before = last.get(url);
    const isAnother = before !== undefined && before.instance !== report.instance;
    if (isAnother) retired.push(before);
    if (retired.length > MAX_RETIRED) retired.shift();
    last.set(url, report);
    const known = isAnother ? [] : (recent.get(url) ?? []);
    const kept = [...known.filter(({ at }) => report.at - at <= LATENCY_WINDOW_MS), report];
    recent.set(url, kept);
    return kept;
  };

  return async function read(): Promise<ConsumersNow> {
    const problems: string[] = [];
    const controlled = await listControlled(control, problems);
    // A paused consumer would delay the response about all others.
    const known = controlled.flatMap(({ url, state }) => (url && !SILENT.has(state) ? originOf(url) : []));
    const quiet = new Set(controlled.flatMap(({ url, state }) => (url && SILENT.has(state) ? originOf(url) : [])));
    const asked = (await resolveAll(urls, addressesOf)).filter((url) => !quiet.has(url));
    const targets = [...new Set([...known, ...asked])];
    for (const url of recent.keys()) if (!targets.includes(url)) recent.delete(url);
    const answers = await Promise.all(
      targets.map(async (url) => {
        const report = await readReport(url);
        // Its last report remains valid; its state shows that it does not answer.
        const reported = report ?? last.get(url) ?? null;
        return { url, report: reported, isAnswering: report !== null, recent: report ? keep(url, report) : [] };
      }),
    );
    const views = answers.map((answer) =>
      view(
        answer,
        // A consumer that ended may have had the same port.
        controlled.find(({ url, state }) => url && !SILENT.has(state) && originOf(url) === answer.url),
      ),
    );
    const silent = controlled
      .filter(({ url, state }) => !url || SILENT.has(state) || !targets.includes(originOf(url)))
      .map((consumer) => {
        const latest = (consumer.url && last.get(originOf(consumer.url))) || null;
        const reported = latest?.instance === consumer.instance ? latest : null;
        const report = reported && consumer.state === 'gone' ? { ...reported, in_flight: 0 } : reported;
        return view({ url: consumer.url, report, isAnswering: false, recent: [] }, consumer);
      });
    return {
      views: [...views, ...silent],
      totals: addCounts([...last.values(), ...retired]),
      movies_per_second: views.reduce((sum, { rate }) => sum + rate, 0),
      latency: latencyOf(answers.map((answer) => answer.recent)),
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
      if (url.port === '') url.port = String(FIRST_PORT);
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

interface Answer {
  readonly url: string | null;
  /** The last report. */
  readonly report: ServiceReport | null;
  readonly isAnswering: boolean;
  readonly recent: readonly ServiceReport[];
}

function view({ url, report, isAnswering, recent }: Answer, controlled: ControlledConsumer | undefined): ConsumerView {
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

/** The last report, and the oldest within the window before it. */
function spanOf(reports: readonly ServiceReport[], windowMs: number) {
  const after = reports.at(-1);
  const before = after && reports.find(({ at }) => after.at - at <= windowMs);
  return after && before && before.at < after.at ? { before, after } : undefined;
}

function rateOf(reports: readonly ServiceReport[]): number {
  const span = spanOf(reports, RATE_WINDOW_MS);
  if (!span) return 0;
  const stored = span.after.stored_movies - span.before.stored_movies;
  return (1000 * stored) / (span.after.at - span.before.at);
}

function latencyOf(all: readonly (readonly ServiceReport[])[]): Latency | null {
  const observed = all.flatMap((reports) => {
    const span = spanOf(reports, LATENCY_WINDOW_MS);
    if (!span) return [];
    const between = bucketsBetween(bucketsOf(span.before), bucketsOf(span.after));
    const isSome = [...between.values()].some((messages) => messages > 0);
    return isSome ? [{ between, slowest: span.after.sent_to_stored_max_seconds }] : [];
  });
  const buckets = sumOf(observed.map(({ between }) => between));
  const slowest = observed.map((one) => one.slowest);
  // A consumer of an older release does not report its slowest message; then only the buckets are known.
  const mostSeconds = slowest.every((seconds) => seconds !== null) ? Math.max(...slowest) : undefined;
  const [p50, p99] = [quantile(buckets, 0.5, mostSeconds), quantile(buckets, 0.99, mostSeconds)];
  return p50 === null || p99 === null ? null : { p50_ms: p50 * 1000, p99_ms: p99 * 1000 };
}
