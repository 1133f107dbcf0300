// Which upload parts go to, and parts themselves, over ports that fail as the test says: nothing is aborted, replaced or counted
// that could still be needed.
import { describe, expect, test } from '@jest/globals';
import type { ConditionalUpdate } from '@movie-load/aws';
import type { JobItem } from '@movie-load/schema';
import { ensurePart, writePart } from '../src/part.ts';
import { afterLostUpload, openUpload, uploadOf } from '../src/upload.ts';
import {
  applied,
  away,
  fakeWorld,
  goingOn,
  itemOf,
  named,
  refused,
  runningJob,
  tenMoviesAGroup,
} from './fake-context.ts';
import { never } from './support.ts';

const options = { signal: never() };

/** A table that has this item of the job, and answers each recording with the next of these. */
function start(item: JobItem | undefined, ...records: (ConditionalUpdate | Error)[]) {
  const created: string[] = [];
  const aborted: string[] = [];
  const recorded: { readonly id: string | undefined; readonly lost: string | undefined }[] = [];
  const sizes: (number | undefined)[] = [];
  const state = { reads: 0, item, size: undefined as number | undefined };
  const world = fakeWorld(
    {
      async get() {
        state.reads += 1;
        return state.item && itemOf(state.item);
      },
      async updateIf({ values }) {
        recorded.push({ id: values[':id']?.S, lost: values[':lost']?.S });
        const answer = records.shift();
        if (answer === undefined || answer instanceof Error) throw answer ?? new Error('not expected');
        return answer;
      },
    },
    {
      async createUpload() {
        created.push(`new ${created.length + 1}`);
        return created.at(-1) ?? '';
      },
      async abortUpload(_, id) {
        aborted.push(id);
      },
      async size() {
        sizes.push(state.size);
        return state.size;
      },
    },
  );
  return { ...world, state, created, aborted, recorded, sizes };
}

describe('the upload of a job', () => {
  const job = runningJob();

  test('is begun and recorded when there is none, and then remembered without a read', async () => {
    const { context, state, events } = start(job, applied(itemOf(runningJob())));
    expect(await openUpload(context, job, options)).toEqual({ kind: 'open', id: 'new 1' });
    expect(await openUpload(context, job, options)).toEqual({ kind: 'open', id: 'new 1' });
    expect(state.reads).toBe(1);
    expect(events).toEqual([{ kind: 'upload_began', job_id: job.job_id, upload_id: 'new 1', replaces: undefined }]);
  });

  test('is the recorded one, which is remembered too', async () => {
    const { context, state, created } = start({ ...job, upload_id: 'old' });
    for (let time = 0; time < 2; time += 1) {
      expect(await openUpload(context, job, options)).toEqual({ kind: 'open', id: 'old' });
    }
    expect([state.reads, created]).toEqual([1, []]);
  });

  test('is none when the job is COMPLETE or gone', async () => {
    const complete = start({ ...job, status: 'COMPLETE', upload_id: 'old' });
    expect(await openUpload(complete.context, job, options)).toEqual({ kind: 'complete' });
    const gone = start(undefined);
    expect(await openUpload(gone.context, job, options)).toEqual({ kind: 'no_job' });
    expect([...complete.created, ...gone.created]).toEqual([]);
  });

  test('that another process recorded first is taken, and the own one aborted', async () => {
    const { context, aborted, events } = start(job, refused(itemOf({ ...job, upload_id: 'other' })));
    expect(await openUpload(context, job, options)).toEqual({ kind: 'open', id: 'other' });
    expect(aborted).toEqual(['new 1']);
    expect(events).toEqual([]);
  });

  test('that was recorded, and the answer lost, is known by its id when the call is made again', async () => {
    const { context, aborted, events } = start(job, refused(itemOf({ ...job, upload_id: 'new 1' })));
    expect(await openUpload(context, job, options)).toEqual({ kind: 'open', id: 'new 1' });
    expect(aborted).toEqual([]);
    expect(events).toHaveLength(1);
  });

  test('is not aborted when it is not known whether it was recorded', async () => {
    const { context, aborted } = start(job, named('InternalServerError'));
    await expect(openUpload(context, job, options)).rejects.toThrow('InternalServerError');
    expect(aborted).toEqual([]);
    expect(context.uploads.size).toBe(0);
  });

  test('of a job that is COMPLETE by then is aborted, and of one that is gone left to the bucket’s rule', async () => {
    const complete = start(job, refused(itemOf({ ...job, status: 'COMPLETE' })));
    expect(await openUpload(complete.context, job, options)).toEqual({ kind: 'complete' });
    expect(complete.aborted).toEqual(['new 1']);
    const gone = start(job, refused(undefined));
    expect(await openUpload(gone.context, job, options)).toEqual({ kind: 'no_job' });
    expect(gone.aborted).toEqual([]);
  });

  test('that cannot be aborted does not stop its loser', async () => {
    const { context } = start(job, refused(itemOf({ ...job, upload_id: 'other' })));
    const objects = { ...context.objects, abortUpload: () => Promise.reject(named('AccessDenied')) };
    expect(await openUpload({ ...context, objects }, job, options)).toEqual({ kind: 'open', id: 'other' });
  });

  test('is forgotten with all others after a thousand', async () => {
    const { context } = start(job);
    const item = { ...job, upload_id: 'old' };
    for (let number = 0; number < 1000; number += 1)
      await uploadOf(context, { ...job, job_id: `j${number}` }, item, options);
    expect(context.uploads.size).toBe(1000);
    await uploadOf(context, job, item, options);
    expect([...context.uploads]).toEqual([[job.job_id, 'old']]);
  });
});

