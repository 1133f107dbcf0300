// Splits the batch calls of movie-load into their entries: the key of each entry, and the service's answer for failed
// entries. movie-load makes no other batch calls: neither BatchGetItem nor DeleteObjects.

import type { BatchFaults, BatchRequest } from '../engine/backend.ts';
import { ENTRY_FAULTS, type EntryFault } from '../engine/faults.ts';
import { NAMES, urlOf } from './names.ts';

type Entry = Readonly<Record<string, unknown>>;

/** A request, split into entries that take effect and entries that are answered as failed. */
export interface SplitBatch {
  /** The request with the entries that take effect; undefined without any. */
  readonly request: object | undefined;
  /** Half of the receipt handles that are refused for good: their messages become visible. */
  readonly expired: readonly string[];
  /** The service's answer, with the failed entries in it. */
  answer(output: object): object;
}

interface BatchCall {
  readonly kinds: readonly EntryFault[];
  entries(input: object): readonly Entry[];
  keyOf(entry: Entry): unknown;
  request(input: object, entries: readonly Entry[]): object;
  answer(output: object, failed: readonly FailedEntry[], input: object): object;
}

interface FailedEntry {
  readonly entry: Entry;
  readonly entryFault: EntryFault;
  readonly isThrottled: boolean;
}

const asRecord = (value: unknown): Entry => (typeof value === 'object' && value !== null ? { ...value } : {});
const asList = (value: unknown): readonly Entry[] => (Array.isArray(value) ? value : []);

/** A batch call of SQS; `refusal` is its answer for an entry that it refuses for good. */
const sqsBatch = (key: string, refusal: { readonly Code: string; readonly Message: string }): BatchCall => ({
  kinds: ENTRY_FAULTS,
  entries: (input) => asList(asRecord(input).Entries),
  keyOf: (entry) => entry[key],
  request: (input, Entries) => ({ ...input, Entries }),
  answer(output, failed) {
    const ids = new Set(failed.map(({ entry }) => entry.Id));
    return {
      ...output,
      Successful: asList(asRecord(output).Successful).filter(({ Id }) => !ids.has(Id)),
      Failed: [
        ...asList(asRecord(output).Failed).filter(({ Id }) => !ids.has(Id)),
        ...failed.map(({ entry: { Id }, entryFault, isThrottled }) => {
          if (entryFault === 'entry_refused_for_good') return { Id, ...refusal, SenderFault: true };
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
    entries: (input) => asList(asRecord(asRecord(input).RequestItems)[NAMES.table]),
    keyOf(entry) {
      const { job_id, part } = asRecord(asRecord(entry.PutRequest).Item ?? asRecord(entry.DeleteRequest).Key);
      return `${asRecord(job_id).S} ${asRecord(part).S}`;
    },
    request: (input, entries) => ({ ...input, RequestItems: { [NAMES.table]: entries } }),
    // AWS may also answer with an empty list when no item is unprocessed.
    answer: (output, failed) => ({ ...output, UnprocessedItems: { [NAMES.table]: failed.map(({ entry }) => entry) } }),
  },
};

export function batchOf(operation: string, input: object): BatchRequest | undefined {
  const call = BATCH_CALLS[operation];
  if (call === undefined) return undefined;
  const queue = asRecord(input).QueueUrl;
  return {
    keys: call.entries(input).map((entry) => `${queue === urlOf(NAMES.dlq) ? 'dlq ' : ''}${call.keyOf(entry)}`),
    kinds: call.kinds,
  };
}

export function splitBatch(
  operation: string,
  input: object,
  { entryFaults, dice }: BatchFaults,
): SplitBatch | undefined {
  const call = BATCH_CALLS[operation];
  if (call === undefined) return undefined;
  const isThrottled = dice.chance(0.3);
  const entries = call.entries(input);
  const applied = entries.filter(
    (_, index) => entryFaults[index] === undefined || entryFaults[index] === 'entry_unanswered',
  );
  const failed = entries.flatMap((entry, index) => {
    const entryFault = entryFaults[index];
    return entryFault === undefined ? [] : [{ entry, entryFault, isThrottled }];
  });
  return {
    expired: failed.flatMap(({ entry: { ReceiptHandle }, entryFault }) =>
      entryFault === 'entry_refused_for_good' && typeof ReceiptHandle === 'string' && dice.chance(0.5)
        ? [ReceiptHandle]
        : [],
    ),
    request: applied.length === 0 ? undefined : call.request(input, applied),
    answer: (output) => call.answer(output, failed, input),
  };
}
