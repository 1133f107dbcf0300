// The batch calls of the project, entry by entry: the key of each entry, and the services' answer for failed ones.
// (The project makes no other batch calls: neither BatchGetItem nor DeleteObjects.)

import type { BatchRequest, Partly } from '../engine/backend.ts';
import type { EntryFault } from '../engine/faults.ts';
import { NAMES, urlOf } from './names.ts';

type Entry = Readonly<Record<string, unknown>>;

/** A request, split into entries that take effect and entries that are answered as failed. */
export interface CutBatch {
  /** The request with the entries that take effect; undefined without any. */
  readonly request: object | undefined;
  /** Receipt handles that are refused for good, half of them because their messages are visible again. */
  readonly expired: readonly string[];
  /** The service's answer, with the failed entries in it. */
  answer(output: object): object;
}

interface BatchCall {
  readonly kinds: readonly EntryFault[];
  entries(input: object): readonly Entry[];
  keyOf(entry: Entry): unknown;
  request(input: object, entries: readonly Entry[]): object;
  answer(output: object, failed: readonly Failed[], input: object): object;
}

interface Failed {
  readonly entry: Entry;
  readonly fate: EntryFault;
  readonly isThrottled: boolean;
}

const fields = (value: unknown): Entry => (typeof value === 'object' && value !== null ? { ...value } : {});
const listIn = (value: unknown): readonly Entry[] => (Array.isArray(value) ? value : []);

const ANY: readonly EntryFault[] = ['entry_refused_for_good', 'entry_unanswered', 'entry_refused'];

/** A batch call of SQS; `refusal` is its answer for an entry that it refuses for good. */
const sqsBatch = (key: string, refusal: { readonly Code: string; readonly Message: string }): BatchCall => ({
  kinds: ANY,
  entries: (input) => listIn(fields(input).Entries),
  keyOf: (entry) => entry[key],
  request: (input, Entries) => ({ ...input, Entries }),
  answer(output, failed) {
    const ids = new Set(failed.map(({ entry }) => entry.Id));
    return {
      ...output,
      Successful: listIn(fields(output).Successful).filter(({ Id }) => !ids.has(Id)),
      Failed: [
        ...listIn(fields(output).Failed).filter(({ Id }) => !ids.has(Id)),
        ...failed.map(({ entry: { Id }, fate, isThrottled }) => {
          if (fate === 'entry_refused_for_good') return { Id, ...refusal, SenderFault: true };
          // AWS calls throttled entries the sender's fault.
          if (isThrottled) return { Id, Code: 'RequestThrottled', Message: 'slower', SenderFault: true };
          return { Id, Code: 'InternalError', Message: 'try again', SenderFault: false };
        }),
      ],
    };
  },
});

const HANDLE_REFUSED = { Code: 'ReceiptHandleIsInvalid', Message: 'The receipt handle is invalid.' };

const BATCH_CALLS: Readonly<Record<string, BatchCall>> = {
  SendMessageBatch: sqsBatch('MessageDeduplicationId', { Code: 'KmsAccessDenied', Message: 'no access to the key' }),
  DeleteMessageBatch: sqsBatch('ReceiptHandle', HANDLE_REFUSED),
  ChangeMessageVisibilityBatch: sqsBatch('ReceiptHandle', HANDLE_REFUSED),
  BatchWriteItem: {
    kinds: ['entry_unanswered', 'entry_refused'],
    entries: (input) => listIn(fields(fields(input).RequestItems)[NAMES.table]),
    keyOf(entry) {
      const { job_id, part } = fields(fields(entry.PutRequest).Item ?? fields(entry.DeleteRequest).Key);
      return `${fields(job_id).S} ${fields(part).S}`;
    },
    request: (input, entries) => ({ ...input, RequestItems: { [NAMES.table]: entries } }),
    // AWS may also answer with an empty list when no item is unprocessed.
    answer: (output, failed) => ({ ...output, UnprocessedItems: { [NAMES.table]: failed.map(({ entry }) => entry) } }),
  },
};

export function batchOf(operation: string, input: object): BatchRequest | undefined {
  const call = BATCH_CALLS[operation];
  if (call === undefined) return undefined;
  const queue = fields(input).QueueUrl;
  return {
    keys: call.entries(input).map((entry) => `${queue === urlOf(NAMES.dlq) ? 'dlq ' : ''}${call.keyOf(entry)}`),
    kinds: call.kinds,
  };
}

export function cutBatch(operation: string, input: object, { fates, dice }: Partly): CutBatch | undefined {
  const call = BATCH_CALLS[operation];
  if (call === undefined) return undefined;
  const isThrottled = dice.chance(0.3);
  const entries = call.entries(input);
  const kept = entries.filter((_, at) => fates[at] === undefined || fates[at] === 'entry_unanswered');
  const failed = entries.flatMap((entry, at) => {
    const fate = fates[at];
    return fate === undefined ? [] : [{ entry, fate, isThrottled }];
  });
  return {
    expired: failed.flatMap(({ entry: { ReceiptHandle }, fate }) =>
      fate === 'entry_refused_for_good' && typeof ReceiptHandle === 'string' && dice.chance(0.5) ? [ReceiptHandle] : [],
    ),
    request: kept.length === 0 ? undefined : call.request(input, kept),
    answer: (output) => call.answer(output, failed, input),
  };
}
