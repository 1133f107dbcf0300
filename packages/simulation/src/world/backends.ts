// Connects the three services of a simulated world to the network: their operations, errors, and batches that fail in
// part.
import { ProvisionedThroughputExceededException } from '@aws-sdk/client-dynamodb';
import type { Backend, BatchFaults, Service } from '../engine/backend.ts';
import { dynamodbError, networkError, s3Error, sqsError } from '../services/errors.ts';
import { batchOf, splitBatch } from './batch-calls.ts';
import type { Services } from './services.ts';

export interface BackendOptions extends Services {
  readonly isDown: (service: Service) => boolean;
  readonly count: (branch: string) => void;
}

export function backendsOf({ sqs, dynamodb, s3, isDown, count }: BackendOptions): Readonly<Record<Service, Backend>> {
  return {
    sqs: {
      apply: (operation, input, { name }) => sqs.apply(operation, input, name),
      batchOf,
      applyWithEntryFaults: (operation, input, { name }, batchFaults) =>
        applyWithEntryFaults(operation, input, batchFaults, {
          apply: (request) => sqs.apply(operation, request, name),
          expire: (handle) => sqs.expire(input, handle),
        }),
      throttlingError: () => sqsError('RequestThrottled', 'Request is throttled.', 403),
      serviceError: (operation, dice) =>
        dice.chance(0.5) ? networkError('ECONNREFUSED', operation) : sqsError('InternalFailure', 'internal error', 500),
      isDown: () => isDown('sqs'),
    },
    dynamodb: {
      apply(operation, input) {
        try {
          return dynamodb.apply(operation, input);
        } catch (error) {
          if (error instanceof Error && error.name === 'ConditionalCheckFailedException')
            count(`${operation}: condition failed`);
          throw error;
        }
      },
      batchOf,
      applyWithEntryFaults: (operation, input, _caller, batchFaults) =>
        applyWithEntryFaults(operation, input, batchFaults, {
          apply: (request) => dynamodb.apply(operation, request),
          expire: () => {},
        }),
      throttlingError: () =>
        new ProvisionedThroughputExceededException({ message: 'slower', $metadata: { httpStatusCode: 400 } }),
      serviceError: (operation, dice) =>
        dice.chance(0.5)
          ? networkError('ECONNREFUSED', operation)
          : dynamodbError('InternalServerError', 'internal', 500),
      isDown: () => isDown('dynamodb'),
    },
    s3: {
      apply: (operation, input) => s3.apply(operation, input),
      throttlingError: () => s3Error('SlowDown', 'Please reduce your request rate.', 503),
      serviceError: (operation, dice) =>
        dice.chance(0.5) ? networkError('ECONNREFUSED', operation) : s3Error('InternalError', 'internal', 500),
      isDown: () => isDown('s3'),
    },
  };
}

interface BatchEffects {
  readonly apply: (request: object) => object;
  /** A receipt handle expires. */
  readonly expire: (handle: string) => void;
}

/** Applies the entries of a batch that take effect, and returns the answer for the whole batch. */
function applyWithEntryFaults(
  operation: string,
  input: object,
  batchFaults: BatchFaults,
  { apply, expire }: BatchEffects,
): object {
  const splitRequest = splitBatch(operation, input, batchFaults);
  if (splitRequest === undefined) throw new Error(`${operation} is not a batch`);
  for (const handle of splitRequest.expired) expire(handle);
  return splitRequest.answer(splitRequest.request === undefined ? {} : apply(splitRequest.request));
}
