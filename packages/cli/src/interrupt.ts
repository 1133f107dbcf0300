// Ctrl-C, SIGTERM, SIGHUP and the end of the parent as one AbortSignal. The first requests a stop, a second forces it.
import { EXIT } from '@movie-load/schema';
import { Interrupted } from './exit.ts';
import { type EndingSignal, listenForSignals, SIGNAL_CODES } from './signals.ts';

/** One Ctrl-C arrives up to three times (from the terminal, npm and the launcher): signals this close count as one. */
const REPEATED_SIGNAL_MS = 1000;
const PARENT_CHECK_MS = 500;

export interface Interrupt extends Disposable {
  /** Aborted with an `Interrupted`. */
  readonly signal: AbortSignal;
  /** 128 plus the number of the received signal; 130 before one is received. */
  readonly exitCode: number;
  /** Runs, synchronously, before a second Ctrl-C ends the process. Returns a function that removes it. */
  onForce(cleanUp: () => void): () => void;
}

export interface InterruptOptions {
  /** This long after the first Ctrl-C the process ends as with a second one. Default: no limit. */
  readonly limitMs?: number;
}

/** Listens until it is disposed. */
export function listenForInterrupt({ limitMs }: InterruptOptions = {}): Interrupt {
  const controller = new AbortController();
  const cleanUps = new Set<() => void>();
  let firstAt: number | undefined;
  let limitTimer: NodeJS.Timeout | undefined;
  let exitCode: number = EXIT.interrupted;

  const force = () => {
    for (const cleanUp of cleanUps) cleanUp();
    process.exit(exitCode);
  };
  const onSignal = (name: EndingSignal) => {
    if (firstAt === undefined) {
      firstAt = performance.now();
      exitCode = SIGNAL_CODES[name];
      if (limitMs !== undefined) limitTimer = setTimeout(force, limitMs).unref();
      controller.abort(new Interrupted(exitCode));
    } else if (performance.now() - firstAt > REPEATED_SIGNAL_MS) force();
  };
  const stopListening = listenForSignals(onSignal);

  // npm or the launcher may be killed without a signal to this process, which nothing else would stop then.
  const parent = process.ppid;
  const parentCheck = setInterval(() => {
    if (process.ppid !== parent && firstAt === undefined) onSignal('SIGTERM');
  }, PARENT_CHECK_MS);
  parentCheck.unref();

  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    onForce(cleanUp) {
      cleanUps.add(cleanUp);
      return () => cleanUps.delete(cleanUp);
    },
    [Symbol.dispose]() {
      clearInterval(parentCheck);
      clearTimeout(limitTimer);
      stopListening();
    },
  };
}
