// The listener of the HTTP server: it reads a request's body, turns the request into a call of its service, injects
// faults, and sends the answer. Every error is answered in the service's own format; internal errors are logged. No
// request can end the process.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EntriesFault, Fault, Faults } from '../faults.ts';
import type { ErrorLog } from './error-log.ts';
import { type BodyTimeouts, readBody } from './read-body.ts';
import { sendAnswer } from './send-answer.ts';
import {
  type Answer,
  type Call,
  type FailureDetails,
  RequestFailure,
  type RequestHead,
  type Service,
} from './service.ts';

export interface RequestListenerOptions {
  /** The service that a request is for. */
  serviceOf(head: RequestHead): Service;
  readonly faults: Faults | undefined;
  readonly bodyTimeouts: BodyTimeouts;
  readonly log: ErrorLog;
  /** The clock for the date of answers; the machine's clock unless given. */
  readonly clock?: { now(): number } | undefined;
}

export type RequestListener = (request: IncomingMessage, response: ServerResponse, expectsContinue?: boolean) => void;

const INTERNAL: FailureDetails = {
  status: 500,
  code: 'InternalFailure',
  message: 'The request failed because of an internal error. The log of the embedded AWS has its cause.',
};

function headOf(request: IncomingMessage): RequestHead {
  const url = request.url ?? '/';
  const questionMark = url.indexOf('?');
  return {
    method: request.method ?? 'GET',
    path: questionMark < 0 ? url : url.slice(0, questionMark),
    query: questionMark < 0 ? '' : url.slice(questionMark + 1),
    headers: request.headers,
  };
}

/** Creates the listener for requests of all services. */
export function createRequestListener({
  serviceOf,
  faults,
  bodyTimeouts,
  log,
  clock,
}: RequestListenerOptions): RequestListener {
  return (request, response, expectsContinue = false) => {
    const head = headOf(request);
    const service = serviceOf(head);
    const responder = new Responder(service, response, { log, clock });
    readBody(request, bodyTimeouts, {
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
            isDisconnected: () => response.destroyed,
            onDisconnect: (listener) => void response.on('close', () => response.writableFinished || listener()),
          });
        } catch (error) {
          responder.fail(error);
          return;
        }
        if (faults === undefined) responder.run(call);
        else responder.runWithFaults(call, faults);
      },
      failed: (error, closeConnection) => responder.fail(error, closeConnection),
    });
  };
}

const nothing = (): void => {};

/** Runs the call of one request and sends its answer. */
class Responder {
  readonly #service: Service;
  readonly #response: ServerResponse;
  readonly #log: ErrorLog;
  readonly #clock: RequestListenerOptions['clock'];
  #operation = 'unknown';

  constructor(
    service: Service,
    response: ServerResponse,
    { log, clock }: Pick<RequestListenerOptions, 'log' | 'clock'>,
  ) {
    this.#service = service;
    this.#response = response;
    this.#log = log;
    this.#clock = clock;
    // The client disconnected during the answer; `close` follows.
    response.on('error', nothing);
  }

  run(call: Call, faultAfter?: Fault, entriesFault?: EntriesFault): void {
    this.#operation = call.operation;
    const onAnswer = (answer: Answer): void => {
      if (faultAfter === undefined) this.#send(answer);
      else this.#injectFault(faultAfter);
    };
    try {
      const answer = call.run(entriesFault);
      if (answer instanceof Promise) answer.then(onAnswer).catch((error: unknown) => this.fail(error));
      else onAnswer(answer);
    } catch (error) {
      this.fail(error);
    }
  }

  runWithFaults(call: Call, faults: Faults): void {
    const { operation } = call;
    const run = (): void => {
      try {
        const faultBefore = faults.before?.(operation);
        if (faultBefore === undefined) this.run(call, faults.after?.(operation), faults.entries?.(operation));
        else this.#injectFault(faultBefore);
      } catch (error) {
        this.fail(error);
      }
    };
    const delayMs = faults.delayMs?.(operation) ?? 0;
    // Unreferenced: a call that is still delayed when the server closes does not keep the process running.
    if (delayMs > 0) setTimeout(run, delayMs).unref();
    else run();
  }

  /** Answers a request that could not be read, or whose call threw. */
  fail(error: unknown, closeConnection = false): void {
    if (closeConnection) {
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

  #injectFault(fault: Fault): void {
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
