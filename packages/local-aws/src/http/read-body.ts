// Reads a request's body. Bytes that arrive too slowly, or after a refusal, are dropped.

import type { IncomingMessage } from 'node:http';
import { type Receiver, RequestFailure } from './service.ts';

/**
 * The number of bytes that are read after a refusal, so that the client gets the answer instead of a broken connection.
 */
const MAX_DRAIN_BYTES = 64 * 1024 * 1024;

const TIMED_OUT = new RequestFailure({
  status: 400,
  code: 'RequestTimeout',
  message:
    'Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed.',
});

/** A silent body is detected within this fraction of the time limit. */
const SWEEPS = 4;

/** Ends requests whose bytes stop arriving: S3 waits 20 s for the next one. */
export class SlowBodies {
  /** By request: the sweep before which its last byte arrived, and the function that ends it. */
  readonly #open = new Map<object, { lastSweep: number; readonly timedOut: () => void }>();
  readonly #timer: NodeJS.Timeout;
  #sweeps = 0;

  constructor(idleMs: number) {
    this.#timer = setInterval(() => this.#sweep(), Math.ceil(idleMs / SWEEPS));
    this.#timer.unref();
  }

  watch(request: object, timedOut: () => void): void {
    this.#open.set(request, { lastSweep: this.#sweeps, timedOut });
  }

  touch(request: object): void {
    const open = this.#open.get(request);
    if (open !== undefined) open.lastSweep = this.#sweeps;
  }

  forget(request: object): void {
    this.#open.delete(request);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#open.clear();
  }

  #sweep(): void {
    this.#sweeps += 1;
    for (const [request, { lastSweep, timedOut }] of [...this.#open]) {
      if (this.#sweeps - lastSweep <= SWEEPS) continue;
      this.#open.delete(request);
      timedOut();
    }
  }
}

export interface BodyReader {
  /** Creates the receiver. An exception refuses the request. */
  open(): Receiver;
  /** The client waits for `100 Continue`, so a refused body is not read. */
  readonly expectsContinue: boolean;
  /** The body is complete. */
  done(receiver: Receiver): void;
  /**
   * The request was refused or timed out; `closes` when its body was not read to the end. Not called after the client
   * disconnected.
   */
  failed(error: unknown, closes: boolean): void;
}

const nothing = (): void => {};

/** Reads the body of `request` to its end and then calls back once; never when the client disconnects before. */
export function readBody(request: IncomingMessage, slow: SlowBodies, reader: BodyReader): void {
  let receiver: Receiver | undefined;
  let refusal: { readonly error: unknown } | undefined;
  let drainedBytes = 0;
  let over = false;

  function finish(then: () => void): void {
    if (over) return;
    over = true;
    slow.forget(request);
    then();
  }

  try {
    receiver = reader.open();
  } catch (error) {
    if (reader.expectsContinue) {
      reader.failed(error, true);
      return;
    }
    refusal = { error };
  }
  // The client has disconnected; `close` follows.
  request.on('error', nothing);
  request.on('close', () => finish(nothing));
  request.on('data', (chunk: Buffer) => {
    if (over) return;
    slow.touch(request);
    if (receiver !== undefined) {
      try {
        receiver.write(chunk);
        return;
      } catch (error) {
        receiver = undefined;
        refusal = { error };
      }
    }
    drainedBytes += chunk.length;
    if (drainedBytes > MAX_DRAIN_BYTES) finish(() => reader.failed(refusal?.error, true));
  });
  request.on('end', () =>
    finish(() => {
      if (receiver === undefined) reader.failed(refusal?.error, false);
      else if (request.complete) reader.done(receiver);
    }),
  );
  if (!request.complete) slow.watch(request, () => finish(() => reader.failed(TIMED_OUT, true)));
}
