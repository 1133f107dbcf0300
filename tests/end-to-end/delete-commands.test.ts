// `setup --dry-run`, `delete` and `teardown` as a user runs them.

import { UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { DeleteBucketCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openQueue } from '@movie-load/aws';
import { generateMovies } from '@movie-load/movies';
import { groupKey, messagesOfGroup, shapeOf } from '@movie-load/schema';
import { sendMessages } from '@movie-load/testing';
import { cli } from '../support/cli.ts';
import { type OrderedJob, orderJob, startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const run = (...args: string[]) => cli(args, { env: world.env });

test('delete removes a job, reports when a job was deleted, and refuses a RUNNING job', async () => {
  const job = orderJob({ movies: 20, nonce: 'deleted' });
  const { jobId } = job;
  await storeGroups(job, shapeOf(job.plan).groups);
  const deleted = await run('delete', jobId.slice(0, 8));
  expect(deleted).toMatchObject({ code: 0, stderr: '' });
  expect(deleted.stdout).toMatch(
    /^Job \S+ is deleted: \d+ slices of \d+ groups, and its object \(\d+ write units\)\.\nConsumers drop its remaining messages until 20/,
  );
  await expect(world.object(jobId)).rejects.toThrow('has no object');
  const again = await run('delete', jobId, '--json');
  expect({ code: again.code, ...JSON.parse(again.stdout) }).toMatchObject({ code: 0, job_id: jobId, slices: 0 });
  const wasDeleted = expect.stringContaining(`Job ${jobId} was deleted on 20`);
  expect(await run('job', jobId)).toMatchObject({ code: 1, stderr: wasDeleted });

  const dlq = await openQueue(world.clients, world.settings.dlq);
  await sendMessages(dlq, [{ body: '{}', groupId: groupKey(jobId, 0), deduplicationId: 'late' }]);
  const redriven = await run('dlq', 'redrive', '--dry-run');
  expect(redriven.stdout).toContain(`Job ${jobId} was deleted: consumers drop its messages.`);

  const running = orderJob({ movies: 20, nonce: 'running' });
  await storeGroups(running, 1);
  const refused = await run('delete', running.jobId);
  expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('is RUNNING') });
});

async function storeGroups({ plan, jobId }: OrderedJob, groups: number): Promise<void> {
  const now = Date.now();
  const started_on = new Date(now).toISOString();
  for (let group = 0; group < groups; group += 1) {
    const { first, count } = messagesOfGroup(shapeOf(plan), group);
    const messages = [...generateMovies(plan.seed, { first, count })].map((movie, index) => {
      return { number: first + index, movies: [movie], sent_on: now, received_on: now, receives: 1 };
    });
    const { signal } = new AbortController();
    await world.jobs.store({ plan, job_id: jobId, group, started_on, messages }, { signal });
  }
}

test('setup --dry-run lists existing resources and creates nothing', async () => {
  const { clients, settings } = world;
  const everything = await run('setup', '--dry-run', '--json');
  const resourceNames = expect.arrayContaining([settings.queue, settings.dlq, settings.table, settings.bucket]);
  expect(JSON.parse(everything.stdout)).toMatchObject({
    dry_run: true,
    found: resourceNames,
    created: [],
    changed: [],
  });

  await clients.s3.send(new DeleteBucketCommand({ Bucket: settings.bucket }));
  const without = await cli(['setup', '--dry-run'], { env: { ...world.env, MOVIE_LOAD_DLQ: 'other-dlq.fifo' } });
  expect(without).toMatchObject({ code: 0, stderr: '' });
  expect(without.stdout.trim().split('\n').toSorted()).toEqual([
    'exists  movie-job-information',
    'exists  movie-load.fifo',
    'would change  movie-load.fifo RedrivePolicy',
    'would create  movie-bucket',
    'would create  other-dlq.fifo',
  ]);
  expect(await run('setup')).toMatchObject({ code: 0, stdout: 'created  movie-bucket\n' });
});

test('teardown lists what it would remove, refuses a bucket with objects, then removes everything', async () => {
  const { clients, settings } = world;
  const listed = await run('teardown');
  expect(listed).toMatchObject({ code: 2, stdout: '' });
  expect(listed.stderr).toMatch(
    /That would remove from http.*: the empty bucket movie-bucket, the queue movie-load\.fifo with about \d messages, the queue movie-load-dlq\.fifo .*, the table movie-job-information with about \d+ items\..*add --yes/,
  );

  const object = { Bucket: settings.bucket, Key: 'kept.json' };
  await clients.s3.send(new PutObjectCommand({ ...object, Body: '[]' }));
  const full = await run('teardown', '--yes');
  expect(full).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('"movie-bucket" is not empty') });
  await clients.s3.send(new DeleteObjectCommand(object));

  const TableName = settings.table;
  await clients.dynamodb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }));
  const refused = await run('teardown', '--yes');
  expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('protected from deletion') });
  expect((await openQueue(clients, settings.queue)).url).toContain(settings.queue);
  await clients.dynamodb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));

  expect(await run('teardown', '--yes')).toMatchObject({
    code: 0,
    stdout:
      'removed  movie-bucket\nremoved  movie-load.fifo\nremoved  movie-load-dlq.fifo\nremoved  movie-job-information\n',
  });
  expect(await run('teardown')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^No resources exist at http/),
  });
});
