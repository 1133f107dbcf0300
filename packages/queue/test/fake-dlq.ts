// A dead-letter queue in memory whose calls fail as a test wants: entry by entry, several rounds in a row.
import type { BatchFailure, CallOptions, QueuePort, ReceivedMessage, VisibilityChange } from '@movie-load/aws';
import { deadLetterOf } from '../src/index.ts';

/** The failure of a call: an error, or the ids of messages whose entries fail. */
export type Answer =
  | Error
  | { readonly failed: readonly string[]; readonly code?: string; readonly senderFault?: boolean };

export interface FakeDlq extends QueuePort {
  /** Ids of the queue's messages, in order. */
  ids(): string[];
  /** The failures of the next calls, one each. */
  readonly deleteAnswers: (Answer | undefined)[];
  readonly changeAnswers: (Answer | undefined)[];
  /** The ids of each call, failed ones too. */
  readonly deletes: string[][];
  readonly changes: { readonly ids: readonly string[]; readonly seconds: number }[];
  readonly options: { readonly call: string; readonly options: CallOptions | undefined }[];
}

/** Dead letters `m0`, `m1`, … of a sender's queue, each in a group of its own. */
export const deadLettersOf = (count: number, more: Partial<ReceivedMessage> = {}): ReceivedMessage[] =>
  Array.from({ length: count }, (_, index) => deadLetter(`m${index}`, more));

export function deadLetter(id: string, more: Partial<ReceivedMessage> = {}): ReceivedMessage {
  const original: ReceivedMessage = {
    messageId: `original-${id}`,
    receiptHandle: 'used',
    body: `body of ${id}`,
    groupId: `group of ${id}`,
    deduplicationId: `dedup of ${id}`,
    sequenceNumber: '1',
    receiveCount: 1,
    sentOn: 0,
    attributes: {},
    ...more,
  };
  const sent = deadLetterOf(original, { reason: 'not_json', detail: 'a test', consumer: 'c' });
  return { ...original, ...sent, attributes: sent.attributes ?? {}, messageId: id, receiptHandle: `handle of ${id}` };
}

export function fakeDlq(deadLetters: readonly ReceivedMessage[], now?: number): FakeDlq {
  const queued = new Map(deadLetters.map((message) => [message.messageId, message]));
  const hidden = new Set<string>();
  const deletes: string[][] = [];
  const changes: { ids: string[]; seconds: number }[] = [];
  const options: { call: string; options: CallOptions | undefined }[] = [];
  const deleteAnswers: (Answer | undefined)[] = [];
  const changeAnswers: (Answer | undefined)[] = [];
  const idOf = (handle: string) => handle.replace('handle of ', '');
  const failuresOf = (ids: readonly string[], answer: Answer | undefined): BatchFailure[] => {
    if (answer === undefined) return [];
    if (answer instanceof Error) throw answer;
    const { failed, code = 'InternalError', senderFault = false } = answer;
    return ids.flatMap((id, index) => (failed.includes(id) ? [{ index, code, message: code, senderFault }] : []));
  };
  return {
    name: 'fake-dlq.fifo',
    ids: () => [...queued.keys()],
    deleteAnswers,
    changeAnswers,
    deletes,
    changes,
    options,
    send: () => Promise.reject(new Error('not used here')),
    async receive({ max, signal }) {
      options.push({ call: 'receive', options: { signal } });
      const messages = [...queued.values()].filter(({ messageId }) => !hidden.has(messageId)).slice(0, max);
      for (const { messageId } of messages) hidden.add(messageId);
      return messages;
    },
    async delete(handles, given) {
      options.push({ call: 'delete', options: given });
      const ids = handles.map(idOf);
      deletes.push(ids);
      const failures = failuresOf(ids, deleteAnswers.shift());
      ids.forEach((id, at) => {
        if (!failures.some(({ index }) => index === at)) queued.delete(id);
      });
      return failures;
    },
    async changeVisibility(wanted: readonly VisibilityChange[], given) {
      options.push({ call: 'changeVisibility', options: given });
      const ids = wanted.map(({ receiptHandle }) => idOf(receiptHandle));
      changes.push({ ids, seconds: wanted[0]?.seconds ?? Number.NaN });
      const failures = failuresOf(ids, changeAnswers.shift());
      wanted.forEach(({ seconds }, at) => {
        if (seconds === 0 && !failures.some(({ index }) => index === at)) hidden.delete(ids[at] ?? '');
      });
      return failures;
    },
    async status(given) {
      options.push({ call: 'status', options: given });
      const inFlight = [...queued.keys()].filter((id) => hidden.has(id)).length;
      return { waiting: queued.size - inFlight, inFlight, delayed: 0, maximumMessageBytes: 1_048_576, now };
    },
  };
}
