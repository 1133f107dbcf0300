// The real services as processes on the embedded AWS: whatever the size of a job, its object has the generator's bytes.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually, type RunningProcess, startService } from '@movie-load/testing';
import { expectedObject, type JobOrder, orderJob, sha256, startWorld, type World } from '../support/world.ts';

let world: World;
let processes: RunningProcess[];

beforeEach(async () => {
  world = await startWorld();
  processes = [];
});

afterEach(async () => {
  for (const running of processes) await running[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const consumer = () => {
  const running = startService('consumer', { env: world.env });
  processes.push(running);
  return running;
};

async function produce(args: readonly string[]): Promise<void> {
  const producer = startService('producer', { env: world.env, args });
  processes.push(producer);
  expect({ ...(await producer.ended), log: producer.stderr() }).toMatchObject({ code: 0 });
}

const sizes: readonly (JobOrder & { title: string })[] = [
  { title: 'one movie', movies: 1 },
  { title: 'ten movies', movies: 10 },
  { title: '1,001 movies', movies: 1001 },
  { title: '1,003 packed movies with a short last message', movies: 1003, moviesPerMessage: 100 },
  { title: '100,000 packed movies', movies: 100_000, moviesPerMessage: 325 },
];

describe('a job', () => {
  test.each(sizes)('stores and assembles $title byte for byte', async (order) => {
    const { plan, jobId, args } = orderJob(order);
    consumer();
    consumer();
    await produce(args);
    await world.untilComplete(jobId);

    const object = await world.object(jobId);
    expect(sha256(object)).toBe(sha256(expectedObject(plan)));
    expect((await world.jobs.job(jobId))?.object_bytes).toBe(object.length);
    await world.untilQueueIsEmpty();
  });

  test('completes when a consumer starts after everything was sent', async () => {
    const { plan, jobId, args } = orderJob({ movies: 300 });
    await produce(args);
    expect(await world.jobs.job(jobId)).toBeUndefined();
    consumer();
    await world.untilComplete(jobId);
    expect(await world.object(jobId)).toEqual(expectedObject(plan));
  });

  test('changes nothing when it is sent a second time', async () => {
    const { plan, jobId, args } = orderJob({ movies: 200 });
    const running = consumer();
    await produce(args);
    await world.untilComplete(jobId);
    const before = await world.jobs.job(jobId);
    await produce(args);
    await world.untilQueueIsEmpty();
    await eventually('the repeats are counted', () => (running.report()?.repeated_movies ?? 0) >= 200);
    expect(await world.jobs.job(jobId)).toEqual(before);
    expect(await world.object(jobId)).toEqual(expectedObject(plan));
  });

  test('does not mix with another job that runs at the same time', async () => {
    const first = orderJob({ movies: 900, seed: 1 });
    const second = orderJob({ movies: 700, moviesPerMessage: 7, seed: 2 });
    consumer();
    consumer();
    await Promise.all([produce(first.args), produce(second.args)]);
    await Promise.all([world.untilComplete(first.jobId), world.untilComplete(second.jobId)]);
    expect(await world.object(first.jobId)).toEqual(expectedObject(first.plan));
    expect(await world.object(second.jobId)).toEqual(expectedObject(second.plan));
    for (const { jobId, plan } of [first, second]) {
      expect(await world.jobs.verify({ job_id: jobId, plan })).toMatchObject({ problems: [] });
    }
  });
});
