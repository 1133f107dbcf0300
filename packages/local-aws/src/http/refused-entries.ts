// A batch of SQS of which some entries fail because of a requested fault.

import type { EntriesFault } from '../faults.ts';
import type { SqsEngine } from '../sqs/engine.ts';
import { type Input, type Output, optionalText } from '../sqs/input.ts';
import { readEntries } from '../sqs/operations/batch.ts';

/**
 * Calls with the first entries; the last ones are answered as failed by SQS's own fault. @throws {SqsError} as the call
 */
export function callRefusing(
  engine: SqsEngine,
  input: Input,
  { entries: count }: EntriesFault,
  call: (input: Input) => Output,
): Output {
  const all = readEntries(input);
  const accepted = all.slice(0, Math.max(0, all.length - count));
  if (accepted.length === 0) engine.queueByUrl(optionalText(input, 'QueueUrl'));
  const output = accepted.length === 0 ? {} : call({ ...input, Entries: accepted });
  const failed = all.slice(accepted.length).map(({ Id }) => ({
    Id,
    Code: 'InternalError',
    Message: 'This failure was injected.',
    SenderFault: false,
  }));
  return { ...output, Failed: [...(Array.isArray(output.Failed) ? output.Failed : []), ...failed] };
}
