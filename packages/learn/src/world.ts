// The world of a lesson: its own embedded AWS with a lab and the project's resources, the real consumer and job store,
// and a clock that the script moves.
import { randomUUID } from 'node:crypto';
import {
  type AwsClients,
  awsSettingsFrom,
  createClients,
  EMULATOR_ENVIRONMENT,
  openObjects,
  openQueue,
  openTable,
  provision,
  type Random,
} from '@movie-load/aws';
import { createLab, type Lab, LabClock, startLocalAws } from '@movie-load/local-aws';
import { GENERATOR_VERSION } from '@movie-load/movies';
import type { Note, RunEvent } from '@movie-load/operations/lessons';
import { sendJob } from '@movie-load/queue';
import { planJob } from '@movie-load/schema';
import { LessonClock } from './clock.ts';
import { startLessonConsumer } from './consumer.ts';
import type { LessonWorld } from './lesson-world.ts';
import { Callers, observeCalls, observeMessages, type RunEventListener } from './observe.ts';
import { createOwnQueue } from './own-queue.ts';

/** The random numbers of retries: short pauses, equal in each run. */
const random: Random = { next: () => 0.1, uuid: () => randomUUID() };

const doNothing = (): void => undefined;

/**
 * @example await using world = await openWorld();
 * @param onEvent is called with each event after the world is ready
 */
export async function openWorld(onEvent: RunEventListener = doNothing): Promise<LessonWorld> {
  const start = Date.now();
  const lab: Lab = { ...createLab(), clock: new LabClock({ now: () => start }) };
  const aws = await startLocalAws({ lab, minPartBytes: 1 });
  const env = { ...EMULATOR_ENVIRONMENT, AWS_ENDPOINT_URL: aws.endpoint };
  const settings = awsSettingsFrom(env);
  const clients = createClients(settings, { env });
  const calls = trackCalls(clients);
  const clock = new LessonClock(lab.clock);
  const callers = new Callers();
  const secondOf = (at: number): number => (at - start) / 1000;
  let isReady = false;
  const observeOptions = {
    ...{ callers, secondOf, now: () => clock.now() },
    onEvent: (event: RunEvent) => (isReady ? onEvent(event) : undefined),
  };
  observeMessages(lab.history, observeOptions);
  observeCalls(clients, observeOptions);
  await provision(clients, settings);
  const [queue, dlq] = [await openQueue(clients, settings.queue), await openQueue(clients, settings.dlq)];
  const notes: Note[] = [];
  let jobs = 0;
  const world: LessonWorld = {
    ...{ lab, clients, settings, queue, dlq, clock, random, notes },
    table: openTable(clients, settings.table),
    objects: openObjects(clients, settings.bucket),
    note(text, atMs = clock.now()) {
      const note = { second: secondOf(atMs), text };
      notes.push(note);
      onEvent({ event: 'note', ...note });
    },
    reportValue: (name, value) => onEvent({ event: 'value', second: secondOf(clock.now()), name, value }),
    as: (name, work) => callers.as(name, work),
    forward: (seconds) => clock.forward(seconds * 1000, calls.settled),
    elapsedMs: () => clock.now() - start,
    async untilPollsWait(count) {
      while (aws.waitingPolls < count) await nextTurn();
    },
    ownQueue: (name, attributes) => createOwnQueue({ sqs: clients.sqs, as: world.as }, name, attributes),
    async sendJob(movies, moviesPerMessage = 1) {
      jobs += 1;
      const plan = planJob({
        nonce: `lesson-${jobs}`,
        movies,
        movies_per_message: moviesPerMessage,
        seed: 7,
        generator: GENERATOR_VERSION,
      });
      const started_on = new Date(clock.now()).toISOString();
      await callers.as('producer', () => sendJob({ queue, plan, started_on, random }));
      return plan;
    },
    consumer: (name, options) => startLessonConsumer(world, name, options),
    async [Symbol.asyncDispose]() {
      clients.destroy();
      await aws.close();
    },
  };
  isReady = true;
  return world;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Number of event loop turns without a call after which no further call is expected. */
const QUIET_TURNS = 5;

/** Tracks which calls of the clients are in flight. */
function trackCalls({ sqs, dynamodb, s3 }: AwsClients) {
  let running = 0;
  const follow = async <T>(call: () => Promise<T>): Promise<T> => {
    running += 1;
    try {
      return await call();
    } finally {
      running -= 1;
    }
  };
  const step = { step: 'initialize', name: 'lessonRunningCalls' } as const;
  sqs.middlewareStack.add((next) => (call) => follow(() => next(call)), step);
  dynamodb.middlewareStack.add((next) => (call) => follow(() => next(call)), step);
  s3.middlewareStack.add((next) => (call) => follow(() => next(call)), step);
  return {
    /** Resolves when no call is in flight, and the last results caused no further call. */
    async settled(): Promise<void> {
      for (let quiet = 0; quiet < QUIET_TURNS; quiet = running === 0 ? quiet + 1 : 0) {
        await nextTurn();
      }
    },
  };
}
