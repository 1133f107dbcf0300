// Models CPU time in virtual time: single-threaded programs share a machine's cores, first come, first served.
import type { Scheduler } from '../engine/scheduler.ts';

interface Work {
  readonly ms: number;
  readonly onDone: () => void;
}

/** One single-threaded process, which does its work in order. */
export interface Program {
  /** Uses the CPU for `ms`, and then calls `onDone`. */
  work(ms: number, onDone: () => void): void;
  /** CPU milliseconds that it has used. */
  readonly usedMs: number;
}

export interface Machine {
  createProgram(): Program;
}

export interface MachineOptions {
  /** `Infinity`: each program has a core of its own. */
  readonly cores: number;
  readonly scheduler: Pick<Scheduler, 'after'>;
  /**
   * Uniform in [0, 1). Rounds work up or down to whole milliseconds of virtual time, so that the average is exact.
   */
  readonly random: () => number;
}

export function createMachine({ cores, scheduler, random }: MachineOptions): Machine {
  let freeCores = cores;
  /** Programs with work that wait for a core. */
  const waitingPrograms: (() => void)[] = [];

  const createProgram = (): Program => {
    const queue: Work[] = [];
    let isActive = false;
    let usedMs = 0;
    const runNext = () => {
      const work = queue.shift();
      if (work === undefined) {
        isActive = false;
        return;
      }
      freeCores -= 1;
      usedMs += work.ms;
      scheduler.after(Math.floor(work.ms + random()), () => {
        freeCores += 1;
        // Other programs have waited longer than this one.
        if (queue.length > 0) waitingPrograms.push(runNext);
        else isActive = false;
        work.onDone();
        while (freeCores > 0 && waitingPrograms.length > 0) waitingPrograms.shift()?.();
      });
    };
    return {
      work(ms, onDone) {
        if (ms <= 0) {
          onDone();
          return;
        }
        queue.push({ ms, onDone });
        if (isActive) return;
        isActive = true;
        if (freeCores > 0) runNext();
        else waitingPrograms.push(runNext);
      },
      get usedMs() {
        return usedMs;
      },
    };
  };
  return { createProgram };
}
