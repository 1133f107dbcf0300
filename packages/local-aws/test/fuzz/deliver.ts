// Sends a request as its kind requires and returns the result.

import { connect } from 'node:net';
import type { Delivery } from './request.ts';

/**
 * `left`: the client hung up or reset the connection, as its kind requires. `closed`: the server ended the connection
 * without an answer. `no answer`: neither an answer nor an end came in time. `refused`: nothing listens on the port.
 */
export type Outcome = { readonly status: number } | 'closed' | 'left' | 'no answer' | 'refused';

const PAUSE_MS = 2;
/** Longer than any request takes on a busy machine. */
const ANSWER_MS = 15_000;

export function deliver(port: number, { chunks, ending, slowly }: Delivery): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const received: Buffer[] = [];
  let hasLeft = false;
  const finish = (outcome: Outcome): void => {
    clearTimeout(timer);
    // Without lingering, so that thousands of connections leave no ports occupied.
    socket.resetAndDestroy();
    resolve(outcome);
  };
  const timer = setTimeout(() => finish('no answer'), ANSWER_MS);
  const statusOf = (): Outcome | undefined => {
    const status = /^HTTP\/1\.1 (?!100)(\d{3})|\r\n\r\nHTTP\/1\.1 (\d{3})/.exec(
      Buffer.concat(received).toString('latin1', 0, 1000),
    );
    return status === null ? undefined : { status: Number(status[1] ?? status[2]) };
  };
  socket.on('data', (bytes) => {
    received.push(bytes);
    const outcome = ending === 'await answer' ? statusOf() : undefined;
    if (outcome !== undefined) finish(outcome);
  });
  socket.on('error', (error) => finish('code' in error && error.code === 'ECONNREFUSED' ? 'refused' : 'closed'));
  socket.on('close', () => finish(hasLeft ? 'left' : (statusOf() ?? 'closed')));
  socket.on('connect', async () => {
    for (const chunk of chunks) {
      if (socket.destroyed) return;
      socket.write(chunk);
      if (slowly) await new Promise((done) => setTimeout(done, PAUSE_MS));
    }
    if (ending === 'reset') {
      // The bytes must have been sent before the reset, which would overtake them.
      socket.write('', () => finish('left'));
    } else if (ending === 'hang up') {
      hasLeft = true;
      socket.end();
    }
  });
  return promise;
}
