// Messages of a job as a peek returns them, and queues with a number of them.
import type { PeekedMessage, PeekedMessages } from '@movie-load/aws';
import { deduplicationId, groupKey, groupOfMessage, jobIdOf, planJob, shapeOf } from '@movie-load/schema';

export const plan = planJob({ nonce: 'marks', movies: 100, movies_per_message: 1, seed: 1, generator: 1 });
export const shape = shapeOf(plan);
export const jobId = jobIdOf(plan);
export const SENT = Date.parse('2026-11-25T09:12:54.000Z');

/** The id of another job of the same size. */
export const OTHER = jobIdOf(planJob({ nonce: 'other', movies: 100, movies_per_message: 1, seed: 1, generator: 1 }));

export function messageOf(number: number, more: Partial<PeekedMessage> = {}): PeekedMessage {
  const group = groupOfMessage(shape, number);
  return {
    messageId: `m${number}`,
    receiptHandle: '',
    body: '{}',
    groupId: groupKey(jobId, group),
    deduplicationId: deduplicationId(jobId, group, number, '00000000-0000'),
    sequenceNumber: '1',
    receiveCount: 3,
    sentOn: SENT,
    attributes: {},
    movedFrom: undefined,
    visible: false,
    bodyBytes: 2,
    ...more,
  };
}

export function peeked(messages: readonly PeekedMessage[], isCut = false): PeekedMessages {
  return {
    async *[Symbol.asyncIterator]() {
      yield* messages;
    },
    isCut,
  };
}

/** A queue that reports these numbers of messages. */
export const queueWith = (count: number, inFlight = 0) => ({
  url: `queue of ${count}`,
  status: async () => ({ waiting: count - inFlight, inFlight, delayed: 0, maximumMessageBytes: 1_048_576 }),
});
