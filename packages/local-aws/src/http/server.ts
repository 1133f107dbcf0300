// The HTTP server of the embedded AWS, with limits for connections.

import http, { type Server } from 'node:http';
import type { RequestListener } from './request-listener.ts';

/** After Node's default of 5 s, a client often reuses an idle connection just as it closes; AWS also waits longer. */
const KEEP_ALIVE_MS = 60_000;
const HEADERS_TIMEOUT_MS = 20_000;
const MAX_CONNECTIONS = 10_000;

export function createServer(listener: RequestListener): Server {
  const server = http.createServer({
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: HEADERS_TIMEOUT_MS,
    connectionsCheckingInterval: HEADERS_TIMEOUT_MS / 4,
    // No limit: a large object may take long. `BodyTimeouts` ends requests whose bytes stop arriving.
    requestTimeout: 0,
    noDelay: true,
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.on('request', (request, response) => listener(request, response));
  server.on('checkContinue', (request, response) => listener(request, response, true));
  // Malformed HTTP needs no code: without a `clientError` listener Node answers 400, 408 or 431 and closes.
  return server;
}

/** @returns the port on which the server listens */
export function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
