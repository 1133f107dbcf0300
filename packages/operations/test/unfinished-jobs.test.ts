import { describe, expect, test } from '@jest/globals';
import { QUEUE_MESSAGE_BYTES } from '@movie-load/aws';
import type { JobStore } from '@movie-load/jobs';
import { type JobItem, MovieLoadError } from '@movie-load/schema';
import { unfinishedJobs } from '../src/index.ts';
import { job, STARTED } from './support.ts';

const LATE = STARTED + 600_000;
const item = (job_id: string, more: Partial<JobItem> = {}): JobItem => ({ ...job, job_id, ...more });

interface World {
  readonly items: readonly JobItem[];
  readonly pageSize?: number;
  /** The number of waiting messages at successive reads of the queue; the last one repeats. */
  readonly waiting?: readonly number[];
  readonly lastStoredOn?: (jobId: string) => number | undefined;
}

function setUp({ items, pageSize = 1000, waiting = [0], lastStoredOn = () => undefined }: World) {
  const calls: string[] = [];
  const reads = [...waiting];
  const store: Pick<JobStore, 'job' | 'listJobs' | 'lastStoredOn'> = {
    async listJobs({ limit = 50, after } = {}) {
      calls.push(`list ${limit}`);
      const from = Number(after ?? 0);
      const jobs = items.slice(from, from + Math.min(limit, pageSize));
      const next = from + jobs.length;
      return { jobs, next: next < items.length ? String(next) : undefined, unreadable: 0 };
    },
    async job(jobId) {
      calls.push(`job ${jobId}`);
      if (jobId === 'bad') throw new MovieLoadError('bad_item', 'changed by hand');
      return items.find(({ job_id }) => job_id === jobId);
    },
    async lastStoredOn({ job_id }, options) {
      calls.push(`ledgers ${job_id} ${options?.maxGroups ?? 'some'}`);
      return lastStoredOn(job_id);
    },
  };
  const queue = async () => ({
    waiting: (reads.length > 1 ? reads.shift() : reads[0]) ?? 0,
    inFlight: 0,
    delayed: 0,
    maximumMessageBytes: QUEUE_MESSAGE_BYTES,
    now: LATE,
  });
  const { signal } = new AbortController();
  return { calls, store, options: { queue, signal, maxJobs: Number.POSITIVE_INFINITY } };
}

const statesOf = (jobs: readonly { job_id: string; state: string }[]) =>
  Object.fromEntries(jobs.map(({ job_id, state }) => [job_id, state]));

