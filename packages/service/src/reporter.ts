// Sends this service's report to the parent process over IPC: at its start, every 250 ms, and a last time before it
// exits.
import { NO_COUNTS, type ServiceCounts, type ServiceReport } from '@movie-load/schema';
import { peakRssBytes } from './peak-rss.ts';

/** The type of `Counters` of packages/aws, repeated so that this package need not import it. */
export interface AwsCounters {
  readonly calls: ReadonlyMap<string, number>;
  readonly failures: ReadonlyMap<string, number>;
  readonly throttles: ReadonlyMap<string, number>;
  readonly writeUnits: number;
  readonly readUnits: number;
}

export interface ReporterOptions {
  readonly service: ServiceReport['service'];
  readonly instance: string;
  readonly counters: AwsCounters;
  /** Returns the service's own counters; called for each report. */
  readonly read: () => Partial<ServiceCounts>;
}

export interface Reporter {
  /** The report as it would be sent now. */
  current(final?: boolean): ServiceReport;
  /** Sends a report now, for an event that a parent waits for. */
  report(): void;
  /** Sends the last report and resolves when the channel to the parent has accepted it. Never rejects. */
  stop(): Promise<void>;
}

const REPORT_INTERVAL_MS = 250;
const LAST_REPORT_LIMIT_MS = 1000;

/** Does nothing when the process was not started with an IPC channel, and never keeps the process alive. */
export function startReporter({ service, instance, counters, read }: ReporterOptions): Reporter {
  const current = (final = false): ServiceReport => ({
    kind: 'report',
    service,
    instance,
    at: Date.now(),
    ...NO_COUNTS,
    ...read(),
    calls: Object.fromEntries(counters.calls),
    failed_calls: Object.fromEntries(counters.failures),
    throttled_calls: Object.fromEntries(counters.throttles),
    write_units: counters.writeUnits,
    read_units: counters.readUnits,
    peak_rss_bytes: peakRssBytes(),
    cpu_seconds: process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
    final,
  });
  const report = () => void send(current());
  // Sent at once, so that the parent knows the CPU time and memory of the start alone.
  const firstReport = setImmediate(report);
  const timer = setInterval(report, REPORT_INTERVAL_MS);
  timer.unref();
  let lastReport: Promise<void> | undefined;
  const stop = () => {
    clearImmediate(firstReport);
    clearInterval(timer);
    lastReport ??= send(current(true));
    return lastReport;
  };
  return { current, report, stop };
}

/** Resolves when the channel has accepted the report, or cannot: the parent may end at any time. */
function send(report: ServiceReport): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (!process.connected || !process.send) {
    resolve();
    return promise;
  }
  const timer = setTimeout(resolve, LAST_REPORT_LIMIT_MS);
  if (!report.final) timer.unref();
  const finish = () => {
    clearTimeout(timer);
    resolve();
  };
  try {
    // With a callback, Node passes an error to it instead of emitting the error.
    process.send(report, undefined, {}, finish);
  } catch {
    finish();
  }
  return promise;
}
