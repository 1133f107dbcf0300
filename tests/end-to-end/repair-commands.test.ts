// The commands that repair: resume, verify, repair and dlq.

import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openQueue, systemRandom } from '@movie-load/aws';
import { sendJob } from '@movie-load/queue';
import { groupKey, planToToken } from '@movie-load/schema';
import { eventually, type RunningService, sendMessages, startService } from '@movie-load/testing';
import { cli } from '../support/cli.ts';
import { expectedObject, orderJob, startWorld, type World } from '../support/world.ts';

let world: World;
let consumer: RunningService;

const run = (...args: string[]) => cli(args, { env: world.env });
const json = async (...args: string[]) => JSON.parse((await run(...args, '--json')).stdout);

beforeEach(async () => {
  world = await startWorld();
  // So long that no message is delivered twice: a test expects the receive count 1.
  consumer = startService('consumer', { env: { ...world.env, VISIBILITY_SECONDS: '60' } });
});
afterEach(async () => {
  await consumer[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

async function send(job: ReturnType<typeof orderJob>, groups?: { group: number; numbers?: number[] }[]) {
  const queue = await openQueue(world.clients, world.settings.queue);
  const started_on = new Date().toISOString();
  await sendJob({ queue, plan: job.plan, started_on, random: systemRandom, groups });
}

async function countStoredMessages(job: ReturnType<typeof orderJob>): Promise<number> {
  let messages = 0;
  for await (const { ledger } of world.jobs.ledgers({ job_id: job.jobId, plan: job.plan }))
    messages += ledger?.stored.size ?? 0;
  return messages;
}

describe('resume', () => {
  test('sends exactly the messages that a dead producer had not sent, and nothing the second time', async () => {
    const job = orderJob({ movies: 100, nonce: 'half' });
    await send(job, [{ group: 0 }, { group: 3, numbers: [30, 31, 35] }]);
    await eventually('everything sent is stored', async () => (await countStoredMessages(job)) === 13);
    await world.untilQueueIsEmpty();

    const planned = await json('resume', job.jobId.slice(0, 8), '--dry-run');
    expect(planned).toMatchObject({ dry_run: true, missing: 87, wake: 0, groups: 9 });
    expect(await json('resume', job.jobId)).toMatchObject({ missing: 87 });
    await world.untilComplete(job.jobId);
    expect(await world.object(job.jobId)).toEqual(expectedObject(job.plan));
    await world.untilQueueIsEmpty();
    expect(await json('resume', job.jobId)).toEqual({
      job_id: job.jobId,
      dry_run: false,
      missing: 0,
      wake: 0,
      groups: 0,
    });
  });

  test('sends a job of which nothing was stored yet, by its --plan', async () => {
    const job = orderJob({ movies: 20, nonce: 'unseen' });
    expect(await run('resume', job.jobId)).toMatchObject({ code: 2, stderr: expect.stringContaining('resume --plan') });
    expect(await json('resume', '--plan', planToToken(job.plan))).toMatchObject({ job_id: job.jobId, missing: 20 });
    await world.untilComplete(job.jobId);
    expect(await run('resume', '--plan', 'nonsense')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('not a plan token'),
    });
  });
});

describe('verify and repair', () => {
  test('verify finds a moved object, and repair restores it byte for byte', async () => {
    const job = orderJob({ movies: 60, nonce: 'moved' });
    await send(job);
    await world.untilComplete(job.jobId);
    expect(await run('verify', job.jobId)).toMatchObject({ code: 0, stdout: expect.stringContaining('is correct') });

    const where = { Bucket: world.settings.bucket, Key: `${job.jobId}.json` };
    await world.clients.s3.send(new DeleteObjectCommand(where));
    const missing = await run('verify', job.jobId);
    expect(missing).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(`movie-load repair ${job.jobId.slice(0, 8)}`),
    });
    expect(await run('download', job.jobId)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('movie-load repair'),
    });
    expect(await json('repair', job.jobId)).toMatchObject({ repaired: 'object_missing' });
    expect(await world.object(job.jobId)).toEqual(expectedObject(job.plan));

    await world.clients.s3.send(new PutObjectCommand({ ...where, Body: '[]' }));
    expect((await json('verify', job.jobId)).problems).toMatchObject([{ kind: 'object_differs', repair: 'repair' }]);
    expect(await json('repair', job.jobId)).toMatchObject({ repaired: 'object_differs' });
    expect(await json('repair', job.jobId)).toMatchObject({ repaired: null });
    expect(await run('verify', job.jobId)).toMatchObject({ code: 0 });
  });
});

