// Sums the services' reports. A report has the totals since its process started, so only each process's last report is
// added.
import { addCounts, type CountTotals, type ServiceReport } from '@movie-load/schema';

export interface Totals extends CountTotals {
  readonly completed_jobs: ReadonlySet<string>;
  /** By service: the peak memory of the process that used most. */
  readonly peak_rss_bytes: { readonly producer: number; readonly consumer: number };
}

export interface ReportTotals {
  add(report: ServiceReport): void;
  current(): Totals;
}

export function createReportTotals(): ReportTotals {
  const last = new Map<string, ServiceReport>();
  const peak = (service: ServiceReport['service']) =>
    Math.max(0, ...last.values().map((report) => (report.service === service ? report.peak_rss_bytes : 0)));
  return {
    add: (report) => void last.set(`${report.service} ${report.instance}`, report),
    current: () => ({
      ...addCounts([...last.values()]),
      completed_jobs: new Set(last.values().flatMap((report) => report.completed_jobs)),
      peak_rss_bytes: { producer: peak('producer'), consumer: peak('consumer') },
    }),
  };
}
