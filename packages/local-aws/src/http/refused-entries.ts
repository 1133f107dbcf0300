// Injects a fault into a batch call of SQS: some of its entries fail.

import type { EntriesFault } from '../faults.ts';
import type { SqsEngine } from '../sqs/engine.ts';
import { type Input, type Output, optionalText } from '../sqs/input.ts';
import { readEntries } from '../sqs/operations/batch.ts';

/**
 * Executes `call` without the last `entries` entries of the batch, and adds those to its answer as failed by a fault of
 * SQS itself (`SenderFault: false`).
 * @throws {SqsError} what `call` throws, or `QueueDoesNotExist`
 */
export function callRefusingEntries(
  engine: SqsEngine,
  input: Input,
  { entries: refusedCount }: EntriesFault,
  call: (input: Input) => Output,
): Output {
  const entries = readEntries(input);
  const accepted = entries.slice(0, Math.max(0, entries.length - refusedCount));
  // Without an accepted entry nothing is called, but a missing queue must still be reported.
  if (accepted.length === 0) engine.queueByUrl(optionalText(input, 'QueueUrl'));
  const output = accepted.length === 0 ? {} : call({ ...input, Entries: accepted });
  const failed = entries.slice(accepted.length).map(({ Id }) => ({
    Id,
    Code: 'InternalError',
    Message: 'This failure was injected.',
    SenderFault: false,
  }));
  return { ...output, Failed: [...(Array.isArray(output.Failed) ? output.Failed : []), ...failed] };
}