describe('unfinished jobs', () => {
  test('are the jobs of all pages that are not COMPLETE', async () => {
    const items = ['a', 'b', 'c', 'd', 'e'].map((id, index) => item(id, index % 2 === 0 ? { status: 'COMPLETE' } : {}));
    const { store, options, calls } = setUp({ items, pageSize: 2 });
    const { jobs, ...counts } = await unfinishedJobs(store, options);
    expect(statesOf(jobs)).toEqual({ b: 'stalled', d: 'stalled' });
    expect(counts).toEqual({ examined: 5, unreadable: 0, isComplete: true });
    expect(calls.filter((call) => call.startsWith('job'))).toEqual(['job b', 'job d']);
  });

  test('do not include jobs that are being deleted', async () => {
    const { store, options, calls } = setUp({ items: [item('a')] });
    const deleting = { ...item('gone'), status: 'DELETING' as const };
    const listJobs: typeof store.listJobs = async () => ({
      jobs: [deleting, item('a')],
      next: undefined,
      unreadable: 0,
    });
    expect(await unfinishedJobs({ ...store, listJobs }, options)).toMatchObject({
      examined: 2,
      jobs: [{ job_id: 'a' }],
    });
    expect(calls.filter((call) => call.startsWith('job'))).toEqual(['job a']);
  });

  test('are searched among the latest jobs only, if the caller limits the number', async () => {
    const { store, options, calls } = setUp({ items: ['a', 'b', 'c'].map((id) => item(id)) });
    expect(await unfinishedJobs(store, { ...options, maxJobs: 2 })).toMatchObject({ examined: 2, isComplete: false });
    expect(calls[0]).toBe('list 2');
    const small = setUp({ items: ['a', 'b', 'c'].map((id) => item(id)), pageSize: 1 });
    expect(await unfinishedJobs(small.store, { ...small.options, maxJobs: 2 })).toMatchObject({ examined: 2 });
    expect(small.calls.filter((call) => call.startsWith('list'))).toEqual(['list 2', 'list 1']);
  });

  test('count as running while they stored something just now, even if the queue is empty', async () => {
    const recent = new Date(LATE - 1000).toISOString();
    const items = [item('new', { started_on: recent }), item('fed'), item('left')];
    const { store, options, calls } = setUp({ items, lastStoredOn: (id) => (id === 'fed' ? LATE - 5000 : STARTED) });
    const { jobs } = await unfinishedJobs(store, options);
    expect(statesOf(jobs)).toEqual({ new: 'RUNNING', fed: 'RUNNING', left: 'stalled' });
    expect(calls.filter((call) => call.startsWith('ledgers'))).toEqual(['ledgers fed some', 'ledgers left some']);
  });

  test('have their ledgers read once they may be stalled: two minutes after their start', async () => {
    const startedAgo = (ms: number) => ({ started_on: new Date(LATE - ms).toISOString() });
    const items = [item('young', startedAgo(119_999)), item('old', startedAgo(120_000))];
    const { store, options, calls } = setUp({ items, lastStoredOn: () => LATE - 5000 });
    expect(statesOf((await unfinishedJobs(store, options)).jobs)).toEqual({ young: 'RUNNING', old: 'RUNNING' });
    expect(calls.filter((call) => call.startsWith('ledgers'))).toEqual(['ledgers old some']);
  });

  test('count as waiting while the queue has messages, and no ledger is read', async () => {
    const { store, options, calls } = setUp({ items: [item('a')], waiting: [3] });
    expect(statesOf((await unfinishedJobs(store, options)).jobs)).toEqual({ a: 'waiting' });
    expect(calls).toEqual(['list 1000', 'job a']);
  });

  test('do not count as stalled when messages arrive during the first read or before the second', async () => {
    const during = setUp({ items: [item('a')], waiting: [0, 3] });
    expect(statesOf((await unfinishedJobs(during.store, during.options)).jobs)).toEqual({ a: 'waiting' });
    const later = setUp({ items: [item('a'), item('b')], waiting: [0, 0, 3] });
    let pauses = 0;
    const beforeSecondRead = async () => {
      pauses += 1;
    };
    const found = await unfinishedJobs(later.store, { ...later.options, beforeSecondRead });
    expect(statesOf(found.jobs)).toEqual({ a: 'waiting', b: 'waiting' });
    expect(pauses).toBe(1);
    // Without a stalled job there is no second read.
    const fed = setUp({ items: [item('a')], waiting: [3] });
    await unfinishedJobs(fed.store, { ...fed.options, beforeSecondRead });
    expect(pauses).toBe(1);
  });

  test('do not include a job that completes before the second read', async () => {
    const items = [item('a')];
    const { store, options } = setUp({ items });
    const beforeSecondRead = async () => void items.splice(0, 1, item('a', { status: 'COMPLETE' }));
    expect((await unfinishedJobs(store, { ...options, beforeSecondRead })).jobs).toEqual([]);
  });

  test('are read eight at a time and returned in order, each read with the caller’s signal', async () => {
    const items = Array.from({ length: 20 }, (_, index) => item(`job-${index}`));
    const { store, options } = setUp({ items });
    let running = 0;
    let most = 0;
    const signals = new Set<AbortSignal | undefined>();
    const slow: typeof store = {
      listJobs: (list) => {
        signals.add(list?.signal);
        return store.listJobs(list);
      },
      async job(jobId, read) {
        signals.add(read?.signal);
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
        return store.job(jobId, read);
      },
      lastStoredOn: (job, read) => {
        signals.add(read?.signal);
        return store.lastStoredOn(job, read);
      },
    };
    const { jobs } = await unfinishedJobs(slow, options);
    expect(jobs.map(({ job_id }) => job_id)).toEqual(items.map(({ job_id }) => job_id));
    expect(most).toBe(8);
    expect([...signals]).toEqual([options.signal]);
  });

  test.each([
    ['inFlight', 'RUNNING'],
    ['delayed', 'waiting'],
  ])('while messages are %s, count as %s, and no ledger is read', async (name, state) => {
    const { store, options, calls } = setUp({ items: [item('a')] });
    const queue = async () => ({ ...(await options.queue()), [name]: 1 });
    expect(statesOf((await unfinishedJobs(store, { ...options, queue })).jobs)).toEqual({ a: state });
    expect(calls).toEqual(['list 1000', 'job a']);
  });

  test('are counted when they cannot be read', async () => {
    const { store, options } = setUp({ items: [item('bad'), item('a')] });
    const { jobs, unreadable } = await unfinishedJobs(store, options);
    expect([statesOf(jobs), unreadable]).toEqual([{ a: 'stalled' }, 1]);
  });

  test('count unreadable jobs of the index as examined, and end with the last page', async () => {
    const { store, options } = setUp({ items: [item('a')] });
    const limits: unknown[] = [];
    const pages = [
      { jobs: [], next: 'more', unreadable: 2 },
      { jobs: [{ ...item('a') }], next: undefined, unreadable: 1 },
    ];
    const listJobs: typeof store.listJobs = async (list) => {
      limits.push(list?.limit);
      return pages[limits.length - 1] ?? { jobs: [], next: undefined, unreadable: 0 };
    };
    const found = await unfinishedJobs({ ...store, listJobs }, { ...options, maxJobs: 4 });
    expect(found).toMatchObject({ examined: 4, unreadable: 3, isComplete: true });
    expect(limits).toEqual([4, 2]);
  });

  test('have their ledgers read for no more jobs than the caller allows', async () => {
    const { store, options, calls } = setUp({ items: ['a', 'b', 'c'].map((id) => item(id)) });
    await unfinishedJobs(store, { ...options, ledgers: { maxJobs: 2, maxPerJob: 16 } });
    expect(calls.filter((call) => call.startsWith('ledgers'))).toEqual(['ledgers a 16', 'ledgers b 16']);
  });
});
