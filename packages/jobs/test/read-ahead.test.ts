// How many reads are in flight at once: enough to hide their latency, few enough for the memory of a process.
import { describe, expect, test } from '@jest/globals';
import type { TableItem } from '@movie-load/aws';
import { type JobPlan, jobIdOf } from '@movie-load/schema';
import { findMissing } from '../src/missing.ts';
import { partChunks } from '../src/part-bytes.ts';
import { ledgers } from '../src/read-jobs.ts';
import { movies } from '../src/read-movies.ts';
import { verifyJob } from '../src/verify.ts';
import { fakeWorld, itemOf, runningJob } from './fake-context.ts';
import { never, newPlan } from './support.ts';

/** The number of groups that are read before any read is answered. */
async function begunBy(read: (context: ReturnType<typeof fakeWorld>['context']) => unknown, item?: TableItem) {
  const begun = new Set<string>();
  const waits = (partition: string) => {
    begun.add(partition);
    return new Promise<never>(() => {});
  };
  const { context } = fakeWorld({
    query: ({ partition }) => waits(partition),
    get: async ({ job_id, part }) => (part === 'job' ? item : waits(job_id)),
  });
  read({ ...context, minPartMovies: Number.MAX_SAFE_INTEGER });
  await new Promise(setImmediate);
  return begun.size;
}

/** Forty groups of this many movies, all of them in one part. */
const groupsOf = (count: number): { readonly job_id: string; readonly plan: JobPlan } => {
  const perMessage = count > 100 ? count / 2 : 1;
  const plan = newPlan(40 * count, perMessage, { group_size: count / perMessage });
  return { job_id: jobIdOf(plan), plan };
};

describe('reads ahead', () => {
  // As many groups as fit into 2 MiB if a movie has 150 bytes, but 16 at most and 2 at least.
  test.each([
    [10, 16],
    [1000, 13],
    [2000, 6],
    [6000, 2],
    [8000, 2],
  ])('of a part whose groups have %i movies: %i groups', async (count, groups) => {
    const job = groupsOf(count);
    expect(await begunBy((context) => partChunks(context, job, 0, never()).next())).toBe(groups);
  });

  // Four groups; of groups that have more than 5,000 movies, only the current one.
  test.each([
    [10, 4],
    [5000, 4],
    [5002, 1],
  ])('of movies in groups of %i: %i groups', async (count, groups) => {
    const job = groupsOf(count);
    expect(await begunBy((context) => movies(context, job, never()).next())).toBe(groups);
  });

  test('of ledgers, for a list and for a resume: sixteen', async () => {
    const job = groupsOf(10);
    expect(await begunBy((context) => ledgers(context, job, never()).next())).toBe(16);
    expect(await begunBy((context) => findMissing(context, job, { signal: never() }).next())).toBe(16);
  });

  test('of a job that is verified: four groups', async () => {
    const job = groupsOf(10);
    const item = itemOf(runningJob(job));
    expect(await begunBy((context) => void verifyJob(context, job, { signal: never() }), item)).toBe(4);
  });
});
