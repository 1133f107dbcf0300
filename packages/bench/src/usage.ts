// Reports of the benchmark's own programs: the same shape as the services' reports, every 100 ms.
import { peakRssBytes } from '@movie-load/service/peak-rss';
import type { Usage } from './contender.ts';
import { ownCpuSeconds } from './own-cpu.ts';

const EVERY_MS = 100;

/**
 * Sends what `read` says, with CPU time and peak memory, to the parent over IPC.
 *
 * @returns sends one more report now, and calls back when the parent has it
 */
export function reportUsage(
  read: () => Pick<Usage, 'stored_messages' | 'stored_movies' | 'write_units'>,
): (sent?: () => void) => void {
  const send = (sent?: () => void) => {
    const report: Usage = {
      ...read(),
      peak_rss_bytes: peakRssBytes(),
      cpu_seconds: ownCpuSeconds(),
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
