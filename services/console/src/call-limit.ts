// How many AWS calls a second looks may make, all together: what is more waits for its turn.
import type { Clock } from '@movie-load/aws';

export interface CallLimitOptions {
  readonly clock: Clock;
  readonly perSecond: number;
  /** Calls that may come at once after a pause. */
  readonly burst: number;
}

/** Returns a port whose every method waits until the limit lets it call. */
export type LimitCalls = <Port extends object>(port: Port) => Port;

/** @example const limited = createCallLimit({ clock, perSecond: 200, burst: 100 }); const table = limited(openTable(…)); */
export function createCallLimit({ clock, perSecond, burst }: CallLimitOptions): LimitCalls {
  const intervalMs = 1000 / perSecond;
  /** When the calls that have their turn already are paid for. */
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
