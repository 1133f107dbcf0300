// The parts of an object over ports that fail as each test wants: no part is recorded that is not written.
import { describe, expect, test } from '@jest/globals';
import type { JobItem } from '@movie-load/schema';
import { ensurePart, writePart } from '../src/part.ts';
import {
  applied,
  callsNotAborted,
  errorNamed,
  itemOf,
  runningJob,
  s3Unreachable,
  tenMoviesAGroup,
} from './fake-context.ts';
import { startUploads } from './fake-uploads.ts';
import { never } from './support.ts';

const options = { signal: never() };

describe('a part', () => {
  const job = runningJob({ upload_id: 'old' });

  function parts(item: JobItem | undefined = job, ...uploads: (Error | undefined)[]) {
    const world = startUploads(item, applied(itemOf(runningJob())));
    const sent: {
      readonly id: string;
      readonly number: number;
      readonly bytes: number;
      readonly isStreamed: boolean;
    }[] = [];
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
        // A buffer has a length; a stream says how many bytes it has.
        sent.push({ id, number, bytes: body.length ?? body.bytes ?? 0, isStreamed: body.length === undefined });
      },
    };
    const context = { ...world.context, table, objects } as typeof world.context;
    return { ...world, context, sent, notes, ended };
  }
  const kinds = (events: readonly { readonly kind: string }[]) => events.map(({ kind }) => kind);

  test('is uploaded under its number, counted from 1, then recorded in its node, and reports progress', async () => {
    const { context, sent, notes, events, ended } = parts();
    let progress = 0;
    const onProgress = () => {
      progress += 1;
    };
    await ensurePart(context, job, { part: 1, recordedUpload: undefined }, { ...options, receives: 1, onProgress });
    expect(sent).toMatchObject([{ id: 'old', number: 2, isStreamed: false }]);
    expect(notes).toEqual([['done#1#1', 'old']]);
    expect(events).toMatchObject([
      { kind: 'part_written', part: 1, parts: 3, movies: 20, bytes: sent[0]?.bytes, ms: 0 },
    ]);
    expect(progress).toBe(1);
    expect([...ended]).toEqual([options.signal]);
  });

  test('is not written again if its node records this upload, but is written if it records another one', async () => {
    const same = parts();
    await ensurePart(same.context, job, { part: 0, recordedUpload: 'old' }, { ...options, receives: 1 });
    expect([same.sent, same.notes]).toEqual([[], []]);
    const other = parts();
    await ensurePart(other.context, job, { part: 0, recordedUpload: 'older' }, { ...options, receives: 1 });
    expect(other.sent).toHaveLength(1);
  });

  test('is not written if the job is COMPLETE or deleted', async () => {
    const gone = parts();
    gone.state.item = undefined;
    for (const { context, sent, created } of [parts({ ...job, status: 'COMPLETE' }), gone]) {
      await ensurePart(context, job, { part: 0, recordedUpload: undefined }, { ...options, receives: 1 });
      expect([sent, created]).toEqual([[], []]);
    }
  });

  test('whose upload was aborted is written after a pause to the upload that replaces it', async () => {
    const { context, sent, notes, clock, created } = parts(job, errorNamed('NoSuchUpload'));
    const written = ensurePart(context, job, { part: 0, recordedUpload: undefined }, { ...options, receives: 1 });
    await clock.advance(499);
    expect(created).toEqual([]);
    await clock.advance(1);
    await written;
    expect(sent).toMatchObject([{ id: 'new 1', number: 1 }]);
    expect(notes).toEqual([['done#1#0', 'new 1']]);
  });

  test('whose uploads are aborted one after the other waits longer each time', async () => {
    const { context, clock, sent } = parts(job, errorNamed('NoSuchUpload'), errorNamed('NoSuchUpload'));
    const records = [applied(itemOf(job)), applied(itemOf(job))];
    const ids = ['old', 'new 1'];
    const table = {
      ...context.table,
      get: async () => itemOf({ ...job, upload_id: ids.shift() ?? 'new 2' }),
      updateIf: async () => records.shift() ?? applied(itemOf(job)),
    };
    let isWritten = false;
    const written = ensurePart(
      { ...context, table },
      job,
      { part: 0, recordedUpload: undefined },
      { ...options, receives: 1 },
    ).then(() => {
      isWritten = true;
    });
    await clock.advance(500);
    await clock.advance(999);
    expect([isWritten, sent]).toEqual([false, []]);
    await clock.advance(1);
    await written;
    expect(sent).toMatchObject([{ number: 1 }]);
  });

  test('creates its upload without waiting for S3, and ends every call with the caller’s signal', async () => {
    const callOptions: unknown[] = [];
    const stop = new AbortController();
    const world = parts(runningJob());
    const objects = {
      ...world.context.objects,
      async createUpload(_: string, call?: { failsFast?: boolean | undefined; signal?: AbortSignal | undefined }) {
        callOptions.push(call?.failsFast, call?.signal === stop.signal);
        return 'new 1';
      },
    };
    const context = { ...world.context, objects } as typeof world.context;
    await ensurePart(context, job, { part: 0, recordedUpload: undefined }, { signal: stop.signal, receives: 1 });
    expect(callOptions).toEqual([true, true]);
    stop.abort();
    expect(callsNotAborted(world)).toEqual([]);
  });

  test('whose upload was aborted ends its pause when the caller’s signal aborts', async () => {
    const { context, clock, created } = parts(job, errorNamed('NoSuchUpload'));
    const stop = new AbortController();
    const written = ensurePart(
      context,
      job,
      { part: 0, recordedUpload: undefined },
      { signal: stop.signal, receives: 1 },
    );
    written.catch(() => {});
    await clock.advance(1);
    stop.abort(new Error('SIGTERM'));
    await expect(written).rejects.toThrow('SIGTERM');
    expect(created).toEqual([]);
  });

  test('that S3 refuses is not recorded, and the error is thrown', async () => {
    const { context, notes, events } = parts(job, errorNamed('AccessDenied'));
    const storing = ensurePart(context, job, { part: 0, recordedUpload: undefined }, { ...options, receives: 9 });
    await expect(storing).rejects.toThrow('AccessDenied');
    expect([notes, events]).toEqual([[], []]);
  });

  test.each([
    [4, false],
    [5, true],
  ])('that S3 does not accept after %i receives while unreachable is left to the end: %j', async (receives, isLeft) => {
    const { context, events, notes } = parts(job, s3Unreachable());
    const storing = ensurePart(context, job, { part: 2, recordedUpload: undefined }, { ...options, receives });
    if (isLeft) await storing;
    else await expect(storing).rejects.toMatchObject({ code: 'dependency_away' });
    expect(kinds(events)).toEqual(isLeft ? ['part_left'] : []);
    expect(notes).toEqual([]);
  });

  test('whose upload cannot be recorded in the node rejects', async () => {
    const { context, events } = parts();
    const table = { ...context.table, update: () => Promise.reject(errorNamed('AccessDenied')) };
    const writing = writePart({ ...context, table }, job, 0, 'old', options);
    await expect(writing).rejects.toThrow('AccessDenied');
    expect(kinds(events)).toEqual(['part_written']);
  });

  test('is recorded on condition that its node is not the marker of a deletion', async () => {
    const conditions: unknown[] = [];
    const { context } = parts();
    const table: typeof context.table = {
      ...context.table,
      async update({ condition, names }) {
        conditions.push(condition, names);
        return undefined;
      },
    };
    await writePart({ ...context, table }, job, 0, 'old', options);
    expect(conditions).toEqual([
      'attribute_not_exists(#deleted)',
      { '#part_upload': 'part_upload', '#deleted': 'deleted_on' },
    ]);
  });

  test('is not recorded if the plan has no nodes for parts', async () => {
    const old = runningJob({ upload_id: 'old' });
    const { context, sent, notes } = parts(old);
    await writePart(context, { ...old, plan: { ...old.plan, version: 1 } }, 0, 'old', options);
    expect([sent.length, notes.length]).toEqual([1, 0]);
  });

  test('is streamed if it is larger than the buffer', async () => {
    const { context, sent, events } = parts();
    await writePart({ ...context, bufferBytes: 100 }, job, 0, 'old', options);
    expect(sent).toMatchObject([{ isStreamed: true }]);
    expect(sent[0]?.bytes).toBeGreaterThan(100);
    expect(events).toMatchObject([{ bytes: sent[0]?.bytes }]);
  });
});
