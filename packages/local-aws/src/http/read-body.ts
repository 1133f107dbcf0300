// Reads a request's body. Ends a request whose body stops arriving, and discards the bytes that follow a refusal.

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

/** The number of checks within one timeout: a timeout is detected at most a quarter of its length late. */
const SWEEPS_PER_TIMEOUT = 4;

/** Ends requests whose bytes stop arriving: S3 waits 20 s for the next one. */
export class BodyTimeouts {
  /** By request: the number of sweeps when its last byte arrived, and the function that ends it. */
  readonly #watched = new Map<object, { lastSweep: number; readonly timedOut: () => void }>();
  readonly #timer: NodeJS.Timeout;
  #sweepCount = 0;

  constructor(idleMs: number) {
    this.#timer = setInterval(() => this.#sweep(), Math.ceil(idleMs / SWEEPS_PER_TIMEOUT));
    this.#timer.unref();
  }

  watch(request: object, timedOut: () => void): void {
    this.#watched.set(request, { lastSweep: this.#sweepCount, timedOut });
  }

  touch(request: object): void {
    const watched = this.#watched.get(request);
    if (watched !== undefined) watched.lastSweep = this.#sweepCount;
  }

  forget(request: object): void {
    this.#watched.delete(request);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#watched.clear();
  }

  #sweep(): void {
    this.#sweepCount += 1;
    for (const [request, { lastSweep, timedOut }] of [...this.#watched]) {
      if (this.#sweepCount - lastSweep <= SWEEPS_PER_TIMEOUT) continue;
      this.#watched.delete(request);
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
   * The request was refused or timed out. Not called after the client disconnected.
   * @param closeConnection true when the body was not read to the end
   */
  failed(error: unknown, closeConnection: boolean): void;
}

const nothing = (): void => {};

/** Reads the body of `request` to its end and then calls back once; never when the client disconnects before. */
export function readBody(request: IncomingMessage, timeouts: BodyTimeouts, reader: BodyReader): void {
  let receiver: Receiver | undefined;
  let refusal: { readonly error: unknown } | undefined;
  let drainedBytes = 0;
  let isFinished = false;

  function finish(callBack: () => void): void {
    if (isFinished) return;
    isFinished = true;
    timeouts.forget(request);
    callBack();
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
    if (isFinished) return;
    timeouts.touch(request);
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
  if (!request.complete) timeouts.watch(request, () => finish(() => reader.failed(TIMED_OUT, true)));
}
