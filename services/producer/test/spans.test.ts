// The spans of a producer: one for each batch of a sampled group, with a child for each attempt.
import { expect, test } from '@jest/globals';
import type { OutgoingMessage, QueuePort } from '@movie-load/aws';
import { GENERATOR_VERSION } from '@movie-load/movies';
import { deduplicationId, groupKey, jobIdOf, messagesOfGroup, planJob, shapeOf } from '@movie-load/schema';
import { recordSpans } from '@movie-load/testing';
import { jobSpanId, sendSpanId, traceIdOf } from '@movie-load/tracing';
import { createProducerSpans } from '../src/spans.ts';

/** 100 groups of 200: every second group is sampled. */
const plan = planJob({
  nonce: 'spans',
  movies: 20_000,
  movies_per_message: 1,
  seed: 1,
  generator: GENERATOR_VERSION,
});
const jobId = jobIdOf(plan);
const batch = (group: number, from: number, count = 10): OutgoingMessage[] =>
  Array.from({ length: count }, (_, at) => {
    const number = messagesOfGroup(shapeOf(plan), group).first + from + at;
    const id = deduplicationId(jobId, group, number, 'word-one');
    return { body: '{}', groupId: groupKey(jobId, group), deduplicationId: id };
  });

function setUp() {
  const { sink, spans } = recordSpans();
  const sentBatches: unknown[][] = [];
  const answer: { send: () => ReturnType<QueuePort['send']> } = { send: async () => [] };
  const refuse = () => Promise.reject(new Error('not used here'));
  const port: QueuePort = {
    name: 'q.fifo',
    async send(...args) {
      sentBatches.push(args);
      return answer.send();
    },
    receive: refuse,
    delete: refuse,
    changeVisibility: refuse,
    status: refuse,
  };
  const { attempts, batches } = createProducerSpans(sink);
  return { queue: batches(attempts(port), plan), spans, sentBatches, answer };
}

test('a batch of a sampled group has a span in the trace of its job, and its attempt is a child', async () => {
  const { queue, spans, sentBatches } = setUp();
  const messages = batch(2, 10);
  const options = { maxAttempts: 3 };
  await queue.send(messages, options);
  expect(sentBatches).toEqual([[messages, options]]);
  const spanId = sendSpanId(messages[0]?.deduplicationId ?? '', messagesOfGroup(shapeOf(plan), 2).first);
  expect(spanId).toBeDefined();
  expect(spans).toMatchObject([
    {
      name: 'send q.fifo',
      kind: 'producer',
      traceId: traceIdOf(jobId),
      spanId,
      parentId: jobSpanId(jobId),
      attributes: {
        'messaging.operation.name': 'send',
        'messaging.batch.message_count': 10,
        'movie_load.job.id': jobId,
        'movie_load.group': 2,
      },
      outcome: {},
    },
    { name: 'sqs:SendMessageBatch', traceId: traceIdOf(jobId), parentId: spanId, outcome: {} },
  ]);
  expect(spans.every(({ outcome }) => outcome?.error === undefined)).toBe(true);
});

test('only the first batch of the same ten messages has the span id that consumers compute', async () => {
  const { queue, spans } = setUp();
  for (const [group, from, count] of [
    [2, 0, 4],
    [2, 4, 6],
    [4, 0, 10],
    [2, 10, 10],
  ] as const)
    await queue.send(batch(group, from, count));
  const sent = spans.filter(({ name }) => name === 'send q.fifo').map(({ spanId }) => spanId);
  const idOf = (group: number, from: number) =>
    sendSpanId(batch(group, from)[0]?.deduplicationId ?? '', messagesOfGroup(shapeOf(plan), group).first);
  expect(sent).toEqual([idOf(2, 0), expect.not.stringMatching(idOf(2, 0) ?? ''), idOf(4, 0), idOf(2, 10)]);
  expect(new Set(sent).size).toBe(4);
});

test('the span of a batch that fails, or of which entries are refused, has an error', async () => {
  const { queue, spans, answer } = setUp();
  const refused = [{ index: 0, code: 'InvalidMessageContents', message: 'no', senderFault: true }];
  answer.send = async () => refused;
  expect(await queue.send(batch(0, 0))).toBe(refused);
  expect(spans[0]?.outcome?.error).toMatchObject({ message: '1 messages were refused' });
  const away = new Error('SQS is unreachable');
  answer.send = () => Promise.reject(away);
  await expect(queue.send(batch(0, 10))).rejects.toBe(away);
  expect(spans.slice(2).map(({ outcome }) => outcome?.error)).toEqual([away, away]);
});

test('batches of other groups or programs, and empty ones, are sent without spans', async () => {
  const { queue, spans, sentBatches } = setUp();
  for (const messages of [batch(1, 0), batch(0, 0).map((one) => ({ ...one, groupId: 'other' })), []])
    await queue.send(messages);
  expect([sentBatches.length, spans]).toEqual([3, []]);
});
