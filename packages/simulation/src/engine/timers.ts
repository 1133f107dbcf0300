// Timers for code that uses Node's own, such as sqs-consumer: in a simulated world they run on the virtual clock.
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

/** Code that runs from now until the next event belongs to this process. */
export function enter(process: TimerOwner): void {
  current = process;
}

/**
 * Until the returned function is called, timers of `setTimeout` belong to the process that starts them: they are late
 * when it is stopped, and never run when it is dead.
 */
export function installVirtualTimers(): () => void {
  const { setTimeout: realSetTimeout, clearTimeout: realClearTimeout } = globalThis;
  const put = (setTimer: unknown, clearTimer: unknown) => {
    Object.defineProperty(globalThis, 'setTimeout', { value: setTimer, configurable: true, writable: true });
    Object.defineProperty(globalThis, 'clearTimeout', { value: clearTimer, configurable: true, writable: true });
  };
  const virtual = new Set<unknown>();
  put(
    (callback: () => void, ms = 0) => {
      if (current === undefined) return realSetTimeout(callback, ms);
      const timer = current.timer(ms, () => {
        virtual.delete(timer);
        callback();
      });
      virtual.add(timer);
      return timer;
    },
    (timer: Parameters<typeof clearTimeout>[0]) => {
      if (!virtual.delete(timer)) return realClearTimeout(timer);
      Object.assign(Object(timer), { cancelled: true });
    },
  );
  return () => {
    current = undefined;
    put(realSetTimeout, realClearTimeout);
  };
}
