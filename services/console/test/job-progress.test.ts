// The parts of a job's object in its progress, also while S3 fails.
import { expect, test } from '@jest/globals';
import type { UnfinishedUpload } from '@movie-load/jobs';
import { type JobItem, jobIdOf, partsOf, planJob } from '@movie-load/schema';
import { began, startProgress } from './fake-progress.ts';

const plan = planJob({ nonce: 'parts', movies: 200_000, movies_per_message: 325, seed: 1, generator: 1 });
const began_on = new Date(began).toISOString();

/** Five seconds after the job began. */
async function readProgress(changes: Partial<JobItem>, upload: () => Promise<UnfinishedUpload | undefined>) {
  const { read, change, pass, state } = startProgress([plan]);
  change(jobIdOf(plan), changes);
  state.upload = upload;
  pass(5000);
  return (await read(jobIdOf(plan)))?.progress;
}

const ALL = 's'.repeat(partsOf(plan).parts);

test('a job’s progress includes which parts of the object are written', async () => {
  const upload = async () => ({ began_on, written: [2], bytes: 6_000_000 });
  const progress = await readProgress({ upload_id: 'an-upload', upload_on: began_on }, upload);
  expect(progress?.part_states).toBe(`.s${'.'.repeat(ALL.length - 2)}`);
  expect(progress?.job).toMatchObject({
    object_parts: ALL.length,
    object_parts_written: 1,
    upload: { age_ms: 5000, bytes: 6_000_000 },
  });
});

test('a job without an upload has no part yet, a COMPLETE job has all parts', async () => {
  const upload = async () => undefined;
  expect((await readProgress({}, upload))?.part_states).toBe('.'.repeat(ALL.length));
  const completed_on = new Date(began + 1000).toISOString();
  expect((await readProgress({ status: 'COMPLETE', completed_on }, upload))?.part_states).toBe(ALL);
});

test('a job is shown without its parts when S3 takes too long', async () => {
  // Every limit has passed already: unlike another failure of S3, `observeUpload` then throws.
  const { timeout } = AbortSignal;
  AbortSignal.timeout = () => AbortSignal.abort(new DOMException('too long', 'TimeoutError'));
  try {
    const progress = await readProgress({ upload_id: 'u', upload_on: began_on }, () =>
      Promise.reject(new Error('aborted')),
    );
    expect(progress).toMatchObject({ part_states: null, stored_messages: 0 });
  } finally {
    AbortSignal.timeout = timeout;
  }
});

test('a job is shown without its parts when S3 does not report them', async () => {
  const upload = () => Promise.reject(new Error('S3 is down'));
  const progress = await readProgress({ upload_id: 'an-upload', upload_on: began_on }, upload);
  expect(progress).toMatchObject({ part_states: null, stored_messages: 0, job: { object_parts_written: null } });
});
