// Searches for messages that break the consumer: damaged and forged ones among valid ones, through the real handler.
// Every message is either stored unchanged, under a number of its own job, or in the dead-letter queue byte for byte.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ReceivedMessage } from '@movie-load/aws';
import { generateMovies } from '@movie-load/movies';
import {
  checkLoadMessage,
  encodeLoadMessage,
  groupKey,
  groupOfMessage,
  type JobPlan,
  jobIdOf,
  type LoadMessage,
  loadMessageSchema,
  moviesOfMessage,
  movieToJson,
  NEWER_VERSION,
  REFUSALS,
  shapeOf,
} from '@movie-load/schema';
import fc from 'fast-check';
import { consumerOf, type Environment, startEnvironment } from './environment.ts';
import { damage } from './mutations.ts';
import { loadMessage, testPlan } from './support.ts';

/** More, for a night: FUZZ_RUNS=10000. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 60);
const CHECKS = RUNS * 8;
const MESSAGES = 10;
const TIMEOUT_MS = 20 * 60_000 + RUNS * 5000;

interface Sending {
  readonly body: string;
  readonly groupId: string;
}

/** A well-formed message of a plan that the sender chose, at the limits of a plan. */
const forged: fc.Arbitrary<Sending> = fc
  .record({
    plan: fc.record({
      version: fc.constantFrom(1 as const, 2 as const),
      nonce: fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/),
      movies: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 100_000_000 })),
      movies_per_message: fc.oneof(fc.constantFrom(1, 2), fc.integer({ min: 1, max: 20 })),
      group_size: fc.oneof(fc.constantFrom(1, 200), fc.integer({ min: 1, max: 200 })),
      fan_out: fc.oneof(fc.constantFrom(2, 256), fc.integer({ min: 2, max: 256 })),
      seed: fc.oneof(fc.constantFrom(0, 2 ** 32 - 1), fc.nat()),
      generator: fc.constantFrom(1, 1_000_000),
    }),
    dice: fc.nat(),
    started: fc.date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    }),
  })
  .map(({ plan, dice, started }) => {
    const shape = shapeOf(plan);
    const number = dice % 2 === 0 ? shape.messages - 1 : dice % shape.messages;
    const group = groupOfMessage(shape, number);
    const job_id = jobIdOf(plan);
    const movies = [...generateMovies(plan.seed, moviesOfMessage(plan, number))];
    const started_on = started.toISOString();
    const body = encodeLoadMessage({ job_id, plan, group, number, started_on, movies });
    return { body, groupId: groupKey(job_id, group) };
  });

interface Plague {
  readonly damaged: readonly {
    readonly of: number;
    readonly by: (body: string) => string;
    readonly group: string | undefined;
  }[];
  readonly forged: readonly Sending[];
  readonly forgedAndDamaged: readonly Sending[];
}

const plague: fc.Arbitrary<Plague> = fc.record({
  damaged: fc.array(
    fc.record({
      of: fc.nat({ max: MESSAGES - 1 }),
      by: damage,
      group: fc.option(fc.stringMatching(/^[!-~]{1,128}$/), { nil: undefined, freq: 9 }),
    }),
    { minLength: 5, maxLength: 20 },
  ),
  forged: fc.array(forged, { maxLength: 3 }),
  forgedAndDamaged: fc.array(
    fc.tuple(forged, damage).map(([{ body, groupId }, by]) => ({ body: by(body), groupId })),
    { maxLength: 5 },
  ),
});

let jobs = 0;
/** Each run has a job of its own. */
const newPlan = (): JobPlan => testPlan(MESSAGES * 2, 2, `fuzz-${++jobs}`);

/** Good messages with damaged ones between them. */
function sendingsOf(plan: JobPlan, { damaged, forged, forgedAndDamaged }: Plague): Sending[] {
  const good = Array.from({ length: MESSAGES }, (_, number) => loadMessage(plan, number));
  const bad = damaged.map(({ of, by, group }) => {
    const { body, groupId } = loadMessage(plan, of);
    return { body: by(body), groupId: group ?? groupId };
  });
  const strangers = [...bad, ...forged, ...forgedAndDamaged];
  const all: Sending[] = [];
  while (good.length + strangers.length > 0) all.push(...strangers.splice(0, 2), ...good.splice(0, 1));
  return all;
}

describe('the check of a message', () => {
  test('returns a verdict on every body, and accepts only messages of their plan', () => {
    const plan = newPlan();
    fc.assert(
      fc.property(plague, (given) => {
        for (const { body, groupId } of sendingsOf(plan, given)) {
          const verdict = checkLoadMessage(body, groupId);
          if (verdict.ok) expectSound(verdict.message, body, groupId);
          else expect(verdict.detail).toMatch(/^[\w .:;,-]+$/);
        }
      }),
      { numRuns: CHECKS },
    );
  });
});

