// The descendants of a process, and the peak memory of each. Linux only: elsewhere the list is empty.
import { readdirSync, readFileSync } from 'node:fs';

export interface Descendant {
  readonly pid: number;
  readonly command: string;
  /** Since the process started, in bytes. */
  readonly peakRssBytes: number;
}

export function descendantsOf(pid: number): Descendant[] {
  if (process.platform !== 'linux') return [];
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? /^PPid:\s+(\d+)$/m.exec(read(`/proc/${name}/status`)) : null;
    if (parent !== null) parents.set(Number(name), Number(parent[1]));
  }
  const isBelow = (one: number | undefined): boolean => one !== undefined && (one === pid || isBelow(parents.get(one)));
  return [...parents.keys()]
    .filter((one) => one !== pid && isBelow(parents.get(one)))
    .map((one) => ({
      pid: one,
      command: read(`/proc/${one}/cmdline`).replaceAll('\0', ' '),
      peakRssBytes: 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${one}/status`))?.[1] ?? Number.NaN),
    }));
}

/** Empty when the process has ended. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