test('every call for an upload or a part ends with the caller’s signal', async () => {
  const stop = new AbortController();
  const job = runningJob();
  const own = { signal: stop.signal };
  const begun = start(job, applied(itemOf(job)));
  await openUpload(begun.context, job, own);
  const lost = start({ ...job, upload_id: 'lost', object_bytes: 7 }, applied(itemOf(job)));
  await afterLostUpload(lost.context, job, 'lost', own);
  stop.abort();
  expect([begun, lost].map(({ signals }) => signals.map(([call]) => call))).toEqual([
    ['get', 'createUpload', 'updateIf'],
    ['get', 'size', 'createUpload', 'updateIf'],
  ]);
  expect([...goingOn(begun), ...goingOn(lost)]).toEqual([]);
});

describe('an upload that S3 has no longer', () => {
  const job = runningJob({ upload_id: 'lost' });

  test('is replaced under its condition, and not remembered meanwhile', async () => {
    const { context, recorded, sizes } = start(job, applied(itemOf(runningJob())));
    context.uploads.set(job.job_id, 'lost');
    expect(await afterLostUpload(context, job, 'lost', options)).toEqual({ kind: 'open', id: 'new 1' });
    expect(recorded).toEqual([{ id: 'new 1', lost: 'lost' }]);
    expect(sizes).toEqual([]);
    expect(context.uploads.get(job.job_id)).toBe('new 1');
  });

  test.each([
    ['the object has the announced size', 700, { kind: 'written', bytes: 700 }],
    ['the object has another size', 701, { kind: 'open', id: 'new 1' }],
    ['there is no object', undefined, { kind: 'open', id: 'new 1' }],
  ])('after its end was announced: %s', async (_, size, expected) => {
    const { context, state } = start({ ...job, object_bytes: 700 }, applied(itemOf(runningJob())));
    state.size = size;
    expect(await afterLostUpload(context, job, 'lost', options)).toEqual(expected);
  });

  test('is not replaced when another process did, or the job is COMPLETE or gone', async () => {
    const replaced = start({ ...job, upload_id: 'other', object_bytes: 700 });
    expect(await afterLostUpload(replaced.context, job, 'lost', options)).toEqual({ kind: 'open', id: 'other' });
    const complete = start({ ...job, status: 'COMPLETE' });
    expect(await afterLostUpload(complete.context, job, 'lost', options)).toEqual({ kind: 'complete' });
    const gone = start(undefined);
    expect(await afterLostUpload(gone.context, job, 'lost', options)).toEqual({ kind: 'no_job' });
    expect([replaced, complete, gone].flatMap(({ created, sizes }) => [...created, ...sizes])).toEqual([]);
  });
});

