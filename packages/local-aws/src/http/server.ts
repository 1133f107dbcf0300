// The HTTP server of the embedded AWS, with limits on what a connection may cost.

import http, { type Server } from 'node:http';
import type { Listener } from './front.ts';

/** Node's default of 5 s meets clients that are just taking an idle connection; AWS keeps them longer as well. */
const KEEP_ALIVE_MS = 60_000;
const HEADERS_TIMEOUT_MS = 20_000;
const MAX_CONNECTIONS = 10_000;

export function createServer(listener: Listener): Server {
  const server = http.createServer({
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: HEADERS_TIMEOUT_MS,
    connectionsCheckingInterval: HEADERS_TIMEOUT_MS / 4,
    // A large object may take long; `SlowBodies` ends requests whose bytes stop coming.
    requestTimeout: 0,
    noDelay: true,
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.on('request', (request, response) => listener(request, response));
  server.on('checkContinue', (request, response) => listener(request, response, true));
  // Malformed HTTP needs nothing here: without a `clientError` listener Node answers 400, 408 or 431 and closes.
  return server;
}

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
