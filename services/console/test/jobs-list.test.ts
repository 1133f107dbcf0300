import { beforeEach, describe, expect, test } from '@jest/globals';
import { STALLED_AFTER_MS } from '@movie-load/jobs';
import { type JobItem, jobIdOf, planJob, planToToken } from '@movie-load/schema';
import { jobsQuerySchema } from '../src/api.ts';
import { createJobsList } from '../src/jobs-list.ts';

const NOW = Date.parse('2026-11-25T09:00:00Z');
const jobOf = (nonce: string, ageMs: number, status: JobItem['status'] = 'RUNNING'): JobItem => {
  const plan = planJob({ nonce, movies: 100, movies_per_message: 1, seed: 3, generator: 1 });
  const started_on = new Date(NOW - ageMs).toISOString();
  return { job_id: jobIdOf(plan), kind: 'job', plan, status, started_on, done: new Set() };
};

let now = NOW;
let items: JobItem[] = [];
/** Ids of the jobs that are DELETING in the index. */
let deletingIds: string[] = [];
let calls: string[] = [];
/** The result of `lastStoredOn`. */
let stored: () => Promise<number | undefined> = async () => undefined;
const start = (maxCached?: number) =>
  createJobsList({
    ...(maxCached !== undefined && { maxCached }),
    store: {
      listJobs: async ({ limit, after } = {}) => {
        calls.push(`list ${limit} ${after}`);
        const jobs = items.map((job) =>
          deletingIds.includes(job.job_id) ? { ...job, status: 'DELETING' as const } : job,
        );
        return { jobs, next: 'more', unreadable: 0 };
      },
      job: async (jobId) => {
        calls.push('job');
        return items.find(({ job_id }) => job_id === jobId);
      },
      lastStoredOn: (_, options) => {
        calls.push('last');
        expect(options).toEqual({ signal: expect.any(AbortSignal), maxGroups: 64 });
        return stored();
      },
    },
    queueStatus: async () => {
      calls.push('queue');
      return { waiting: 0, inFlight: 0, delayed: 0, maximumMessageBytes: 1 };
    },
    now: () => now,
  });

beforeEach(() => {
  now = NOW;
  deletingIds = [];
  calls = [];
  stored = async () => undefined;
});

test('a token of up to 2,048 characters for the next page is accepted, and passed on to the store', async () => {
  const after = 'x'.repeat(2048);
  const { page } = start();
  items = [];
  await page({ limit: 25, after });
  expect(calls).toEqual([`list 25 ${after}`]);
  expect(jobsQuerySchema.parse({ limit: '3', after })).toEqual({ limit: 3, after });
});

test('a page is read with the requested limit and start, and a COMPLETE job is read once', async () => {
  const { page } = start();
  items = [{ ...jobOf('a', 1000, 'COMPLETE'), completed_on: new Date(NOW).toISOString() }, jobOf('b', 1000)];
  const { jobs, next } = await page({ limit: 25, after: 'x' });
  expect(jobs.map(({ state, plan_token }) => [state, plan_token.length > 0])).toEqual([
    ['COMPLETE', true],
    ['RUNNING', true],
  ]);
  expect(next).toBe('more');
  const { plan } = jobOf('a', 0);
  const { seed, group_size, movies_per_message } = plan;
  // Ten messages in each batch.
  const planned_sends = 10;
  expect(jobs[0]).toMatchObject({ seed, group_size, movies_per_message, plan_token: planToToken(plan), planned_sends });
  expect((await page({ limit: 25 })).jobs.map(({ state }) => state)).toEqual(['COMPLETE', 'RUNNING']);
  expect(calls).toEqual(['list 25 x', 'job', 'job', 'list 25 undefined', 'job']);
});

test('a COMPLETE job is shown as DELETING while it is deleted', async () => {
  const { page } = start();
  items = [{ ...jobOf('a', STALLED_AFTER_MS, 'COMPLETE'), completed_on: new Date(NOW).toISOString() }];
  await page({ limit: 25 });
  deletingIds = items.map(({ job_id }) => job_id);
  expect((await page({ limit: 25 })).jobs.map(({ state }) => state)).toEqual(['DELETING']);
  expect(calls).not.toContain('queue');
});

describe('whether a job is waiting or stalled', () => {
  test('is determined once the job is old enough, and cached for ten seconds', async () => {
    const { view } = start();
    expect((await view(jobOf('a', STALLED_AFTER_MS - 1))).state).toBe('RUNNING');
    expect(calls).toEqual([]);
    const old = jobOf('a', STALLED_AFTER_MS);
    await view(old);
    expect(calls).toEqual(['queue', 'last']);
    now += 9999;
    expect((await view(old)).state).toBe('stalled');
    expect(calls).toHaveLength(2);
    now += 1;
    await view(old);
    expect(calls).toHaveLength(4);
  });

  test('is not determined for a COMPLETE job, however old', async () => {
    const { view } = start();
    const completed_on = new Date(NOW - 1000).toISOString();
    const done = await view({ ...jobOf('a', 10 * STALLED_AFTER_MS, 'COMPLETE'), completed_on });
    expect([done.state, calls]).toEqual(['COMPLETE', []]);
  });

  test('is determined for two jobs at a time; a third job has to wait for the next request', async () => {
    const { view } = start();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    stored = () => promise;
    const [a, b, c] = ['a', 'b', 'c'].map((nonce) => jobOf(nonce, STALLED_AFTER_MS + 60_000));
    if (!a || !b || !c) throw new Error('three jobs');
    const both = [view(a), view(b)];
    await view(c);
    expect(calls.filter((call) => call === 'last')).toHaveLength(2);
    resolve(undefined);
    await Promise.all(both);
    await view(c);
    expect(calls.filter((call) => call === 'last')).toHaveLength(3);
  });

  test('is determined again after a failure', async () => {
    const { view } = start();
    stored = () => Promise.reject(new Error('DynamoDB is unreachable'));
    const old = jobOf('a', STALLED_AFTER_MS + 60_000);
    for (let time = 0; time < 3; time += 1) await expect(view(old)).rejects.toThrow('DynamoDB is unreachable');
    expect(calls.filter((call) => call === 'last')).toHaveLength(3);
  });
});

test('a cache with more jobs than its limit, here two, is emptied before the next job', async () => {
  const { view, page } = start(2);
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((nonce) => jobOf(nonce, STALLED_AFTER_MS));
  if (!a || !b || !c || !d) throw new Error('four jobs');
  const countOf = (call: string) => calls.filter((recorded) => recorded === call).length;
  for (const job of [a, b, c, a]) await view(job);
  expect(countOf('last')).toBe(3);
  for (const job of [d, a]) await view(job);
  expect(countOf('last')).toBe(5);
  items = [a, b, c, d].map((job) => ({ ...job, status: 'COMPLETE' as const, completed_on: job.started_on }));
  const reads: number[] = [];
  for (const listed of [items.slice(0, 3), items.slice(0, 3), items.slice(3), items.slice(0, 1)]) {
    items = [...listed];
    const before = countOf('job');
    await page({ limit: 25 });
    reads.push(countOf('job') - before);
  }
  // The fourth job removed the three before it from the cache; then the first was read again.
  expect(reads).toEqual([3, 0, 1, 1]);
});
