// The descendants of a process, and the peak memory of each. Linux only: elsewhere the list is empty.
import { readdirSync, readFileSync } from 'node:fs';

export interface Descendant {
  readonly pid: number;
  readonly command: string;
  /**
   * The peak since the process started, in bytes, without pages of files such as the program's own (about 45 MB of
   * Node). A container's limit does not count these as needed: the kernel drops them before it ends a process.
   */
  readonly peakBytes: number;
}

export function descendantsOf(pid: number): Descendant[] {
  if (process.platform !== 'linux') return [];
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? /^PPid:\s+(\d+)$/m.exec(readOrEmpty(`/proc/${name}/status`)) : null;
    if (parent !== null) parents.set(Number(name), Number(parent[1]));
  }
  const isDescendant = (candidate: number | undefined): boolean =>
    candidate !== undefined && (candidate === pid || isDescendant(parents.get(candidate)));
  return [...parents.keys()]
    .filter((descendant) => descendant !== pid && isDescendant(parents.get(descendant)))
    .map((descendant) => ({
      pid: descendant,
      command: readOrEmpty(`/proc/${descendant}/cmdline`).replaceAll('\0', ' '),
      peakBytes: peakBytesOf(readOrEmpty(`/proc/${descendant}/status`)),
    }));
}

/** From the text of proc(5)'s `status`. */
function peakBytesOf(status: string): number {
  const bytes = (name: string) =>
    1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? Number.NaN);
  return bytes('VmHWM') - bytes('RssFile');
}

/** Empty when the process has ended. */
function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
