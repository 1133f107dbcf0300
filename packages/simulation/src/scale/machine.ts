// CPU time in virtual time: programs of one thread each share a machine's cores, first come, first served.
import type { Scheduler } from '../engine/scheduler.ts';

interface Work {
  readonly ms: number;
  readonly done: () => void;
}

/** One process of one thread, which does its work in order. */
export interface Program {
  /** Runs `done` after this work. */
  work(ms: number, done: () => void): void;
  /** CPU milliseconds that it has used. */
  readonly usedMs: number;
}

export interface Machine {
  program(): Program;
}

export interface MachineOptions {
  /** `Infinity`: each program has a core of its own. */
  readonly cores: number;
  readonly scheduler: Pick<Scheduler, 'after'>;
  /**
   * Uniform in [0, 1). Work is rounded up or down to whole milliseconds of virtual time, right on average.
   */
  readonly random: () => number;
}

export function createMachine({ cores, scheduler, random }: MachineOptions): Machine {
  let free = cores;
  /** Programs with work that wait for a core. */
  const ready: (() => void)[] = [];

  const program = (): Program => {
    const queue: Work[] = [];
    let isActive = false;
    let usedMs = 0;
    const next = () => {
      const work = queue.shift();
      if (work === undefined) {
        isActive = false;
        return;
      }
      free -= 1;
      usedMs += work.ms;
      scheduler.after(Math.floor(work.ms + random()), () => {
        free += 1;
        // Other programs have waited longer than this one.
        if (queue.length > 0) ready.push(next);
        else isActive = false;
        work.done();
        while (free > 0 && ready.length > 0) ready.shift()?.();
      });
    };
    return {
      work(ms, done) {
        if (ms <= 0) {
          done();
          return;
        }
        queue.push({ ms, done });
        if (isActive) return;
        isActive = true;
        if (free > 0) next();
        else ready.push(next);
      },
      get usedMs() {
        return usedMs;
      },
    };
  };
  return { program };
}
