// Writes answers to clients.

import type { ServerResponse } from 'node:http';
import type { Answer } from './service.ts';

/** Writes chunk after chunk, and waits for a client that reads slowly. */
function sendChunks(response: ServerResponse, chunks: Iterator<Uint8Array>): void {
  for (let next = chunks.next(); !next.done; next = chunks.next()) {
    if (response.destroyed) return;
    if (!response.write(next.value)) {
      response.once('drain', () => sendChunks(response, chunks));
      return;
    }
  }
  response.end();
}

/** @throws when a header is invalid; nothing was sent then */
export function sendAnswer(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.destroyed) return;
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
    response.writeHead(status, headers);
    sendChunks(response, body[Symbol.iterator]());
    return;
  }
  const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  const withLength = bytes > 0 || (status !== 204 && status !== 304);
  response.writeHead(status, withLength ? { 'content-length': bytes, ...headers } : headers);
  response.end(body);
}
