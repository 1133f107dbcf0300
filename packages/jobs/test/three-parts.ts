// An embedded AWS with small parts, jobs whose objects have three of them, and what may happen to their uploads.
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { ObjectsPort } from '@movie-load/aws';
import { type JobPlan, jobIdOf, MovieLoadError, objectKey, treeKey } from '@movie-load/schema';
import type { JobEvent, StoreBatch } from '../src/index.ts';
import { batchesOf, newPlan, startWorld, storeAll, type World } from './support.ts';

/** Each test file that imports this has its own. */
export let world: World;
beforeAll(async () => {
  world = await startWorld({ hasSmallParts: true });
});
afterEach(() => {
  world.faults = {};
});
afterAll(() => world.close());

/** Three parts of two groups of ten movies each, one batch a group. */
export const threeParts = (changes: Partial<JobPlan> = {}) => newPlan(60, 1, { group_size: 10, ...changes });
export const PARTS = 3;

export const jobOf = (plan: JobPlan) => world.jobs.job(jobIdOf(plan));

/** Stores all of a job but its last batch, which it returns. */
export async function storeAllButOne(plan: JobPlan): Promise<StoreBatch> {
  const batches = batchesOf(plan);
  const last = batches.pop() ?? fail();
  await storeAll(world.jobs, batches);
  return last;
}

export function fail(): never {
  throw new Error('no batch');
}

/** AWS calls of some work, by operation. */
export async function callsOf(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = new Map(world.clients.counters.calls);
  await work();
  const more = [...world.clients.counters.calls].map(
    ([operation, count]) => [operation, count - (before.get(operation) ?? 0)] as const,
  );
  return Object.fromEntries(more.filter(([, count]) => count > 0));
}

export async function noteOf(plan: JobPlan, part: number): Promise<string | undefined> {
  const node = await world.table.get(treeKey(jobIdOf(plan), { level: 1, node: part }));
  return node?.part_upload?.S;
}

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

/** Aborts the upload as an operator or a rule of the bucket would. */
export async function abortUpload(plan: JobPlan): Promise<string> {
  const { upload_id = fail() } = (await jobOf(plan)) ?? {};
  await world.objects.abortUpload(objectKey(jobIdOf(plan)), upload_id);
  return upload_id;
}

/** Every call of the method throws after its effect, as if the process had died then. */
export function dyingAfter(method: 'uploadPart' | 'completeUpload' | 'createUpload' | 'listParts'): ObjectsPort {
  const real: (...args: never[]) => Promise<unknown> = world.objects[method];
  const dies = async (...args: never[]) => {
    await real(...args);
    throw new MovieLoadError('interrupted', 'the process died');
  };
  return { ...world.objects, [method]: dies };
}

export const kindsOf = (events: readonly JobEvent[]) => events.map(({ kind }) => kind);
