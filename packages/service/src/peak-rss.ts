// The peak memory of a process, for its report.
import { readFileSync } from 'node:fs';

/**
 * The peak memory (resident set size) of this process, in bytes.
 *
 * Linux' `ru_maxrss`, which Node returns, starts with the parent's memory when it started this process. `VmHWM` of
 * proc(5) counts the program's own memory only.
 */
export function peakRssBytes(): number {
  return (ownPeakKib() ?? process.resourceUsage().maxRSS) * 1024;
}

function ownPeakKib(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return match === null ? undefined : Number(match[1]);
  } catch {
    return undefined;
  }
}