describe('a part', () => {
  const job = runningJob({ upload_id: 'old' });

  function parts(item: JobItem | undefined = job, ...uploads: (Error | undefined)[]) {
    const world = start(item, applied(itemOf(runningJob())));
    const sent: { readonly id: string; readonly number: number; readonly bytes: number }[] = [];
    const notes: unknown[] = [];
    const ended = new Set<AbortSignal | undefined>();
    const table = {
      ...world.context.table,
      query: tenMoviesAGroup,
      async update({
        key,
        values,
        signal,
      }: {
        key: { part: string };
        values: Record<string, { S?: string }>;
        signal?: AbortSignal | undefined;
      }) {
        notes.push([key.part, values[':id']?.S]);
        ended.add(signal);
        return {};
      },
    };
    const objects = {
      ...world.context.objects,
      async uploadPart(
        _: string,
        id: string,
        number: number,
        body: { length?: number; bytes?: number },
        call?: { signal?: AbortSignal | undefined },
      ) {
        ended.add(call?.signal);
        const failure = uploads.shift();
        if (failure !== undefined) throw failure;
        sent.push({ id, number, bytes: body.length ?? body.bytes ?? 0 });
      },
    };
    const context = { ...world.context, table, objects } as typeof world.context;
    return { ...world, context, sent, notes, ended };
  }
  const kinds = (events: readonly { readonly kind: string }[]) => events.map(({ kind }) => kind);

  test('is uploaded under its number, counted from 1, then noted at its node; progress is heard', async () => {
    const { context, sent, notes, events, ended } = parts();
    let progress = 0;
    const onProgress = () => {
      progress += 1;
    };
    await ensurePart(context, job, { part: 1, note: undefined }, { ...options, receives: 1, onProgress });
    expect(sent).toMatchObject([{ id: 'old', number: 2 }]);
    expect(notes).toEqual([['done#1#1', 'old']]);
    expect(events).toMatchObject([
      { kind: 'part_written', part: 1, parts: 3, movies: 20, bytes: sent[0]?.bytes, ms: 0 },
    ]);
    expect(progress).toBe(1);
    expect([...ended]).toEqual([options.signal]);
  });

  test('that its node says is written to this upload is not written again; to another one it is', async () => {
    const same = parts();
    await ensurePart(same.context, job, { part: 0, note: 'old' }, { ...options, receives: 1 });
    expect([same.sent, same.notes]).toEqual([[], []]);
    const other = parts();
    await ensurePart(other.context, job, { part: 0, note: 'older' }, { ...options, receives: 1 });
    expect(other.sent).toHaveLength(1);
  });

  test('of a job that is COMPLETE, or gone, is not written', async () => {
    const gone = parts();
    gone.state.item = undefined;
    for (const { context, sent, created } of [parts({ ...job, status: 'COMPLETE' }), gone]) {
      await ensurePart(context, job, { part: 0, note: undefined }, { ...options, receives: 1 });
      expect([sent, created]).toEqual([[], []]);
    }
  });

  test('whose upload is gone waits for a moment and is written to the one that replaces it', async () => {
    const { context, sent, notes, clock, created } = parts(job, named('NoSuchUpload'));
    const written = ensurePart(context, job, { part: 0, note: undefined }, { ...options, receives: 1 });
    await clock.advance(499);
    expect(created).toEqual([]);
    await clock.advance(1);
    await written;
    expect(sent).toMatchObject([{ id: 'new 1', number: 1 }]);
    expect(notes).toEqual([['done#1#0', 'new 1']]);
  });

  test('whose uploads are gone one after the other waits longer each time', async () => {
    const { context, clock, sent } = parts(job, named('NoSuchUpload'), named('NoSuchUpload'));
    const records = [applied(itemOf(job)), applied(itemOf(job))];
    const ids = ['old', 'new 1'];
    const table = {
      ...context.table,
      get: async () => itemOf({ ...job, upload_id: ids.shift() ?? 'new 2' }),
      updateIf: async () => records.shift() ?? applied(itemOf(job)),
    };
    let isOver = false;
    const written = ensurePart(
      { ...context, table },
      job,
      { part: 0, note: undefined },
      { ...options, receives: 1 },
    ).then(() => {
      isOver = true;
    });
    await clock.advance(500);
    await clock.advance(999);
    expect([isOver, sent]).toEqual([false, []]);
    await clock.advance(1);
    await written;
    expect(sent).toMatchObject([{ number: 1 }]);
  });

  test('asks S3 for its upload without waiting for it, and ends with the caller’s signal', async () => {
    const given: unknown[] = [];
    const stop = new AbortController();
    const world = parts(runningJob());
    const objects = {
      ...world.context.objects,
      async createUpload(_: string, call?: { failsFast?: boolean | undefined; signal?: AbortSignal | undefined }) {
        given.push(call?.failsFast, call?.signal === stop.signal);
        return 'new 1';
      },
    };
    const all = { ...world.context, objects } as typeof world.context;
    await ensurePart(all, job, { part: 0, note: undefined }, { signal: stop.signal, receives: 1 });
    expect(given).toEqual([true, true]);
    stop.abort();
    expect(goingOn(world)).toEqual([]);
  });

  test('whose upload is gone is not waited for by who was told to stop', async () => {
    const { context, clock, created } = parts(job, named('NoSuchUpload'));
    const stop = new AbortController();
    const written = ensurePart(context, job, { part: 0, note: undefined }, { signal: stop.signal, receives: 1 });
    written.catch(() => {});
    await clock.advance(1);
    stop.abort(new Error('SIGTERM'));
    await expect(written).rejects.toThrow('SIGTERM');
    expect(created).toEqual([]);
  });

  test('that S3 refuses is not noted, and its error is told', async () => {
    const { context, notes, events } = parts(job, named('AccessDenied'));
    const storing = ensurePart(context, job, { part: 0, note: undefined }, { ...options, receives: 9 });
    await expect(storing).rejects.toThrow('AccessDenied');
    expect([notes, events]).toEqual([[], []]);
  });

  test.each([
    [4, false],
    [5, true],
  ])('while S3 is unreachable: after %i receives it is left to the end (%j)', async (receives, isLeft) => {
    const { context, events, notes } = parts(job, away());
    const storing = ensurePart(context, job, { part: 2, note: undefined }, { ...options, receives });
    if (isLeft) await storing;
    else await expect(storing).rejects.toMatchObject({ code: 'dependency_away' });
    expect(kinds(events)).toEqual(isLeft ? ['part_left'] : []);
    expect(notes).toEqual([]);
  });

  test('of a plan without nodes for parts is not noted', async () => {
    const old = runningJob({ upload_id: 'old' });
    const { context, sent, notes } = parts(old);
    await writePart(context, { ...old, plan: { ...old.plan, version: 1 } }, 0, 'old', options);
    expect([sent.length, notes.length]).toEqual([1, 0]);
  });

  test('larger than the buffer is streamed', async () => {
    const { context, sent, events } = parts();
    await writePart({ ...context, bufferBytes: 100 }, job, 0, 'old', options);
    expect(sent[0]?.bytes).toBeGreaterThan(100);
    expect(events).toMatchObject([{ bytes: sent[0]?.bytes }]);
  });
});
