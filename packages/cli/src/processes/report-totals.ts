// Adds up what the services report: each report has totals since its process started, so the last one of each counts.
import type { ServiceReport } from '@movie-load/schema';

export interface Totals {
  readonly sentMessages: number;
  readonly sentMovies: number;
  readonly storedMovies: number;
  readonly assembledMovies: number;
  readonly redelivered: number;
  readonly deadLettered: number;
  readonly writeUnits: number;
  /** AWS calls by operation, e.g. `sqs:SendMessageBatch`. */
  readonly calls: Readonly<Record<string, number>>;
  readonly completedJobs: ReadonlySet<string>;
  /** The largest process of each service. */
  readonly peakRssBytes: { readonly producer: number; readonly consumer: number };
}

export interface ReportTotals {
  add(report: ServiceReport): void;
  current(): Totals;
}

export function createReportTotals(): ReportTotals {
  const last = new Map<string, ServiceReport>();
  return {
    add: (report) => void last.set(`${report.service} ${report.instance}`, report),
    current: () => addUp([...last.values()]),
  };
}

function addUp(reports: readonly ServiceReport[]): Totals {
  const sum = (read: (report: ServiceReport) => number) => reports.reduce((total, report) => total + read(report), 0);
  const peak = (service: ServiceReport['service']) =>
    Math.max(0, ...reports.filter((report) => report.service === service).map((report) => report.peak_rss_bytes));
  return {
    sentMessages: sum((report) => report.sent_messages),
    sentMovies: sum((report) => report.sent_movies),
    storedMovies: sum((report) => report.stored_movies),
    assembledMovies: sum((report) => report.assembled_movies),
    redelivered: sum((report) => report.redelivered),
    deadLettered: sum((report) => report.dead_lettered),
    writeUnits: sum((report) => report.write_units),
    calls: addCalls(reports.map(({ calls }) => calls)),
    completedJobs: new Set(reports.flatMap((report) => report.completed_jobs)),
    peakRssBytes: { producer: peak('producer'), consumer: peak('consumer') },
  };
}

/** One record of calls from several, operations in alphabetical order. */
function addCalls(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const [operation, count] of records.flatMap((calls) => Object.entries(calls))) {
    sums.set(operation, (sums.get(operation) ?? 0) + count);
  }
  return Object.fromEntries([...sums].sort(([a], [b]) => a.localeCompare(b)));
}
