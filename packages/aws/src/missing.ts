// AWS says that something was not found without saying what: "Requested resource not found". Here it gets its name.
import type { MiddlewareStack } from '@smithy/types';
import { errorName } from './errors.ts';

const KINDS: Readonly<Record<string, 'table' | 'bucket' | 'queue'>> = {
  ResourceNotFoundException: 'table',
  NoSuchBucket: 'bucket',
  QueueDoesNotExist: 'queue',
  'AWS.SimpleQueueService.NonExistentQueue': 'queue',
};

/** What of a call's input names its resource. */
interface NamingInput {
  readonly TableName?: unknown;
  readonly RequestItems?: object;
  readonly Bucket?: unknown;
  readonly QueueName?: unknown;
  readonly QueueUrl?: unknown;
}

/** True for an error of AWS that says that a table, bucket or queue is not there. */
export const isMissing = (error: unknown): boolean => errorName(error) in KINDS;

/** Makes such errors of a client say which resource it is, and how it is made. Their names stay. */
export function nameWhatIsMissing<Input extends object, Output extends object>(
  stack: MiddlewareStack<Input, Output>,
): void {
  stack.add(
    (next) => async (call) => {
      try {
        return await next(call);
      } catch (error) {
        const kind = KINDS[errorName(error)];
        if (kind !== undefined && Error.isError(error)) {
          error.message = `There is no ${kind} "${resourceOf(call.input)}". Make it with \`movie-load setup\`, or correct its name in the environment.`;
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
