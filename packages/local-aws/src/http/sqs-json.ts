// The AWS JSON 1.0 protocol of SQS: SDK v3 and AWS CLI from 2.15 on.
// https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html

import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { SqsError } from '../sqs/errors.ts';
import { type Input, isObject, type Output } from '../sqs/input.ts';
import type { Reply } from './sqs-service.ts';

const TYPE = 'application/x-amz-json-1.0';

/** @throws {SqsError} `SerializationException` when the body is no JSON object */
export function parseJson(body: Buffer): Input {
  let input: unknown;
  try {
    input = body.length === 0 ? {} : JSON.parse(body.toString());
  } catch {
    throw new SqsError('SerializationException', 'The request body is not JSON.');
  }
  if (!isObject(input)) throw new SqsError('SerializationException', 'The request body is not a JSON object.');
  return input;
}

export function jsonReply(response: ServerResponse): Reply {
  return { ok: (output) => answer(response, output), failed: (error) => fail(response, error) };
}

function answer(response: ServerResponse, output: Output): void {
  const body = JSON.stringify(output);
  response.writeHead(200, {
    'content-type': TYPE,
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(body);
}

function fail(response: ServerResponse, error: SqsError): void {
  const body = JSON.stringify({ __type: error.shape, message: error.message });
  response.writeHead(error.status, {
    'content-type': TYPE,
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': randomUUID(),
    'x-amzn-query-error': `${error.queryCode};${error.senderFault ? 'Sender' : 'Receiver'}`,
  });
  response.end(body);
}
