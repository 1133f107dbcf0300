// Lets a request's body arrive. What the client sends too slowly, or goes on sending after it was refused, is dropped.

import type { IncomingMessage } from 'node:http';
import { type Receiver, RequestFailure } from './service.ts';

/** A refused client that goes on sending is read this far, so that it gets the answer instead of a broken connection. */
const MAX_DRAIN_BYTES = 64 * 1024 * 1024;

const TIMED_OUT = new RequestFailure({
  status: 400,
  code: 'RequestTimeout',
  message:
    'Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed.',
});

/** Ends requests whose bytes stop coming: S3 waits 20 s for the next one. */
export class SlowBodies {
  readonly #open = new Map<object, { lastByteAt: number; readonly timedOut: () => void }>();
  readonly #idleMs: number;
  readonly #timer: NodeJS.Timeout;

  constructor(idleMs: number) {
    this.#idleMs = idleMs;
    this.#timer = setInterval(() => this.#sweep(), Math.ceil(idleMs / 4));
    this.#timer.unref();
  }

  watch(key: object, timedOut: () => void): void {
    this.#open.set(key, { lastByteAt: performance.now(), timedOut });
  }

  touch(key: object): void {
    const open = this.#open.get(key);
    if (open !== undefined) open.lastByteAt = performance.now();
  }

  forget(key: object): void {
    this.#open.delete(key);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#open.clear();
  }

  #sweep(): void {
    const before = performance.now() - this.#idleMs;
    for (const [key, { lastByteAt, timedOut }] of [...this.#open]) {
      if (lastByteAt > before) continue;
      this.#open.delete(key);
      timedOut();
    }
  }
}

export interface BodyReader {
  /** Opens the receiver. What it throws refuses the request. */
  open(): Receiver;
  /** The client waits for `100 Continue`, so a refusal needs no body read. */
  readonly expectsContinue: boolean;
  /** The body is whole. */
  done(receiver: Receiver): void;
  /** The request was refused or timed out; `closes` when its body was not read to the end. Not called after a hang-up. */
  failed(error: unknown, closes: boolean): void;
}

/** Reads the body of `request` to its end and then calls back once; never when the client hangs up before. */
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
  request.on('error', () => finish(() => {}));
  request.on('close', () => finish(() => {}));
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
