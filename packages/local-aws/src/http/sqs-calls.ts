// Runs SQS operations for HTTP requests, for both protocols (JSON and Query).

import type { EntriesFault } from '../faults.ts';
import { SqsError } from '../sqs/errors.ts';
import type { Input, Output } from '../sqs/input.ts';
import type { LongPolls } from '../sqs/long-polls.ts';
import type { CallContext } from '../sqs/operations/operation.ts';
import { callRefusingEntries } from './refused-entries.ts';
import type { Answer, ReceivedRequest } from './service.ts';

/** The limit of a request: ten entries with 1 MiB together, where JSON may use six characters for a byte (`\u0041`). */
export const MAX_SQS_BODY_BYTES = 8 * 1024 * 1024;

/** How a protocol writes the result of a call. */
export interface AnswerFormat {
  ok(output: Output): Answer;
  error(error: SqsError): Answer;
}

/** Queue URLs begin with the scheme and host by which the client reached the server. */
function contextOf({ headers }: ReceivedRequest): CallContext {
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
  readInput: () => Input,
  request: ReceivedRequest,
  format: AnswerFormat,
  entriesFault?: EntriesFault,
): Answer | Promise<Answer> {
  const errorAnswer = (error: unknown): Answer => {
    if (error instanceof SqsError) return format.error(error);
    throw error;
  };
  try {
    const input = readInput();
    if (operation === 'ReceiveMessage') return receive(polls, input, request).then(format.ok).catch(errorAnswer);
    const { engine } = polls;
    const call = (input: Input): Output => engine.call(operation, input, contextOf(request));
    return format.ok(entriesFault === undefined ? call(input) : callRefusingEntries(engine, input, entriesFault, call));
  } catch (error) {
    return errorAnswer(error);
  }
}

function receive(polls: LongPolls, input: Input, request: ReceivedRequest): Promise<Output> {
  return new Promise((resolve, reject) => {
    // A client that has disconnected must not receive a message.
    if (request.isDisconnected()) return;
    request.onDisconnect(polls.receive(input, resolve, reject, contextOf(request)));
  });
}
