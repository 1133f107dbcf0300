// Ports that other programs have.
import { createServer } from 'node:net';
import { MovieLoadError } from '@movie-load/schema';

/** The error for a port that another program has. */
export function portTaken(port: number, option: string): MovieLoadError {
  return new MovieLoadError(
    'port_taken',
    `Port ${port} is taken by another program (another \`movie-load up\`?). Stop that one, or choose another port with ${option}.`,
  );
}

/** Throws `MovieLoadError` `port_taken` when nothing can listen on the port of 127.0.0.1. */
export function requireFreePort(port: number, option: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const server = createServer();
  server.once('error', () => reject(portTaken(port, option)));
  server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
  return promise;
}
