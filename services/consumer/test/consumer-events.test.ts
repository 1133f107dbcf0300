// A consumer over a table and a bucket of the test: what it counts, reports and traces of a job, and its probes of a
// failing S3.
import { describe, expect, test } from '@jest/globals';
import type { ObjectsPort, SingleCallTable, TableItem } from '@movie-load/aws';
import type { JobEvent } from '@movie-load/jobs';
import { generateMovies } from '@movie-load/movies';
import { jobIdOf } from '@movie-load/schema';
import { connectionReset, createVirtualClock, longestWaits } from '@movie-load/testing';
import { createConsumer } from '../src/consumer.ts';
import type { ConsumerSpans } from '../src/spans.ts';
import { createFakeQueue, loadMessage, received, testPlan } from './support.ts';

/** One message, one group, an object of one part. */
const plan = testPlan(1);
const job_id = jobIdOf(plan);
const load = (id = '0') => received(id, loadMessage(plan, 0));
const PUT_MS = 2500;
const [movie] = generateMovies(plan.seed, { first: 0, count: 1 });
const objectBytes = Buffer.byteLength(`[\n${JSON.stringify(movie)}\n]\n`);

function start() {
  const clock = createVirtualClock();
  const created: TableItem[] = [];
  const slices: TableItem[] = [];
  const state = { marker: undefined as TableItem | undefined, isStored: false, status: 'RUNNING', isS3Down: false };
  /** The errors of the next puts. */
  const refusals: Error[] = [];
  const s3Calls: string[] = [];
  const jobItem = (): TableItem => ({ ...created[0], done: { NS: ['0'] }, status: { S: state.status } });
  const unused = () => Promise.reject(new Error('not used here'));
  const table: SingleCallTable = {
    name: 'table',
    get: unused,
    async create(item) {
      if (state.marker === undefined) created.push(item);
      return state.marker;
    },
    async putBatch(items) {
      slices.push(...items);
      return [];
    },
    deleteBatch: async () => [],
    async update({ key }) {
      if (key.part !== 'ledger') return jobItem();
      const before: TableItem = state.isStored ? { stored: { NS: ['0'] } } : {};
      state.isStored = true;
      return before;
    },
    async updateIf() {
      const applied = state.status === 'RUNNING';
      state.status = 'COMPLETE';
      return { applied, item: jobItem() };
    },
    query: async () => ({ items: slices.slice(0, 1), next: undefined }),
    queryJobs: unused,
  };
  const objects = {
    bucket: 'bucket',
    async put() {
      s3Calls.push('put');
      const refused = refusals.shift();
      if (state.isS3Down || refused !== undefined) throw refused ?? connectionReset;
      await clock.sleep(PUT_MS);
    },
    async size(_: string, options: { signal?: AbortSignal } = {}) {
      s3Calls.push(`size ${options.signal === undefined ? 'for ever' : 'with a signal'}`);
      if (state.isS3Down) throw connectionReset;
      return undefined;
    },
    delete: async () => undefined,
  } as unknown as ObjectsPort;
  const events: JobEvent['kind'][] = [];
  const spans = {
    around: (_: unknown, work: () => Promise<void>) => work(),
    checked: () => undefined,
    failed: () => undefined,
    note: ({ kind }: JobEvent) => void events.push(kind),
  } as unknown as ConsumerSpans;
  const logged: { level: string; text: string; facts: Record<string, unknown> }[] = [];
  const log = (level: string) => (facts: object, text: string) =>
    void logged.push({ level, text, facts: { ...facts } });
  const completed: (readonly string[])[] = [];
  const queue = createFakeQueue();
  const consumer = createConsumer({
    queue,
    dlq: createFakeQueue(),
    table,
    objects,
    clock,
    random: longestWaits,
    instance: 'consumer under test',
    settings: { visibilitySeconds: 3600, drainMs: 1000, retentionDays: 15 },
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    exit: () => undefined,
    onCompleted: () => completed.push([...consumer.counters.lastCompleted]),
    spans,
    signal: new AbortController().signal,
  });
  return { ...consumer, clock, created, state, refusals, s3Calls, events, logged, completed, queue };
}

