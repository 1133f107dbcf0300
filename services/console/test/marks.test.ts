// The messages of a job that are in flight, visible again or dead-lettered, from reading the queues.
import { expect, test } from '@jest/globals';
import type { Peek, PeekedMessage, PeekOptions } from '@movie-load/aws';
import { deadLetter, deadLetterOf, toDeadLetter } from '@movie-load/queue';
import { deduplicationId, groupOfMessage } from '@movie-load/schema';
import { createMarks } from '../src/marks.ts';
import { jobId, messageOf, OTHER, peeked, queueWith, SENT, shape } from './fake-queues.ts';

test('in-flight messages have their receive counts; messages of other senders are left out', async () => {
  const messages = [
    messageOf(3),
    messageOf(4, { visible: true }),
    messageOf(5, { deduplicationId: 'x' }),
    // Its group does not fit its number: a sender may send anything.
    messageOf(7, { deduplicationId: deduplicationId(jobId, groupOfMessage(shape, 7) + 1, 7, '00000000-0000') }),
    messageOf(100, { deduplicationId: deduplicationId(jobId, 10, 100, '00000000-0000') }),
    // A message of another job.
    messageOf(8, { deduplicationId: deduplicationId(OTHER, groupOfMessage(shape, 8), 8, '00000000-0000') }),
    // Delayed: no consumer has received it.
    messageOf(6, { receiveCount: 0 }),
  ];
  const peek: Peek = async () => peeked(messages);
  const marksOf = createMarks({
    queue: async () => queueWith(3, 2),
    dlq: async () => queueWith(0),
    peek,
    receivedDeadLetters: () => [],
  });
  const { inFlight, returned, dead } = await marksOf(jobId, shape);
  expect([...(inFlight ?? [])]).toEqual([[3, { sentOn: SENT, receives: 3 }]]);
  expect([...returned.keys()]).toEqual([4]);
  expect(dead.size).toBe(0);
});

test('the last receiver is reported, and the end of the visibility timeout by this machine’s clock', async () => {
  const marksOf = createMarks({
    queue: async () => queueWith(1, 1),
    dlq: async () => queueWith(0),
    peek: async () => peeked([messageOf(3, { visibleAt: SENT + 60_000, receivedBy: 'consumer-2' })]),
    receivedDeadLetters: () => [],
    aheadMs: () => 50_000,
    now: () => SENT,
  });
  const { inFlight, seenOn } = await marksOf(jobId, shape);
  expect(inFlight?.get(3)).toMatchObject({ until: SENT + 10_000, receivedBy: 'consumer-2' });
  expect(seenOn).toBe(SENT);
});

test('more than 3,000 messages in flight are not read, also where many more wait', async () => {
  let peeks = 0;
  const marksOf = (inFlight: number) =>
    createMarks({
      queue: async () => queueWith(9000, inFlight),
      dlq: async () => queueWith(0),
      async peek() {
        peeks += 1;
        return peeked([messageOf(7)]);
      },
      receivedDeadLetters: () => [],
    })(jobId, shape);
  expect((await marksOf(3000)).inFlight?.size).toBe(1);
  // A queue that was not read has no time of reading.
  expect(await marksOf(3001)).toMatchObject({ inFlight: null, seenOn: Number.NEGATIVE_INFINITY });
  expect(peeks).toBe(1);
});

test('more than 3,000 dead letters are not read; those of other jobs are left out', async () => {
  const foreign = messageOf(8, { deduplicationId: deduplicationId(OTHER, 0, 8, '00000000-0000') });
  const deadOf = async (count: number, inFlight = 0) => {
    const dead = [foreign, messageOf(9)].map((message) => {
      const { attributes = {} } = deadLetterOf(message, { reason: 'not_json', detail: 'x', consumer: 'c' });
      return { ...message, attributes };
    });
    const marksOf = createMarks({
      queue: async () => queueWith(0),
      dlq: async () => queueWith(count, inFlight),
      peek: async () => peeked(dead),
      receivedDeadLetters: () => [],
    });
    return [...(await marksOf(jobId, shape)).dead];
  };
  expect(await deadOf(3000)).toEqual([[9, { sentOn: SENT, receives: 3 }]]);
  expect(await deadOf(3001)).toEqual([]);
  expect(await deadOf(0)).toEqual([]);
  // Also while another reader has received them.
  expect(await deadOf(2, 2)).toHaveLength(1);
  expect(await deadOf(3001, 3000)).toEqual([]);
});

