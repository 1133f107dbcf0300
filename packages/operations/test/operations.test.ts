// Views of jobs and of their objects, pages of jobs, and resuming a job.
import { describe, expect, test } from '@jest/globals';
import { QUEUE_MESSAGE_BYTES, type QueuePort } from '@movie-load/aws';
import type { JobStore, MissingMessages } from '@movie-load/jobs';
import { GENERATOR_VERSION } from '@movie-load/movies';
import { sendJob } from '@movie-load/queue';
import { type JobItem, MovieLoadError, planJob } from '@movie-load/schema';
import { jobItems, observeUpload, resumeJob, resumeOutcome, toJobView, uploadText } from '../src/index.ts';
import { job, plan, STARTED } from './support.ts';

const queue = { waiting: 0, inFlight: 0, delayed: 0 };
const LATE = STARTED + 600_000;

const unused = () => Promise.reject(new Error('not used here'));
const queueThat = async (send: QueuePort['send']): Promise<QueuePort> => ({
  name: 'fake.fifo',
  send,
  status: async () => ({ ...queue, maximumMessageBytes: QUEUE_MESSAGE_BYTES, now: LATE }),
  receive: unused,
  delete: unused,
  changeVisibility: unused,
});

describe('the view of a job', () => {
  test('shows its progress, and how long it has run by AWS’s clock', () => {
    expect(toJobView(job, { queue, now: STARTED + 5000 })).toMatchObject({
      state: 'RUNNING',
      why: '',
      percent: 20,
      messages: 100,
      groups: 10,
      took_ms: 5000,
      completed_on: null,
      object_key: null,
    });
    expect(toJobView(job, { queue, now: STARTED - 5000 })).toMatchObject({ took_ms: 0 });
  });

  test('shows for a COMPLETE job when it ended, how long it took, and where its object is', () => {
    const completed_on = new Date(STARTED + 90_000).toISOString();
    const end = { completed_on, object_key: `${job.job_id}.json`, object_bytes: 1234 };
    const complete: JobItem = { ...job, ...end, status: 'COMPLETE', done: new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) };
    expect(toJobView(complete, { queue, now: LATE })).toMatchObject({ ...end, percent: 100, took_ms: 90_000, why: '' });
  });

  test('rounds a percentage down', () => {
    const ofThreeGroups = { ...plan, movies: 30 };
    expect(toJobView({ ...job, plan: ofThreeGroups }, { queue, now: LATE })).toMatchObject({ groups: 3, percent: 66 });
  });

  test('explains why a job waits or is stalled, and what to do', () => {
    expect(toJobView(job, { queue: { ...queue, waiting: 3 }, now: LATE })).toMatchObject({
      state: 'waiting',
      why: '3 messages wait, 0 in flight, 0 delayed: are consumers running?',
    });
    const busy = { waiting: 3, inFlight: 4, delayed: 5 };
    expect(toJobView(job, { queue: busy, now: LATE, lastStoredOn: STARTED }).why).toBe(
      '3 messages wait, 4 in flight, 5 delayed: are consumers running?',
    );
    expect(toJobView(job, { queue, now: LATE })).toMatchObject({
      state: 'stalled',
      why: expect.stringMatching(/^the queue is empty\. .*: movie-load resume [0-9a-f]{8}$/),
    });
    expect(toJobView(job, { queue, now: LATE, lastStoredOn: LATE - 1000 })).toMatchObject({
      state: 'RUNNING',
      why: '',
    });
  });
});

