// DynamoDB in the AWS JSON 1.0 protocol.

import { randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { DynamoDbEngine } from '../dynamodb/engine.ts';
import { DynamoDbError, serializationError } from '../dynamodb/errors.ts';
import { type Input, isObject } from '../dynamodb/input.ts';
import { jsonOf } from '../dynamodb/output.ts';
import { bufferedBody } from './buffered-body.ts';
import { JSON_TYPE, targetOperation } from './json.ts';
import { isWithinLimits, type StructureLimits } from './json-structure.ts';
import type { Answer, Service } from './service.ts';

/**
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html: 16 MB of a batch, and its JSON
 * syntax.
 */
const MAX_BODY_BYTES = 16 * 1024 * 1024 + 64 * 1024;

/** A batch of 16 MB of movies has a million parts; an item of 400 KB at most 205,000 elements. */
const LIMITS: StructureLimits = { maxParts: 1_500_000, maxLength: 210_000, maxDepth: 10_000 };
/** Smaller bodies are parsed quickly in any case. */
const MIN_CHECKED_BYTES = 256 * 1024;

/** @throws {DynamoDbError} `SerializationException` when the body is not a JSON object */
function parseJson(body: Buffer): Input {
  if (body.length >= MIN_CHECKED_BYTES && !isWithinLimits(body, LIMITS)) {
    throw serializationError('The request body has too many parts, or is nested too deeply.');
  }
  let input: unknown;
  try {
    input = body.length === 0 ? {} : JSON.parse(body.toString());
  } catch {
    throw serializationError('The request body is not JSON.');
  }
  if (!isObject(input)) throw serializationError('The request body is not a JSON object.');
  return input;
}

function answer(status: number, body: Buffer): Answer {
  return {
    status,
    headers: { 'content-type': JSON_TYPE, 'x-amzn-requestid': randomUUID(), 'x-amz-crc32': crc32(body) },
    body,
  };
}

const errorAnswer = (status: number, body: object): Answer => answer(status, Buffer.from(JSON.stringify(body)));

function run(engine: DynamoDbEngine, operation: string, body: Buffer, unprocessed = 0): Answer {
  try {
    return answer(200, jsonOf(engine.callLeavingUnprocessed(unprocessed, operation, parseJson(body))));
  } catch (error) {
    if (error instanceof DynamoDbError) return errorAnswer(error.status, error.body());
    throw error;
  }
}

export function createDynamoDbService(engine: DynamoDbEngine): Service {
  return {
    receive: (head) =>
      bufferedBody(head, { maxBytes: MAX_BODY_BYTES }, (request, body) => {
        const operation = targetOperation(request);
        return {
          operation: `dynamodb:${operation}`,
          run: (entriesFault) => run(engine, operation, body, entriesFault?.entries),
        };
      }),
    failure: ({ status, code, message }) =>
      errorAnswer(status, { __type: `com.amazonaws.dynamodb.v20120810#${code}`, message }),
  };
}
