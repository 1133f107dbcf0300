// Answers of the Query protocol as JSON, for requests with `Accept: application/json`.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html

import { randomUUID } from 'node:crypto';
import { isObject, type Output } from '../sqs/input.ts';
import { MAP_NAMES, OPERATIONS_WITHOUT_RESULT } from './query-output.ts';
import { QUEUE_DOES_NOT_EXIST } from './query-protocol.ts';
import type { Answer, RequestHead } from './service.ts';
import type { AnswerFormat } from './sqs-calls.ts';

export function wantsJson({ headers }: RequestHead): boolean {
  return headers.accept?.split(';', 1)[0]?.trim().toLowerCase() === 'application/json';
}

/** Lists whose names begin with a lower-case letter in this format. */
const LIST_NAMES: Readonly<Record<string, string>> = { Messages: 'messages', QueueUrls: 'queueUrls' };

/** Maps are written as lists of names and values, as in the XML. */
function content(name: string, value: unknown): unknown {
  const map = MAP_NAMES[name];
  if (Array.isArray(value)) return value.map((item) => (isObject(item) ? members(item) : item));
  if (map === undefined || !isObject(value)) return value;
  return Object.entries(value).map(([key, item]) => ({ [map[1]]: key, Value: item }));
}

function members(output: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(output)) result[LIST_NAMES[name] ?? name] = content(name, value);
  // LocalStack converts the XML to JSON, so programs tested against it expect a single message under this name.
  if (Array.isArray(result.messages))
    result.Message = result.messages.length === 1 ? result.messages[0] : result.messages;
  return result;
}

function jsonAnswer(status: number, requestId: string, body: Output): Answer {
  const headers = { 'content-type': 'application/json', 'x-amzn-requestid': requestId };
  return { status, headers, body: JSON.stringify(body) };
}

export function queryJsonFormat(operation: string): AnswerFormat {
  return {
    ok(output) {
      const RequestId = randomUUID();
      const result = OPERATIONS_WITHOUT_RESULT.has(operation) ? {} : { [`${operation}Result`]: members(output) };
      return jsonAnswer(200, RequestId, { [`${operation}Response`]: { ...result, ResponseMetadata: { RequestId } } });
    },
    error({ status, code, queryCode, message }) {
      const RequestId = randomUUID();
      const details = {
        Code: queryCode,
        Detail: null,
        Message: code === 'QueueDoesNotExist' ? QUEUE_DOES_NOT_EXIST : message,
        Type: status < 500 ? 'Sender' : 'Receiver',
      };
      return jsonAnswer(status, RequestId, { Error: details, RequestId });
    },
  };
}
