import { readFileSync } from 'node:fs';

/**
 * The most memory that this process has held, in bytes.
 *
 * Linux' `ru_maxrss`, which Node passes on, starts a child with what its parent held at that moment; `VmHWM` of proc(5)
 * counts the program's own memory only.
 */
export function peakRssBytes(): number {
  return (ownPeakKib() ?? process.resourceUsage().maxRSS) * 1024;
}

function ownPeakKib(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return found === null ? undefined : Number(found[1]);
  } catch {
    return undefined;
  }
}
