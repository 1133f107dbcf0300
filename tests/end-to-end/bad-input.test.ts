// Thousands of invalid messages in the middle of a real job: the job completes, every invalid message is in
// the dead-letter queue unchanged, and no text of a sender reaches the log.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type OpenQueue, openQueue, type ReceivedMessage } from '@movie-load/aws';
import { encodeAttributes } from '@movie-load/queue';
import { eventually, type RunningService, startService } from '@movie-load/testing';
import { z } from 'zod';
import { poisonMessages, type SentPoison, sendPoison } from '../support/poison.ts';
import { MARK, POISON_KINDS } from '../support/poison-kinds.ts';
import { expectedObject, type OrderedJob, orderJob, sha256, startWorld, type World } from '../support/world.ts';

/** The number of messages; the project promises 10,000. If it is set, the counts are printed. */
const REQUESTED = process.env.BAD_MESSAGES;
const COUNT = Number(REQUESTED ?? 2000);
const MIB = 1024 * 1024;
/** An idle consumer has some 130 MiB; bodies of a mebibyte and garbage that is not yet collected are extra. */
const RSS_LIMIT_BYTES = 600 * MIB;
/** The first half has every kind, so the second half must not need more memory. */
const GROWTH_LIMIT_BYTES = 150 * MIB;
const EARLY_RECEIVES = 4;

/** Every key that a line of the log may have. */
const logLine = z.strictObject({
  level: z.enum(['trace', 'debug', 'info', 'warn']),
  time: z.iso.datetime(),
  service: z.literal('consumer'),
  instance: z.string(),
  msg: z.string(),
  message_id: z.uuid().optional(),
  reason: z.string().optional(),
  detail: z
    .string()
    .regex(/^[\w .:;,-]*$/)
    .optional(),
  attempt: z.int().optional(),
  job_id: z.uuid().optional(),
  object: z.string().optional(),
  movies: z.int().optional(),
  part: z.int().optional(),
  parts: z.int().optional(),
  bytes: z.int().optional(),
  queue: z.string().optional(),
  pollers: z.int().optional(),
  why: z.string().optional(),
});

let world: World;
let order: OrderedJob;
let consumer: RunningService;
let sent: SentPoison[];
let deadLetters: Map<string, ReceivedMessage>;
/** Receives before the consumer started, by message id. */
const receiveCounts = new Map<string, number>();
const period = { startedAt: 0, endedAt: 0 };

beforeAll(async () => {
  world = await startWorld();
  const queue = await openQueue(world.clients, world.settings.queue);
  order = orderJob({ movies: Math.max(1000, COUNT) });
  const poison = [...poisonMessages(order.plan, COUNT)];
  const third = Math.ceil(COUNT / 3);
  const send = (part: number) => sendPoison(world.clients.sqs, queue.url, poison.slice(part * third).slice(0, third));
  const env = { ...world.env, VISIBILITY_SECONDS: '60', LOG_LEVEL: 'trace' };

  // A third is sent before the valid messages, a third between them, and a third after them.
  period.startedAt = Date.now();
  sent = await send(0);
  await receiveEarly(queue);
  consumer = startService('consumer', { env });
  const producer = startService('producer', { env, args: order.args });
  sent.push(...(await send(1)));
  expect(await producer.ended).toMatchObject({ code: 0 });
  sent.push(...(await send(2)));

  const isFinished = () => (consumer.report()?.dead_lettered ?? 0) >= COUNT;
  await eventually('all invalid messages are dead-lettered', isFinished);
  await world.untilComplete(order.jobId);
  await world.untilQueueIsEmpty();
  period.endedAt = Date.now();
  deadLetters = await receiveAllDeadLetters(await openQueue(world.clients, world.settings.dlq));
});

