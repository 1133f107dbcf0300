// The HTTP application: access rules, metrics, the JSON API, the stream of events, and the page for every other path.
import { createApp, type Logger, problem } from '@movie-load/service';
import type { Hono } from 'hono';
import { errorResponse } from './http-body.ts';
import type { Parts } from './parts.ts';
import { apiRoutes } from './routes/api.ts';
import { eventRoutes } from './routes/events.ts';
import { simulationRoutes } from './routes/simulation.ts';
import { guard } from './security.ts';
import type { StaticPage } from './static-files.ts';
import type { Watch } from './watch.ts';

export interface ConsoleAppOptions {
  readonly log: Logger;
  readonly parts: Parts;
  readonly watch: Watch;
  readonly page: StaticPage;
  /** Ends the streams of events. */
  readonly signal: AbortSignal;
  readonly port: () => number;
  /** Further `host:port` names of this server. */
  readonly hosts: readonly string[];
}

/** Limit of request bodies: a redrive names up to 500 messages by their ids. */
const BODY_LIMIT_BYTES = 80 * 1024;

export function createConsoleApp({ log, parts, watch, page, signal, port, hosts }: ConsoleAppOptions): Hono {
  const app = createApp({ log, bodyLimitBytes: BODY_LIMIT_BYTES, guard: guard({ port, hosts }) });
  app.use('/api/*', async (c, next) => {
    c.header('Cache-Control', 'no-store');
    await next();
  });
  app.onError((err, c) => {
    const response = errorResponse(c, err);
    if (response) return response;
    log.error({ err, path: c.req.path, method: c.req.method }, 'a request failed');
    const detail = 'AWS or a service did not answer correctly. Is the endpoint running? The console’s log says more.';
    return problem(c, { status: 502, title: 'No answer', detail });
  });
  app.get('/metrics', async (c) => {
    const { contentType, body } = await parts.metrics.text();
    return c.body(body, 200, { 'Content-Type': contentType, 'Cache-Control': 'no-store' });
  });
  app.get('/livez', (c) => c.json({ ok: true }));
  app.get('/readyz', (c) => c.json({ ok: !signal.aborted }, signal.aborted ? 503 : 200));
  app.route('/api', eventRoutes({ watch, signal }));
  app.route('/api', simulationRoutes({ log, signal }));
  app.route('/api', apiRoutes(parts, log));
  app.route('/', page.routes);
  return app;
}
