// An embedded AWS with small parts, jobs whose objects have three parts, and functions that read and disturb the
// multipart uploads of these objects.
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { ObjectsPort } from '@movie-load/aws';
import { type JobPlan, jobIdOf, MovieLoadError, objectKey, treeKey } from '@movie-load/schema';
import type { JobEvent, StoreBatch } from '../src/index.ts';
import { batchesOf, newPlan, startWorld, storeAll, type World } from './support.ts';

/** Each test file that imports this module has its own world. */
export let world: World;
beforeAll(async () => {
  world = await startWorld({ hasSmallParts: true });
});
afterEach(() => {
  world.faults = {};
});
afterAll(() => world.close());

/** A job with three parts. A part has two groups, a group ten movies, which are one batch. */
export const threeParts = (changes: Partial<JobPlan> = {}) => newPlan(60, 1, { group_size: 10, ...changes });
export const PARTS = 3;

export const jobOf = (plan: JobPlan) => world.jobs.job(jobIdOf(plan));

/** Stores all batches of a job except the last one, which it returns. */
export async function storeAllButOne(plan: JobPlan): Promise<StoreBatch> {
  const batches = batchesOf(plan);
  const last = batches.pop() ?? fail();
  await storeAll(world.jobs, batches);
  return last;
}

export function fail(): never {
  throw new Error('no batch');
}

/** How many AWS calls the work makes, by operation. */
export async function callsOf(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = new Map(world.clients.counters.calls);
  await work();
  const differences = [...world.clients.counters.calls].map(
    ([operation, count]) => [operation, count - (before.get(operation) ?? 0)] as const,
  );
  return Object.fromEntries(differences.filter(([, count]) => count > 0));
}

/** The upload id that the tree node of a part records when the part is uploaded; undefined before. */
export async function partUploadOf(plan: JobPlan, part: number): Promise<string | undefined> {
  const node = await world.table.get(treeKey(jobIdOf(plan), { level: 1, node: part }));
  return node?.part_upload?.S;
}

/** The ids of the job's uploads that are neither completed nor aborted. */
export async function openUploads(plan: JobPlan): Promise<string[]> {
  const key = objectKey(jobIdOf(plan));
  const open: string[] = [];
  for (const upload of world.uploads.filter((one) => one.key === key)) {
    await world.objects.listParts(key, upload.id).then(
      () => open.push(upload.id),
      () => {},
    );
  }
  return open;
}

/** Aborts the upload that the job names, as an operator or a lifecycle rule of the bucket would. Returns its id. */
export async function abortUpload(plan: JobPlan): Promise<string> {
  const { upload_id = fail() } = (await jobOf(plan)) ?? {};
  await world.objects.abortUpload(objectKey(jobIdOf(plan)), upload_id);
  return upload_id;
}

/** The objects port, but every call of the method throws after its effect, as if the process had died then. */
export function dyingAfter(method: 'uploadPart' | 'completeUpload' | 'createUpload' | 'listParts'): ObjectsPort {
  const real: (...args: never[]) => Promise<unknown> = world.objects[method];
  const callAndDie = async (...args: never[]) => {
    await real(...args);
    throw new MovieLoadError('interrupted', 'the process died');
  };
  return { ...world.objects, [method]: callAndDie };
}

export const kindsOf = (events: readonly JobEvent[]) => events.map(({ kind }) => kind);