describe('dlq', () => {
  async function sendInvalid(bodies: string[]) {
    const queue = await openQueue(world.clients, world.settings.queue);
    for (const body of bodies)
      await sendMessages(queue, [{ body, groupId: 'a-stranger', deduplicationId: systemRandom.uuid() }]);
    const total = async () => (await json('dlq', 'ls')).total;
    await eventually(
      'all invalid messages are in the dead-letter queue',
      async () => (await total()) === bodies.length,
    );
  }

  test('lists, shows, redrives and purges dead letters by reason', async () => {
    await sendInvalid(['hello', 'world', '{"a":1}']);
    const { dead_letters, by_reason } = await json('dlq', 'ls');
    expect(by_reason).toEqual({ not_json: 2, wrong_shape: 1 });
    const { message_id } = dead_letters.find(({ reason }: { reason: string }) => reason === 'wrong_shape');
    expect(await json('dlq', 'show', message_id)).toMatchObject({
      message_id,
      body: '{"a":1}',
      original_group: 'a-stranger',
      original_receive_count: 1,
      consumer: expect.any(String),
    });
    // The empty text is a prefix of every id.
    expect(await run('dlq', 'show', '')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^movie-load: 3 dead letters' ids begin with "": .*, …\. Give more characters\.\n$/,
      ),
    });
    expect((await run('dlq', 'ls', '--reason', 'nonsense')).code).toBe(2);
    expect((await run('dlq', 'ls', '--reason', 'too_many_receives')).stdout).toBe('No dead letter matches.\n');
    expect(await json('dlq', 'redrive', '--reason', 'wrong_shape', '--dry-run')).toMatchObject({ redriven: 1 });
    expect(await json('dlq', 'redrive', '--reason', 'wrong_shape')).toMatchObject({ redriven: 1, refused: [] });
    // It is invalid, so it returns as a new dead letter.
    await eventually('it is dead-lettered again', async () => {
      const { dead_letters: deadLetters } = await json('dlq', 'ls', '--reason', 'wrong_shape');
      return deadLetters.length === 1 && deadLetters[0].message_id !== message_id;
    });
    expect(await run('dlq', 'purge', '--reason', 'not_json')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('delete 2 dead letters'),
    });
    expect(await json('dlq', 'purge', '--reason', 'not_json', '--yes')).toMatchObject({ purged: 2 });
    expect((await json('dlq', 'ls')).by_reason).toEqual({ wrong_shape: 1 });
  });

  test('redrives a valid message that was put there by hand to its group, and its job completes', async () => {
    const job = orderJob({ movies: 10, nonce: 'by-hand' });
    const dlq = await openQueue(world.clients, world.settings.dlq);
    await sendJob({
      queue: dlq,
      plan: job.plan,
      started_on: new Date().toISOString(),
      random: systemRandom,
    });
    const listed = await json('dlq', 'ls', '--job', job.jobId);
    expect(listed).toMatchObject({ total: 10, by_reason: { unknown: 10 } });
    expect(listed.dead_letters[0].original_group).toBe(groupKey(job.jobId, 0));
    expect(await json('dlq', 'redrive', '--job', job.jobId)).toMatchObject({ redriven: 10 });
    await world.untilComplete(job.jobId);
    expect((await json('dlq', 'ls')).total).toBe(0);
  });
});
