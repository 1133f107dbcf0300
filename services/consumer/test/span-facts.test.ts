// The contents of a receive's spans, with a sink that records them and a clock that the test moves.
import { describe, expect, test } from '@jest/globals';
import type { ReceivedMessage } from '@movie-load/aws';
import { deduplicationId, type JobPlan, jobIdOf } from '@movie-load/schema';
import { recordSpans } from '@movie-load/testing';
import { sendSpanId } from '@movie-load/tracing';
import { checkGroup } from '../src/grouping.ts';
import { createConsumerSpans } from '../src/spans.ts';
import { loadMessage, received, testPlan } from './support.ts';

const SENT_ON = Date.parse('2026-11-25T00:00:01.000Z');
const NONCE = 'nonce-of-the-send';

/** 66 groups of 200 messages: every second group is sampled. */
const large = testPlan(13_200);

const delivery = (plan: JobPlan, number: number, more: Partial<ReceivedMessage> = {}): ReceivedMessage => {
  const { body, groupId } = loadMessage(plan, number);
  const group = Number(groupId.split('#')[1]);
  const id = deduplicationId(jobIdOf(plan), group, number, NONCE);
  return received(String(number), { body, groupId, deduplicationId: id, sentOn: SENT_ON, ...more });
};

function start() {
  const recorded = recordSpans();
  const clock = { now: 1000 };
  const spans = createConsumerSpans(recorded.sink, 'movie-load.fifo', () => clock.now);
  /** Checks the deliveries, then does the work. */
  const around = (deliveries: readonly ReceivedMessage[], work: () => void = () => undefined) =>
    spans.around(deliveries, async () => {
      const { batch, refused } = checkGroup(deliveries, { receivedOn: 0 });
      spans.checked(
        batch,
        refused.map(({ reason }) => reason),
      );
      work();
    });
  return { spans, recorded: recorded.spans, clock, around };
}

