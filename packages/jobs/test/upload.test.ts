// The unfinished upload of a running job, and the parts of an object that differ.
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type JobPlan, jobIdOf, objectKey } from '@movie-load/schema';
import { batchesOf, expectedObject, never, newPlan, startWorld, storeAll, type World } from './support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ hasSmallParts: true });
});
afterEach(() => {
  world.faults = {};
});
afterAll(() => world.close());

/** Three parts of two groups of ten movies each, one batch a group. */
const threeParts = () => newPlan(60, 1, { group_size: 10 });
const refOf = (plan: JobPlan) => ({ job_id: jobIdOf(plan), plan });

async function uploadOf(plan: JobPlan) {
  const job = await world.jobs.job(jobIdOf(plan));
  return job && world.jobs.upload(job);
}

/** Changes one byte of the object, and adds `more` at its end. */
async function change(plan: JobPlan, at: number, more = ''): Promise<void> {
  const bytes = Buffer.from(`${expectedObject(plan)}${more}`);
  bytes[at] = 0x20;
  await world.objects.put(objectKey(jobIdOf(plan)), bytes);
}

test('the upload of a running job has the parts whose groups are stored; a COMPLETE job has no upload', async () => {
  const plan = threeParts();
  const [first, second, third, fourth, ...rest] = batchesOf(plan);
  if (!first || !second || !third || !fourth) throw new Error('no batches');
  await storeAll(world.jobs, [first]);
  expect(await uploadOf(plan)).toBeUndefined();
  await storeAll(world.jobs, [third, fourth]);
  const upload = await uploadOf(plan);
  expect(upload).toMatchObject({ written: [2], began_on: expect.stringMatching(/^20.*Z$/) });
  expect(upload?.bytes).toBeGreaterThan(1000);
  await storeAll(world.jobs, [second, ...rest]);
  expect(await uploadOf(plan)).toBeUndefined();
});

test('a job has no upload when S3 no longer has it', async () => {
  const plan = threeParts();
  await storeAll(world.jobs, batchesOf(plan).slice(0, 2));
  const { upload_id = '' } = (await world.jobs.job(jobIdOf(plan))) ?? {};
  expect(await uploadOf(plan)).toMatchObject({ written: [1] });
  await world.objects.abortUpload(objectKey(jobIdOf(plan)), upload_id);
  expect(await uploadOf(plan)).toBeUndefined();
});

test('verify names the parts that differ, and repair writes only these', async () => {
  const plan = threeParts();
  await storeAll(world.jobs, batchesOf(plan));
  const right = await world.jobs.verify(refOf(plan));
  expect(right).toMatchObject({ ok: true, object_parts: 3, parts_differing: [] });
  const bytes = expectedObject(plan).length;

  await change(plan, Math.floor(bytes / 2));
  const wrong = await world.jobs.verify(refOf(plan));
  expect(wrong).toMatchObject({ ok: false, parts_differing: [2], sha256_slices: right.sha256_slices });
  expect(wrong.problems).toMatchObject([
    { kind: 'object_differs', repair: 'repair', text: expect.stringMatching(/ slices make: part 2 of 3\.$/) },
  ]);
  expect(await world.jobs.repair(jobIdOf(plan), { signal: never() })).toMatchObject({ written: [2], parts: 3 });
  expect(await world.object(plan)).toBe(expectedObject(plan));

  await change(plan, 0, 'more');
  expect(await world.jobs.verify(refOf(plan))).toMatchObject({ parts_differing: [1, 3] });
  await world.objects.put(objectKey(jobIdOf(plan)), Buffer.from('[]'));
  expect(await world.jobs.verify(refOf(plan))).toMatchObject({ parts_differing: [1, 2, 3], object_bytes: 2 });
});
