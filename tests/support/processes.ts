import { readFileSync } from 'node:fs';

/** Whether a process still runs; one that has ended and that its parent has not noticed yet (a zombie) does not. */
export function isAlive(pid: number): boolean {
  if (process.platform === 'linux') {
    try {
      return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return false;
    }
  }
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
