// Reads a request's whole body, up to a limit.

import type { IncomingMessage } from 'node:http';

/** The largest SQS request: ten entries with 1 MiB together, escaped, as a form. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Calls back once with the body. A client that sends too much loses its connection, one that goes away is forgotten. */
export function readBody(request: IncomingMessage, done: (body: Buffer) => void): void {
  let first: Buffer | undefined;
  let chunks: Buffer[] | undefined;
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) request.destroy();
    else if (first === undefined) first = chunk;
    else if (chunks === undefined) chunks = [first, chunk];
    else chunks.push(chunk);
  });
  request.on('end', () => done(chunks === undefined ? (first ?? Buffer.alloc(0)) : Buffer.concat(chunks)));
}
