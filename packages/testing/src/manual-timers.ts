// Timers of the code under test that the test itself lets run out. Node's own parts (sockets, `node:timers/promises`) keep theirs.

interface Timer {
  readonly ms: number;
  readonly call: () => void;
}

/**
 * Until it is disposed of, `setTimeout` starts timers that only `runOut` ends.
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
    /** The milliseconds of those that run. */
    running: () => [...running].map(({ ms }) => ms),
    /** Lets those of this length run out. */
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
