// What the front (front.ts) and a service agree on: a request whose body is whole becomes a call, a call an answer. A service
// never sees a socket, so nothing a client does to its connection can reach it.

import type { IncomingHttpHeaders } from 'node:http';
import type { EntriesFault, OperationName } from '../faults.ts';

/** A request without its body. Path and query are as sent: nothing in them is decoded. */
export interface RequestHead {
  readonly method: string;
  /** Up to the `?`, beginning with `/`. */
  readonly path: string;
  /** After the `?`; empty when there is none. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
}

/** A request whose body has arrived, and the way to learn that its client is gone. */
export interface Exchange extends RequestHead {
  hungUp(): boolean;
  /** Calls back when the client hangs up before it has the whole answer. */
  onHangUp(listener: () => void): void;
}

export interface Answer {
  readonly status: number;
  /** `content-length` is added unless it is given. */
  readonly headers: Readonly<Record<string, string | number>>;
  /** Chunks are written one after the other, as fast as the client reads; without a `content-length` they are sent chunked. */
  readonly body: string | Uint8Array | Iterable<Uint8Array>;
}

/** What a request asks for. */
export interface Call {
  /** As faults and counters name it: `sqs:SendMessage`. */
  readonly operation: OperationName;
  /**
   * Has the effect and answers; what it throws is answered as an internal failure, so a service turns its own errors into answers.
   * @param refused entries of a batch that have no effect
   */
  run(refused?: EntriesFault): Answer | Promise<Answer>;
}

/** Takes the body of one request. */
export interface Receiver {
  /** The next bytes. @throws {RequestFailure} to refuse the request; the rest of its body is dropped */
  write(chunk: Buffer): void;
  /** All bytes were there. Not called when the client hung up before. @throws {RequestFailure} to refuse the request */
  complete(exchange: Exchange): Call;
}

/** A failure in the front's words, for a service to write in its own format. */
export interface FailureDetails {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export interface Service {
  /** Opens a request, before any of its body is there. @throws {RequestFailure} to refuse it */
  receive(head: RequestHead): Receiver;
  /** An error answer in the form that clients of this service understand. */
  failure(details: FailureDetails): Answer;
}

/** A request that is refused before it becomes a call. */
export class RequestFailure extends Error implements FailureDetails {
  readonly status: number;
  readonly code: string;

  constructor({ status, code, message }: FailureDetails) {
    super(message);
    this.name = 'RequestFailure';
    this.status = status;
    this.code = code;
  }
}
