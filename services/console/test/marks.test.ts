// Which messages of a job are in flight, returned or dead, by looking into the queues.
import { expect, test } from '@jest/globals';
import type { Peek, PeekedMessage, PeekOptions } from '@movie-load/aws';
import { deadLetter, deadLetterOf, toDeadLetter } from '@movie-load/queue';
import { deduplicationId, groupOfMessage } from '@movie-load/schema';
import { createMarks } from '../src/marks.ts';
import { holding, jobId, messageOf, OTHER, peeked, SENT, shape } from './fake-queues.ts';

test('what is in flight is known with its receives; other consumers’ messages have no owner', async () => {
  const messages = [
    messageOf(3),
    messageOf(4, { visible: true }),
    messageOf(5, { deduplicationId: 'x' }),
    // Of another group than its number's: a sender may send anything.
    messageOf(7, { deduplicationId: deduplicationId(jobId, groupOfMessage(shape, 7) + 1, 7, '00000000-0000') }),
    messageOf(100, { deduplicationId: deduplicationId(jobId, 10, 100, '00000000-0000') }),
    // Of another job.
    messageOf(8, { deduplicationId: deduplicationId(OTHER, groupOfMessage(shape, 8), 8, '00000000-0000') }),
    // Delayed: no consumer has received it.
    messageOf(6, { receiveCount: 0 }),
  ];
  const peek: Peek = async () => peeked(messages);
  const marksOf = createMarks({
    queue: async () => holding(3, 2),
    dlq: async () => holding(0),
    peek,
    deadLettersSeen: () => [],
  });
  const { inFlight, returned, dead } = await marksOf(jobId, shape);
  expect([...(inFlight ?? [])]).toEqual([[3, { sentOn: SENT, receives: 3 }]]);
  expect([...returned.keys()]).toEqual([4]);
  expect(dead.size).toBe(0);
});

test('who received it last and until when it is hidden is told on this machine’s clock', async () => {
  const marksOf = createMarks({
    queue: async () => holding(1, 1),
    dlq: async () => holding(0),
    peek: async () => peeked([messageOf(3, { visibleAt: SENT + 60_000, receivedBy: 'consumer-2' })]),
    deadLettersSeen: () => [],
    aheadMs: () => 50_000,
    now: () => SENT,
  });
  const { inFlight, seenOn } = await marksOf(jobId, shape);
  expect(inFlight?.get(3)).toMatchObject({ until: SENT + 10_000, receivedBy: 'consumer-2' });
  expect(seenOn).toBe(SENT);
});

test('more than 3,000 messages in flight are not looked at, also where many more wait', async () => {
  let peeks = 0;
  const marksOf = (inFlight: number) =>
    createMarks({
      queue: async () => holding(9000, inFlight),
      dlq: async () => holding(0),
      async peek() {
        peeks += 1;
        return peeked([messageOf(7)]);
      },
      deadLettersSeen: () => [],
    })(jobId, shape);
  expect((await marksOf(3000)).inFlight?.size).toBe(1);
  // What was not seen has no time at which it was seen.
  expect(await marksOf(3001)).toMatchObject({ inFlight: null, seenOn: Number.NEGATIVE_INFINITY });
  expect(peeks).toBe(1);
});

test('more than 3,000 dead letters are not looked at; those of other jobs are not this one’s', async () => {
  const foreign = messageOf(8, { deduplicationId: deduplicationId(OTHER, 0, 8, '00000000-0000') });
  const deadOf = async (count: number, inFlight = 0) => {
    const dead = [foreign, messageOf(9)].map((message) => {
      const { attributes = {} } = deadLetterOf(message, { reason: 'not_json', detail: 'x', consumer: 'c' });
      return { ...message, attributes };
    });
    const marksOf = createMarks({
      queue: async () => holding(0),
      dlq: async () => holding(count, inFlight),
      peek: async () => peeked(dead),
      deadLettersSeen: () => [],
    });
    return [...(await marksOf(jobId, shape)).dead];
  };
  expect(await deadOf(3000)).toEqual([[9, { sentOn: SENT, receives: 3 }]]);
  expect(await deadOf(3001)).toEqual([]);
  expect(await deadOf(0)).toEqual([]);
  // Also while they are being looked at by others.
  expect(await deadOf(2, 2)).toHaveLength(1);
  expect(await deadOf(3001, 3000)).toEqual([]);
});

test('of 3,000 messages all are looked at where the endpoint cannot choose; of one more none, and soon again', async () => {
  let time = 0;
  let count = 3001;
  const marksOf = createMarks({
    queue: async () => holding(count, 1),
    dlq: async () => holding(0),
    peek: async (_, wish = {}) => (wish.onlyReceived ? undefined : peeked([messageOf(7)])),
    deadLettersSeen: () => [],
    now: () => time,
  });
  expect((await marksOf(jobId, shape)).inFlight).toBeNull();
  count = 3000;
  time += 801;
  expect([...((await marksOf(jobId, shape)).inFlight?.keys() ?? [])]).toEqual([7]);
});

test('a queue that fails tells nothing, and is asked again later', async () => {
  let time = 0;
  let isDown = true;
  const marksOf = createMarks({
    queue: () => (isDown ? Promise.reject(new Error('no queue')) : Promise.resolve(holding(20, 1))),
    dlq: async () => holding(0),
    peek: async () => peeked([messageOf(7)]),
    deadLettersSeen: () => [],
    now: () => time,
  });
  expect(await marksOf(jobId, shape)).toMatchObject({ inFlight: null, seenOn: Number.NEGATIVE_INFINITY });
  isDown = false;
  time += 801;
  expect((await marksOf(jobId, shape)).inFlight?.size).toBe(1);
});

