// Two releases on one queue, with messages in flight: an upgrade, a rollback, and plans that a release cannot read.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openQueue } from '@movie-load/aws';
import { createLab } from '@movie-load/local-aws';
import { type JobPlan, jobIdOf, planFromToken, shapeOf } from '@movie-load/schema';
import { eventually, type RunningProcess, startService } from '@movie-load/testing';
import { z } from 'zod';
import { cli } from '../support/cli.ts';
import { type Release, releaseAfter, releaseBefore } from '../support/releases.ts';
import { expectedObject, orderJob, startWorld, type World } from '../support/world.ts';

/** Delay of each write of movies, so that a job is far from complete when its first movies are stored. */
const MOVIES_DELAY_MS = 150;
/** Delay of the write of the object, so that the test can kill the consumer during it. */
const OBJECT_DELAY_MS = 5000;
/** Longer than the longest visibility timeout with which a consumer of any release releases a message. */
const MAX_BACKOFF_MS = 901_000;

let before: Release;
let after: Release;
beforeAll(() => {
  before = releaseBefore();
  after = releaseAfter();
});
afterAll(() => {
  before[Symbol.dispose]();
  after[Symbol.dispose]();
});

type Releases = Record<'this' | 'before', (world: World) => RunningProcess>;
const consumerOf: Releases = {
  this: ({ env }) => startService('consumer', { env }),
  before: ({ env }) => before.start('consumer', { env }),
};

const sentSchema = z.object({ job_id: z.string(), plan: z.string() });

/** Sends a job by the producer of another release. This release cannot read the plan of a job that `after` sends. */
async function sendBy(release: Release, { env }: World, movies: number) {
  const args = ['--movies', String(movies), '--seed', '7', '--nonce', 'upgrade', '--once', '--json'];
  await using producer = release.start('producer', { env, args });
  expect(await producer.ended).toMatchObject({ code: 0 });
  const sent = sentSchema.parse(JSON.parse(producer.stdout()));
  return sent;
}

const countDeadLetters = async ({ clients, settings }: World) =>
  (await (await openQueue(clients, settings.dlq)).status()).waiting;

/** The parsed output of a command with `--json`. */
const json = async ({ env }: World, ...args: string[]) => JSON.parse((await cli([...args, '--json'], { env })).stdout);

/** Expects a COMPLETE job with the right object, no dead letters and no problems, whichever release did which part. */
async function expectComplete(world: World, plan: JobPlan): Promise<void> {
  const jobId = jobIdOf(plan);
  await world.untilComplete(jobId);
  expect(await world.object(jobId)).toEqual(expectedObject(plan));
  await world.untilQueueIsEmpty();
  expect(await world.jobs.verify({ job_id: jobId, plan })).toMatchObject({ ok: true, problems: [] });
  expect(await countDeadLetters(world)).toBe(0);
}

describe('a job of plan version 1', () => {
  test.each([
    ['an upgrade', 'before', 'this'],
    ['a rollback', 'this', 'before'],
  ] as const)('continues through %s: begun by one release, completed by the other', async (_, first, second) => {
    const faults = { delayMs: (operation: string) => (operation === 'dynamodb:BatchWriteItem' ? MOVIES_DELAY_MS : 0) };
    await using world = await startWorld({ faults });
    await using killed = consumerOf[first](world);
    const plan = planFromToken((await sendBy(before, world, 500)).plan);
    expect(plan.version).toBe(1);
    const job = { job_id: jobIdOf(plan), plan };
    await eventually('the first messages are stored', async () => {
      for await (const { ledger } of world.jobs.ledgers(job)) if (ledger) return true;
      return false;
    });
    killed.kill('SIGKILL');
    await killed.ended;
    expect((await world.jobs.job(job.job_id))?.status).toBe('RUNNING');
    await using _next = consumerOf[second](world);
    await expectComplete(world, plan);
  });

  test('is completed when a consumer of the release before is killed while it writes the object under its lease', async () => {
    let isSlow = true;
    const delayMs = (operation: string) => (isSlow && operation === 's3:PutObject' ? OBJECT_DELAY_MS : 0);
    await using world = await startWorld({ faults: { delayMs } });
    await using killed = consumerOf.before(world);
    const plan = planFromToken((await sendBy(before, world, 50)).plan);
    await eventually('the consumer writes the object', async () => {
      const item = await world.jobs.job(jobIdOf(plan));
      return item !== undefined && item.done.size === 5;
    });
    killed.kill('SIGKILL');
    await killed.ended;
    isSlow = false;
    await using _next = consumerOf.this(world);
    await expectComplete(world, plan);
  });
});