test('3,000 messages are read where the endpoint cannot filter; 3,001 are not', async () => {
  let time = 0;
  let count = 3001;
  const marksOf = createMarks({
    queue: async () => queueWith(count, 1),
    dlq: async () => queueWith(0),
    peek: async (_, options = {}) => (options.onlyReceived ? undefined : peeked([messageOf(7)])),
    receivedDeadLetters: () => [],
    now: () => time,
  });
  expect((await marksOf(jobId, shape)).inFlight).toBeNull();
  count = 3000;
  time += 801;
  expect([...((await marksOf(jobId, shape)).inFlight?.keys() ?? [])]).toEqual([7]);
});

test('the marks of a queue that fails are unknown, and it is read again later', async () => {
  let time = 0;
  let isDown = true;
  const marksOf = createMarks({
    queue: () => (isDown ? Promise.reject(new Error('no queue')) : Promise.resolve(queueWith(20, 1))),
    dlq: async () => queueWith(0),
    peek: async () => peeked([messageOf(7)]),
    receivedDeadLetters: () => [],
    now: () => time,
  });
  expect(await marksOf(jobId, shape)).toMatchObject({ inFlight: null, seenOn: Number.NEGATIVE_INFINITY });
  isDown = false;
  time += 801;
  expect((await marksOf(jobId, shape)).inFlight?.size).toBe(1);
});

test('only in-flight messages are marked when very many are visible again', async () => {
  const peeks: PeekOptions[] = [];
  const many = Array.from({ length: 3001 }, () => messageOf(8, { visible: true }));
  const marksOf = createMarks({
    queue: async () => queueWith(9000, 1),
    dlq: async () => queueWith(0),
    async peek(_, options = {}) {
      peeks.push(options);
      return peeked(options.onlyInFlight ? [messageOf(7)] : many);
    },
    receivedDeadLetters: () => [],
  });
  const { inFlight, returned } = await marksOf(jobId, shape);
  expect([[...(inFlight?.keys() ?? [])], [...returned.keys()]]).toEqual([[7], []]);
  expect(peeks).toMatchObject([{ onlyReceived: true, max: 3001 }, { onlyInFlight: true }]);
});

test('a long queue is read for received messages only, and not at all where that is not possible', async () => {
  const peeks: PeekOptions[] = [];
  const options = {
    queue: async () => queueWith(200_000, 1),
    dlq: async () => queueWith(0),
    receivedDeadLetters: () => [],
  };
  const filteringPeek: Peek = async (_, options = {}) => {
    peeks.push(options);
    return peeked([messageOf(7)]);
  };
  const marks = await createMarks({ ...options, peek: filteringPeek })(jobId, shape);
  expect(peeks).toMatchObject([{ onlyReceived: true }]);
  expect([...(marks.inFlight?.keys() ?? [])]).toEqual([7]);
  const unsupportedPeek: Peek = async () => undefined;
  expect((await createMarks({ ...options, peek: unsupportedPeek })(jobId, shape)).inFlight).toBeNull();
});