describe('the handler', () => {
  let world: Environment;
  let consumer: ReturnType<typeof consumerOf>;
  beforeAll(async () => {
    world = await startEnvironment();
    consumer = consumerOf(world);
  });
  afterAll(async () => {
    await consumer.end();
    await world.close();
  });

  test(
    'stores a message unchanged, or dead-letters it byte for byte with a reason',
    async () => {
      const seen = { stored: 0, reasons: new Map<string, number>() };
      const { receiveOnce, exits, counters } = consumer;
      await fc.assert(
        fc.asyncProperty(plague, async (given) => {
          const plan = newPlan();
          const sent = sendingsOf(plan, given)
            .filter(isOfThisRelease)
            .map((one, at) => ({
              ...one,
              deduplicationId: `${jobIdOf(plan)}-${at}`,
            }));
          await world.sendRaw(sent);
          while ((await receiveOnce()) > 0);
          expect(exits).toEqual([]);
          expect(counters.inFlight).toBe(0);
          expect(await world.queue.status()).toMatchObject({ waiting: 0, inFlight: 0 });

          const deadLetters = await takeDeadLetters(world);
          const accepted: LoadMessage[] = [];
          for (const { body, groupId, deduplicationId } of sent) {
            const deadLetter = deadLetters.get(deduplicationId);
            if (deadLetter === undefined) accepted.push(expectSound(JSON.parse(body), body, groupId));
            else expect(deadLetter.body).toBe(body);
            const reason = deadLetter?.attributes.reason?.StringValue;
            if (reason === undefined) seen.stored++;
            else seen.reasons.set(reason, (seen.reasons.get(reason) ?? 0) + 1);
          }
          expect(accepted.length + deadLetters.size).toBe(sent.length);
          const bodies = new Set(accepted.map(encodeLoadMessage));
          for (let number = 0; number < MESSAGES; number++) expect(bodies).toContain(loadMessage(plan, number).body);
          await expectStored(world, accepted);
          expect((await world.jobs.job(jobIdOf(plan)))?.status).toBe('COMPLETE');
        }),
        { numRuns: RUNS, interruptAfterTimeLimit: TIMEOUT_MS * 0.9, markInterruptAsFailure: true },
      );
      // The search is meaningful only if it reaches every verdict.
      expect(seen.stored).toBeGreaterThan(0);
      expect([...seen.reasons.keys()].toSorted()).toEqual([...REFUSALS].toSorted());
    },
    TIMEOUT_MS,
  );
});

/** Messages of newer plan versions wait in the queue for newer consumers: `handler.test.ts`. */
function isOfThisRelease({ body, groupId }: Sending): boolean {
  const verdict = checkLoadMessage(body, groupId);
  return verdict.ok || verdict.reason !== NEWER_VERSION;
}

/** The message, if it fits its plan; fails otherwise. */
function expectSound(json: unknown, body: string, groupId: string): LoadMessage {
  const message = loadMessageSchema.parse(json);
  const { plan, number, group, job_id, movies } = message;
  const shape = shapeOf(plan);
  const { count } = moviesOfMessage(plan, number);
  expect({ job_id, group, movies: movies.length, groupId }).toEqual({
    job_id: jobIdOf(plan),
    group: groupOfMessage(shape, number) + 0,
    movies: count,
    groupId: groupKey(job_id, group),
  });
  // Nothing was removed or added: it has the same values, in any order and notation.
  expect(JSON.parse(encodeLoadMessage(message))).toEqual(JSON.parse(body, (_, value) => (value === 0 ? 0 : value)));
  return message;
}

/** Checks that the table has every accepted message, with the movies of one of the accepted messages of its number. */
async function expectStored(world: Environment, accepted: readonly LoadMessage[]): Promise<void> {
  const numbers = Map.groupBy(accepted, ({ job_id, number }) => `${job_id} ${number}`);
  for (const messages of numbers.values()) {
    const [message] = messages;
    if (message === undefined) continue;
    const stored: string[] = [];
    for await (const { movie } of world.jobs.movies(message, moviesOfMessage(message.plan, message.number))) {
      stored.push(movieToJson(movie));
    }
    const possible = messages.map(({ movies }) => movies.map(movieToJson));
    expect(possible).toContainEqual(stored);
  }
}

/** Empties the dead-letter queue; by the messages' deduplication ids in their own queue. */
async function takeDeadLetters({ dlq }: Environment): Promise<Map<string, ReceivedMessage>> {
  const deadLetters = new Map<string, ReceivedMessage>();
  for (;;) {
    const received = await dlq.receive({ max: 10, waitSeconds: 0, visibilitySeconds: 600 });
    if (received.length === 0) return deadLetters;
    for (const deadLetter of received) {
      const id = deadLetter.attributes.original_deduplication_id?.StringValue ?? '';
      expect(deadLetters.has(id)).toBe(false);
      deadLetters.set(id, deadLetter);
    }
    expect(await dlq.delete(received.map(({ receiptHandle }) => receiptHandle))).toEqual([]);
  }
}
