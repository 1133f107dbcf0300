// The HTTP server of a service: hono on Node, bound to this machine, with problem documents for all errors.
import type { Server } from 'node:http';
import { type ServerType, serve } from '@hono/node-server';
import { MovieLoadError } from '@movie-load/schema';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { z } from 'zod';
import type { Logger } from './logger.ts';
import { problem } from './problem.ts';

export interface ListenOptions {
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** 0 means any free port. */
  readonly port: number;
  /** Milliseconds for a request to arrive completely. */
  readonly requestLimitMs?: number;
}

export interface RunningServer {
  readonly port: number;
  /** Accepts no new connections; open ones are closed after half a second. */
  close(): Promise<void>;
}

const REQUEST_LIMIT_MS = 30_000;
/** How often Node checks whether requests exceed their time limit; its default is half a minute. */
const REQUEST_CHECK_MS = 1000;
const CLOSE_LIMIT_MS = 500;
const DEFAULT_BODY_LIMIT_BYTES = 16 * 1024;

/**
 * The hono app of every service: bounded bodies, secure headers, problem documents for unknown paths and errors.
 *
 * @example const app = createApp({ log, guard: programsOnly({ host: HTTP_HOST }) }); app.get('/livez', (c) => c.json({ ok: true }));
 */
export function createApp({
  log,
  bodyLimitBytes = DEFAULT_BODY_LIMIT_BYTES,
  guard,
}: {
  log: Logger;
  bodyLimitBytes?: number;
  /** Refuses requests before their body is read; see `programsOnly`. */
  guard: MiddlewareHandler;
}) {
  const app = new Hono();
  app.use(secureHeaders({ crossOriginResourcePolicy: 'same-origin' }));
  app.use(async (c, next) => {
    await next();
    // HEAD is answered like GET, and the source of the body is not read.
    if (c.req.method === 'HEAD') await c.res.body?.cancel();
  });
  app.use(guard);
  app.use(
    bodyLimit({
      maxSize: bodyLimitBytes,
      onError: (c) =>
        problem(c, {
          status: 413,
          title: 'Body too large',
          detail: `A body may have at most ${bodyLimitBytes} bytes.`,
        }),
    }),
  );
  app.notFound((c) => problem(c, { status: 404, title: 'Not found', detail: 'There is nothing at this path.' }));
  app.onError((err, c) => {
    if (isIncomplete(c)) {
      log.debug({ path: c.req.path, method: c.req.method }, 'a client hung up before its request was whole');
      return c.body(null, 400);
    }
    log.error({ err, path: c.req.path, method: c.req.method }, 'a request failed');
    return problem(c, { status: 500, title: 'Internal error', detail: 'The log of this service says more.' });
  });
  return app;
}

const nodeSchema = z.object({ incoming: z.object({ destroyed: z.boolean(), complete: z.boolean() }) });

/**
 * Whether the client closed the connection before its request was complete: then an error is not the service's fault.
 */
function isIncomplete(c: Context): boolean {
  const { data } = nodeSchema.safeParse(c.env);
  return data?.incoming.destroyed === true && !data.incoming.complete;
}

/** Listens. Throws `MovieLoadError` `port_taken` when it cannot. */
export async function listen(
  app: Pick<Hono, 'fetch'>,
  { host = '127.0.0.1', port, requestLimitMs = REQUEST_LIMIT_MS }: ListenOptions,
): Promise<RunningServer> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const serverOptions = {
    requestTimeout: requestLimitMs,
    connectionsCheckingInterval: REQUEST_CHECK_MS,
  };
  const server = serve({ fetch: app.fetch, hostname: host, port, serverOptions }, (info) => resolve(info.port));
  server.once('error', (cause) => {
    const text = `Cannot listen on ${host}:${port}. Is another program using the port? Choose another one (HTTP_PORT).`;
    reject(new MovieLoadError('port_taken', text, { details: { reason: cause.message } }));
  });
  return { port: await promise, close: () => closeServer(server) };
}

function closeServer(server: ServerType): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  if (isHttp1(server)) {
    setTimeout(() => server.closeAllConnections(), CLOSE_LIMIT_MS).unref();
  }
  return promise;
}

const isHttp1 = (server: ServerType): server is Server => 'closeAllConnections' in server;

/** The response of a health route: `ok`, and the facts that explain it. */
export interface Health {
  readonly ok: boolean;
  readonly [fact: string]: unknown;
}

/** 200 when ok, else 503; never cached. */
export function health(c: Context, state: Health): Response {
  c.header('Cache-Control', 'no-store');
  return c.json(state, state.ok ? 200 : 503);
}
