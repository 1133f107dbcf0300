// The three services of a simulated world for the network, which makes their operations fail in part or as a whole.
import { ProvisionedThroughputExceededException } from '@aws-sdk/client-dynamodb';
import type { Backend, Partly, Service } from '../engine/backend.ts';
import { dynamodbError, networkError, s3Error, sqsError } from '../services/errors.ts';
import { batchOf, cutBatch } from './batch-calls.ts';
import type { Services } from './services.ts';

export interface BackendOptions extends Services {
  readonly down: (service: Service) => boolean;
  readonly count: (branch: string) => void;
}

export function backendsOf({ sqs, dynamodb, s3, down, count }: BackendOptions): Readonly<Record<Service, Backend>> {
  return {
    sqs: {
      apply: (operation, input, { name }) => sqs.apply(operation, input, name),
      batchOf,
      applyPartly: (operation, input, { name }, part) =>
        applyPartly(operation, input, part, {
          apply: (some) => sqs.apply(operation, some, name),
          expire: (handle) => sqs.expire(input, handle),
        }),
      throttled: () => sqsError('RequestThrottled', 'Request is throttled.', 403),
      serviceError: (operation, dice) =>
        dice.chance(0.5) ? networkError('ECONNREFUSED', operation) : sqsError('InternalFailure', 'internal error', 500),
      down: () => down('sqs'),
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
      applyPartly: (operation, input, _caller, part) =>
        applyPartly(operation, input, part, { apply: (some) => dynamodb.apply(operation, some), expire: () => {} }),
      throttled: () =>
        new ProvisionedThroughputExceededException({ message: 'slower', $metadata: { httpStatusCode: 400 } }),
      serviceError: (operation, dice) =>
        dice.chance(0.5)
          ? networkError('ECONNREFUSED', operation)
          : dynamodbError('InternalServerError', 'internal', 500),
      down: () => down('dynamodb'),
    },
    s3: {
      apply: (operation, input) => s3.apply(operation, input),
      throttled: () => s3Error('SlowDown', 'Please reduce your request rate.', 503),
      serviceError: (operation, dice) =>
        dice.chance(0.5) ? networkError('ECONNREFUSED', operation) : s3Error('InternalError', 'internal', 500),
      down: () => down('s3'),
    },
  };
}

interface PartlyApplied {
  readonly apply: (some: object) => object;
  /** A receipt handle expires. */
  readonly expire: (handle: string) => void;
}

/** The part of a batch that takes effect, and the answer for all of it. */
function applyPartly(operation: string, input: object, part: Partly, { apply, expire }: PartlyApplied): object {
  const cut = cutBatch(operation, input, part);
  if (cut === undefined) throw new Error(`${operation} is not a batch`);
  for (const handle of cut.expired) expire(handle);
  return cut.answer(cut.request === undefined ? {} : apply(cut.request));
}
