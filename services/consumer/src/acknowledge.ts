// Deleting what is stored (or stands in the dead-letter queue), entry by entry until none is left.
import type { BatchFailure, QueuePort, ReceivedMessage } from '@movie-load/aws';
import { pause, type RetryOptions, retry } from './retry.ts';

/** SQS's codes for a handle that has expired or is no longer the message's: somebody else has the message now. */
const GONE = new Set([
  'InvalidParameterValue',
  'InvalidParameterValueException',
  'MessageNotInflight',
  'AWS.SimpleQueueService.MessageNotInflight',
  'ReceiptHandleIsInvalid',
]);

/** True when nothing can be done with this receipt handle any more. */
export function handleIsGone({ code, senderFault }: BatchFailure): boolean {
  return senderFault || GONE.has(code);
}

/**
 * Deletes the messages; refused entries are tried again, expired handles ignored: their messages will be delivered
 * again, which changes nothing. Throws only when the signal is aborted, or for our own bugs.
 */
export async function acknowledge(
  queue: Pick<QueuePort, 'delete'>,
  messages: readonly ReceivedMessage[],
  options: RetryOptions,
): Promise<void> {
  let handles = messages.map(({ receiptHandle }) => receiptHandle);
  for (let attempt = 0; handles.length > 0; attempt++) {
    if (attempt > 0) await pause(options, attempt - 1);
    const failures = await retry(() => queue.delete(handles, { signal: options.signal }), options);
    handles = failures.filter((failure) => !handleIsGone(failure)).flatMap(({ index }) => handles[index] ?? []);
  }
}
