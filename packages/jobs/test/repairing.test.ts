// Repair over ports that fail as each test wants, of objects whose bytes arrive in any pieces.
import { describe, expect, test } from '@jest/globals';
import type { ByteRange, ObjectsPort, TableItem } from '@movie-load/aws';
import { partChunks } from '../src/part-bytes.ts';
import { repairJob } from '../src/repair.ts';
import {
  applied,
  callsNotAborted,
  errorNamed,
  fakeWorld,
  itemOf,
  listed,
  runningJob,
  tenMoviesAGroup,
} from './fake-context.ts';
import { never } from './support.ts';

const job = runningJob({ status: 'COMPLETE' });
const signal = never();

/** The right bytes of the three parts. */
const correctParts = await Promise.all(
  [0, 1, 2].map(async (part) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of partChunks(fakeWorld({ query: tenMoviesAGroup }).context, job, part, signal))
      chunks.push(chunk);
    return Buffer.concat(chunks);
  }),
);
const sizes = correctParts.map(({ length }) => length);
const whole = Buffer.concat(correctParts);

/** A bucket with an object whose bytes arrive in pieces of this size. */
function start(bytes: Buffer | undefined, objects: Partial<ObjectsPort> = {}, pieceBytes = 1000) {
  async function* body() {
    for (let at = 0; at < (bytes?.length ?? 0); at += pieceBytes)
      yield bytes?.subarray(at, at + pieceBytes) ?? Buffer.of();
  }
  return fakeWorld(
    { query: tenMoviesAGroup, get: async () => itemOf(job) },
    { get: async () => bytes && { bytes: bytes.length, body: body(), discard: () => {} }, ...objects },
  );
}

const changedAt = (at: number) => Buffer.from(whole.map((byte, place) => (place === at ? byte ^ 1 : byte)));
const [first = 0, second = 0] = sizes;

