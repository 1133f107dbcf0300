// GET /api/events: the server-sent events of a page. A slow page gets only the newest event of each name, no backlog.
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { HttpError } from '../http-body.ts';
import type { EventName, Watch } from '../watch.ts';

const BEAT_MS = 15_000;
const MAX_STREAMS = 50;
const JOB_ID = /^[0-9a-f-]{36}$/;

export interface EventsOptions {
  readonly watch: Watch;
  /** Ends all streams. */
  readonly signal: AbortSignal;
  /** After this time without events a beat shows the page that the stream works. Default: 15 s. */
  readonly beatMs?: number;
}

export function eventRoutes({ watch, signal, beatMs = BEAT_MS }: EventsOptions) {
  const routes = new Hono();
  let streams = 0;
  routes.get('/events', (c) => {
    // A HEAD request opens no stream, because it has no body whose end would close it.
    if (c.req.method === 'HEAD') return c.body(null, 200, { 'Content-Type': 'text/event-stream' });
    if (streams >= MAX_STREAMS) {
      throw new HttpError(429, 'Too many pages', 'Close some pages of the console, then reload this one.');
    }
    streams++;
    const jobId = c.req.query('job');
    // Proxies must not buffer events.
    c.header('X-Accel-Buffering', 'no');
    return streamSSE(c, async (stream) => {
      const pending = new Map<EventName, string>();
      let wake = Promise.withResolvers<void>();
      const unsubscribe = watch.subscribe(
        (event, json) => {
          pending.set(event, json);
          wake.resolve();
        },
        jobId !== undefined && JOB_ID.test(jobId) ? jobId : undefined,
      );
      const end = () => {
        stream.abort();
        wake.resolve();
      };
      stream.onAbort(() => wake.resolve());
      signal.addEventListener('abort', end);
      try {
        while (!stream.aborted && !signal.aborted) {
          const beat = setTimeout(wake.resolve, beatMs);
          await wake.promise;
          clearTimeout(beat);
          wake = Promise.withResolvers();
          const events = [...pending];
          pending.clear();
          if (events.length === 0) await stream.writeSSE({ event: 'beat', data: '' });
          for (const [event, data] of events) await stream.writeSSE({ event, data });
        }
      } finally {
        unsubscribe();
        signal.removeEventListener('abort', end);
        streams--;
      }
    });
  });
  return routes;
}
