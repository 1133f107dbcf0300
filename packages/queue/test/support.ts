// A queue that fails as a test wants.
import { type BatchFailure, type OutgoingMessage, QUEUE_MESSAGE_BYTES, type QueuePort } from '@movie-load/aws';
import { checkLoadMessage, type JobPlan, type MessageCheck, planJob } from '@movie-load/schema';

/**
 * The failure of a call: an error that is thrown before or after its effect, or the entries that fail, and whose
 * fault it is.
 */
export type Verdict =
  | { readonly throws: unknown; readonly after?: boolean }
  | { readonly failed: readonly (Pick<BatchFailure, 'index' | 'senderFault'> & { readonly code?: string })[] }
  | undefined;

export interface FakeQueue extends QueuePort {
  /** The batches of all calls, failed ones too. */
  readonly calls: (readonly OutgoingMessage[])[];
  /** The accepted messages, in order; deduplicated within a group like SQS. */
  readonly accepted: OutgoingMessage[];
}

export function fakeQueue(
  judge: (call: number, batch: readonly OutgoingMessage[]) => Verdict = () => undefined,
  maximumMessageBytes = QUEUE_MESSAGE_BYTES,
): FakeQueue {
  const calls: (readonly OutgoingMessage[])[] = [];
  const accepted: OutgoingMessage[] = [];
  const seen = new Set<string>();
  const accept = (message: OutgoingMessage) => {
    const id = `${message.groupId} ${message.deduplicationId}`;
    if (!seen.has(id)) accepted.push(message);
    seen.add(id);
  };
  const unused = () => Promise.reject(new Error('not used here'));
  return {
    name: 'fake.fifo',
    calls,
    accepted,
    async send(batch) {
      const verdict = judge(calls.length, batch);
      calls.push(batch);
      await Promise.resolve();
      if (verdict === undefined) {
        batch.forEach(accept);
        return [];
      }
      if ('throws' in verdict) {
        if (verdict.after) batch.forEach(accept);
        throw verdict.throws;
      }
      const failed = new Set(verdict.failed.map(({ index }) => index));
      batch.filter((_, index) => !failed.has(index)).forEach(accept);
      return verdict.failed.map((failure) => ({ code: 'InternalError', message: 'once more', ...failure }));
    },
    status: async () => ({ waiting: 0, inFlight: 0, delayed: 0, maximumMessageBytes }),
    receive: unused,
    delete: unused,
    changeVisibility: unused,
  };
}

export const planFor = (movies: number, movies_per_message = 1, nonce = 'test'): JobPlan =>
  planJob({ nonce, movies, movies_per_message, seed: 7, generator: 1 });

/** The numbers of messages, by group, in the order in which they are in the queue. */
export function numbersByGroup(messages: readonly OutgoingMessage[]): Map<string, number[]> {
  const numbers = new Map<string, number[]>();
  for (const { body, groupId } of messages) {
    const checked: MessageCheck = checkLoadMessage(body, groupId);
    if (!checked.ok) throw new Error(`not a load message: ${checked.reason} ${checked.detail}`);
    numbers.set(groupId, [...(numbers.get(groupId) ?? []), checked.message.number]);
  }
  return numbers;
}
