// Whether a port is free is found out before anything is started.
import { createServer } from 'node:net';
import { portTaken } from '../processes/embedded.ts';

/** Throws `MovieLoadError` `port_taken` when nothing can listen on the port of 127.0.0.1. */
export function requireFreePort(port: number, option: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const server = createServer();
  server.once('error', () => reject(portTaken(port, option)));
  server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
  return promise;
}
