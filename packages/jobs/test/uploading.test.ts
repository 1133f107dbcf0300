// The upload that parts are written to, over ports that fail as each test wants: no upload is aborted or replaced
// that could still be needed.
import { describe, expect, test } from '@jest/globals';
import { afterLostUpload, openUpload, uploadOf } from '../src/upload.ts';
import { applied, callsNotAborted, errorNamed, itemOf, refused, runningJob } from './fake-context.ts';
import { startUploads } from './fake-uploads.ts';
import { never } from './support.ts';

const options = { signal: never() };

describe('the upload of a job', () => {
  const job = runningJob();

  test('is created and recorded if the job has none, and then remembered without a read', async () => {
    const { context, state, events } = startUploads(job, applied(itemOf(runningJob())));
    expect(await openUpload(context, job, options)).toEqual({ kind: 'open', id: 'new 1' });
    expect(await openUpload(context, job, options)).toEqual({ kind: 'open', id: 'new 1' });
    expect(state.reads).toBe(1);
    expect(events).toEqual([{ kind: 'upload_began', job_id: job.job_id, upload_id: 'new 1', replaces: undefined }]);
  });

  test('is the recorded one, and then remembered without a read', async () => {
    const { context, state, created } = startUploads({ ...job, upload_id: 'old' });
    for (let time = 0; time < 2; time += 1) {
      expect(await openUpload(context, job, options)).toEqual({ kind: 'open', id: 'old' });
    }
    expect([state.reads, created]).toEqual([1, []]);
  });

  test('is not created if the job is COMPLETE or deleted', async () => {
    const complete = startUploads({ ...job, status: 'COMPLETE', upload_id: 'old' });
    expect(await openUpload(complete.context, job, options)).toEqual({ kind: 'complete' });
    const gone = startUploads(undefined);
    expect(await openUpload(gone.context, job, options)).toEqual({ kind: 'no_job' });
    expect([...complete.created, ...gone.created]).toEqual([]);
  });

  test('is the one that another process recorded first; this process aborts its own', async () => {
    const { context, aborted, events } = startUploads(job, refused(itemOf({ ...job, upload_id: 'other' })));
    expect(await openUpload(context, job, options)).toEqual({ kind: 'open', id: 'other' });
    expect(aborted).toEqual(['new 1']);
    expect(events).toEqual([]);
  });

  test('is its own if it was recorded but the answer was lost', async () => {
    const { context, aborted, events } = startUploads(job, refused(itemOf({ ...job, upload_id: 'new 1' })));
    expect(await openUpload(context, job, options)).toEqual({ kind: 'open', id: 'new 1' });
    expect(aborted).toEqual([]);
    expect(events).toHaveLength(1);
  });

  test('is not aborted if it is unknown whether it was recorded', async () => {
    const { context, aborted } = startUploads(job, errorNamed('InternalServerError'));
    await expect(openUpload(context, job, options)).rejects.toThrow('InternalServerError');
    expect(aborted).toEqual([]);
    expect(context.uploads.size).toBe(0);
  });

  test('is aborted if the job is COMPLETE or deleted by then, and left to the bucket’s rule if the job’s item is missing', async () => {
    const complete = startUploads(job, refused(itemOf({ ...job, status: 'COMPLETE' })));
    expect(await openUpload(complete.context, job, options)).toEqual({ kind: 'complete' });
    expect(complete.aborted).toEqual(['new 1']);
    const deleted = startUploads(job, refused({ ...itemOf(job), deleted_on: { S: job.started_on } }));
    expect(await openUpload(deleted.context, job, options)).toEqual({ kind: 'no_job' });
    expect(deleted.aborted).toEqual(['new 1']);
    const gone = startUploads(job, refused(undefined));
    expect(await openUpload(gone.context, job, options)).toEqual({ kind: 'no_job' });
    expect(gone.aborted).toEqual([]);
  });

  test('is the recorded one even if this process cannot abort its own', async () => {
    const { context } = startUploads(job, refused(itemOf({ ...job, upload_id: 'other' })));
    const objects = { ...context.objects, abortUpload: () => Promise.reject(errorNamed('AccessDenied')) };
    expect(await openUpload({ ...context, objects }, job, options)).toEqual({ kind: 'open', id: 'other' });
  });

  test('is forgotten with all others after a thousand jobs', async () => {
    const { context } = startUploads(job);
    const item = { ...job, upload_id: 'old' };
    for (let number = 0; number < 1000; number += 1)
      await uploadOf(context, { ...job, job_id: `j${number}` }, item, options);
    expect(context.uploads.size).toBe(1000);
    await uploadOf(context, job, item, options);
    expect([...context.uploads]).toEqual([[job.job_id, 'old']]);
  });
});

