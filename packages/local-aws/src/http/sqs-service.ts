// Carries out SQS requests that came over HTTP, whichever protocol they speak.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { SqsError } from '../sqs/errors.ts';
import type { Input, Output } from '../sqs/input.ts';
import type { LongPolls } from '../sqs/long-polls.ts';

/** How a protocol writes what came of a call. */
export interface Reply {
  readonly ok: (output: Output) => void;
  readonly failed: (error: SqsError) => void;
}

function asSqsError(error: unknown): SqsError {
  if (error instanceof SqsError) return error;
  return new SqsError('InternalFailure', error instanceof Error ? error.stack : String(error));
}

/** Scheme and host by which the client reached us: queue URLs begin with it. */
export function originOf(request: IncomingMessage): string {
  return `http://${request.headers.host ?? 'localhost'}`;
}

/** Reads the input, calls the engine and replies; a long poll replies later, unless its client hangs up before. */
export function serveSqs(
  polls: LongPolls,
  operation: string,
  read: () => Input,
  exchange: { request: IncomingMessage; response: ServerResponse },
  reply: Reply,
): void {
  const failed = (error: unknown): void => reply.failed(asSqsError(error));
  try {
    const input = read();
    if (operation === 'ReceiveMessage') {
      if (exchange.response.destroyed) return;
      const cancel = polls.receive(input, reply.ok, failed);
      exchange.response.on('close', cancel);
      return;
    }
    reply.ok(polls.engine.call(operation, input, originOf(exchange.request)));
  } catch (error) {
    failed(error);
  }
}
