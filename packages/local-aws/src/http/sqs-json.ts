// SQS in the AWS JSON 1.0 protocol: SDK v3 and AWS CLI from 2.15 on.

import { randomUUID } from 'node:crypto';
import { SqsError } from '../sqs/errors.ts';
import { type Input, isObject } from '../sqs/input.ts';
import type { LongPolls } from '../sqs/long-polls.ts';
import { bufferedBody } from './buffered-body.ts';
import { JSON_TYPE, targetOperation } from './json.ts';
import { isWithinLimits, type StructureLimits } from './json-structure.ts';
import type { Answer, Service } from './service.ts';
import { type AnswerFormat, MAX_SQS_BODY_BYTES, runSqs } from './sqs-calls.ts';

/** Ten entries with all possible members have fewer than 1,000 lists, objects and commas. */
const LIMITS: StructureLimits = { maxParts: 10_000, maxLength: 10_000, maxDepth: 100 };
/** Smaller bodies are parsed quickly in any case. */
const MIN_CHECKED_BYTES = 128 * 1024;

/** @throws {SqsError} `SerializationException` when the body is not a JSON object */
function parseJson(body: Buffer): Input {
  if (body.length >= MIN_CHECKED_BYTES && !isWithinLimits(body, LIMITS)) {
    throw new SqsError('SerializationException', 'The request has more parts than any operation takes.');
  }
  let input: unknown;
  try {
    input = body.length === 0 ? {} : JSON.parse(body.toString());
  } catch {
    throw new SqsError('SerializationException', 'The request body is not JSON.');
  }
  if (!isObject(input)) throw new SqsError('SerializationException', 'The request body is not a JSON object.');
  return input;
}

const JSON_FORMAT: AnswerFormat = {
  ok: (output) => ({
    status: 200,
    headers: { 'content-type': JSON_TYPE, 'x-amzn-requestid': randomUUID() },
    body: JSON.stringify(output),
  }),
  error: (error) => errorAnswer(error.status, error.shape, error.queryCode, error.message),
};

function errorAnswer(status: number, shape: string, queryCode: string, message: string): Answer {
  return {
    status,
    headers: {
      'content-type': JSON_TYPE,
      'x-amzn-requestid': randomUUID(),
      'x-amzn-query-error': `${queryCode};${status < 500 ? 'Sender' : 'Receiver'}`,
    },
    body: JSON.stringify({ __type: shape, message }),
  };
}

export function createSqsJsonService(polls: LongPolls): Service {
  return {
    receive: (head) =>
      bufferedBody(head, { maxBytes: MAX_SQS_BODY_BYTES }, (request, body) => {
        const name = targetOperation(request);
        return {
          operation: `sqs:${name}`,
          run: (entriesFault) => runSqs(polls, name, () => parseJson(body), request, JSON_FORMAT, entriesFault),
        };
      }),
    failure: ({ status, code, message }) => errorAnswer(status, `com.amazonaws.sqs#${code}`, code, message),
  };
}
