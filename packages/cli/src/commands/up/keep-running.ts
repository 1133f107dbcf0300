// Restarts a service of `up` that ends, and reports it: the page must stay up whatever happens to the service.
import { type Clock, systemClock } from '@movie-load/aws';
import { EXIT, UsageError } from '@movie-load/schema';
import { describeExit, type ServiceProcess } from '../../processes/service.ts';

export interface KeepOptions {
  start(): ServiceProcess;
  /** Nothing is started after it is aborted. */
  readonly until: AbortSignal;
  log(line: string): void;
  /** Default: the system's clock. */
  readonly clock?: Clock;
}

export interface Kept {
  /** The process that runs now, or the last one that ran. */
  current(): ServiceProcess;
  /** Rejects with `UsageError` when the service's settings are wrong: a restart would not help. Never resolves. */
  readonly wrong: Promise<never>;
}

/** The shortest time between two starts; it grows while the service ends immediately. */
const PAUSE_MS = 1000;
const MAX_PAUSE_MS = 30_000;
/** A service that ran for this long is healthy: the pause starts over. */
const WELL_AFTER_MS = 60_000;

/** @example const page = keepRunning({ start: () => startService(…), until: signal, log: console.log }); */
export function keepRunning({ start, until, log, clock = systemClock }: KeepOptions): Kept {
  const { promise: wrong, reject } = Promise.withResolvers<never>();
  // Prevents an unhandled rejection: not every caller waits for it.
  wrong.catch(() => undefined);
  let current = start();

  const watch = async () => {
    let pauseMs = PAUSE_MS;
    while (!until.aborted) {
      const startedAt = clock.now();
      const exit = await current.exited;
      if (until.aborted) return;
      const how = `The ${current.name} ${describeExit(exit)}: ${current.complaint() ?? 'it logged no reason'}`;
      if (exit.code === EXIT.usage) {
        reject(new UsageError(how));
        return;
      }
      if (clock.now() - startedAt > WELL_AFTER_MS) pauseMs = PAUSE_MS;
      log(`${how}\nIt is restarted in ${pauseMs / 1000} s.`);
      await clock.sleep(pauseMs, until).catch(() => undefined);
      if (until.aborted) return;
      pauseMs = Math.min(MAX_PAUSE_MS, 2 * pauseMs);
      current = start();
    }
  };
  void watch();
  return { current: () => current, wrong };
}
