// Restarts a service of `up` whenever it ends, and logs why it ended: the page must stay reachable.
import { type Clock, systemClock } from '@movie-load/aws';
import { EXIT, UsageError } from '@movie-load/schema';
import { describeExit, type ServiceProcess } from '../../processes/service.ts';

export interface KeepRunningOptions {
  start(): ServiceProcess;
  /** Nothing is started after it is aborted. */
  readonly signal: AbortSignal;
  log(line: string): void;
  /** Default: the system's clock. */
  readonly clock?: Clock;
}

export interface RestartedService {
  /** The process that runs now, or the last one that ran. */
  current(): ServiceProcess;
  /** Never resolves. Rejects with `UsageError` when the service refuses its settings: a restart would not help. */
  readonly failed: Promise<never>;
}

/** The pause before the first restart; it doubles with each further one until the service has run for a minute. */
const MIN_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 30_000;
/** A service that ran for longer was healthy: the next pause is the shortest again. */
const HEALTHY_AFTER_MS = 60_000;

/** @example const page = keepRunning({ start: () => startService(…), signal, log: console.log }); */
export function keepRunning({ start, signal, log, clock = systemClock }: KeepRunningOptions): RestartedService {
  const { promise: failed, reject } = Promise.withResolvers<never>();
  // Prevents an unhandled rejection: not every caller waits for it.
  failed.catch(() => undefined);
  let current = start();

  const restartLoop = async () => {
    let pauseMs = MIN_PAUSE_MS;
    while (!signal.aborted) {
      const startedAt = clock.now();
      const exit = await current.exited;
      if (signal.aborted) return;
      const exitText = `The ${current.name} ${describeExit(exit)}: ${current.lastProblem() ?? 'it logged no reason'}`;
      if (exit.code === EXIT.usage) {
        reject(new UsageError(exitText));
        return;
      }
      if (clock.now() - startedAt > HEALTHY_AFTER_MS) pauseMs = MIN_PAUSE_MS;
      log(`${exitText}\nIt is restarted in ${pauseMs / 1000} s.`);
      await clock.sleep(pauseMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      pauseMs = Math.min(MAX_PAUSE_MS, 2 * pauseMs);
      current = start();
    }
  };
  void restartLoop();
  return { current: () => current, failed };
}