test('a job of plan version 2 is dead-lettered by the release before, and redriven to this one', async () => {
  await using world = await startWorld();
  const { env } = world;
  const { plan, jobId, args } = orderJob({ movies: 30, nonce: 'too-early' });
  {
    await using old = consumerOf.before(world);
    await using producer = startService('producer', { env, args });
    expect(await producer.ended).toMatchObject({ code: 0 });
    await eventually('all messages are dead-lettered', async () => (await countDeadLetters(world)) === 30);
    expect((await json(world, 'dlq', 'ls')).by_reason).toEqual({ unknown_version: 30 });
    old.kill('SIGTERM');
    expect(await old.ended).toMatchObject({ code: 0 });
  }
  expect(await world.jobs.job(jobId)).toBeUndefined();
  await using _consumer = consumerOf.this(world);
  expect(await json(world, 'dlq', 'redrive', '--reason', 'unknown_version')).toMatchObject({ redriven: 30 });
  await expectComplete(world, plan);
});

test('a job of a newer plan version is released ten times, dead-lettered by SQS, and completed by a redrive', async () => {
  const lab = createLab();
  await using world = await startWorld({ lab });
  const { env } = world;
  const { job_id } = await sendBy(after, world, 20);
  {
    // So long that only the moves of the clock below deliver a message again.
    await using consumer = startService('consumer', { env: { ...env, VISIBILITY_SECONDS: '60' } });
    const queue = await openQueue(world.clients, world.settings.queue);
    const { groups } = shapeOf(orderJob({ movies: 20 }).plan);
    for (let receives = 1; receives <= 10; receives += 1) {
      expect(await countDeadLetters(world)).toBe(0);
      await eventually(`each message was released ${receives} times`, async () => {
        const isReceived = (consumer.report()?.newer_version ?? 0) >= receives * 20;
        // Of each group only the first message waits for its backoff.
        return isReceived && (await queue.status()).inFlight === groups;
      });
      lab.clock.forward(MAX_BACKOFF_MS);
    }
    await eventually(
      'SQS has moved the messages to the dead-letter queue',
      async () => (await countDeadLetters(world)) === 20,
    );
    expect((await json(world, 'dlq', 'ls')).by_reason).toEqual({ too_many_receives: 20 });
    expect(consumer.report()).toMatchObject({ newer_version: 200, dead_lettered: 0, stored_messages: 0 });
    expect(consumer.stderr().match(/a job of a newer plan version/g)).toHaveLength(1);
    consumer.kill('SIGTERM');
    expect(await consumer.ended).toMatchObject({ code: 0 });
  }
  await using _next = after.start('consumer', { env });
  expect(await json(world, 'dlq', 'redrive')).toMatchObject({ redriven: 20 });
  // This release cannot read the job's plan, but the movies and the object depend only on the seed: use another plan with the same seed.
  const { plan } = orderJob({ movies: 20 });
  await eventually('the object is written', async () => (await world.jobs.objectBytes(job_id)) !== undefined);
  expect(await world.object(job_id)).toEqual(expectedObject(plan));
  await world.untilQueueIsEmpty();
  // The commands of this release list all jobs but those whose plan they cannot read.
  const { stdout } = await cli(['jobs'], { env });
  expect(stdout).toContain(
    '1 job is left out: of a newer plan version, which a newer release reads, or changed by hand.',
  );
  expect(await json(world, 'jobs', '--stalled')).toMatchObject({ stalled: 0, examined: 1, unreadable: 1 });
});
