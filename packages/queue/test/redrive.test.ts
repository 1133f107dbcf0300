// Listing, redriving and purging dead letters of the embedded AWS.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Clock, type ReceivedMessage, systemClock, systemRandom } from '@movie-load/aws';
import { checkLoadMessage, jobIdOf, parseDeduplicationId } from '@movie-load/schema';
import { sendMessages } from '@movie-load/testing';
import {
  deadLetter,
  findDeadLetters,
  listDeadLetters,
  purgeDeadLetters,
  type RedriveOptions,
  redrive,
  sendJob,
} from '../src/index.ts';
import { drain, startQueues, type TestQueues } from './aws.ts';
import { planFor } from './support.ts';

let queues: TestQueues;
beforeAll(async () => {
  queues = await startQueues();
});
afterEach(async () => {
  await drain(queues.queue);
  await drain(queues.dlq);
});
afterAll(() => queues.close());

const clock = systemClock;
const random = systemRandom;
const started_on = '2026-11-25T09:12:54.000Z';

/** Sends a job and moves every message of it to the dead-letter queue, as a consumer would. */
async function deadLetterJob(movies: number, nonce: string, reason: 'not_json' | 'wrong_shape' = 'not_json') {
  const { queue, dlq } = queues;
  const plan = planFor(movies, 1, nonce);
  await sendJob({ queue, plan, started_on, random });
  const messages = await drain(queue);
  expect(messages).toHaveLength(movies);
  for (const message of messages) await deadLetter({ dlq }, message, { reason, detail: 'a test', consumer: 'c' });
  return { job_id: jobIdOf(plan), messages };
}

/** Receives all messages of the queue and dead-letters them. */
async function deadLetterAll(): Promise<void> {
  for (const message of await drain(queues.queue))
    await deadLetter({ dlq: queues.dlq }, message, { reason: 'not_json', detail: 'again', consumer: 'c' });
}

/** The queue, with consumers that dead-letter each message at once; and the number of messages that it accepted. */
function poisonedQueue() {
  const state = { sent: 0 };
  const { queue } = queues;
  const send: typeof queue.send = async (messages) => {
    const failures = await queue.send(messages);
    state.sent += messages.length - failures.length;
    await deadLetterAll();
    return failures;
  };
  return { state, to: { ...queue, send } };
}

const redriveAll = (more: Partial<RedriveOptions> = {}) =>
  redrive({ from: queues.dlq, to: queues.queue, clock, random, ...more });
/**
 * The dead-letter queue with a time that is a minute ahead: all messages that come back during a run count as such,
 * also on a busy machine.
 */
const dlqAhead = () => ({
  ...queues.dlq,
  status: async () => ({ ...(await queues.dlq.status()), now: Date.now() + 60_000 }),
});
const list = () => listDeadLetters({ dlq: queues.dlq, clock });
const bodies = (messages: readonly ReceivedMessage[]) => messages.map(({ body }) => body).sort();

