// Limits how many AWS calls the console makes per second for its reads; further calls wait until the limit allows them.
import type { Clock } from '@movie-load/aws';

export interface CallLimitOptions {
  readonly clock: Clock;
  readonly perSecond: number;
  /** Number of calls that may be made at once after a pause. */
  readonly burst: number;
}

/** Returns a port whose methods wait until the limit allows the call. */
export type LimitCalls = <Port extends object>(port: Port) => Port;

/** @example const limited = createCallLimit({ clock, perSecond: 200, burst: 100 }); const table = limited(openTable(…)); */
export function createCallLimit({ clock, perSecond, burst }: CallLimitOptions): LimitCalls {
  const intervalMs = 1000 / perSecond;
  /** The time at which the last call so far would be due if calls were made exactly at the rate. */
  let scheduledUntil = Number.NEGATIVE_INFINITY;
  const waitForLimit = async () => {
    const now = clock.now();
    scheduledUntil = Math.max(now, scheduledUntil) + intervalMs;
    const waitMs = scheduledUntil - now - burst * intervalMs;
    if (waitMs > 0) await clock.sleep(waitMs);
  };
  return (port) =>
    new Proxy(port, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]): Promise<unknown> => {
          await waitForLimit();
          const result: unknown = await Reflect.apply(value, target, args);
          return result;
        };
      },
    });
}