describe('a consumer', () => {
  test('counts what it stores and writes, and reports COMPLETE after it is counted', async () => {
    const { handler, counters, clock, events, completed, queue, logged } = start();
    const handled = handler.handle([load()]);
    await clock.advance(PUT_MS);
    await handled;
    expect(counters).toMatchObject({
      storedMessages: 1,
      storedMovies: 1,
      repeatedMovies: 0,
      slices: 1,
      objectParts: 1,
      partSeconds: PUT_MS / 1000,
      assembledMovies: 1,
      completedJobs: 1,
      droppedMessages: 0,
    });
    expect(completed).toEqual([[job_id]]);
    expect(events).toEqual(['stored', 'completing', 'part_written', 'completed']);
    expect(logged).toEqual([
      { level: 'info', text: 'every movie is stored: completing the object', facts: { job_id } },
      { level: 'info', text: 'a part is written', facts: { job_id, part: 1, parts: 1, bytes: objectBytes } },
      { level: 'info', text: 'COMPLETE', facts: { job_id, object: `${job_id}.json`, movies: 1 } },
    ]);
    expect(queue.deleted).toEqual(['handle-0']);
    // The same message again is a repeat, which does not complete the job a second time.
    await handler.handle([load('again')]);
    expect(counters).toMatchObject({ storedMovies: 2, repeatedMovies: 1, objectParts: 1, completedJobs: 1 });
    expect(completed).toHaveLength(1);
  });

  test('gives the item of a job the time at which it expires', async () => {
    const { handler, clock, created } = start();
    const now = clock.now();
    const handled = handler.handle([load()]);
    await clock.advance(PUT_MS);
    await handled;
    expect(created[0]?.expires_at).toEqual({ N: String(now / 1000 + 15 * 24 * 60 * 60) });
  });

  test('counts messages of a deleted job as dropped, not as stored', async () => {
    const { handler, counters, state, events, queue, logged } = start();
    state.marker = { job_id: { S: job_id }, part: { S: 'job' }, deleted_on: { S: '2026-11-25T00:00:00.000Z' } };
    await handler.handle([load(), load('again')]);
    expect(counters).toMatchObject({ droppedMessages: 1, storedMessages: 0, completedJobs: 0 });
    expect(events).toEqual(['dropped']);
    expect(logged).toEqual([
      { level: 'info', text: 'dropped: their job was deleted', facts: { job_id, group: 0, messages: 1 } },
    ]);
    expect(queue.deleted).toEqual(['handle-0', 'handle-again']);
  });

  test('counts every message of deleted jobs, also of the next job', async () => {
    const { handler, counters, state } = start();
    state.marker = { job_id: { S: job_id }, part: { S: 'job' }, deleted_on: { S: '2026-11-25T00:00:00.000Z' } };
    const three = testPlan(3);
    await handler.handle([0, 1, 2].map((number) => received(String(number), loadMessage(three, number))));
    await handler.handle([load()]);
    expect(counters.droppedMessages).toBe(4);
  });

  test('waits until an operator has corrected the access, because giving up would use up receives', async () => {
    const { handler, counters, clock, refusals, queue } = start();
    const denied = () => Object.assign(new Error('no'), { name: 'AccessDenied', $fault: 'client' });
    refusals.push(denied(), denied(), denied());
    const handled = handler.handle([load()]);
    await clock.advance(60_000);
    await handled;
    expect(counters).toMatchObject({ completedJobs: 1, released: 0 });
    expect(queue.deleted).toEqual(['handle-0']);
  });

  test('probes S3 while its breaker is open; the table’s breaker stays closed', async () => {
    const { handler, counters, clock, state, s3Calls, breakers, logged } = start();
    state.isS3Down = true;
    const handled = handler.handle([load()]);
    await clock.advance(2 * 60_000);
    expect([breakers.s3.open, breakers.dynamodb.open, breakers.sqs.open]).toEqual([true, false, false]);
    const open = s3Calls.slice(s3Calls.lastIndexOf('put') + 1);
    expect(open.length).toBeGreaterThan(1);
    expect(new Set(open)).toEqual(new Set(['size with a signal']));
    state.isS3Down = false;
    await clock.advance(2 * 60_000);
    await handled;
    expect(breakers.s3.open).toBe(false);
    expect(counters.completedJobs).toBe(1);
    // Each failed put is logged; the last one succeeded.
    const failedPuts = s3Calls.filter((call) => call === 'put').length - 1;
    expect(failedPuts).toBeGreaterThanOrEqual(8);
    expect(logged.filter(({ text }) => text === 'failed, will be tried again')).toHaveLength(failedPuts);
  });
});