test('every call for an upload ends with the caller’s signal', async () => {
  const stop = new AbortController();
  const job = runningJob();
  const own = { signal: stop.signal };
  const begun = startUploads(job, applied(itemOf(job)));
  await openUpload(begun.context, job, own);
  const lost = startUploads({ ...job, upload_id: 'lost', object_bytes: 7 }, applied(itemOf(job)));
  await afterLostUpload(lost.context, job, 'lost', own);
  stop.abort();
  expect([begun, lost].map(({ signals }) => signals.map(([call]) => call))).toEqual([
    ['get', 'createUpload', 'updateIf'],
    ['get', 'size', 'createUpload', 'updateIf'],
  ]);
  expect([...callsNotAborted(begun), ...callsNotAborted(lost)]).toEqual([]);
});

describe('an upload that S3 no longer has', () => {
  const job = runningJob({ upload_id: 'lost' });

  test('is replaced on condition that it is still recorded, and forgotten before that', async () => {
    const { context, recorded, sizes } = startUploads(job, applied(itemOf(runningJob())));
    context.uploads.set(job.job_id, 'lost');
    expect(await afterLostUpload(context, job, 'lost', options)).toEqual({ kind: 'open', id: 'new 1' });
    expect(recorded).toEqual([{ id: 'new 1', lost: 'lost' }]);
    expect(sizes).toEqual([]);
    expect(context.uploads.get(job.job_id)).toBe('new 1');
  });

  test('is forgotten also when another could not be created', async () => {
    const { context } = startUploads(job);
    context.uploads.set(job.job_id, 'lost');
    const objects = { ...context.objects, createUpload: () => Promise.reject(errorNamed('AccessDenied')) };
    await expect(afterLostUpload({ ...context, objects }, job, 'lost', options)).rejects.toThrow('AccessDenied');
    expect(context.uploads.size).toBe(0);
  });

  test.each([
    ['the object has the recorded size', 700, { kind: 'written', bytes: 700 }],
    ['the object has another size', 701, { kind: 'open', id: 'new 1' }],
    ['there is no object', undefined, { kind: 'open', id: 'new 1' }],
  ])('counts as completed only if the size was recorded and fits: %s', async (_, size, expected) => {
    const { context, state } = startUploads({ ...job, object_bytes: 700 }, applied(itemOf(runningJob())));
    state.size = size;
    expect(await afterLostUpload(context, job, 'lost', options)).toEqual(expected);
  });

  test('is not replaced if another process did so, or the job is COMPLETE or deleted', async () => {
    const replaced = startUploads({ ...job, upload_id: 'other', object_bytes: 700 });
    expect(await afterLostUpload(replaced.context, job, 'lost', options)).toEqual({ kind: 'open', id: 'other' });
    const complete = startUploads({ ...job, status: 'COMPLETE' });
    expect(await afterLostUpload(complete.context, job, 'lost', options)).toEqual({ kind: 'complete' });
    const gone = startUploads(undefined);
    expect(await afterLostUpload(gone.context, job, 'lost', options)).toEqual({ kind: 'no_job' });
    expect([replaced, complete, gone].flatMap(({ created, sizes }) => [...created, ...sizes])).toEqual([]);
  });
});
