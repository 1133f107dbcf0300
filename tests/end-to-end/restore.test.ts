// Lost data is restored from the plan token, byte for byte, while a consumer runs: docs/operate.md, "Backup and
// restore".
import { DeleteItemCommand, DeleteTableCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DeleteBucketCommand, DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openQueue, provision, systemRandom } from '@movie-load/aws';
import { sendJob } from '@movie-load/queue';
import { parseSlicePart, planToToken } from '@movie-load/schema';
import { eventually, type RunningService, startService } from '@movie-load/testing';
import { cli } from '../support/cli.ts';
import { expectedObject, type OrderedJob, orderJob, startWorld, type World } from '../support/world.ts';

let world: World;
let consumer: RunningService;
let job: OrderedJob;

beforeAll(async () => {
  world = await startWorld();
  consumer = startService('consumer', { env: world.env });
});
afterAll(async () => {
  await consumer[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const run = (...args: string[]) => cli(args, { env: world.env });
const json = async (...args: string[]) => JSON.parse((await run(...args, '--json')).stdout);

let jobs = 0;
beforeEach(async () => {
  job = orderJob({ movies: 60, nonce: `restored-${++jobs}` });
  const queue = await openQueue(world.clients, world.settings.queue);
  await sendJob({ queue, plan: job.plan, started_on: new Date().toISOString(), random: systemRandom });
  await world.untilComplete(job.jobId);
  await world.untilQueueIsEmpty();
});

const verify = () => world.jobs.verify({ job_id: job.jobId, plan: job.plan });

const deleteTable = () => world.clients.dynamodb.send(new DeleteTableCommand({ TableName: world.settings.table }));

async function deleteBucket(): Promise<void> {
  const { bucket: Bucket } = world.settings;
  const { Contents = [] } = await world.clients.s3.send(new ListObjectsV2Command({ Bucket }));
  for (const { Key } of Contents) await world.clients.s3.send(new DeleteObjectCommand({ Bucket, Key }));
  await world.clients.s3.send(new DeleteBucketCommand({ Bucket }));
}

async function expectRestored(): Promise<void> {
  await world.untilComplete(job.jobId);
  expect(await world.object(job.jobId)).toEqual(expectedObject(job.plan));
  expect(await verify()).toMatchObject({ ok: true, movies: 60, problems: [] });
  await world.untilQueueIsEmpty();
}

const setUpAndResume = async () => {
  await provision(world.clients, world.settings);
  expect(await json('resume', '--plan', planToToken(job.plan))).toMatchObject({ job_id: job.jobId, missing: 60 });
  await expectRestored();
};

describe('restoring a job', () => {
  test('needs a thorough resume after counted items of the table were deleted', async () => {
    const { table: TableName } = world.settings;
    const { dynamodb } = world.clients;
    const key = { names: { '#job': 'job_id' }, condition: '#job = :job' };
    const lost: string[] = [];
    // A slice, and another group's ledger.
    for (const group of [1, 2]) {
      const values = { ':job': { S: `${job.jobId}#${group}` } };
      const { Items = [] } = await dynamodb.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: key.condition,
          ExpressionAttributeNames: key.names,
          ExpressionAttributeValues: values,
        }),
      );
      const item = Items.find(({ part }) => (parseSlicePart(part?.S ?? '') !== undefined) === (group === 1));
      if (!item?.job_id || !item.part) throw new Error(`group ${group} has no such item`);
      await dynamodb.send(new DeleteItemCommand({ TableName, Key: { job_id: item.job_id, part: item.part } }));
      lost.push(item.part.S ?? '');
    }
    expect(lost).toEqual([expect.stringMatching(/^movies/), 'ledger']);
    expect((await verify()).ok).toBe(false);
    expect(await json('resume', job.jobId)).toMatchObject({ missing: 0 });
    expect(await json('resume', '--thorough', job.jobId)).toMatchObject({ groups: 2 });
    await eventually('verify finds no problem', async () => (await verify()).ok);
    await expectRestored();
  });

  test('works by setup and repair after the bucket was deleted', async () => {
    await deleteBucket();
    expect((await run('setup')).code).toBe(0);
    expect(await json('repair', job.jobId)).toMatchObject({ repaired: 'object_missing' });
    await expectRestored();
  });

  test('works by setup and its plan token after the table was deleted', async () => {
    await deleteTable();
    await setUpAndResume();
  });

  test('works by setup and its plan token after table and bucket were deleted', async () => {
    await deleteBucket();
    await deleteTable();
    await setUpAndResume();
  });
});
