// Errors of listening on a port.
import { createServer } from 'node:net';
import { MovieLoadError } from '@movie-load/schema';

/** The error for a failed listen, by Node's code; undefined if the code does not concern the port. */
export function portError(code: string | undefined, port: number, option: string): MovieLoadError | undefined {
  if (code === 'EADDRINUSE')
    return new MovieLoadError(
      'port_taken',
      `Port ${port} is taken by another program (another \`movie-load up\`?). Stop that one, or choose another port with ${option}.`,
    );
  if (code === 'EACCES')
    return new MovieLoadError(
      'port_refused',
      `Port ${port} needs rights that you do not have. Choose one over 1023 with ${option}.`,
    );
  return undefined;
}

/** Throws `MovieLoadError` `port_taken` or `port_refused` when nothing can listen on the port of 127.0.0.1. */
export function requireFreePort(port: number, option: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const server = createServer();
  server.once('error', (error: NodeJS.ErrnoException) => reject(portError(error.code, port, option) ?? error));
  server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
  return promise;
}
