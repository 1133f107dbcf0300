// What requests may cost, whatever pages do: equal reads share one answer, few run at once, and more than can wait are refused.
import type { MiddlewareHandler } from 'hono';
import { HttpError } from './http-body.ts';

export interface SharedLooksOptions {
  /** Each may hold some megabytes while it runs. */
  readonly atOnce?: number;
  readonly mostWaiting?: number;
  /** An answer is given to all who ask for the same within this time. */
  readonly freshMs?: number;
  readonly now?: () => number;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

const AT_ONCE = 2;
const MOST_WAITING = 100;
const FRESH_MS = 800;
/** Answers that are kept, all of them for at most `freshMs`. */
const MOST_KEPT = 32;
/** Streams: they take no place here, and their answers cannot be shared. */
const STREAM = /\/(?:events|object)$/;

/** For the routes of the API: reads are bounded, a change makes all answers before it old. */
export function sharedLooks(options: SharedLooksOptions = {}): MiddlewareHandler {
  const { atOnce = AT_ONCE, mostWaiting = MOST_WAITING, freshMs = FRESH_MS, now = Date.now } = options;
  const answers = new Map<string, { readonly answer: Promise<Answer | undefined>; until: number }>();
  const waiting: (() => void)[] = [];
  let running = 0;

  const enter = async () => {
    if (running < atOnce) running += 1;
    else if (waiting.length < mostWaiting) await new Promise<void>((resolve) => waiting.push(resolve));
    else throw new HttpError(429, 'Busy', 'Too many pages read at once. Close some, then try again.');
  };
  /** The place goes to the next one in line. */
  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  };
  const forget = () => {
    for (const [key, { until }] of answers) if (until < now()) answers.delete(key);
    for (const key of answers.keys()) if (answers.size > MOST_KEPT) answers.delete(key);
  };

  return async (c, next) => {
    if (STREAM.test(c.req.path)) return next();
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      await next();
      answers.clear();
      return;
    }
    forget();
    const { search } = new URL(c.req.url);
    const key = `${c.req.path}${search}`;
    const asked = answers.get(key);
    const known = asked && (await asked.answer);
    if (known) return new Response(known.body, known);
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
    const mine = { answer: promise, until: Number.POSITIVE_INFINITY };
    answers.set(key, mine);
    try {
      await enter();
      try {
        await next();
      } finally {
        leave();
      }
      const { status, headers } = c.res;
      const body = new Uint8Array(await c.res.arrayBuffer());
      c.res = new Response(body, { status, headers });
      resolve({ status, headers: new Headers(headers), body });
    } finally {
      // Where there was no place, those who share it look for themselves. A failed look is an answer as any other.
      resolve(undefined);
      mine.until = now() + freshMs;
    }
  };
}
