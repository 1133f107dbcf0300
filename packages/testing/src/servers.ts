// Servers for tests, on any free port of 127.0.0.1.
import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';

export interface ListeningAddress {
  readonly port: number;
  /** Without a trailing slash. */
  readonly url: string;
}

/** @example const { url } = await listenLocally(http.createServer((_, response) => response.end('{}'))); */
export async function listenLocally(server: Server): Promise<ListeningAddress> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}` };
}

/** Closes the server and its connections. Resolves when it is closed. */
export async function closeServer(server: HttpServer): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
