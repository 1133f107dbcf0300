// A dead-letter queue in memory, and the console’s view of it.
import { expect } from '@jest/globals';
import type { OpenQueue, OutgoingMessage, Peek, PeekedMessage, PeekOptions, ReceivedMessage } from '@movie-load/aws';
import { deadLetterOf } from '@movie-load/queue';
import { createVirtualClock, seededRandom } from '@movie-load/testing';
import { createDeadLetters } from '../src/dead-letters.ts';

export const MIB = 1024 * 1024;

export function peekedDeadLetter(id: string, more: Partial<ReceivedMessage> = {}): PeekedMessage {
  const message: ReceivedMessage = {
    messageId: id,
    receiptHandle: `handle of ${id}`,
    body: `body of ${id}`,
    groupId: `group of ${id}`,
    deduplicationId: `dedup of ${id}`,
    sequenceNumber: '1',
    receiveCount: 2,
    sentOn: 1000,
    attributes: {},
    ...more,
  };
  const { attributes = {} } = deadLetterOf(message, { reason: 'not_json', detail: 'why', consumer: 'c' });
  return { ...message, attributes, visible: true, bodyBytes: Buffer.byteLength(message.body) };
}

/** A dead-letter queue and the queue that it belongs to, in memory. */
function fakeQueues(messages: readonly PeekedMessage[]) {
  const messagesById = new Map(messages.map((message) => [message.messageId, message]));
  const hidden = new Set<string>();
  const sent: OutgoingMessage[] = [];
  const receives: { readonly visibilitySeconds: number }[] = [];
  const state = {
    /** Bodies that the queue refuses. */
    refused: new Set<string>(),
    /** Each receive waits for it. */
    gate: Promise.resolve(),
  };
  const idOf = (handle: string) => handle.replace('handle of ', '');
  const dlq: OpenQueue = {
    name: 'dlq.fifo',
    url: 'dlq-url',
    async receive(request) {
      receives.push(request);
      await state.gate;
      request.signal?.throwIfAborted();
      const batch = [...messagesById.values()].filter(({ messageId }) => !hidden.has(messageId)).slice(0, request.max);
      for (const { messageId } of batch) hidden.add(messageId);
      return batch;
    },
    async delete(handles) {
      for (const handle of handles) {
        messagesById.delete(idOf(handle));
        hidden.delete(idOf(handle));
      }
      return [];
    },
    async changeVisibility(changes) {
      for (const { receiptHandle, seconds } of changes) if (seconds === 0) hidden.delete(idOf(receiptHandle));
      return [];
    },
    send: () => Promise.reject(new Error('not used')),
    status: async () => ({
      waiting: messagesById.size - hidden.size,
      inFlight: hidden.size,
      delayed: 0,
      maximumMessageBytes: MIB,
    }),
  };
  const queue: OpenQueue = {
    ...dlq,
    name: 'queue.fifo',
    url: 'queue-url',
    async send(messages) {
      sent.push(...messages);
      return messages.flatMap(({ body }, index) =>
        state.refused.has(body) ? [{ index, code: 'InvalidMessageContents', message: 'no', senderFault: true }] : [],
      );
    },
    status: async () => ({ waiting: 0, inFlight: 0, delayed: 0, maximumMessageBytes: MIB }),
  };
  return { dlq, queue, messagesById, hidden, sent, receives, state };
}

/** The console's view of a dead-letter queue with these messages; it records peeks, and which messages they yielded. */
export function startDeadLetters(
  messages: readonly PeekedMessage[],
  { canPeek = true, signal }: { canPeek?: boolean; signal?: AbortSignal } = {},
) {
  const clock = createVirtualClock();
  const queues = fakeQueues(messages);
  const peeks: PeekOptions[] = [];
  const yielded: string[] = [];
  const peek: Peek = async (url, options = {}) => {
    expect(url).toBe('dlq-url');
    peeks.push(options);
    if (!canPeek) return undefined;
    const { messageId } = options;
    async function* read() {
      for (const message of queues.messagesById.values()) {
        if (messageId !== undefined && message.messageId !== messageId) continue;
        yielded.push(message.messageId);
        yield message;
      }
    }
    return { [Symbol.asyncIterator]: read, isCut: false };
  };
  const deadLetters = createDeadLetters({
    queue: async () => queues.queue,
    dlq: async () => queues.dlq,
    peek,
    clock,
    random: seededRandom(),
    ...(signal && { signal }),
  });
  return { ...queues, clock, deadLetters, peeks, yielded };
}

export const ids = (views: readonly { readonly message_id: string }[]) => views.map(({ message_id }) => message_id);
