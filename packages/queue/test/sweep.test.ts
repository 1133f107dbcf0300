import { describe, expect, test } from '@jest/globals';
import { type QueuePort, type ReceivedMessage, resilientQueue, type VisibilityChange } from '@movie-load/aws';
import { connectionReset, createInstantClock, seededRandom } from '@movie-load/testing';
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

/** A queue of `count` messages, ten a receive; a receive takes a minute. */
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
  test('keeps its messages invisible while it lasts, and releases all at the end', async () => {
    const { queue, clock, changes } = slowQueue(60);
    const result = await sweep({ dlq: queue, clock, visibilitySeconds: 200 }, async () => ({ toDelete: [] }));
    expect(result).toEqual({ seen: 60, unseen: 0, undeleted: 0 });
    const extended = changes.filter(({ seconds }) => seconds === 200).map(({ receiptHandle }) => receiptHandle);
    expect(new Set(extended)).toEqual(new Set(Array.from({ length: 60 }, (_, id) => `h${id}`)));
    expect(changes.slice(-60)).toEqual(
      Array.from({ length: 60 }, (_, id) => ({ receiptHandle: `h${id}`, seconds: 0 })),
    );
  });

  test('releases its messages when it is stopped, and when its visitor fails', async () => {
    const stopped = slowQueue(30);
    const stop = new AbortController();
    const sweeping = sweep({ dlq: stopped.queue, clock: stopped.clock, signal: stop.signal }, async () => {
      stop.abort(new Error('enough'));
      return { toDelete: [] };
    });
    await expect(sweeping).rejects.toThrow('enough');
    expect(stopped.changes.map(({ seconds }) => seconds)).toEqual(Array.from({ length: 10 }, () => 0));

    const failing = slowQueue(30);
    const visit = () => Promise.reject(new Error('no'));
    await expect(sweep({ dlq: failing.queue, clock: failing.clock }, visit)).rejects.toThrow('no');
    expect(failing.changes.map(({ seconds }) => seconds)).toEqual(Array.from({ length: 10 }, () => 0));
  });

  test('reports the messages that it could not delete after three attempts', async () => {
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
      toDelete: messages,
    }));
    expect([calls, result.undeleted]).toEqual([3, 1]);
  });

  test('receives no more after it is stopped, also if the receive in flight fails; its messages are released', async () => {
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
          if (fails) throw connectionReset;
          request.signal?.throwIfAborted();
          return queue.receive(request);
        },
      };
      const sweeping = sweep({ dlq: resilientQueue(stopped, policy), clock, signal: stop.signal }, async () => ({
        toDelete: [],
      }));
      await expect(sweeping).rejects.toThrow('enough');
      expect(receives).toBe(1);
    }
    expect(changes.map(({ seconds }) => seconds)).toEqual(Array.from({ length: 10 }, () => 0));
  });

  test('deletes a message that it could not delete when it is delivered again, without visiting or counting it twice', async () => {
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
      return { toDelete: messages };
    });
    expect(result).toEqual({ seen: 12, unseen: 0, undeleted: 0 });
    expect(visited).toEqual(Array.from({ length: 12 }, (_, id) => `m${id}`));
    expect(deleted).toContain('h3 again');
  });

  test('extends the visibility once more than half of the timeout is over, not before', async () => {
    const { queue, clock, changes } = slowQueue(40);
    // A receive takes a minute. Exactly half of the 120 seconds is no reason to extend, two receives are.
    await sweep({ dlq: queue, clock, visibilitySeconds: 120 }, async () => ({ toDelete: [] }));
    const extended = changes.filter(({ seconds }) => seconds === 120).map(({ receiptHandle }) => receiptHandle);
    expect(extended).toHaveLength(20 + 40);
    expect(extended.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, id) => `h${id}`));
  });

  test('counts as unseen the waiting messages and those in flight at others, not its own', async () => {
    const statusOf = async (waiting: number, inFlight: number) => {
      const { queue, clock } = slowQueue(10);
      const status: QueuePort['status'] = async () => ({ waiting, inFlight, delayed: 0, maximumMessageBytes: 1 });
      return (await sweep({ dlq: { ...queue, status }, clock }, async () => ({ toDelete: [] }))).unseen;
    };
    expect(await statusOf(4, 10)).toBe(4);
    expect(await statusOf(4, 13)).toBe(7);
    // Counts are approximate: fewer messages in flight than the sweep's own count as none of others.
    expect(await statusOf(4, 8)).toBe(4);
  });

  test('ends when its visitor stops it, without another receive and without counting the unseen', async () => {
    const { queue, clock, changes } = slowQueue(30);
    let receives = 0;
    const counted: QueuePort = {
      ...queue,
      receive: (request) => {
        receives += 1;
        return queue.receive(request);
      },
      status: () => Promise.reject(new Error('not asked')),
    };
    const result = await sweep({ dlq: counted, clock }, async (messages) => ({
      toDelete: messages.slice(0, 4),
      stop: true,
    }));
    expect(result).toEqual({ seen: 10, unseen: 0, undeleted: 0 });
    expect(receives).toBe(1);
    expect(changes.map(({ receiptHandle }) => receiptHandle)).toEqual(['h4', 'h5', 'h6', 'h7', 'h8', 'h9']);
  });

  test('shows its visitor no message twice, and releases it by the handle of its last receive', async () => {
    const { queue, clock, changes } = slowQueue(0);
    const answers = [[message(1), message(2)], [{ ...message(2), receiptHandle: 'newer' }], []];
    const seen: string[][] = [];
    const redelivering: QueuePort = { ...queue, receive: async () => answers.shift() ?? [] };
    const result = await sweep({ dlq: redelivering, clock }, async (messages) => {
      seen.push(messages.map(({ messageId }) => messageId));
      return { toDelete: [] };
    });
    expect(result.seen).toBe(2);
    expect(seen).toEqual([['m1', 'm2'], []]);
    expect(changes.map(({ receiptHandle }) => receiptHandle)).toEqual(['h1', 'newer']);
  });

  test('receives ten at a time by a long poll of a second, invisible for five minutes by default', async () => {
    const { queue, clock } = slowQueue(0);
    const requests: unknown[] = [];
    const watched: QueuePort = {
      ...queue,
      receive: async (request) => {
        requests.push(request);
        return [];
      },
    };
    await sweep({ dlq: watched, clock }, async () => ({ toDelete: [] }));
    expect(requests).toEqual([{ max: 10, waitSeconds: 1, visibilitySeconds: 300 }]);
  });

  test('does not begin when its signal is aborted, and releases messages that arrive after Ctrl-C', async () => {
    const aborted = slowQueue(10);
    const signal = AbortSignal.abort(new Error('stopped'));
    const visit = async () => ({ toDelete: [] });
    await expect(sweep({ dlq: aborted.queue, clock: aborted.clock, signal }, visit)).rejects.toThrow('stopped');
    expect(aborted.clock.slept).toEqual([]);

    const late = slowQueue(10);
    const stop = new AbortController();
    const stopping: QueuePort = {
      ...late.queue,
      receive: async (request) => {
        const messages = await late.queue.receive(request);
        stop.abort(new Error('stopped'));
        return messages;
      },
    };
    let visits = 0;
    const sweeping = sweep({ dlq: stopping, clock: late.clock, signal: stop.signal }, async () => {
      visits += 1;
      return { toDelete: [] };
    });
    await expect(sweeping).rejects.toThrow('stopped');
    expect([visits, late.changes.length]).toEqual([0, 10]);
  });

  test('does not try every batch where the queue is unreachable at its end', async () => {
    const { queue, clock } = slowQueue(200);
    let calls = 0;
    const changeVisibility = () => {
      calls += 1;
      return Promise.reject(connectionReset);
    };
    await sweep({ dlq: { ...queue, changeVisibility }, clock, visibilitySeconds: 43_200 }, async () => ({
      toDelete: [],
    }));
    // The eight that run concurrently; none of the 20 batches follows.
    expect(calls).toBe(8);
  });

  test('releases in batches of ten, several at once; a failed batch does not stop the others', async () => {
    const { queue, clock } = slowQueue(95);
    const batches: number[] = [];
    let open = 0;
    let most = 0;
    const failing: QueuePort = {
      ...queue,
      async changeVisibility(given) {
        most = Math.max(most, ++open);
        await Promise.resolve();
        open -= 1;
        batches.push(given.length);
        if (batches.length === 2) throw connectionReset;
        return [];
      },
    };
    await sweep({ dlq: failing, clock, visibilitySeconds: 43_200 }, async () => ({ toDelete: [] }));
    expect(batches.toSorted((a, b) => b - a)).toEqual([10, 10, 10, 10, 10, 10, 10, 10, 10, 5]);
    expect(most).toBe(8);
    // All batches are full.
    const full = slowQueue(20);
    const sizes: number[] = [];
    const changeVisibility: QueuePort['changeVisibility'] = async (given) => {
      sizes.push(given.length);
      return [];
    };
    await sweep({ dlq: { ...full.queue, changeVisibility }, clock: full.clock }, async () => ({ toDelete: [] }));
    expect(sizes).toEqual([10, 10]);
  });

  test('rejects when AWS calls a release malformed, because that is a bug', async () => {
    const { queue, clock } = slowQueue(5);
    const bug = Object.assign(new Error('bad'), { name: 'ValidationException' });
    const wrong: QueuePort = { ...queue, changeVisibility: () => Promise.reject(bug) };
    await expect(sweep({ dlq: wrong, clock }, async () => ({ toDelete: [] }))).rejects.toBe(bug);
  });
});

test('a sweep asks for ten messages in each receive, also of large ones: SQS delivers no more of their group', async () => {
  const { queue, clock } = slowQueue(30);
  const requests: number[] = [];
  const receive: QueuePort['receive'] = async (options) => {
    requests.push(options.max);
    return (await queue.receive(options)).map((one) => ({ ...one, body: 'x'.repeat(1024 * 1024) }));
  };
  await sweep({ dlq: { ...queue, receive }, clock }, async () => ({ toDelete: [] }));
  expect(requests).toEqual([10, 10, 10, 10]);
});
