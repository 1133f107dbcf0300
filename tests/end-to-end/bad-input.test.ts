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
const LIMIT_MS = 4 * 60_000;
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
const seconds = { from: 0, to: 0 };

beforeAll(async () => {
  world = await startWorld();
  const queue = await openQueue(world.clients, world.settings.queue);
  order = orderJob({ movies: Math.max(1000, COUNT) });
  const poison = [...poisonMessages(order.plan, COUNT)];
  const third = Math.ceil(COUNT / 3);
  const send = (part: number) => sendPoison(world.clients.sqs, queue.url, poison.slice(part * third).slice(0, third));
  const env = { ...world.env, VISIBILITY_SECONDS: '60', LOG_LEVEL: 'trace' };

  // A third is at the heads of the groups, a third comes among the good messages, a third after them.
  seconds.from = Date.now();
  sent = await send(0);
  await receiveEarly(queue);
  consumer = startService('consumer', { env });
  const producer = startService('producer', { env, args: order.args });
  sent.push(...(await send(1)));
  expect(await producer.ended).toMatchObject({ code: 0 });
  sent.push(...(await send(2)));

  const isOver = () => (consumer.report()?.dead_lettered ?? 0) >= COUNT;
  await eventually('all of them are dead-lettered', isOver, LIMIT_MS);
  await world.complete(order.jobId, LIMIT_MS);
  await world.queueIsEmpty();
  seconds.to = Date.now();
  deadLetters = await everyDeadLetter(await openQueue(world.clients, world.settings.dlq));
}, 2 * LIMIT_MS);

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
    const wrong = sent.flatMap((poison) => {
      const deadLetter = deadLetters.get(poison.messageId);
      const got = deadLetter && factsOf(deadLetter);
      const wanted = wantedOf(poison, instance);
      const isRight = deadLetter?.body === poison.body && JSON.stringify(got) === JSON.stringify(wanted);
      return isRight ? [] : [{ kind: poison.kind.name, got, wanted, sameBody: deadLetter?.body === poison.body }];
    });
    expect(wrong.slice(0, 5)).toEqual([]);
    const times = [...deadLetters.values()].map(({ attributes }) => Date.parse(textOf(attributes.original_sent_on)));
    expect(times.filter((time) => !(time >= seconds.from && time <= seconds.to))).toEqual([]);
  });

  test('do not grow the memory of the consumer', () => {
    expect(peakAfter(COUNT)).toBeLessThan(RSS_LIMIT_BYTES);
    expect(peakAfter(COUNT) - peakAfter(COUNT / 2)).toBeLessThan(GROWTH_LIMIT_BYTES);
  });

  test('do not appear in the log and forge no line of it', async () => {
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
      const took = ((seconds.to - seconds.from) / 1000).toFixed(1);
      process.stdout.write(
        `${rows.join('\n')}\n${COUNT} in ${took} s, the consumer's peak at the start, half-way, at the end: ${rss} MiB\n`,
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
    const seen = await queue.receive({ max: 10, waitSeconds: 0, visibilitySeconds: 0 });
    for (const { messageId, receiveCount } of seen) receiveCounts.set(messageId, receiveCount);
  }
  expect(receiveCounts.size).toBeGreaterThan(0);
}

/** The whole dead-letter queue, by the message's id in its own queue. */
async function everyDeadLetter(dlq: OpenQueue): Promise<Map<string, ReceivedMessage>> {
  const found = new Map<string, ReceivedMessage>();
  for (;;) {
    const received = await dlq.receive({ max: 10, waitSeconds: 0, visibilitySeconds: 3600 });
    if (received.length === 0) return found;
    for (const deadLetter of received) {
      const id = textOf(deadLetter.attributes.original_message_id);
      expect(found.has(id)).toBe(false);
      found.set(id, deadLetter);
    }
  }
}

const textOf = (attribute: { readonly StringValue?: string | undefined } | undefined) => attribute?.StringValue ?? '';

function factsOf({ attributes }: ReceivedMessage) {
  const { detail, original_sent_on, ...rest } = attributes;
  const texts = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, textOf(value)]));
  return { ...sorted(texts), hasDetail: textOf(detail) !== '', hasTime: textOf(original_sent_on) !== '' };
}

function wantedOf({ kind, messageId, groupId, deduplicationId, sequenceNumber, attributes }: SentPoison, by = '') {
  // The SDK drops the value of an attribute of this name at every receive.
  const kept = Object.fromEntries(Object.entries(attributes ?? {}).filter(([name]) => name !== '__proto__'));
  const texts = {
    consumer: by,
    original_deduplication_id: deduplicationId,
    original_group: groupId,
    original_message_id: messageId,
    original_receive_count: String((receiveCounts.get(messageId) ?? 0) + 1),
    original_sequence_number: sequenceNumber,
    reason: kind.reason,
    ...(Object.keys(kept).length === 0 ? {} : { original_attributes: encodeAttributes(kept) }),
  };
  return { ...sorted(texts), hasDetail: true, hasTime: true };
}

const sorted = (texts: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(texts).toSorted(([a], [b]) => (a < b ? -1 : 1)));
