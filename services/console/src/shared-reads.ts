// Bounds the cost of requests: equal reads share a response, few run at once, some wait, and further ones are refused.
import type { MiddlewareHandler } from 'hono';
import { HttpError } from './http-body.ts';

export interface SharedReadsOptions {
  /** Concurrent reads: each may need some megabytes. */
  readonly atOnce?: number;
  readonly mostWaiting?: number;
  /** A response is shared by all equal requests within this time. */
  readonly freshMs?: number;
  readonly now?: () => number;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

const AT_ONCE = 2;
const MAX_WAITING = 100;
const FRESH_MS = 800;
/** The number of cached responses, each cached for at most `freshMs`. */
const MAX_KEPT = 32;
/** Paths of streams, which use no slot and cannot be shared. */
const STREAM = /\/(?:events|object)$/;

/** Middleware of the API: bounds reads; a change invalidates all earlier responses. */
export function sharedReads(options: SharedReadsOptions = {}): MiddlewareHandler {
  const { atOnce = AT_ONCE, mostWaiting = MAX_WAITING, freshMs = FRESH_MS, now = Date.now } = options;
  const answers = new Map<string, { readonly answer: Promise<Answer | undefined>; until: number }>();
  const waiting: (() => void)[] = [];
  let running = 0;

  const enter = async () => {
    if (running < atOnce) running += 1;
    else if (waiting.length < mostWaiting) await new Promise<void>((resolve) => waiting.push(resolve));
    else throw new HttpError(429, 'Busy', 'Too many pages read at once. Close some, then try again.');
  };
  /** Passes the slot to the next request in line. */
  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  };
  const forget = () => {
    for (const [key, { until }] of answers) if (until < now()) answers.delete(key);
    for (const key of answers.keys()) if (answers.size > MAX_KEPT) answers.delete(key);
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
      // Requests that shared a refusal for lack of a slot read for themselves. A failed read is shared like any other.
      resolve(undefined);
      mine.until = now() + freshMs;
    }
  };
}
