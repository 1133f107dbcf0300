// Ctrl-C, SIGTERM, SIGHUP and a vanished parent, as one AbortSignal. The first asks to stop, a second one does not wait.
import { EXIT, Interrupted } from './exit.ts';

/** One Ctrl-C arrives up to three times: from the terminal, from npm and from the launcher. */
const SAME_WITHIN_MS = 1000;
const PARENT_CHECK_MS = 500;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interrupt extends Disposable {
  /** Aborted with an `Interrupted`. */
  readonly signal: AbortSignal;
  /** Runs, synchronously, before a second Ctrl-C ends the process. Returns how to take it back. */
  onForce(cleanUp: () => void): () => void;
}

/** Listens until it is disposed. */
export function listenForInterrupt(): Interrupt {
  const controller = new AbortController();
  const cleanUps = new Set<() => void>();
  let firstAt: number | undefined;

  const force = () => {
    for (const cleanUp of cleanUps) cleanUp();
    process.exit(EXIT.interrupted);
  };
  const onSignal = () => {
    firstAt ??= performance.now();
    if (!controller.signal.aborted) controller.abort(new Interrupted());
    else if (performance.now() - firstAt > SAME_WITHIN_MS) force();
  };
  for (const name of SIGNALS) process.on(name, onSignal);

  // npm and the launcher can be killed without a word; nobody would be left to stop us.
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) onSignal();
  }, PARENT_CHECK_MS);
  watch.unref();

  return {
    signal: controller.signal,
    onForce(cleanUp) {
      cleanUps.add(cleanUp);
      return () => cleanUps.delete(cleanUp);
    },
    [Symbol.dispose]() {
      clearInterval(watch);
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}
