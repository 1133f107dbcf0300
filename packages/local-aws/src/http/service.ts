// The interface between the request listener (request-listener.ts) and the services: a request with a complete body
// becomes a call, and a call an answer. A service has no access to sockets, so it does not depend on the connection.

import type { IncomingHttpHeaders } from 'node:http';
import type { EntriesFault, OperationName } from '../faults.ts';

/** A request without its body. Path and query are not decoded. */
export interface RequestHead {
  readonly method: string;
  /** Up to the `?`. It begins with `/`, unless the client sends a whole URL, as to a proxy. */
  readonly path: string;
  /** After the `?`; empty without a query. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
}

/** A request whose body has arrived, and a way to learn that its client has disconnected. */
export interface ReceivedRequest extends RequestHead {
  isDisconnected(): boolean;
  /** Calls back when the client disconnects before it has the whole answer. */
  onDisconnect(listener: () => void): void;
}

export interface Answer {
  readonly status: number;
  /** `content-length` is added unless it is given. */
  readonly headers: Readonly<Record<string, string | number>>;
  /**
   * Chunks are written one after another, as fast as the client reads; without a `content-length` header they are sent
   * with chunked transfer encoding.
   */
  readonly body: string | Uint8Array | Iterable<Uint8Array>;
}

/** The operation that a request calls. */
export interface Call {
  /** Its name for faults and counters: `sqs:SendMessage`. */
  readonly operation: OperationName;
  /**
   * Executes the operation and answers. An exception other than `RequestFailure` is answered as an internal failure, so a
   * service converts its own errors.
   * @param entriesFault entries of a batch that have no effect
   * @throws {RequestFailure} to refuse the request
   */
  run(entriesFault?: EntriesFault): Answer | Promise<Answer>;
}

/** Receives the body of one request. */
export interface Receiver {
  /** The next bytes. @throws {RequestFailure} to refuse the request; the rest of its body is dropped */
  write(chunk: Buffer): void;
  /**
   * The body is complete. Not called when the client disconnected before. @throws {RequestFailure} to refuse the
   * request
   */
  complete(request: ReceivedRequest): Call;
}

/** A failure, independent of the format in which the service writes it. */
export interface FailureDetails {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export interface Service {
  /** Opens a request before its body arrives. @throws {RequestFailure} to refuse it */
  receive(head: RequestHead): Receiver;
  /** An error answer in the format of this service's clients. */
  failure(details: FailureDetails): Answer;
}

/** A refused request: it is answered with the service's `failure`, and not logged. */
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
