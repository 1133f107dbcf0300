// The server's time, from the `Date` of its answers. This machine's clock may be days off, so times that the server set
// (when a message was sent, for example) are compared with the server's own clock.
import type { MiddlewareStack } from '@smithy/types';

export interface ServerTime {
  /**
   * Milliseconds since the epoch at the server, up to a second behind (a `Date` has whole seconds). Undefined before
   * the first answer, and where answers have no date.
   */
  now(): number | undefined;
  /** Reads an answer's `Date` header. */
  observe(date: string | undefined): void;
}

/** The precision of `Date`: a time that the server set may be later than `now()` by this. */
export const DATE_STEP_MS = 1000;

/**
 * How far the server's clock is ahead of this machine's, in whole milliseconds (negative: behind). 0 for a difference of
 * up to two seconds, which may be only the imprecision of `Date`: then this machine's clock is the more precise one.
 */
export function serverAheadMs(time: ServerTime, now: number): number {
  const ahead = Math.round((time.now() ?? now) - now);
  return Math.abs(ahead) > 2 * DATE_STEP_MS ? ahead : 0;
}

/** `elapsed` is a clock that only goes forward, in milliseconds. */
export function createServerTime(elapsed: () => number = () => performance.now()): ServerTime {
  let last: { readonly text: string; readonly date: number; readonly elapsedMs: number } | undefined;
  return {
    now: () => last && last.date + (elapsed() - last.elapsedMs),
    observe(text) {
      // The first answer of a second is the most precise. Most answers return here: a consumer gets thousands a second.
      if (text === undefined || text === last?.text) return;
      const date = Date.parse(text);
      if (!Number.isNaN(date)) last = { text, date, elapsedMs: elapsed() };
    },
  };
}

/** The part of an answer that is read. The simulation replaces AWS by models, whose answers have no headers. */
interface Answer {
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** Adds a middleware to a client that reads the time from its answers. */
export function observeServerTime<Input extends object, Output extends object>(
  stack: MiddlewareStack<Input, Output>,
  time: ServerTime,
): void {
  stack.add(
    (next) => async (call) => {
      const result = await next(call);
      time.observe((result.response as Answer | undefined)?.headers?.date);
      return result;
    },
    { name: 'movieLoadServerTimeMiddleware', step: 'deserialize', priority: 'high' },
  );
}