describe('a repair', () => {
  /** A bucket that records its calls. */
  function recording(failing: string | undefined = undefined) {
    const calls: string[] = [];
    const signals = new Set<AbortSignal | undefined>();
    const step = (text: string, options: { signal?: AbortSignal | undefined } = {}) => {
      calls.push(text);
      signals.add(options.signal);
      if (failing !== undefined && text.startsWith(failing)) throw errorNamed('AccessDenied');
    };
    const objects: Partial<ObjectsPort> = {
      async createUpload(_, options) {
        step('create', options);
        return 'own';
      },
      async copyPart(_, id, number, { first, last }: ByteRange, options) {
        step(`copy ${number} of ${first}-${last} to ${id}`, options);
      },
      async uploadPart(_, id, number, body, options) {
        step(
          `upload ${number} of ${body instanceof Uint8Array ? body.length : `${body.bytes} streamed`} to ${id}`,
          options,
        );
      },
      async listParts(_, id, options) {
        step(`list ${id}`, options);
        return listed(1, 2, 3);
      },
      async completeUpload(_, id, parts, options) {
        step(`complete ${id} with ${parts.length}`, options);
      },
      async abortUpload(_, id) {
        await new Promise(setImmediate);
        calls.push(`abort ${id}`);
      },
    };
    return { calls, signals, objects };
  }

  test('copies the parts that agree to the new upload, and uploads the others', async () => {
    const { calls, objects, signals } = recording();
    const { context } = start(changedAt(first), objects);
    let progress = 0;
    const repaired = await repairJob(context, job.job_id, { signal, onProgress: () => (progress += 1) });
    expect(repaired).toEqual({ why: 'object_differs', bytes: whole.length, parts: 3, written: [2] });
    expect(calls).toEqual([
      'create',
      `copy 1 of 0-${first - 1} to own`,
      `upload 2 of ${second} to own`,
      `copy 3 of ${first + second}-${whole.length - 1} to own`,
      'list own',
      'complete own with 3',
    ]);
    expect(progress).toBe(3);
    expect([...signals]).toEqual([signal]);
  });

  test.each<[string, Buffer | undefined, number[]]>([
    ['its first byte differs', changedAt(0), [1]],
    ['the last byte of a part differs', changedAt(first - 1), [1]],
    ['the first byte of the next part differs', changedAt(first), [2]],
    ['its last byte differs', changedAt(whole.length - 1), [3]],
    ['it is cut off by a byte', whole.subarray(0, -1), [3]],
    ['it ends with a part', whole.subarray(0, first), [2, 3]],
    ['it has a byte too many', Buffer.concat([whole, Buffer.from(' ')]), [3]],
    ['it is empty', Buffer.alloc(0), [1, 2, 3]],
    ['it does not exist', undefined, [1, 2, 3]],
  ])('writes exactly the parts that differ when %s', async (_, bytes, written) => {
    for (const pieceBytes of [3, 100_000]) {
      const { calls, objects } = recording();
      const { context } = start(bytes, objects, pieceBytes);
      const why = bytes === undefined ? 'object_missing' : 'object_differs';
      expect(await repairJob(context, job.job_id, { signal })).toMatchObject({ why, bytes: whole.length, written });
      const uploaded = calls.flatMap((step) => /^upload (\d)/.exec(step)?.[1] ?? []);
      expect(uploaded.map(Number)).toEqual(written);
    }
  });

  test('of a job with a missing movie is refused, and leaves the object alone', async () => {
    const { calls, objects } = recording();
    const { context } = start(undefined, objects);
    const table = { ...context.table, query: async () => ({ items: [], next: undefined }) };
    await expect(repairJob({ ...context, table }, job.job_id, { signal })).rejects.toMatchObject({
      code: 'job_incomplete',
    });
    expect(calls).toEqual([]);
  });

  test('streams parts that are larger than the buffer', async () => {
    const { calls, objects } = recording();
    const { context } = start(undefined, objects);
    expect(await repairJob({ ...context, bufferBytes: 100 }, job.job_id, { signal })).toMatchObject({
      why: 'object_missing',
      written: [1, 2, 3],
    });
    expect(calls[1]).toBe(`upload 1 of ${first} streamed to own`);
  });

  test.each(['copy 3', 'upload 2', 'list', 'complete'])(
    'aborts its own upload and rejects when %s fails',
    async (step) => {
      const { calls, objects } = recording(step);
      const { context } = start(changedAt(first), objects);
      await expect(repairJob(context, job.job_id, { signal })).rejects.toThrow('AccessDenied');
      expect(calls.at(-1)).toBe('abort own');
      expect(calls.at(-2)).toContain(step);
    },
  );

  test('aborts its own upload after its signal aborted, too, but does not wait longer than three seconds', async () => {
    const { objects } = recording();
    const stop = new AbortController();
    let last: AbortSignal | undefined;
    const world = start(changedAt(first), {
      ...objects,
      async uploadPart() {
        stop.abort(new Error('SIGTERM'));
        throw stop.signal.reason;
      },
      async abortUpload(_, __, options) {
        last = options?.signal;
        await new Promise(() => {});
      },
    });
    const repairing = repairJob(world.context, job.job_id, { signal: stop.signal });
    repairing.catch(() => {});
    await world.clock.advance(2999);
    expect(last?.aborted).toBe(false);
    await world.clock.advance(1);
    await expect(repairing).rejects.toThrow('SIGTERM');
    expect(last?.aborted).toBe(true);
  });

  test.each([
    ['of several parts', job],
    ['of one part', runningJob({ status: 'COMPLETE', plan: { ...job.plan, movies: 20 } })],
  ])(
    'of a job %s that is deleted during the repair rejects, and the error says how to remove what is left',
    async (_, of) => {
      const { objects } = recording();
      const { context } = start(undefined, { ...objects, put: async () => undefined });
      const items = [itemOf(of), { ...itemOf(of), deleted_on: { S: of.started_on } }];
      const table = { ...context.table, get: async () => items.shift() };
      await expect(repairJob({ ...context, table }, of.job_id, { signal })).rejects.toMatchObject({
        code: 'job_deleted',
        message: expect.stringContaining(`\`movie-load delete ${of.job_id}\` removes what is left`),
      });
    },
  );

  test('of a job that is not stored completely rejects, says how to send the rest, and calls nothing of S3', async () => {
    for (const done of [undefined, { NS: ['0', '1'] }]) {
      const incomplete = { ...itemOf(runningJob()), ...(done && { done }) };
      const { context, signals } = fakeWorld({ get: async () => incomplete });
      await expect(repairJob(context, job.job_id, { signal })).rejects.toMatchObject({
        code: 'job_incomplete',
        message: expect.stringContaining('is not stored completely. Send what is missing with `movie-load resume'),
      });
      expect(signals.map(([call]) => call)).toEqual(['get']);
    }
  });

  test('of a RUNNING job whose movies are all counted uploads the missing parts and sets it COMPLETE', async () => {
    const { calls, objects } = recording();
    const lists = [listed(2), listed(1, 2, 3)];
    const counted = { ...itemOf(runningJob({ upload_id: 'old' })), done: { NS: ['0', '1', '2'] } };
    const complete = itemOf(runningJob({ status: 'COMPLETE', object_bytes: 300 }));
    const world = start(undefined, {
      ...objects,
      listParts: async () => lists.shift() ?? [],
      async uploadPart(key, id, number, ...rest) {
        // The later part is uploaded first.
        if (number === 1) for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
        await objects.uploadPart?.(key, id, number, ...rest);
      },
    });
    const items = [counted, complete];
    const table = {
      ...world.context.table,
      get: async () => items.shift(),
      update: async () => ({}),
      updateIf: async () => applied(complete),
    };
    const context = { ...world.context, table };
    expect(await repairJob(context, job.job_id, { signal })).toEqual({
      why: 'not_complete',
      bytes: 300,
      parts: 3,
      written: [1, 3],
    });
    const [, , third = 0] = sizes;
    expect(calls).toEqual([`upload 3 of ${third} to old`, `upload 1 of ${first} to old`, 'complete old with 3']);
    // It emits the same events as any other completion.
    expect(world.events.map(({ kind }) => kind)).toEqual(['completing', 'part_written', 'part_written', 'completed']);
  });

  test('of a job that does not exist or was deleted rejects with that reason', async () => {
    const repairOf = (item: TableItem | undefined) =>
      repairJob(fakeWorld({ get: async () => item }).context, job.job_id, { signal });
    await expect(repairOf(undefined)).rejects.toMatchObject({
      code: 'usage',
      message: `There is no job ${job.job_id}.`,
    });
    const marker = {
      ...itemOf(job),
      status: { S: 'DELETED' },
      deleted_on: { S: job.started_on },
      expires_at: { N: '1795651200' },
    };
    await expect(repairOf(marker)).rejects.toMatchObject({ code: 'job_deleted' });
  });

  test('aborts nothing when its upload could not be created', async () => {
    const { calls, objects } = recording('create');
    const { context } = start(undefined, objects);
    await expect(repairJob(context, job.job_id, { signal })).rejects.toThrow('AccessDenied');
    expect(calls).toEqual(['create']);
  });

  test('ends every call with the caller’s signal', async () => {
    const { objects } = recording();
    const world = start(changedAt(first), objects);
    const stop = new AbortController();
    await repairJob(world.context, job.job_id, { signal: stop.signal });
    stop.abort();
    expect(world.signals.map(([call]) => call)).toEqual(
      expect.arrayContaining(['get', 'query', 'copyPart', 'uploadPart']),
    );
    expect(callsNotAborted(world)).toEqual([]);
  });

  test.each([1, 7, 999, 100_000])(
    'makes no call that writes when the object is right, in pieces of %i bytes',
    async (pieceBytes) => {
      const { calls, objects } = recording();
      const { context } = start(whole, objects, pieceBytes);
      expect(await repairJob(context, job.job_id, { signal })).toEqual({
        why: undefined,
        bytes: whole.length,
        parts: 3,
        written: [],
      });
      expect(calls).toEqual([]);
    },
  );
});
