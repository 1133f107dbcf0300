// Records the reports that a service sends by IPC when the service runs in the test's own process.
import { type ServiceReport, serviceReportSchema } from '@movie-load/schema';

export interface ParentProcess {
  /** The reports, the oldest first. */
  readonly reports: ServiceReport[];
  /** Restores the process's real channel, which belongs to the test runner. */
  restore(): void;
}

/** Replaces `process.send`, as if this process were the child of another one, and records the reports that are sent. */
export function recordReportsToParent(): ParentProcess {
  const { send, connected } = process;
  const reports: ServiceReport[] = [];
  const record = (report: unknown, ...more: unknown[]) => {
    reports.push(serviceReportSchema.parse(report));
    const done = more.at(-1);
    if (typeof done === 'function') done(null);
    return true;
  };
  Object.assign(process, { send: record, connected: true });
  return { reports, restore: () => void Object.assign(process, { send, connected }) };
}
