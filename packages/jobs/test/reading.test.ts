// What is read of a job on the embedded AWS: its movies, traces and object, the list of jobs, progress and state.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateMovies } from '@movie-load/movies';
import { type JobItem, jobIdOf } from '@movie-load/schema';
import fc from 'fast-check';
import { jobState, treeProgress } from '../src/index.ts';
import {
  batchesOf,
  batchOf,
  expectedObject,
  newPlan,
  STARTED_ON,
  startWorld,
  storeAll,
  type World,
} from './support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const collect = async <T>(source: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
};

describe('movies by index', () => {
  const plan = newPlan(230, 3, { group_size: 10 });
  const job = { job_id: jobIdOf(plan), plan };
  const all = [...generateMovies(plan.seed, { first: 0, count: plan.movies })];

  test('of any range are yielded once each, however the slices overlap', async () => {
    await storeAll(world.jobs, [...batchesOf(plan, 10), ...batchesOf(plan, 3), batchOf(plan, [4, 5, 6])]);
    const range = fc
      .record({ first: fc.integer({ min: 0, max: 229 }), length: fc.integer({ min: 1, max: 230 }) })
      .map(({ first, length }) => ({ first, count: Math.min(length, 230 - first) }));
    await fc.assert(
      fc.asyncProperty(range, async ({ first, count }) => {
        const found = await collect(world.jobs.movies(job, { first, count }));
        expect(found.map(({ index }) => index)).toEqual(Array.from({ length: count }, (_, at) => first + at));
        expect(found.map(({ movie }) => movie)).toEqual(all.slice(first, first + count));
      }),
      { numRuns: 30 },
    );
    expect((await collect(world.jobs.movies(job))).map(({ movie }) => movie)).toEqual(all);
  });

  test('need not be read to the end; a range outside of the job is refused', async () => {
    for await (const { index, movie } of world.jobs.movies(job)) {
      expect(movie).toEqual(all[index]);
      if (index === 40) break;
    }
    await expect(collect(world.jobs.movies(job, { first: 229, count: 2 }))).rejects.toThrow('0 to 229');
  });

  test('have traces: when each message was sent, received and stored, by which consumer, and how often it was received', async () => {
    const noted = await collect(world.jobs.traces(job, 0));
    const one = noted.find(({ number }) => number === 3);
    expect(one).toMatchObject({ sent_ms: 1503, received_ms: 1543, receives: 1, stored_by: 'first' });
    expect(one?.stored_ms).toBeGreaterThan(0);
    expect(new Set(noted.map(({ number }) => number))).toEqual(new Set(Array.from({ length: 10 }, (_, at) => at)));
  });

  test('are in the object, which openObject streams from the bucket', async () => {
    const object = await world.jobs.openObject(job.job_id);
    const chunks = await collect(object?.body ?? fail());
    expect(Buffer.concat(chunks).toString()).toBe(expectedObject(plan));
    expect(object?.bytes).toBe(Buffer.byteLength(expectedObject(plan)));
    expect(await world.jobs.openObject(jobIdOf(newPlan(1)))).toBeUndefined();
  });
});

describe('job items', () => {
  test('are listed page by page with their plans, and found by the beginning of an id', async () => {
    const plans = [newPlan(1), newPlan(2), newPlan(3)];
    for (const plan of plans) await storeAll(world.jobs, batchesOf(plan));
    const listed: string[] = [];
    let after: string | undefined;
    do {
      const page = await world.jobs.listJobs({ limit: 2, after });
      expect(page.jobs.length).toBeLessThanOrEqual(2);
      for (const { job_id, plan, started_on } of page.jobs) {
        expect(jobIdOf(plan)).toBe(job_id);
        expect(started_on).toBe(STARTED_ON);
        listed.push(job_id);
      }
      after = page.next;
    } while (after !== undefined);
    expect(new Set(listed).size).toBe(listed.length);
    for (const plan of plans) {
      expect(listed).toContain(jobIdOf(plan));
      expect(await world.jobs.resolveJobId(jobIdOf(plan).slice(0, 13))).toBe(jobIdOf(plan));
    }
    await expect(world.jobs.resolveJobId('ffffffffffff')).rejects.toThrow('There is no job whose id begins with');
    await expect(world.jobs.resolveJobId('')).rejects.toThrow('is not a job id');
    await expect(world.jobs.listJobs({ after: 'nonsense' })).rejects.toThrow('not a position in the list');
  });

  test('show with the ledgers how far a job is', async () => {
    const plan = newPlan(40, 1, { group_size: 10 });
    await storeAll(world.jobs, [batchOf(plan, [0, 1, 2]), ...batchesOf(plan).slice(1, 3)]);
    const found = await collect(world.jobs.ledgers({ job_id: jobIdOf(plan), plan }));
    expect(found.map(({ ledger }) => ledger?.stored.size)).toEqual([3, 10, 10, undefined]);
    expect(found.map(({ expected }) => expected)).toEqual([10, 10, 10, 10]);
    const some = await collect(world.jobs.ledgers({ job_id: jobIdOf(plan), plan }, [3, 0]));
    expect(some.map(({ group }) => group)).toEqual([3, 0]);
    const job = (await world.jobs.job(jobIdOf(plan))) ?? fail();
    expect(treeProgress(job)).toEqual({ finished: 2, children: 4, fraction: 0.5 });
    expect(await world.jobs.lastStoredOn(job)).toBe(Date.parse(found[0]?.ledger?.stored_on ?? ''));
  });
});

describe('the state of a job', () => {
  const now = Date.parse('2026-11-25T10:00:00.000Z');
  const running: Pick<JobItem, 'status' | 'started_on'> = { status: 'RUNNING', started_on: '2026-11-25T09:00:00.000Z' };
  const empty = { waiting: 0, inFlight: 0, delayed: 0 };

  test.each([
    ['COMPLETE', { ...running, status: 'COMPLETE' as const }, empty, undefined],
    ['RUNNING', running, empty, now - 119_000],
    ['RUNNING', { ...running, started_on: '2026-11-25T09:59:00.000Z' }, empty, undefined],
    ['RUNNING', running, empty, now - 119_999],
    ['stalled', running, empty, now - 120_000],
    ['stalled', running, empty, now - 121_000],
    ['stalled', running, empty, undefined],
    ['waiting', running, { ...empty, waiting: 1 }, now - 121_000],
    ['waiting', running, { ...empty, inFlight: 1 }, now - 121_000],
    ['RUNNING', running, { ...empty, waiting: 1, inFlight: 1 }, undefined],
    ['waiting', running, { ...empty, delayed: 1 }, undefined],
  ] as const)('is %s (case %#)', (state, job, queue, lastStoredOn) => {
    expect(jobState(job, queue, now, lastStoredOn)).toBe(state);
  });
});

function fail(): never {
  throw new Error('not found');
}