test('dead letters that the view of their queue received are marked where peeking is not possible', async () => {
  let sent: Pick<PeekedMessage, 'body' | 'attributes'> | undefined;
  const dlq = {
    name: 'dlq.fifo',
    send: async (batch: readonly { body: string; attributes?: PeekedMessage['attributes'] | undefined }[]) => {
      for (const { body, attributes = {} } of batch) sent = { body, attributes };
      return [];
    },
  };
  await deadLetter({ dlq }, messageOf(9), { reason: 'not_json', detail: 'x', consumer: 'c' });
  if (sent === undefined) throw new Error('nothing was dead-lettered');
  const received = toDeadLetter({ ...messageOf(9), messageId: 'dead letter', ...sent });
  const marksOf = createMarks({
    queue: async () => queueWith(5),
    dlq: async () => queueWith(1),
    peek: async () => undefined,
    receivedDeadLetters: () => [received],
  });
  const { inFlight, dead } = await marksOf(jobId, shape);
  expect(inFlight).toBeNull();
  expect([...dead]).toEqual([[9, { sentOn: SENT, receives: 3 }]]);
});

test('an endpoint that cannot filter shows a short queue completely, or nothing if the response was cut', async () => {
  const peeks: PeekOptions[] = [];
  const whole =
    (isCut: boolean): Peek =>
    async (_, options = {}) => {
      peeks.push(options);
      return options.onlyReceived ? undefined : peeked([messageOf(7)], isCut);
    };
  const options = { queue: async () => queueWith(20, 1), dlq: async () => queueWith(0), receivedDeadLetters: () => [] };
  const marks = await createMarks({ ...options, peek: whole(false) })(jobId, shape);
  expect([...(marks.inFlight?.keys() ?? [])]).toEqual([7]);
  // The first peek asks for received messages only, which this endpoint does not support.
  const limits = { characters: 256, maxBytes: 16 * 1024 * 1024 };
  expect(peeks).toEqual([{ ...limits, onlyReceived: true, max: 3001 }, limits]);
  // The messages that were left out may be in flight, too, so that nothing is known.
  expect((await createMarks({ ...options, peek: whole(true) })(jobId, shape)).inFlight).toBeNull();
});

test('a cut response is not requested again for half a minute', async () => {
  let time = 0;
  let reads = 0;
  const marksOf = createMarks({
    queue: async () => queueWith(20, 1),
    dlq: async () => queueWith(0),
    async peek(_, options = {}) {
      if (options.onlyReceived) return undefined;
      reads += 1;
      return peeked([messageOf(7)], true);
    },
    receivedDeadLetters: () => [],
    now: () => time,
  });
  await marksOf(jobId, shape);
  time += 30_000;
  await marksOf(jobId, shape);
  expect(reads).toBe(1);
  time += 1;
  await marksOf(jobId, shape);
  expect(reads).toBe(2);
});

test('a read is shared by all requests within 800 ms', async () => {
  let [time, reads] = [0, 0];
  const marksOf = createMarks({
    queue: async () => queueWith(20, 1),
    dlq: async () => queueWith(0),
    async peek() {
      reads += 1;
      return peeked([messageOf(7)]);
    },
    receivedDeadLetters: () => [],
    now: () => time,
  });
  for (const [at, expected] of [
    [0, 1],
    [800, 1],
    [801, 2],
  ] as const) {
    time = at;
    await marksOf(jobId, shape);
    expect(reads).toBe(expected);
  }
});

test('reads are shared, and the pause after a read grows with its duration', async () => {
  let reads = 0;
  let time = 0;
  const marksOf = createMarks({
    queue: async () => queueWith(20, 1),
    dlq: async () => queueWith(0),
    async peek() {
      reads += 1;
      time += 2000;
      return peeked([messageOf(7)]);
    },
    receivedDeadLetters: () => [],
    now: () => time,
  });
  const all = await Promise.all(Array.from({ length: 300 }, () => marksOf(jobId, shape)));
  expect(reads).toBe(1);
  time += 5000;
  all.push(await marksOf(jobId, shape));
  expect(reads).toBe(1);
  // All requests get the result of the one read.
  expect(new Set(all.map(({ inFlight }) => [...(inFlight?.keys() ?? [])].join()))).toEqual(new Set(['7']));
  // It took 2,000 ms, and the pause is five times what exceeds 400 ms of that: 8,000 ms.
  time += 3000;
  await marksOf(jobId, shape);
  expect(reads).toBe(1);
  time += 1;
  await marksOf(jobId, shape);
  expect(reads).toBe(2);
});
