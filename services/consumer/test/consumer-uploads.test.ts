// A consumer that stores a job of two parts: what it counts and logs of the upload, of its parts, and of those that it
// leaves to the end.
import { describe, expect, test } from '@jest/globals';
import type { ObjectBody, ObjectsPort, SingleCallTable, TableItem } from '@movie-load/aws';
import { jobIdOf } from '@movie-load/schema';
import { connectionReset, createVirtualClock, longestWaits } from '@movie-load/testing';
import { createConsumer } from '../src/consumer.ts';
import { createFakeQueue, loadMessage, received, testPlan } from './support.ts';

/** Two groups of ten messages; each of them is a part. */
const plan = testPlan(20);
const job_id = jobIdOf(plan);
const groupOf = (group: number, receiveCount = 1) =>
  Array.from({ length: 10 }, (_, at) =>
    received(String(10 * group + at), { ...loadMessage(plan, 10 * group + at), receiveCount }),
  );
const gone = Object.assign(new Error('no'), { name: 'NoSuchUpload', $fault: 'client' });

/** A table that has one job and its sets. */
function tableOfOneJob(): SingleCallTable {
  const sets = new Map<string, Set<string>>();
  const slices = new Map<string, TableItem[]>();
  let job: TableItem = {};
  const unused = () => Promise.reject(new Error('not used here'));
  const setOf = (name: string) => sets.get(name) ?? sets.set(name, new Set()).get(name) ?? new Set();
  const withDone = () => ({ ...job, ...(setOf('root').size > 0 && { done: { NS: [...setOf('root')] } }) });
  return {
    name: 'table',
    get: async () => withDone(),
    async create(item) {
      job = item;
      return undefined;
    },
    async putBatch(items) {
      for (const item of items) slices.set(item.job_id?.S ?? '', [item]);
      return [];
    },
    deleteBatch: async () => [],
    async update({ key, update, values }) {
      if (update.includes('#part_upload')) return {};
      const set = setOf(key.part === 'job' ? 'root' : key.job_id);
      const before = [...set];
      for (const number of values[':numbers']?.NS ?? values[':child']?.NS ?? []) set.add(number);
      if (key.part === 'job') return withDone();
      return before.length === 0 ? {} : { stored: { NS: before } };
    },
    async updateIf({ update, values }) {
      if (update.includes('#upload = :id')) job = { ...job, upload_id: values[':id'] ?? { S: '' } };
      if (update.includes('#status = :complete')) job = { ...job, status: { S: 'COMPLETE' } };
      return { applied: true, item: withDone() };
    },
    query: async ({ partition }) => ({ items: slices.get(partition) ?? [], next: undefined }),
    queryJobs: unused,
  };
}

function start({ bufferBytes }: { readonly bufferBytes?: number } = {}) {
  const clock = createVirtualClock();
  const s3 = { isAway: false, refusals: [] as Error[], parts: new Set<number>(), bodies: [] as string[], uploads: 0 };
  const call = async <T>(answer: () => T): Promise<T> => {
    const refused = s3.refusals.shift();
    if (s3.isAway || refused !== undefined) throw refused ?? connectionReset;
    return answer();
  };
  const objects = {
    bucket: 'bucket',
    createUpload: async () => `upload ${++s3.uploads}`,
    uploadPart: (_: string, __: string, number: number, body: ObjectBody) => {
      s3.bodies.push(body instanceof Uint8Array ? 'whole' : 'stream');
      return call(() => void s3.parts.add(number));
    },
    listParts: () => call(() => [...s3.parts].map((number) => ({ number, etag: 'e', crc32: 'c', bytes: 100 }))),
    completeUpload: async () => undefined,
    size: () => call(() => undefined),
  } as unknown as ObjectsPort;
  const logged: { level: string; text: string; facts: Record<string, unknown> }[] = [];
  const log = (level: string) => (facts: object, text: string) =>
    void logged.push({ level, text, facts: { ...facts } });
  const consumer = createConsumer({
    queue: createFakeQueue(),
    dlq: createFakeQueue(),
    table: tableOfOneJob(),
    objects,
    clock,
    random: longestWaits,
    instance: 'consumer under test',
    settings: { visibilitySeconds: 3600, drainMs: 1000, minPartMovies: 10, bufferBytes },
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    exit: () => undefined,
    signal: new AbortController().signal,
  });
  const handle = async (messages: ReturnType<typeof groupOf>, ms = 60_000) => {
    const handled = consumer.handler.handle(messages);
    await clock.advance(ms);
    await handled;
  };
  const loggedTexts = () => logged.map(({ level, text }) => `${level}: ${text}`);
  return { ...consumer, clock, s3, logged, loggedTexts, handle };
}

describe('a consumer', () => {
  test('logs the start of an upload, and each part by its number from 1', async () => {
    const { handle, loggedTexts, logged, counters } = start();
    await handle(groupOf(0));
    expect(loggedTexts()).toEqual(['info: the upload of the object begins', 'info: a part is written']);
    expect(logged.map(({ facts }) => facts)).toMatchObject([
      { job_id, upload_id: 'upload 1' },
      { job_id, part: 1, parts: 2 },
    ]);
    expect(counters).toMatchObject({
      storedMessages: 10,
      slices: 1,
      storedMovies: 10,
      objectParts: 1,
      assembledMovies: 10,
      completedJobs: 0,
    });
    await handle(groupOf(1));
    expect(loggedTexts().slice(2)).toEqual([
      'info: a part is written',
      'info: every movie is stored: completing the object',
      'info: COMPLETE',
    ]);
    expect(counters).toMatchObject({ storedMovies: 20, objectParts: 2, assembledMovies: 20, completedJobs: 1 });
  });

  test('sends a part that is larger than its buffer as a stream', async () => {
    for (const [bufferBytes, body] of [
      [undefined, 'whole'],
      [100, 'stream'],
    ] as const) {
      const { handle, s3 } = start({ ...(bufferBytes && { bufferBytes }) });
      await handle(groupOf(0));
      expect(s3.bodies).toEqual([body]);
    }
  });

  test('logs that an upload was gone, and which one replaces it', async () => {
    const { handle, s3, logged, counters } = start();
    s3.refusals.push(gone);
    await handle(groupOf(0));
    expect(logged[1]).toEqual({
      level: 'warn',
      text: 'the upload was gone: another one replaces it',
      facts: { job_id, upload_id: 'upload 2', replaces: 'upload 1' },
    });
    expect(counters.objectParts).toBe(1);
  });

  test('leaves a part to the end while S3 is unreachable, and uploads it there', async () => {
    const { handle, handler, s3, loggedTexts, logged, counters, clock } = start();
    await handle(groupOf(0));
    s3.isAway = true;
    // Only after four receives: before, the messages are released.
    const handled = handler.handle(groupOf(1, 5));
    await clock.advance(3 * 60_000);
    s3.isAway = false;
    await clock.advance(5 * 60_000);
    await handled;
    const left = logged.find(({ text }) => text === 'a part is left to the end of the job');
    expect(left).toMatchObject({ level: 'warn', facts: { job_id, part: 2, err: { code: 'dependency_away' } } });
    expect(
      loggedTexts()
        .filter((text) => /part is|COMPLETE|completing/.test(text))
        .slice(1),
    ).toEqual([
      'warn: a part is left to the end of the job',
      'info: every movie is stored: completing the object',
      'info: a part is written',
      'info: COMPLETE',
    ]);
    expect(counters).toMatchObject({ objectParts: 2, completedJobs: 1, released: 0 });
  });
});
