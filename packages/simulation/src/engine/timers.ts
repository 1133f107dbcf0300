// Replaces Node's `setTimeout` by virtual timers while a simulated world runs, for code such as sqs-consumer.
import type { Scheduled } from './scheduler.ts';

/** A process whose timers are virtual: a `SimProcess`. */
interface TimerOwner {
  timer(ms: number, run: () => void): Scheduled;
}

/**
 * The process whose code is running. There is only one, because an event of the scheduler settles promises of one
 * process, and everything that follows from it runs before the next event.
 */
let current: TimerOwner | undefined;

/** Called before code of a process runs: all code until the next event belongs to this process. */
export function setCurrentProcess(process: TimerOwner): void {
  current = process;
}

/**
 * Until the returned function is called, a timer of `setTimeout` belongs to the process that started it: it is late
 * when the process is stalled, and never runs when the process is dead.
 */
export function installVirtualTimers(): () => void {
  const { setTimeout: realSetTimeout, clearTimeout: realClearTimeout } = globalThis;
  const setGlobalTimers = (setTimer: unknown, clearTimer: unknown) => {
    Object.defineProperty(globalThis, 'setTimeout', { value: setTimer, configurable: true, writable: true });
    Object.defineProperty(globalThis, 'clearTimeout', { value: clearTimer, configurable: true, writable: true });
  };
  const virtualTimers = new Set<unknown>();
  setGlobalTimers(
    (callback: () => void, ms = 0) => {
      if (current === undefined) return realSetTimeout(callback, ms);
      const timer = current.timer(ms, () => {
        virtualTimers.delete(timer);
        callback();
      });
      virtualTimers.add(timer);
      return timer;
    },
    (timer: Parameters<typeof clearTimeout>[0]) => {
      if (!virtualTimers.delete(timer)) return realClearTimeout(timer);
      Object.assign(Object(timer), { cancelled: true });
    },
  );
  return () => {
    current = undefined;
    setGlobalTimers(realSetTimeout, realClearTimeout);
  };
}
