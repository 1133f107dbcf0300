// Logs failed receives: the first of a kind at once, then one a minute until a receive succeeds. Otherwise eight
// pollers of a deleted queue would fill the log.
import { errorName } from '@movie-load/aws';
import type { HandlerLog } from './handler.ts';

const LOG_INTERVAL_MS = 60_000;

export interface ReceiveFailures {
  failed(error: unknown): void;
  /** A receive succeeded: the next failure is logged at once. */
  succeeded(): void;
}

/** @param uptimeMs milliseconds of a monotonic clock */
export function createReceiveFailures(log: Pick<HandlerLog, 'warn'>, uptimeMs: () => number): ReceiveFailures {
  const logged = new Map<string, { readonly loggedAt: number; unlogged: number }>();
  return {
    failed(error) {
      const kind = errorName(error);
      const last = logged.get(kind);
      const now = uptimeMs();
      if (last !== undefined && now - last.loggedAt < LOG_INTERVAL_MS) {
        last.unlogged += 1;
        return;
      }
      logged.set(kind, { loggedAt: now, unlogged: 0 });
      log.warn({ err: error, ...(last && { unlogged: last.unlogged }) }, 'a receive failed');
    },
    succeeded: () => logged.clear(),
  };
}
