// Limits the calls to AWS per second of all looks together; further calls wait for their turn.
import type { Clock } from '@movie-load/aws';

export interface CallLimitOptions {
  readonly clock: Clock;
  readonly perSecond: number;
  /** Calls that may be made at once after a pause. */
  readonly burst: number;
}

/** Returns a port whose methods wait until the limit allows the call. */
export type LimitCalls = <Port extends object>(port: Port) => Port;

/** @example const limited = createCallLimit({ clock, perSecond: 200, burst: 100 }); const table = limited(openTable(…)); */
export function createCallLimit({ clock, perSecond, burst }: CallLimitOptions): LimitCalls {
  const intervalMs = 1000 / perSecond;
  /** The time at which the calls made so far fit the rate. */
  let paidUntil = Number.NEGATIVE_INFINITY;
  const turn = async () => {
    const now = clock.now();
    paidUntil = Math.max(now, paidUntil) + intervalMs;
    const waitMs = paidUntil - now - burst * intervalMs;
    if (waitMs > 0) await clock.sleep(waitMs);
  };
  return (port) =>
    new Proxy(port, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]): Promise<unknown> => {
          await turn();
          const result: unknown = await Reflect.apply(value, target, args);
          return result;
        };
      },
    });
}
