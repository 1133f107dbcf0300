// The one place where an HTTP request becomes a call: its body is read, requested faults are applied, and the service
// answers. Every error is answered in the service's own format and logged; no request can end the process.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EntriesFault, Fault, Faults } from '../faults.ts';
import type { ErrorLog } from './error-log.ts';
import { readBody, type SlowBodies } from './read-body.ts';
import { sendAnswer } from './send-answer.ts';
import {
  type Answer,
  type Call,
  type FailureDetails,
  RequestFailure,
  type RequestHead,
  type Service,
} from './service.ts';

export interface FrontOptions {
  /** The service that a request is for. */
  serviceOf(head: RequestHead): Service;
  readonly faults: Faults | undefined;
  readonly slow: SlowBodies;
  readonly log: ErrorLog;
  /** The clock for the date of answers; the machine's clock unless given. */
  readonly clock?: { now(): number } | undefined;
}

export type Listener = (request: IncomingMessage, response: ServerResponse, expectsContinue?: boolean) => void;

const INTERNAL: FailureDetails = {
  status: 500,
  code: 'InternalFailure',
  message: 'The request failed because of an internal error. The log of the embedded AWS has its cause.',
};

function headOf(request: IncomingMessage): RequestHead {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: request.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers: request.headers,
  };
}

/** The request listener. */
export function createFront({ serviceOf, faults, slow, log, clock }: FrontOptions): Listener {
  return (request, response, expectsContinue = false) => {
    const head = headOf(request);
    const service = serviceOf(head);
    const exchange = new HttpExchange(service, response, { log, clock });
    readBody(request, slow, {
      expectsContinue,
      open() {
        const receiver = service.receive(head);
        if (expectsContinue) response.writeContinue();
        return receiver;
      },
      done(receiver) {
        let call: Call;
        try {
          call = receiver.complete({
            ...head,
            hungUp: () => response.destroyed,
            onHangUp: (listener) => void response.on('close', () => response.writableFinished || listener()),
          });
        } catch (error) {
          exchange.failed(error);
          return;
        }
        if (faults === undefined) exchange.run(call);
        else exchange.runWithFaults(call, faults);
      },
      failed: (error, closes) => exchange.failed(error, closes),
    });
  };
}

const nothing = (): void => {};

/** One request until its answer is sent. */
class HttpExchange {
  readonly #service: Service;
  readonly #response: ServerResponse;
  readonly #log: ErrorLog;
  readonly #clock: FrontOptions['clock'];
  #operation = 'unknown';

  constructor(service: Service, response: ServerResponse, { log, clock }: Pick<FrontOptions, 'log' | 'clock'>) {
    this.#service = service;
    this.#response = response;
    this.#log = log;
    this.#clock = clock;
    // A client that disconnects while it is answered; `close` follows.
    response.on('error', nothing);
  }

  run(call: Call, after?: Fault, refused?: EntriesFault): void {
    this.#operation = call.operation;
    const answered = (answer: Answer): void => {
      if (after === undefined) this.#send(answer);
      else this.#fault(after);
    };
    try {
      const answer = call.run(refused);
      if (answer instanceof Promise) answer.then(answered).catch((error: unknown) => this.failed(error));
      else answered(answer);
    } catch (error) {
      this.failed(error);
    }
  }

  runWithFaults(call: Call, faults: Faults): void {
    const { operation } = call;
    const run = (): void => {
      try {
        const before = faults.before?.(operation);
        if (before === undefined) this.run(call, faults.after?.(operation), faults.entries?.(operation));
        else this.#fault(before);
      } catch (error) {
        this.failed(error);
      }
    };
    const delayMs = faults.delayMs?.(operation) ?? 0;
    // Unreferenced: a call that is still delayed when the server closes does not keep the process running.
    if (delayMs > 0) setTimeout(run, delayMs).unref();
    else run();
  }

  /** Answers a request that could not be read, or whose call threw. */
  failed(error: unknown, closes = false): void {
    if (closes) {
      this.#response.shouldKeepAlive = false;
      this.#response.once('finish', () => this.#response.socket?.destroySoon());
    }
    if (error instanceof RequestFailure) {
      this.#send(this.#service.failure(error));
      return;
    }
    this.#log(this.#operation, error);
    this.#send(this.#service.failure(INTERNAL));
  }

  #fault(fault: Fault): void {
    if (fault === 'reset') this.#response.socket?.resetAndDestroy();
    else this.#send(this.#service.failure({ message: 'This failure was injected.', ...fault }));
  }

  #send(answer: Answer): void {
    try {
      if (this.#clock !== undefined && !this.#response.headersSent) {
        this.#response.setHeader('date', new Date(this.#clock.now()).toUTCString());
      }
      sendAnswer(this.#response, answer);
    } catch (error) {
      this.#log(this.#operation, error);
      if (this.#response.headersSent) this.#response.destroy();
      else sendAnswer(this.#response, this.#service.failure(INTERNAL));
    }
  }
}