describe('the span of a receive', () => {
  test('has the job, the group, the number of messages and of deliveries, and begins with the receive', async () => {
    const { around, recorded, clock } = start();
    const plan = testPlan(40);
    const jobId = jobIdOf(plan);
    const deliveries = [delivery(plan, 10, { receiveCount: 3 }), delivery(plan, 11)];
    const working = around(deliveries);
    clock.now = 5000;
    await working;
    expect(recorded).toMatchObject([
      {
        name: 'process movie-load.fifo',
        kind: 'consumer',
        traceId: jobId.replaceAll('-', ''),
        parentId: jobId.replaceAll('-', '').slice(0, 16),
        startMs: 1000,
        attributes: {
          'messaging.operation.name': 'process',
          'messaging.destination.name': 'movie-load.fifo',
          'messaging.batch.message_count': 2,
          'movie_load.job.id': jobId,
          'movie_load.group': 1,
          'movie_load.receives': 3,
        },
        outcome: { error: undefined, attributes: undefined },
      },
    ]);
  });

  test('links each batch of its messages once, and no redrive', async () => {
    const { around, recorded } = start();
    const plan = large;
    const numbers = [0, 1, 9, 10, 11];
    const redriven = delivery(plan, 12, { deduplicationId: 'sent by a redrive' });
    await around([...numbers.map((number) => delivery(plan, number)), redriven]);
    const linked = [0, 10].map((number) => sendSpanId(deduplicationId(jobIdOf(plan), 0, number, NONCE), 0));
    expect(recorded[0]?.links?.map(({ spanId }) => spanId)).toEqual(linked);
    expect(new Set(recorded[0]?.links?.map(({ traceId }) => traceId))).toEqual(
      new Set([jobIdOf(plan).replaceAll('-', '')]),
    );
  });

  test('links the batches of its own group, wherever the group begins in the job', async () => {
    const { around, recorded } = start();
    // Group 2 begins at 400: its first batch has ten, the next begins at 410.
    await around([400, 409, 410].map((number) => delivery(large, number)));
    const linked = [400, 410].map((number) => sendSpanId(deduplicationId(jobIdOf(large), 2, number, NONCE), 400));
    expect(recorded[0]?.links?.map(({ spanId }) => spanId)).toEqual(linked);
    expect(new Set(linked).size).toBe(2);
  });

  test('exists for a group that is not sampled only if it is redelivered, refused, or fails', async () => {
    const quiet = start();
    await quiet.around([delivery(large, 200)]);
    expect(quiet.recorded).toEqual([]);
    const again = start();
    await again.around([delivery(large, 200, { receiveCount: 2 })]);
    expect(again.recorded).toHaveLength(1);
    const refused = start();
    const notJson = { ...delivery(large, 200), body: 'no json' };
    await refused.around([notJson, { ...notJson, body: '{}' }, delivery(large, 201), notJson]);
    // One for each message, in their order.
    const reasons = ['not_json', 'wrong_shape', 'not_json'];
    expect(refused.recorded).toMatchObject([{ outcome: { attributes: { 'movie_load.refused': reasons } } }]);
    const failing = start();
    const error = new Error('not stored');
    await failing.around([delivery(large, 200)], () => failing.spans.failed(error));
    expect(failing.recorded).toMatchObject([{ outcome: { error } }]);
  });

  test('of messages that name no job has a trace of its own, without job and group', async () => {
    const { around, recorded } = start();
    await around([received('a', { body: 'no json', groupId: 'anything' })]);
    await around([received('b', { body: 'no json', groupId: undefined })]);
    expect(recorded.map(({ parentId }) => parentId)).toEqual([undefined, undefined]);
    for (const { traceId, attributes } of recorded) {
      expect(traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(attributes).not.toHaveProperty('movie_load.job.id');
      expect(attributes).not.toHaveProperty('movie_load.group');
    }
    expect(recorded[0]?.traceId).not.toBe(recorded[1]?.traceId);
  });

  test('has the refusals of all pieces of a receive, and links the batches of all its messages', async () => {
    const { spans, recorded } = start();
    const pieces = [
      [delivery(large, 0), received('p', { body: 'no json' })],
      [delivery(large, 10), received('q', { body: '{}' })],
    ];
    await spans.around(pieces.flat(), async () => {
      for (const piece of pieces) {
        const { batch, refused } = checkGroup(piece, { receivedOn: 0 });
        spans.checked(
          batch,
          refused.map(({ reason }) => reason),
        );
      }
    });
    expect(recorded).toHaveLength(1);
    expect(recorded[0]?.outcome?.attributes).toEqual({ 'movie_load.refused': ['not_json', 'wrong_shape'] });
    const linked = [0, 10].map((number) => sendSpanId(deduplicationId(jobIdOf(large), 0, number, NONCE), 0));
    expect(recorded[0]?.links?.map(({ spanId }) => spanId)).toEqual(linked);
  });

  test('does not exist where nothing is handled', () => {
    const { spans, recorded } = start();
    spans.checked(undefined, ['not_json']);
    spans.failed(new Error('nowhere'));
    expect(recorded).toEqual([]);
  });
});

describe('the spans of the job itself', () => {
  const plan = testPlan(20);
  const job_id = jobIdOf(plan);
  const root = job_id.replaceAll('-', '').slice(0, 16);

  test('include a part, from its first byte that was read; it is counted from 1', async () => {
    const { around, spans, recorded, clock } = start();
    await around([delivery(plan, 0)], () => {
      clock.now = 9000;
      spans.note({ kind: 'part_written', job_id, part: 0, parts: 3, movies: 20, bytes: 4000, ms: 2500 });
    });
    expect(recorded[1]).toMatchObject({
      name: 'part',
      kind: 'internal',
      parentId: recorded[0]?.spanId,
      startMs: 6500,
      attributes: {
        'movie_load.job.id': job_id,
        'movie_load.part': 1,
        'movie_load.parts': 3,
        'movie_load.bytes': 4000,
        'movie_load.movies': 20,
      },
      outcome: { endMs: 9000 },
    });
  });

  test('include its end, from the moment when all was stored, and the job, from its start', async () => {
    const { around, spans, recorded, clock } = start();
    await around([delivery(plan, 0)], () => {
      clock.now = 4000;
      spans.note({ kind: 'completing', job_id });
      clock.now = 7000;
      spans.note({ kind: 'completed', job_id, movies: 20, bytes: 4000 });
    });
    expect(recorded.slice(1)).toMatchObject([
      {
        name: 'complete',
        parentId: recorded[0]?.spanId,
        startMs: 4000,
        attributes: { 'movie_load.bytes': 4000, 'movie_load.movies': 20 },
        outcome: { endMs: 7000 },
      },
      {
        name: 'job',
        spanId: root,
        startMs: Date.parse('2026-11-25T00:00:00.000Z'),
        attributes: { 'movie_load.job.id': job_id, 'movie_load.bytes': 4000, 'movie_load.movies': 20 },
        outcome: { endMs: 7000 },
      },
    ]);
  });

  test('do not include its end if another receive led to it', async () => {
    const { around, spans, recorded } = start();
    await around([delivery(plan, 0)], () => spans.note({ kind: 'completed', job_id, movies: 20, bytes: 1 }));
    expect(recorded.map(({ name }) => name)).toEqual(['process movie-load.fifo', 'job']);
  });

  test('are children of the job if no receive led to them; the job then begins now', () => {
    const { spans, recorded } = start();
    spans.note({ kind: 'part_written', job_id, part: 1, parts: 3, movies: 20, bytes: 1, ms: 0 });
    spans.note({ kind: 'completing', job_id });
    spans.note({ kind: 'completed', job_id, movies: 20, bytes: 1 });
    spans.note({ kind: 'stored', job_id, group: 0, messages: 1, movies: 1, repeated: 0, slices: 1 });
    expect(recorded.map(({ name, parentId, startMs }) => [name, parentId, startMs])).toEqual([
      ['part', root, 1000],
      ['job', undefined, 1000],
    ]);
  });
});