test('when very many have come back, those in flight are told alone', async () => {
  const asked: PeekOptions[] = [];
  const many = Array.from({ length: 3001 }, () => messageOf(8, { visible: true }));
  const marksOf = createMarks({
    queue: async () => holding(9000, 1),
    dlq: async () => holding(0),
    async peek(_, wish = {}) {
      asked.push(wish);
      return peeked(wish.onlyInFlight ? [messageOf(7)] : many);
    },
    deadLettersSeen: () => [],
  });
  const { inFlight, returned } = await marksOf(jobId, shape);
  expect([[...(inFlight?.keys() ?? [])], [...returned.keys()]]).toEqual([[7], []]);
  expect(asked).toMatchObject([{ onlyReceived: true, max: 3001 }, { onlyInFlight: true }]);
});

test('of a long queue only what was received is asked for, and nothing where that cannot be asked', async () => {
  const asked: PeekOptions[] = [];
  const options = { queue: async () => holding(200_000, 1), dlq: async () => holding(0), deadLettersSeen: () => [] };
  const answering: Peek = async (_, wish = {}) => {
    asked.push(wish);
    return peeked([messageOf(7)]);
  };
  const marks = await createMarks({ ...options, peek: answering })(jobId, shape);
  expect(asked).toMatchObject([{ onlyReceived: true }]);
  expect([...(marks.inFlight?.keys() ?? [])]).toEqual([7]);
  const deaf: Peek = async () => undefined;
  expect((await createMarks({ ...options, peek: deaf })(jobId, shape)).inFlight).toBeNull();
});

test('without peeking, the dead letters that a reader has received are known', async () => {
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
  const seen = toDeadLetter({ ...messageOf(9), messageId: 'dead letter', ...sent });
  const marksOf = createMarks({
    queue: async () => holding(5),
    dlq: async () => holding(1),
    peek: async () => undefined,
    deadLettersSeen: () => [seen],
  });
  const { inFlight, dead } = await marksOf(jobId, shape);
  expect(inFlight).toBeNull();
  expect([...dead]).toEqual([[9, { sentOn: SENT, receives: 3 }]]);
});

test('an endpoint that cannot choose shows a short queue whole, within a budget of bytes', async () => {
  const asked: PeekOptions[] = [];
  const whole =
    (isCut: boolean): Peek =>
    async (_, wish = {}) => {
      asked.push(wish);
      return wish.onlyReceived ? undefined : peeked([messageOf(7)], isCut);
    };
  const options = { queue: async () => holding(20, 1), dlq: async () => holding(0), deadLettersSeen: () => [] };
  const marks = await createMarks({ ...options, peek: whole(false) })(jobId, shape);
  expect([...(marks.inFlight?.keys() ?? [])]).toEqual([7]);
  for (const { characters = Number.NaN, maxBytes = Number.NaN } of asked) {
    expect(characters).toBeLessThan(1000);
    expect(maxBytes).toBeLessThanOrEqual(16 * 1024 * 1024);
  }
  // What is left out may be in flight too: it cannot be told.
  expect((await createMarks({ ...options, peek: whole(true) })(jobId, shape)).inFlight).toBeNull();
});

test('an answer that was cut is not asked for again for half a minute', async () => {
  let time = 0;
  let looks = 0;
  const marksOf = createMarks({
    queue: async () => holding(20, 1),
    dlq: async () => holding(0),
    async peek(_, wish = {}) {
      if (wish.onlyReceived) return undefined;
      looks += 1;
      return peeked([messageOf(7)], true);
    },
    deadLettersSeen: () => [],
    now: () => time,
  });
  await marksOf(jobId, shape);
  time += 30_000;
  await marksOf(jobId, shape);
  expect(looks).toBe(1);
  time += 1;
  await marksOf(jobId, shape);
  expect(looks).toBe(2);
});

test('a look is told to all who ask within 800 ms', async () => {
  let [time, looks] = [0, 0];
  const marksOf = createMarks({
    queue: async () => holding(20, 1),
    dlq: async () => holding(0),
    async peek() {
      looks += 1;
      return peeked([messageOf(7)]);
    },
    deadLettersSeen: () => [],
    now: () => time,
  });
  for (const [at, expected] of [
    [0, 1],
    [800, 1],
    [801, 2],
  ] as const) {
    time = at;
    await marksOf(jobId, shape);
    expect(looks).toBe(expected);
  }
});

test('looks are shared, and the longer one takes the longer is the rest after it', async () => {
  let looks = 0;
  let time = 0;
  const marksOf = createMarks({
    queue: async () => holding(20, 1),
    dlq: async () => holding(0),
    async peek() {
      looks += 1;
      time += 2000;
      return peeked([messageOf(7)]);
    },
    deadLettersSeen: () => [],
    now: () => time,
  });
  const all = await Promise.all(Array.from({ length: 300 }, () => marksOf(jobId, shape)));
  expect(looks).toBe(1);
  time += 5000;
  all.push(await marksOf(jobId, shape));
  expect(looks).toBe(1);
  // All are told what the one look has seen.
  expect(new Set(all.map(({ inFlight }) => [...(inFlight?.keys() ?? [])].join()))).toEqual(new Set(['7']));
  time += 5000;
  await marksOf(jobId, shape);
  expect(looks).toBe(2);
});
