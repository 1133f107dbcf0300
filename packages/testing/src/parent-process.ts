// A parent process for what runs in the test's own process: it takes the reports that a service sends by IPC.
import { type ServiceReport, serviceReportSchema } from '@movie-load/schema';

export interface ParentProcess {
  /** What it was sent, the oldest first. */
  readonly reports: ServiceReport[];
  /** Puts back the channel that the process had: the test runner's own is none for reports. */
  restore(): void;
}

/** From here on `process.send` reaches this parent. */
export function becomeChild(): ParentProcess {
  const { send, connected } = process;
  const reports: ServiceReport[] = [];
  const tell = (report: unknown, ...more: unknown[]) => {
    reports.push(serviceReportSchema.parse(report));
    const done = more.at(-1);
    if (typeof done === 'function') done(null);
    return true;
  };
  Object.assign(process, { send: tell, connected: true });
  return { reports, restore: () => void Object.assign(process, { send, connected }) };
}
