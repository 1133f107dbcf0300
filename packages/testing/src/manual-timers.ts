// Replaces timers of the code under test: they end when the test says so. Node's own modules (sockets,
// `node:timers/promises`) keep real timers.

interface Timer {
  readonly ms: number;
  readonly call: () => void;
}

/**
 * Replaces `setTimeout` until it is disposed of. Its timers end only by `runOut`.
 *
 * @example using timers = manualTimers(); … timers.runOut(30_000);
 */
export function manualTimers() {
  const { setTimeout, clearTimeout } = globalThis;
  const running = new Set<Timer>();
  const start = (call: () => void, ms = 0): Timer => {
    const timer = { ms, call, unref: () => timer, ref: () => timer, hasRef: () => true };
    running.add(timer);
    return timer;
  };
  const stop = (timer: Timer) => void running.delete(timer);
  Object.assign(globalThis, { setTimeout: start, clearTimeout: stop });
  return {
    /** The durations of the running timers, in milliseconds. */
    running: () => [...running].map(({ ms }) => ms),
    /** Ends the timers of this duration. */
    runOut(ms: number) {
      for (const timer of running) {
        if (timer.ms !== ms) continue;
        running.delete(timer);
        timer.call();
      }
    },
    [Symbol.dispose]: () => void Object.assign(globalThis, { setTimeout, clearTimeout }),
  };
}
