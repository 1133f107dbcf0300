// AWS reports that a resource was not found without naming it: "Requested resource not found". Here the error gets the
// name.
import type { MiddlewareStack } from '@smithy/types';
import { errorName } from './errors.ts';

const RESOURCE_KINDS: Readonly<Record<string, 'table' | 'bucket' | 'queue'>> = {
  ResourceNotFoundException: 'table',
  NoSuchBucket: 'bucket',
  QueueDoesNotExist: 'queue',
  'AWS.SimpleQueueService.NonExistentQueue': 'queue',
};

/** The members of a call's input that name its resource. */
interface NamingInput {
  readonly TableName?: unknown;
  readonly RequestItems?: object;
  readonly Bucket?: unknown;
  readonly QueueName?: unknown;
  readonly QueueUrl?: unknown;
}

/** True for an error of AWS that reports a missing table, bucket or queue. */
export const isMissing = (error: unknown): boolean => errorName(error) in RESOURCE_KINDS;

/** Makes such errors of a client name the missing resource and the command that creates it. The errors' names stay. */
export function nameMissingResource<Input extends object, Output extends object>(
  stack: MiddlewareStack<Input, Output>,
): void {
  stack.add(
    (next) => async (call) => {
      try {
        return await next(call);
      } catch (error) {
        const kind = RESOURCE_KINDS[errorName(error)];
        if (kind !== undefined && Error.isError(error)) {
          error.message = `There is no ${kind} "${resourceOf(call.input)}". Create it with \`movie-load setup\`, or correct its name in the environment.`;
        }
        throw error;
      }
    },
    { name: 'movieLoadMissingMiddleware', step: 'initialize', priority: 'high' },
  );
}

function resourceOf({ TableName, RequestItems, Bucket, QueueName, QueueUrl }: NamingInput): string {
  const name = TableName ?? Object.keys(RequestItems ?? {})[0] ?? Bucket ?? QueueName ?? QueueUrl;
  return String(name).split('/').at(-1) ?? '';
}
