// Reports of the benchmark's own programs, every 100 ms: those fields of a service's report that the benchmark reads.
import { peakRssBytes } from '@movie-load/service/peak-rss';
import type { Usage } from './contender.ts';
import { ownCpuSeconds } from './own-cpu.ts';

const REPORT_INTERVAL_MS = 100;

/**
 * Sends the result of `read` with CPU time and peak memory to the parent over IPC.
 *
 * @returns a function that sends one more report, and calls back when the parent has it
 */
export function reportUsage(
  read: () => Pick<Usage, 'stored_messages' | 'stored_movies' | 'write_units'>,
): (sent?: () => void) => void {
  const send = (onSent?: () => void) => {
    const report: Usage = {
      ...read(),
      peak_rss_bytes: peakRssBytes(),
      cpu_seconds: ownCpuSeconds(),
    };
    if (process.connected) process.send?.(report, undefined, undefined, onSent);
    else onSent?.();
  };
  setImmediate(send);
  setInterval(send, REPORT_INTERVAL_MS).unref();
  // The benchmark has ended, so this program ends, too.
  process.once('disconnect', () => process.exit());
  return send;
}
