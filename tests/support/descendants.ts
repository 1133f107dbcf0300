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
    const parent = /^\d+$/.test(name) ? /^PPid:\s+(\d+)$/m.exec(read(`/proc/${name}/status`)) : null;
    if (parent !== null) parents.set(Number(name), Number(parent[1]));
  }
  const isBelow = (one: number | undefined): boolean => one !== undefined && (one === pid || isBelow(parents.get(one)));
  return [...parents.keys()]
    .filter((one) => one !== pid && isBelow(parents.get(one)))
    .map((one) => ({
      pid: one,
      command: read(`/proc/${one}/cmdline`).replaceAll('\0', ' '),
      peakBytes: peakOf(read(`/proc/${one}/status`)),
    }));
}

/** From the text of proc(5)'s `status`. */
function peakOf(status: string): number {
  const bytes = (name: string) =>
    1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? Number.NaN);
  return bytes('VmHWM') - bytes('RssFile');
}

/** Empty when the process has ended. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