describe('the object of a job', () => {
  const large = planJob({
    nonce: 'x',
    movies: 1_000_000,
    movies_per_message: 325,
    seed: 3,
    generator: GENERATOR_VERSION,
  });
  const running: JobItem = {
    ...job,
    plan: large,
    upload_id: 'an-upload',
    upload_on: new Date(STARTED + 1000).toISOString(),
    object_bytes: 7,
  };
  const written = [1, 2, 5];

  test('has written parts, and an upload with an age and a size', () => {
    const upload = { began_on: running.upload_on, written, bytes: 24_000_000 };
    const view = toJobView(running, { queue, now: STARTED + 64_000, upload });
    expect(view).toMatchObject({
      object_bytes: null,
      object_parts_written: 3,
      upload: { began_on: running.upload_on, age_ms: 63_000, bytes: 24_000_000 },
    });
    expect(view.object_parts).toBe(16);
    expect(uploadText(view)).toBe('3 of 16 parts, 24 MB, begun 1 min 3 s ago');
  });

  test('has an unknown number of written parts where S3 does not report them, and none without an upload', async () => {
    const store = { upload: () => Promise.reject(new Error('S3 is down')) };
    const upload = await observeUpload(store, running, {});
    const view = toJobView(running, { queue, now: STARTED + 3000, upload });
    expect(view).toMatchObject({ object_parts_written: null, upload: { age_ms: 2000, bytes: null } });
    expect(uploadText(view)).toMatch(/^\? of \d+ parts, begun 2\.0 s ago$/);
    // An older release did not record when it began.
    const { upload_on: _, ...undated } = running;
    const ageless = toJobView(undated, { queue, now: LATE, upload: { began_on: undefined, written, bytes: 1 } });
    expect(ageless.upload).toEqual({ began_on: null, age_ms: null, bytes: 1 });
    expect(uploadText(ageless)).toMatch(/^3 of \d+ parts, 1 B$/);
    const early = toJobView(running, { queue, now: STARTED, upload });
    expect(early.upload).toMatchObject({ age_ms: 0 });
    const none = toJobView(job, { queue, now: LATE });
    expect(none).toMatchObject({ object_parts: 1, object_parts_written: 0, upload: null });
    expect(uploadText(none)).toBeUndefined();
  });

  test('has all its parts when the job is COMPLETE', () => {
    const view = toJobView({ ...running, status: 'COMPLETE' }, { queue, now: LATE });
    expect(view).toMatchObject({ object_bytes: 7, object_parts: 16, object_parts_written: 16, upload: null });
  });

  test('is not observed when the caller has aborted: the call rejects with the signal’s reason', async () => {
    const signal = AbortSignal.abort(new Error('interrupted'));
    const store = { upload: () => Promise.reject(new Error('aborted')) };
    await expect(observeUpload(store, running, { signal })).rejects.toThrow('interrupted');
  });
});

test('a job that is being deleted is shown as the index lists it, not as it was cached, without an upload', async () => {
  const { job_id, started_on } = job;
  const deleting = { job_id, started_on, plan, status: 'DELETING' as const };
  const store: Pick<JobStore, 'job' | 'listJobs'> = {
    listJobs: async () => ({ jobs: [deleting], next: undefined, unreadable: 0 }),
    job: () => Promise.reject(new Error('its item is a marker')),
  };
  const { jobs } = await jobItems(store, { limit: 4 }, () => ({ ...job, status: 'COMPLETE' }));
  expect(jobs).toEqual([deleting]);
  expect(jobs.map((one) => toJobView(one, { queue, now: LATE }))).toMatchObject([
    { job_id, state: 'DELETING', why: expect.stringMatching(/: movie-load delete [0-9a-f]{8}$/), upload: null },
  ]);
  let calls = 0;
  const upload = async () => {
    calls += 1;
    return undefined;
  };
  expect(await observeUpload({ upload }, deleting, {})).toBeUndefined();
  expect(calls).toBe(0);
});

test('a page of jobs is rejected when an item cannot be read for another reason than its content', async () => {
  const listed: Pick<JobStore, 'job' | 'listJobs'> = {
    listJobs: async () => ({ jobs: [{ ...job, status: 'RUNNING' }], next: undefined, unreadable: 0 }),
    job: () => Promise.reject(new Error('no answer')),
  };
  await expect(jobItems(listed, { limit: 4 })).rejects.toThrow('no answer');
});

test('a page of jobs leaves out deleted jobs, counts unreadable ones, and does not read cached ones again', async () => {
  const read: string[] = [];
  const listCalls: unknown[] = [];
  const { signal } = new AbortController();
  const store: Pick<JobStore, 'job' | 'listJobs'> = {
    listJobs: async (options) => {
      listCalls.push(options);
      return { jobs: ['a', 'b', 'c', 'd'].map((job_id) => ({ ...job, job_id })), next: 'more', unreadable: 2 };
    },
    job: async (jobId, options) => {
      read.push(jobId);
      expect(options?.signal).toBe(signal);
      if (jobId === 'd') throw new MovieLoadError('bad_item', 'changed by hand');
      return jobId === 'b' ? undefined : { ...job, job_id: jobId };
    },
  };
  const page = { limit: 4, after: 'before', signal };
  const { jobs, next, unreadable } = await jobItems(store, page, (jobId) => (jobId === 'a' ? job : undefined));
  expect(listCalls).toEqual([page]);
  expect(jobs.map(({ job_id }) => job_id)).toEqual([job.job_id, 'c']);
  expect(next).toBe('more');
  expect(unreadable).toBe(3);
  expect(read).toEqual(['b', 'c', 'd']);
});

