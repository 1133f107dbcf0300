// The three services of a simulated world, as the network sees them: what they do, in part or not at all.
import { ProvisionedThroughputExceededException } from '@aws-sdk/client-dynamodb';
import type { Dice } from '../engine/dice.ts';
import type { Backend, Service } from '../engine/network.ts';
import { dynamodbError, networkError, s3Error, sqsError } from '../services/errors.ts';
import { NAMES, urlOf } from './names.ts';
import type { Services } from './services.ts';

export interface BackendOptions extends Services {
  readonly down: (service: Service) => boolean;
  readonly count: (branch: string) => void;
}

export function backendsOf({ sqs, dynamodb, s3, down, count }: BackendOptions): Readonly<Record<Service, Backend>> {
  return {
    sqs: {
      apply: (operation, input, { name }) => sqs.apply(operation, input, name),
      applyPartly(operation, input, { name }, dice) {
        const { kept, refused } = split(input, 'Entries', dice);
        if (refused.length === 0) return undefined;
        const failed = refused.map(({ Id }) =>
          // A dead letter may also be refused for good; its message must stay where it is then.
          operation === 'SendMessageBatch' && isDeadLetterQueue(input) && dice.chance(0.5)
            ? { Id, Code: 'KmsAccessDenied', Message: 'no access to the key', SenderFault: true }
            : { Id, Code: 'InternalError', Message: 'try again', SenderFault: false },
        );
        count(`part of a batch refused: ${operation}`);
        if (kept.length === 0) return { Failed: failed };
        const output = sqs.apply(operation, { ...input, Entries: kept }, name);
        const own: unknown = 'Failed' in output ? output.Failed : [];
        return { ...output, Failed: [...(Array.isArray(own) ? own : []), ...failed] };
      },
      throttled: () => sqsError('RequestThrottled', 'Request is throttled.', 403),
      ill: (operation, dice) =>
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
      applyPartly(operation, input, _caller, dice) {
        if (operation !== 'BatchWriteItem' || !('RequestItems' in input)) return undefined;
        const items: unknown = input.RequestItems;
        if (typeof items !== 'object' || items === null) return undefined;
        const { kept, refused } = split(items, NAMES.table, dice);
        if (refused.length === 0) return undefined;
        count('unprocessed items');
        if (kept.length > 0) dynamodb.apply(operation, { ...input, RequestItems: { [NAMES.table]: kept } });
        return { UnprocessedItems: { [NAMES.table]: refused } };
      },
      throttled: () =>
        new ProvisionedThroughputExceededException({ message: 'slower', $metadata: { httpStatusCode: 400 } }),
      ill: (operation, dice) =>
        dice.chance(0.5)
          ? networkError('ECONNREFUSED', operation)
          : dynamodbError('InternalServerError', 'internal', 500),
      down: () => down('dynamodb'),
    },
    s3: {
      apply: (operation, input) => s3.apply(operation, input),
      throttled: () => s3Error('SlowDown', 'Please reduce your request rate.', 503),
      ill: (operation, dice) =>
        dice.chance(0.5) ? networkError('ECONNREFUSED', operation) : s3Error('InternalError', 'internal', 500),
      down: () => down('s3'),
    },
  };
}

const isDeadLetterQueue = (input: object) => 'QueueUrl' in input && input.QueueUrl === urlOf(NAMES.dlq);

type Entry = Readonly<Record<string, unknown>>;

function split(
  input: object,
  name: string,
  dice: Dice,
): { readonly kept: readonly Entry[]; readonly refused: readonly Entry[] } {
  const list: unknown = Object.entries(input).find(([key]) => key === name)?.[1];
  const entries: readonly Entry[] = Array.isArray(list) ? list : [];
  const kept: Entry[] = [];
  const refused: Entry[] = [];
  for (const entry of entries) (dice.chance(0.5) ? kept : refused).push(entry);
  return { kept, refused };
}
