// A service of `up` that ends by itself is started again with a message: the page is for watching, whatever ends it.
import { type Clock, systemClock } from '@movie-load/aws';
import { EXIT, UsageError } from '@movie-load/schema';
import { describeExit, type ServiceProcess } from '../../processes/service.ts';

export interface KeepOptions {
  start(): ServiceProcess;
  /** Nothing is started any more once it is aborted. */
  readonly until: AbortSignal;
  log(line: string): void;
  /** The system's unless given. */
  readonly clock?: Clock;
}

export interface Kept {
  /** The one that runs now, or ran last. */
  current(): ServiceProcess;
  /** Rejects with `UsageError` when its settings are wrong: starting it again would not help. Never resolves. */
  readonly wrong: Promise<never>;
}

/** From one start to the next at least; longer for a service that ends at once again. */
const PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** A service that ran for this long is healthy: the pause starts over. */
const WELL_AFTER_MS = 60_000;

/** @example const page = keepRunning({ start: () => startService(…), until: signal, log: console.log }); */
export function keepRunning({ start, until, log, clock = systemClock }: KeepOptions): Kept {
  const { promise: wrong, reject } = Promise.withResolvers<never>();
  // Not every caller waits for it.
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
      log(`${how}\nIt is started again in ${pauseMs / 1000} s.`);
      await clock.sleep(pauseMs, until).catch(() => undefined);
      if (until.aborted) return;
      pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
      current = start();
    }
  };
  void watch();
  return { current: () => current, wrong };
}
