// Executes SQS requests that arrived over HTTP, for both protocols.

import type { EntriesFault } from '../faults.ts';
import { SqsError } from '../sqs/errors.ts';
import type { Input, Output } from '../sqs/input.ts';
import type { LongPolls } from '../sqs/long-polls.ts';
import type { CallContext } from '../sqs/operations/operation.ts';
import { callRefusing } from './refused-entries.ts';
import type { Answer, Exchange } from './service.ts';

/** The largest SQS request: ten entries of 1 MiB together, with six characters for each byte (`\u0041`). */
export const MAX_SQS_BODY_BYTES = 8 * 1024 * 1024;

/** How a protocol writes the result of a call. */
export interface Reply {
  ok(output: Output): Answer;
  failed(error: SqsError): Answer;
}

/** Queue URLs begin with the scheme and host by which the client reached the server. */
function contextOf({ headers }: Exchange): CallContext {
  const traceHeader = headers['x-amzn-trace-id'];
  return {
    origin: `http://${headers.host ?? 'localhost'}`,
    userAgent: headers['user-agent'],
    ...(typeof traceHeader === 'string' && { traceHeader }),
  };
}

/** Calls the engine and writes its answer; a long poll is answered later, unless its client disconnects before. */
export function runSqs(
  polls: LongPolls,
  operation: string,
  read: () => Input,
  exchange: Exchange,
  reply: Reply,
  refused?: EntriesFault,
): Answer | Promise<Answer> {
  const failed = (error: unknown): Answer => {
    if (error instanceof SqsError) return reply.failed(error);
    throw error;
  };
  try {
    const input = read();
    if (operation === 'ReceiveMessage') return receive(polls, input, exchange).then(reply.ok).catch(failed);
    const { engine } = polls;
    const call = (whole: Input): Output => engine.call(operation, whole, contextOf(exchange));
    return reply.ok(refused === undefined ? call(input) : callRefusing(engine, input, refused, call));
  } catch (error) {
    return failed(error);
  }
}

function receive(polls: LongPolls, input: Input, exchange: Exchange): Promise<Output> {
  return new Promise((resolve, reject) => {
    // A client that has disconnected must not receive a message.
    if (exchange.hungUp()) return;
    exchange.onHangUp(polls.receive(input, resolve, reject, contextOf(exchange)));
  });
}
