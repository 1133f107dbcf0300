import { expect, test } from '@jest/globals';
import type { Peek, PeekedMessage, PeekOptions } from '@movie-load/aws';
import { deadLetter, toDeadLetter } from '@movie-load/queue';
import { deduplicationId, groupKey, groupOfMessage, jobIdOf, planJob, shapeOf } from '@movie-load/schema';
import { createMarks } from '../src/marks.ts';

const plan = planJob({ nonce: 'marks', movies: 100, movies_per_message: 1, seed: 1, generator: 1 });
const shape = shapeOf(plan);
const jobId = jobIdOf(plan);
const SENT = Date.parse('2026-11-25T09:12:54.000Z');

function messageOf(number: number, more: Partial<PeekedMessage> = {}): PeekedMessage {
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
    ...more,
  };
}

const holding = (count: number, inFlight = 0) => ({
  url: `queue of ${count}`,
  status: async () => ({ waiting: count - inFlight, inFlight, delayed: 0, maximumMessageBytes: 1_048_576 }),
});

test('what is in flight is known with its receives, whoever else waits; strangers are nobody', async () => {
  const peek: Peek = async () => [
    messageOf(3),
    messageOf(4, { visible: true }),
    messageOf(5, { deduplicationId: 'x' }),
  ];
  const marksOf = createMarks({
    queue: async () => holding(3, 2),
    dlq: async () => holding(0),
    peek,
    lettersSeen: () => [],
  });
  const { inFlight, dead } = await marksOf(jobId, shape);
  expect([...(inFlight ?? [])]).toEqual([[3, { sentOn: SENT, receives: 3 }]]);
  expect(dead.size).toBe(0);
});

test('of a long queue only what is in flight is asked for, and nothing where that cannot be asked', async () => {
  const asked: PeekOptions[] = [];
  const options = { queue: async () => holding(200_000, 1), dlq: async () => holding(0), lettersSeen: () => [] };
  const answering: Peek = async (_, wish = {}) => {
    asked.push(wish);
    return [messageOf(7)];
  };
  const marks = await createMarks({ ...options, peek: answering })(jobId, shape);
  expect(asked).toEqual([{ onlyInFlight: true }]);
  expect([...(marks.inFlight?.keys() ?? [])]).toEqual([7]);
  const deaf: Peek = async () => undefined;
  expect((await createMarks({ ...options, peek: deaf })(jobId, shape)).inFlight).toBeNull();
});

test('without peeking, the letters that somebody has looked at are known', async () => {
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
  const letter = toDeadLetter({ ...messageOf(9), messageId: 'letter', ...sent });
  const marksOf = createMarks({
    queue: async () => holding(5),
    dlq: async () => holding(1),
    peek: async () => undefined,
    lettersSeen: () => [letter],
  });
  const { inFlight, dead } = await marksOf(jobId, shape);
  expect(inFlight).toBeNull();
  expect([...dead]).toEqual([[9, { sentOn: SENT, receives: 3 }]]);
});