describe('the dead-letter queue', () => {
  test('lists every message of a hundred, oldest first, and leaves all of them in the queue', async () => {
    const { job_id } = await deadLetterJob(100, 'list');
    for (let time = 0; time < 2; time++) {
      const { deadLetters, unseen } = await list();
      expect(deadLetters).toHaveLength(100);
      expect(unseen).toBe(0);
      expect(new Set(deadLetters.map((deadLetter) => deadLetter.job_id))).toEqual(new Set([job_id]));
      expect(deadLetters.map(({ since }) => since)).toEqual(deadLetters.map(({ since }) => since).sort());
    }
    expect(await queues.dlq.status()).toMatchObject({ waiting: 100, inFlight: 0 });
  });

  test('has a message once that was dead-lettered twice', async () => {
    const { messages } = await deadLetterJob(3, 'twice');
    for (const message of messages) {
      await deadLetter({ dlq: queues.dlq }, message, { reason: 'not_json', detail: 'again', consumer: 'other' });
    }
    expect((await list()).deadLetters).toHaveLength(3);
  });

  test('shows one message by its id, with its body, and up to ten by the beginning of an id', async () => {
    const { messages } = await deadLetterJob(12, 'show');
    const { deadLetters } = await list();
    const wanted = deadLetters[5];
    if (wanted === undefined) throw new Error('nothing listed');
    const shown = await findDeadLetters(wanted.message_id, { dlq: queues.dlq, clock });
    expect(shown.deadLetters).toHaveLength(1);
    expect(shown.deadLetters[0]).toMatchObject(wanted);
    const original = messages.find(({ messageId }) => messageId === wanted.original_message_id);
    expect(shown.deadLetters[0]?.body).toBe(original?.body ?? 'the original is not found');
    expect((await findDeadLetters('', { dlq: queues.dlq, clock })).deadLetters).toHaveLength(10);
    expect(await queues.dlq.status()).toMatchObject({ waiting: 12, inFlight: 0 });
  });

  test('is redriven: every message goes to its group with its attributes, and none remains', async () => {
    const { queue, dlq } = queues;
    const attributes = {
      trace: { DataType: 'String', StringValue: 'über' },
      raw: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
    };
    await sendMessages(queue, [{ body: 'poison', groupId: 'foreign', deduplicationId: 'one', attributes }]);
    const [poison] = await drain(queue);
    if (poison === undefined) throw new Error('nothing received');
    await deadLetter({ dlq }, poison, { reason: 'not_json', detail: 'x', consumer: 'c' });
    const { messages } = await deadLetterJob(40, 'all');

    expect(await redriveAll()).toMatchObject({
      redriven: 41,
      unseen: 0,
      undeleted: 0,
      refused: [],
      attributes_lost: 0,
    });
    const redriven = await drain(queue);
    expect(bodies(redriven)).toEqual(bodies([...messages, poison]));
    expect(redriven.find(({ body }) => body === 'poison')).toMatchObject({ groupId: 'foreign', attributes });
    for (const { body, groupId } of redriven)
      if (body !== 'poison') expect(checkLoadMessage(body, groupId).ok).toBe(true);
    expect(await dlq.status()).toMatchObject({ waiting: 0, inFlight: 0 });
  });

  test('is redriven with ids of the job’s form, repeatedly, also with two messages of one number', async () => {
    const { queue, dlq } = queues;
    const { job_id, messages } = await deadLetterJob(2, 'ids');
    const [first] = messages;
    if (first === undefined) throw new Error('nothing received');
    // The same message of the job, damaged, from another send.
    const spoilt = { ...first, body: 'spoilt', messageId: 'another' };
    await deadLetter({ dlq }, spoilt, { reason: 'not_json', detail: 'x', consumer: 'c' });
    for (let time = 0; time < 2; time++) {
      await redriveAll();
      const redriven = await drain(queue);
      expect(bodies(redriven)).toEqual(bodies([...messages, spoilt]));
      const ids = redriven.map(({ deduplicationId }) => deduplicationId ?? '');
      expect(new Set(ids).size).toBe(3);
      expect(ids.map((id) => parseDeduplicationId(id)?.number).sort()).toEqual([0, 0, 1]);
      expect(ids.every((id) => parseDeduplicationId(id)?.job_id === job_id)).toBe(true);
      for (const one of redriven) await deadLetter({ dlq }, one, { reason: 'not_json', detail: 'x', consumer: 'c' });
    }
  });

  test('loses nothing when a redrive stops between send and delete, and the next run completes it', async () => {
    const { dlq, queue } = queues;
    const { messages } = await deadLetterJob(25, 'crash');
    let deletes = 0;
    const crashing = {
      ...dlq,
      delete: (handles: readonly string[]) =>
        ++deletes === 2
          ? Promise.reject(Object.assign(new Error('crash'), { name: 'ValidationException' }))
          : dlq.delete(handles),
    };
    await expect(redriveAll({ from: crashing })).rejects.toThrow('crash');
    expect(await redriveAll()).toMatchObject({ unseen: 0 });
    const redriven = await drain(queue);
    expect([...new Set(bodies(redriven))]).toEqual(bodies(messages));
    expect(await dlq.status()).toMatchObject({ waiting: 0, inFlight: 0 });
  });

  test('keeps exactly the messages that the queue refuses', async () => {
    await deadLetterJob(12, 'refused');
    const refusing = {
      ...queues.queue,
      send: async () => [{ index: 0, code: 'InvalidMessageContents', message: 'no', senderFault: true }],
    };
    const result = await redriveAll({ to: refusing });
    expect(result.redriven).toBe(12 - result.refused.length);
    expect(result.refused.length).toBeGreaterThan(0);
    const ids = (messages: readonly { readonly message_id: string }[]) =>
      messages.map(({ message_id }) => message_id).sort();
    expect(ids((await list()).deadLetters)).toEqual(ids(result.refused));
  });

  test('is redriven by reason, by job, up to a maximum, or only counted', async () => {
    const jobA = await deadLetterJob(15, 'a', 'not_json');
    await deadLetterJob(10, 'b', 'wrong_shape');
    expect(await redriveAll({ dryRun: true })).toMatchObject({ redriven: 25 });
    expect(await queues.dlq.status()).toMatchObject({ waiting: 25, inFlight: 0 });
    expect(await redriveAll({ filter: { reasons: ['wrong_shape'] }, max: 4 })).toMatchObject({ redriven: 4 });
    expect(await redriveAll({ filter: { job_id: jobA.job_id } })).toMatchObject({
      redriven: 15,
    });
    const { deadLetters } = await list();
    expect(deadLetters.map(({ reason }) => reason)).toEqual(Array.from({ length: 6 }, () => 'wrong_shape'));
    expect(await drain(queues.queue)).toHaveLength(19);
  });

  const skews = [-86_400_000, -30_000, 0, 120_000, 86_400_000];
  const skewed = (ms: number): Clock => ({ ...clock, now: () => clock.now() + ms });

  test.each(skews)('is redriven by a clock that is %d ms off: each message once', async (ms) => {
    const deadLetters = 25;
    await deadLetterJob(deadLetters, `poison${ms}`);
    const { state, to } = poisonedQueue();
    const result = await redriveAll({ from: dlqAhead(), to, clock: skewed(ms) });
    expect({ ...result, ...state }).toMatchObject({ redriven: deadLetters, sent: deadLetters, unseen: 0 });
    expect(result.came_back).toBeGreaterThan(0);
    expect(result.first_back).toMatchObject({ reason: 'not_json', detail: 'again' });
    const after = await list();
    expect(after.deadLetters).toHaveLength(deadLetters);
    expect(after.deadLetters.every(({ redriven_before }) => redriven_before)).toBe(true);
    expect(await queues.dlq.status()).toMatchObject({ waiting: deadLetters, inFlight: 0 });
  });

  test('is redriven without sending twice also where answers have no date', async () => {
    const { dlq } = queues;
    await deadLetterJob(5, 'no-date');
    const dateless = { ...dlq, status: async () => ({ ...(await dlq.status()), now: undefined }) };
    const { state, to } = poisonedQueue();
    expect(await redriveAll({ from: dateless, to })).toMatchObject({ redriven: 5 });
    expect(state.sent).toBe(5);
  });

  test('has messages without a job, which one run redrives once, and the next run again', async () => {
    await sendMessages(queues.queue, [{ body: 'spoilt', groupId: 'by-hand', deduplicationId: 'by-hand' }]);
    await deadLetterAll();
    for (let run = 1; run <= 2; run++) {
      expect(await redriveAll({ from: dlqAhead(), to: poisonedQueue().to })).toMatchObject({
        redriven: 1,
        came_back: 1,
      });
    }
  });

  test.each(skews)('is purged of its messages by a clock that is %d ms off', async (ms) => {
    await deadLetterJob(12, `purge${ms}`);
    expect(await purgeDeadLetters({ dlq: queues.dlq, clock: skewed(ms) })).toMatchObject({ purged: 12, unseen: 0 });
    expect(await queues.dlq.status()).toMatchObject({ waiting: 0, inFlight: 0 });
  });

  test('is purged of matching messages', async () => {
    await deadLetterJob(12, 'purge', 'wrong_shape');
    await deadLetterJob(3, 'keep');
    const purge = (dryRun: boolean) =>
      purgeDeadLetters({ dlq: queues.dlq, clock, dryRun, filter: { reasons: ['wrong_shape'] } });
    expect(await purge(true)).toMatchObject({ purged: 12 });
    expect(await purge(false)).toMatchObject({ purged: 12 });
    expect((await list()).deadLetters).toHaveLength(3);
  });
});