describe('resume', () => {
  const missingMessages: MissingMessages[] = [
    { group: 1, numbers: [10, 11], why: 'missing' },
    { group: 2, numbers: [20], why: 'climb' },
  ];
  const options = {
    store: {
      async *findMissing() {
        yield* missingMessages;
      },
    },
    queue: () => Promise.reject(new Error('nothing is sent')),
    random: { next: () => 0, uuid: () => 'x' },
    signal: new AbortController().signal,
  };

  test('only counts what is missing in a dry run', async () => {
    const resumed = await resumeJob(job, { ...options, dryRun: true });
    expect(resumed).toEqual({ missing: 2, climb: 1, groups: 2 });
    expect(resumeOutcome(job.job_id, resumed, true).summary).toBe(
      `would be sent: 2 missing messages and 1 to count what is stored, in 2 groups of job ${job.job_id}.`,
    );
    expect(resumeOutcome(job.job_id, { missing: 0, climb: 0, groups: 0 }).summary).toBe(
      `No messages of job ${job.job_id} are missing.`,
    );
  });

  test('looks up the queue only when it sends', async () => {
    let lookups = 0;
    const queue = () => {
      lookups += 1;
      return Promise.reject(new Error('no queue'));
    };
    await resumeJob(job, { ...options, queue, dryRun: true });
    expect(lookups).toBe(0);
    await expect(resumeJob(job, { ...options, queue })).rejects.toThrow('no queue');
    expect(lookups).toBe(1);
  });

  test('sends the missing messages with their first bodies and groups, and reports progress', async () => {
    const sent: { readonly groupId: string; readonly body: string }[] = [];
    const progress: number[] = [];
    const send: QueuePort['send'] = async (messages) => {
      sent.push(...messages.map(({ groupId, body }) => ({ groupId, body })));
      return [];
    };
    const { random } = options;
    const { started_on } = job;
    await sendJob({ queue: await queueThat(send), plan, started_on, random, concurrency: 1 });
    const firstSent = sent.splice(0);
    expect(firstSent).toHaveLength(100);
    const resumed = await resumeJob(job, {
      ...options,
      queue: () => queueThat(send),
      onSent: ({ messages }) => progress.push(messages),
    });
    expect(resumed).toEqual({ missing: 2, climb: 1, groups: 2 });
    expect(sent).toEqual([10, 11, 20].map((number) => firstSent[number]));
    expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({ number: 10, started_on });
    expect(progress.reduce((sum, count) => sum + count)).toBe(3);
    expect(resumeOutcome(job.job_id, resumed).summary).toMatch(/^sent: 2 missing messages and 1 to count/);
    expect(resumeOutcome(job.job_id, { missing: 0, climb: 1, groups: 1 }).summary).toContain('1 to count');
    expect(resumeOutcome(job.job_id, { missing: 1200, climb: 0, groups: 3 }).summary).toBe(
      `sent: 1,200 missing messages, in 3 groups of job ${job.job_id}.`,
    );
  });

  test('searches as thoroughly as requested; searching and sending both stop at the caller’s signal', async () => {
    const searches: unknown[] = [];
    const store: Pick<JobStore, 'findMissing'> = {
      async *findMissing(_, options) {
        searches.push(options);
        yield* missingMessages;
      },
    };
    await resumeJob(job, { ...options, store, dryRun: true });
    await resumeJob(job, { ...options, store, dryRun: true, thorough: true });
    const { signal } = options;
    expect(searches).toEqual([
      { signal, thorough: false },
      { signal, thorough: true },
    ]);
    const caller = new AbortController();
    const send: QueuePort['send'] = async (_, call) => {
      caller.abort(new Error('the caller left'));
      call?.signal?.throwIfAborted();
      return [];
    };
    const resumed = resumeJob(job, { ...options, signal: caller.signal, queue: () => queueThat(send) });
    await expect(resumed).rejects.toThrow('the caller left');
  });
});
