// Turns signals and the end of the parent into one AbortSignal. The first signal aborts it, a second one ends the
// process at once.
import type { Logger } from './logger.ts';

/** The reason with which the shutdown signal aborts. */
class Shutdown extends Error {
  /** `SIGTERM`, `SIGINT`, `SIGHUP` or `parent gone`. */
  readonly why: string;

  constructor(why: string) {
    super(`shutting down: ${why}`);
    this.name = 'Shutdown';
    this.why = why;
  }
}

/** Ctrl-C arrives up to three times: from the terminal, npm and the launcher. Signals within this time count as one. */
const SAME_SIGNAL_MS = 1000;
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type Signal = keyof typeof SIGNALS;

export interface ShutdownOptions {
  readonly log: Logger;
  /** Ends the process; `process.exit` outside of tests. */
  readonly exit?: (code: number) => void;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
}

/** Listens until the process ends. The signal's reason is a `Shutdown`. */
export function listenForShutdown({ log, exit = process.exit, now = () => performance.now() }: ShutdownOptions) {
  const controller = new AbortController();
  let firstAt: number | undefined;

  const stop = (why: string) => {
    if (controller.signal.aborted) return;
    log.info({ why }, 'shutting down');
    controller.abort(new Shutdown(why));
  };
  const onSignal = (signal: Signal) => {
    if (firstAt === undefined) {
      firstAt = now();
      stop(signal);
    } else if (now() - firstAt > SAME_SIGNAL_MS) {
      log.warn({ why: signal }, 'second signal: ending at once');
      exit(SIGNALS[signal]);
    }
  };
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, () => onSignal(signal));
  if (process.send) {
    process.once('disconnect', () => stop('parent gone'));
    // The channel to the parent must not keep the process running when its work is done.
    process.channel?.unref();
  }
  return controller.signal;
}
