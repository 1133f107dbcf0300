// The route for the services' traces: for programs only, with its own body limit.
import { createApp, type Logger, problem, programsOnly, type ServerNames } from '@movie-load/service';
import type { Hono } from 'hono';
import { errorResponse, parseBody } from '../http-body.ts';
import { exportSchema, type Traces } from '../traces.ts';

/** OTLP's path for traces. */
export const TRACES_PATH = '/v1/traces';
/** The SDK sends at most 512 spans at once, which need half of this. */
const BODY_LIMIT_BYTES = 1024 * 1024;

export function createTraceReceiver({ traces, own, log }: { traces: Traces; own: ServerNames; log: Logger }): Hono {
  const app = createApp({ log, bodyLimitBytes: BODY_LIMIT_BYTES, guard: programsOnly(own) });
  app.onError((error, c) => {
    const response = errorResponse(c, error);
    if (response) return response;
    log.error({ err: error, path: c.req.path, method: c.req.method }, 'a request failed');
    return problem(c, { status: 500, title: 'Internal error', detail: 'The log of the console says more.' });
  });
  app.post(TRACES_PATH, async (c) => {
    traces.add(await parseBody(c, exportSchema));
    return c.json({});
  });
  return app;
}