afterAll(async () => {
  await consumer[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

describe(`${COUNT} invalid messages in the middle of a job`, () => {
  test('include every kind', () => {
    expect(sent).toHaveLength(COUNT);
    expect(new Set(sent.map(({ kind }) => kind.name)).size).toBe(POISON_KINDS.length);
  });

  test('do not change the job: it is COMPLETE and has the generator’s bytes', async () => {
    expect(sha256(await world.object(order.jobId))).toBe(sha256(expectedObject(order.plan)));
    expect(await world.jobs.verify({ job_id: order.jobId, plan: order.plan })).toMatchObject({ problems: [] });
    const { jobs } = await world.jobs.listJobs();
    expect(jobs.map(({ job_id }) => job_id)).toEqual([order.jobId]);
  });

  test('all reach the dead-letter queue, unchanged and with their reason', () => {
    expect(deadLetters.size).toBe(COUNT);
    const instance = consumer.report()?.instance;
    const changed = sent.flatMap((poison) => {
      const deadLetter = deadLetters.get(poison.messageId);
      const actual = deadLetter && attributesOf(deadLetter);
      const expected = expectedAttributesOf(poison, instance);
      const isUnchanged = deadLetter?.body === poison.body && JSON.stringify(actual) === JSON.stringify(expected);
      return isUnchanged
        ? []
        : [{ kind: poison.kind.name, actual, expected, hasSameBody: deadLetter?.body === poison.body }];
    });
    expect(changed.slice(0, 5)).toEqual([]);
    const times = [...deadLetters.values()].map(({ attributes }) => Date.parse(textOf(attributes.original_sent_on)));
    expect(times.filter((time) => !(time >= period.startedAt && time <= period.endedAt))).toEqual([]);
  });

  test('keep the memory of the consumer below its limit, and hardly change it in their second half', () => {
    expect(peakAfter(COUNT / 2)).toBeGreaterThan(0);
    expect(peakAfter(COUNT)).toBeLessThan(RSS_LIMIT_BYTES);
    expect(peakAfter(COUNT) - peakAfter(COUNT / 2)).toBeLessThan(GROWTH_LIMIT_BYTES);
  });

  test('do not appear in the log and forge no line in it', async () => {
    consumer.kill('SIGTERM');
    expect(await consumer.ended).toEqual({ code: 0, signal: null });
    expect(consumer.stdout()).toBe('');
    const log = consumer.stderr();
    expect(log).not.toContain(MARK);
    const lines = log
      .trimEnd()
      .split('\n')
      .map((line) => logLine.parse(JSON.parse(line)));
    const instance = consumer.report()?.instance;
    expect(lines.filter((line) => line.instance !== instance)).toEqual([]);
    const logged = lines.filter(({ msg }) => msg === 'dead-lettered').map(({ message_id }) => message_id);
    expect(logged.toSorted()).toEqual(sent.map(({ messageId }) => messageId).toSorted());
  });

  if (REQUESTED !== undefined) {
    test('print a table by kind and reason', () => {
      const rows = POISON_KINDS.map(({ name, reason }) => {
        const count = sent.filter(({ kind }) => kind.name === name).length;
        return `${String(count).padStart(5)}  ${reason.padEnd(16)}${name}`;
      });
      const rss = [0, COUNT / 2, COUNT].map((count) => Math.round(peakAfter(count) / MIB)).join(', ');
      const elapsed = ((period.endedAt - period.startedAt) / 1000).toFixed(1);
      process.stdout.write(
        `${rows.join('\n')}\n${COUNT} in ${elapsed} s, the consumer's peak at the start, half-way, at the end: ${rss} MiB\n`,
      );
    });
  }
});

/** The consumer's largest memory until it had dead-lettered a number of messages, in bytes. */
function peakAfter(deadLettered: number): number {
  return consumer.reports.find(({ dead_lettered }) => dead_lettered >= deadLettered)?.peak_rss_bytes ?? 0;
}

/** Receives and releases a few times, so that receive counts differ. */
async function receiveEarly(queue: OpenQueue): Promise<void> {
  for (let count = 0; count < EARLY_RECEIVES; count++) {
    const messages = await queue.receive({ max: 10, waitSeconds: 0, visibilitySeconds: 0 });
    for (const { messageId, receiveCount } of messages) receiveCounts.set(messageId, receiveCount);
  }
  expect(receiveCounts.size).toBeGreaterThan(0);
}

/** Receives all dead letters. Returns them by the id that the message had in the queue. */
async function receiveAllDeadLetters(dlq: OpenQueue): Promise<Map<string, ReceivedMessage>> {
  const deadLettersById = new Map<string, ReceivedMessage>();
  for (;;) {
    const received = await dlq.receive({ max: 10, waitSeconds: 0, visibilitySeconds: 3600 });
    if (received.length === 0) return deadLettersById;
    for (const deadLetter of received) {
      const id = textOf(deadLetter.attributes.original_message_id);
      expect(deadLettersById.has(id)).toBe(false);
      deadLettersById.set(id, deadLetter);
    }
  }
}

const textOf = (attribute: { readonly StringValue?: string | undefined } | undefined) => attribute?.StringValue ?? '';

function attributesOf({ attributes }: ReceivedMessage) {
  const { detail, original_sent_on, ...others } = attributes;
  const texts = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, textOf(value)]));
  return { ...sorted(texts), hasDetail: textOf(detail) !== '', hasTime: textOf(original_sent_on) !== '' };
}

function expectedAttributesOf(
  { kind, messageId, groupId, deduplicationId, sequenceNumber, attributes }: SentPoison,
  instance = '',
) {
  // The SDK drops the value of an attribute of this name at every receive.
  const remaining = Object.fromEntries(Object.entries(attributes ?? {}).filter(([name]) => name !== '__proto__'));
  const texts = {
    consumer: instance,
    original_deduplication_id: deduplicationId,
    original_group: groupId,
    original_message_id: messageId,
    original_receive_count: String((receiveCounts.get(messageId) ?? 0) + 1),
    original_sequence_number: sequenceNumber,
    reason: kind.reason,
    ...(Object.keys(remaining).length === 0 ? {} : { original_attributes: encodeAttributes(remaining) }),
  };
  return { ...sorted(texts), hasDetail: true, hasTime: true };
}

const sorted = (texts: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(texts).toSorted(([a], [b]) => (a < b ? -1 : 1)));
