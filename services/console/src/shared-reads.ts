// Bounds the cost of requests: equal reads share a response, few run at once, some wait, and further ones are refused.
import type { MiddlewareHandler } from 'hono';
import { HttpError } from './http-body.ts';

export interface SharedReadsOptions {
  /** Concurrent reads: each may need some megabytes. */
  readonly maxConcurrent?: number;
  readonly maxWaiting?: number;
  /** A response is shared by all equal requests within this time. */
  readonly freshMs?: number;
  readonly now?: () => number;
}

interface SharedResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

const MAX_CONCURRENT = 2;
const MAX_WAITING = 100;
const FRESH_MS = 800;
/** The number of cached responses, each cached for at most `freshMs`. */
const MAX_CACHED = 32;
/** Paths of streams, which use no slot and cannot be shared. */
const STREAM = /\/(?:events|object)$/;

/** Middleware of the API: bounds reads; a change invalidates all earlier responses. */
export function sharedReads(options: SharedReadsOptions = {}): MiddlewareHandler {
  const { maxConcurrent = MAX_CONCURRENT, maxWaiting = MAX_WAITING, freshMs = FRESH_MS, now = Date.now } = options;
  const responses = new Map<string, { readonly response: Promise<SharedResponse | undefined>; until: number }>();
  const waiting: (() => void)[] = [];
  let running = 0;

  const enter = async () => {
    if (running < maxConcurrent) running += 1;
    else if (waiting.length < maxWaiting) await new Promise<void>((resolve) => waiting.push(resolve));
    else throw new HttpError(429, 'Busy', 'Too many pages read at once. Close some, then try again.');
  };
  /** Passes the slot to the next request in line. */
  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  };
  const evict = () => {
    for (const [key, { until }] of responses) if (until < now()) responses.delete(key);
    for (const key of responses.keys()) if (responses.size > MAX_CACHED) responses.delete(key);
  };

  return async (c, next) => {
    if (STREAM.test(c.req.path)) return next();
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      await next();
      responses.clear();
      return;
    }
    evict();
    const { search } = new URL(c.req.url);
    const key = `${c.req.path}${search}`;
    const cached = responses.get(key);
    const shared = cached && (await cached.response);
    if (shared) return new Response(shared.body, shared);
    const { promise, resolve } = Promise.withResolvers<SharedResponse | undefined>();
    const entry = { response: promise, until: Number.POSITIVE_INFINITY };
    responses.set(key, entry);
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
      // If this request got no slot (429), the requests that waited for its response read for themselves. The error
      // response of a read is shared like any other.
      resolve(undefined);
      entry.until = now() + freshMs;
    }
  };
}
