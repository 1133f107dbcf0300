// How much of a running job's object is written, as S3 lists it.
import { expect, test } from '@jest/globals';
import { getUnfinishedUpload } from '../src/read-upload.ts';
import { errorNamed, fakeWorld, listed, runningJob } from './fake-context.ts';
import { never } from './support.ts';

const UPLOAD = { upload_id: 'open', upload_on: '2026-11-25T00:00:00.000Z' };

test('getUnfinishedUpload returns the parts that S3 has, and their bytes together', async () => {
  const { context, signals } = fakeWorld({}, { listParts: async () => listed(1, 3) });
  const { signal } = new AbortController();
  expect(await getUnfinishedUpload(context, runningJob(UPLOAD), signal)).toEqual({
    began_on: UPLOAD.upload_on,
    written: [1, 3],
    bytes: 200,
  });
  expect(signals).toEqual([['listParts', signal]]);
});

test('getUnfinishedUpload returns undefined without a call if the job has no upload or is COMPLETE', async () => {
  const { context } = fakeWorld();
  expect(await getUnfinishedUpload(context, runningJob(), never())).toBeUndefined();
  expect(await getUnfinishedUpload(context, runningJob({ ...UPLOAD, status: 'COMPLETE' }), never())).toBeUndefined();
});

test('getUnfinishedUpload returns undefined if S3 no longer has the upload, and rejects on any other failure', async () => {
  const failing = (name: string) => fakeWorld({}, { listParts: () => Promise.reject(errorNamed(name)) }).context;
  expect(await getUnfinishedUpload(failing('NoSuchUpload'), runningJob(UPLOAD), never())).toBeUndefined();
  await expect(getUnfinishedUpload(failing('AccessDenied'), runningJob(UPLOAD), never())).rejects.toThrow(
    'AccessDenied',
  );
});
