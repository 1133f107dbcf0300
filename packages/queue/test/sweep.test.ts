import { describe, expect, test } from '@jest/globals';
import { type QueuePort, type ReceivedMessage, resilientQueue, type VisibilityChange } from '@movie-load/aws';
import { createInstantClock, seededRandom } from '@movie-load/testing';
import { sweep } from '../src/index.ts';

const message = (id: number): ReceivedMessage => ({
  messageId: `m${id}`,
  receiptHandle: `h${id}`,
  body: '',
  groupId: `m${id}`,
  deduplicationId: undefined,
  sequenceNumber: undefined,
  receiveCount: 1,
  sentOn: 0,
  attributes: {},
});

/** Gives out `count` messages, ten a receive; a receive takes a minute. */
function slowQueue(count: number) {
  const clock = createInstantClock();
  const changes: VisibilityChange[] = [];
  const deleted: string[] = [];
  let next = 0;
  const queue: QueuePort = {
    name: 'slow.fifo',
    send: async () => [],
    async receive({ max }) {
      await clock.sleep(60_000);
      const messages = Array.from({ length: Math.min(max, count - next) }, (_, index) => message(next + index));
      next += messages.length;
      return messages;
    },
    async delete(handles) {
      deleted.push(...handles);
      return [];
    },
    async changeVisibility(given) {
      changes.push(...given);
      return [];
    },
    status: async () => ({ waiting: 0, inFlight: 0, delayed: 0, maximumMessageBytes: 1 }),
  };
  return { queue, clock, changes, deleted };
}

describe('a sweep of the dead-letter queue', () => {
  test('holds what it has seen for as long as it takes, and releases all of it at the end', async () => {
    const { queue, clock, changes } = slowQueue(60);
    const result = await sweep({ dlq: queue, clock, visibilitySeconds: 200 }, async () => ({ done: [] }));
    expect(result).toEqual({ seen: 60, unseen: 0, undeleted: 0 });
    const extended = changes.filter(({ seconds }) => seconds === 200).map(({ receiptHandle }) => receiptHandle);
    expect(extended).toContain('h0');
    expect(changes.slice(-60)).toEqual(
      Array.from({ length: 60 }, (_, id) => ({ receiptHandle: `h${id}`, seconds: 0 })),
    );
  });

  test('releases what it holds when it is stopped, and when its visitor fails', async () => {
    const stopped = slowQueue(30);
    const stop = new AbortController();
    const sweeping = sweep({ dlq: stopped.queue, clock: stopped.clock, signal: stop.signal }, async () => {
      stop.abort(new Error('enough'));
      return { done: [] };
    });
    await expect(sweeping).rejects.toThrow('enough');
    expect(stopped.changes).toHaveLength(10);

    const failing = slowQueue(30);
    const visit = () => Promise.reject(new Error('no'));
    await expect(sweep({ dlq: failing.queue, clock: failing.clock }, visit)).rejects.toThrow('no');
    expect(failing.changes.map(({ seconds }) => seconds)).toEqual(Array.from({ length: 10 }, () => 0));
  });

  test('says what it could not delete, after three attempts', async () => {
    const { queue, clock } = slowQueue(10);
    const policy = { clock, random: seededRandom(), maxAttempts: 9 };
    let calls = 0;
    const stubborn: QueuePort = {
      ...queue,
      async delete(handles) {
        calls++;
        return handles.includes('h3')
          ? [{ index: handles.indexOf('h3'), code: 'InternalError', message: '', senderFault: false }]
          : [];
      },
    };
    const result = await sweep({ dlq: resilientQueue(stubborn, policy), clock }, async (messages) => ({
      done: messages,
    }));
    expect([calls, result.undeleted]).toEqual([3, 1]);
  });

  test('receives no more once it is stopped, also when the receive on its way fails; what that one brings is released', async () => {
    const { queue, clock, changes } = slowQueue(10);
    const policy = { clock, random: seededRandom(), maxAttempts: 9 };
    for (const fails of [true, false]) {
      const stop = new AbortController();
      let receives = 0;
      const stopped: QueuePort = {
        ...queue,
        async receive(request) {
          receives++;
          stop.abort(new Error('enough'));
          if (fails) throw Object.assign(new Error('connection lost'), { code: 'ECONNRESET' });
          request.signal?.throwIfAborted();
          return queue.receive(request);
        },
      };
      const sweeping = sweep({ dlq: resilientQueue(stopped, policy), clock, signal: stop.signal }, async () => ({
        done: [],
      }));
      await expect(sweeping).rejects.toThrow('enough');
      expect(receives).toBe(1);
    }
    expect(changes.map(({ seconds }) => seconds)).toEqual(Array.from({ length: 10 }, () => 0));
  });

  test('deletes what it could not delete when it comes again, and neither visits nor counts it twice', async () => {
    const { queue, clock, deleted } = slowQueue(12);
    let receives = 0;
    const redelivering: QueuePort = {
      ...queue,
      async receive(request) {
        receives++;
        // After the first ten, the one whose delete was refused is delivered again.
        return receives === 2 ? [{ ...message(3), receiptHandle: 'h3 again' }] : queue.receive(request);
      },
      async delete(handles) {
        await queue.delete(handles.filter((handle) => handle !== 'h3'));
        const index = handles.indexOf('h3');
        return index < 0 ? [] : [{ index, code: 'ReceiptHandleIsInvalid', message: '', senderFault: true }];
      },
    };
    const visited: string[] = [];
    const result = await sweep({ dlq: redelivering, clock }, async (messages) => {
      visited.push(...messages.map(({ messageId }) => messageId));
      return { done: messages };
    });
    expect(result).toEqual({ seen: 12, unseen: 0, undeleted: 0 });
    expect(visited).toEqual(Array.from({ length: 12 }, (_, id) => `m${id}`));
    expect(deleted).toContain('h3 again');
  });
});