describe('messages that no consumer put there', () => {
  test('are seen up to ten of a group, and the number of unseen ones is reported', async () => {
    const byHand = Array.from({ length: 16 }, (_, index) => ({
      body: `by hand ${index}`,
      groupId: 'one',
      deduplicationId: `h${index}`,
    }));
    await sendMessages(queues.dlq, byHand);
    const { deadLetters, unseen } = await list();
    expect(deadLetters.map(({ reason, original_group }) => [reason, original_group])).toEqual(
      Array.from({ length: 10 }, () => ['unknown', 'one']),
    );
    expect(unseen).toBe(6);
    expect(await redriveAll()).toMatchObject({ redriven: 16, unseen: 0 });
    const redriven = await drain(queues.queue);
    expect(redriven.map(({ body }) => body)).toEqual(byHand.map(({ body }) => body));
    expect(new Set(redriven.map(({ groupId }) => groupId))).toEqual(new Set(['one']));
  });

  test('and that SQS moved after ten receives have that reason, and are redriven to their group', async () => {
    const { queue, dlq } = queues;
    const plan = planFor(3, 1, 'moved');
    await sendJob({ queue, plan, started_on, random });
    const receive = () => queue.receive({ max: 10, waitSeconds: 0, visibilitySeconds: 60 });
    for (let time = 1; time <= 10; time++) {
      const messages = await receive();
      expect(messages.map(({ receiveCount }) => receiveCount)).toEqual([time, time, time]);
      await queue.changeVisibility(messages.map(({ receiptHandle }) => ({ receiptHandle, seconds: 0 })));
    }
    expect(await receive()).toEqual([]);
    const { deadLetters } = await listDeadLetters({ dlq, clock, filter: { job_id: jobIdOf(plan) } });
    expect(deadLetters.map(({ reason, original_group }) => [reason, original_group])).toEqual(
      Array.from({ length: 3 }, () => ['too_many_receives', `${jobIdOf(plan)}#0`]),
    );
    expect(await redriveAll()).toMatchObject({ redriven: 3 });
    const redriven = await drain(queue);
    expect(redriven.map(({ body, groupId }) => checkLoadMessage(body, groupId).ok)).toEqual([true, true, true]);
  });
});
