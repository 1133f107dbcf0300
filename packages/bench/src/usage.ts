// Reports of the benchmark's own programs: the same shape as the services' reports, every 100 ms.
import type { ServiceReport } from '@movie-load/schema';
import { peakRssBytes } from '@movie-load/service/peak-rss';

export type UsageReport = Pick<
  ServiceReport,
  'stored_messages' | 'stored_movies' | 'write_units' | 'peak_rss_bytes' | 'cpu_seconds'
>;

const EVERY_MS = 100;

/**
 * Sends what `read` says, with CPU time and peak memory, to the parent over IPC.
 *
 * @returns sends one more report now, and calls back when the parent has it
 */
export function reportUsage(
  read: () => Pick<UsageReport, 'stored_messages' | 'stored_movies' | 'write_units'>,
): (sent?: () => void) => void {
  const send = (sent?: () => void) => {
    const { user, system } = process.cpuUsage();
    const report: UsageReport = {
      ...read(),
      peak_rss_bytes: peakRssBytes(),
      cpu_seconds: (user + system) / 1e6,
    };
    if (process.connected) process.send?.(report, undefined, undefined, sent);
    else sent?.();
  };
  setImmediate(send);
  setInterval(send, EVERY_MS).unref();
  // The benchmark has ended: nothing is measured any more.
  process.once('disconnect', () => process.exit());
  return send;
}
