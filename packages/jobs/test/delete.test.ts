// Deleted jobs: nothing is left but their markers, and late messages do not bring them back.
import { describe, expect, test } from '@jest/globals';
import type { ObjectsPort, SingleCallTable, TableItem } from '@movie-load/aws';
import { groupKey, type JobPlan, jobIdOf, jobKey, MovieLoadError, objectKey, shapeOf } from '@movie-load/schema';
import { type JobEvent, jobDeletedError } from '../src/index.ts';
import { batchesOf, batchOf, never, newPlan, storeAll } from './support.ts';
import { callsOf, fail, jobOf, kindsOf, openUploads, storeAllButOne, threeParts, world } from './three-parts.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const signal = never();

/** Every item of a job, the markers too. */
async function itemsOf(plan: JobPlan): Promise<TableItem[]> {
  const jobId = jobIdOf(plan);
  const partitions = [jobId, ...Array.from(Array(shapeOf(plan).groups).keys(), (group) => groupKey(jobId, group))];
  const pages = await Promise.all(partitions.map((partition) => world.table.query({ partition, between: ['a', 'z'] })));
  return pages.flatMap(({ items }) => items);
}

async function expectDeleted(plan: JobPlan): Promise<void> {
  const items = await itemsOf(plan);
  expect(items.filter(({ part }) => part?.S === 'ledger')).toHaveLength(shapeOf(plan).groups);
  const unmarked = items.filter((item) => item.deleted_on === undefined || item.expires_at === undefined);
  expect(unmarked.map(({ job_id, part }) => `${job_id?.S} ${part?.S}`)).toEqual([]);
  expect(items.flatMap(({ stored, done }) => [stored, done]).filter(Boolean)).toEqual([]);
  expect(await world.object(plan)).toBeUndefined();
  expect(await openUploads(plan)).toEqual([]);
  expect(await jobOf(plan)).toBeUndefined();
  expect((await world.jobs.marker(jobIdOf(plan)))?.status).toBe('DELETED');
  expect((await world.jobs.listJobs({ limit: 1000 })).jobs.map(({ job_id }) => job_id)).not.toContain(jobIdOf(plan));
}

describe('a deleted job', () => {
  test.each([
    ['of one part', () => newPlan(10)],
    ['of several parts', () => threeParts()],
  ])('%s leaves its markers for 30 days, and nothing else', async (_, plans) => {
    const plan = plans();
    await storeAll(world.jobs, batchesOf(plan));
    const groups = shapeOf(plan).groups;
    const deleted = await world.jobs.delete(jobIdOf(plan));
    expect(deleted).toMatchObject({ job_id: jobIdOf(plan), groups, slices: batchesOf(plan).length });
    expect((Date.parse(deleted.marked_until) - Date.now()) / DAY_MS).toBeCloseTo(30, 1);
    await expectDeleted(plan);
    // A second deletion has nothing to remove.
    expect(await world.jobs.delete(jobIdOf(plan))).toMatchObject({ slices: 0 });
    await expectDeleted(plan);
  });

  test('drops late messages, also in a process that has seen the job, and removes their slices', async () => {
    const plan = newPlan(60, 1, { group_size: 20 });
    const [first = fail(), second = fail()] = batchesOf(plan);
    const heard: JobEvent[] = [];
    const [remembers, other] = [world.store('remembers', {}, heard), world.store('other', {}, heard)];
    await remembers.store(first, { signal });
    await world.jobs.delete(jobIdOf(plan), { force: true });
    expect(await remembers.store(second, { signal })).toBe('dropped');
    expect(await other.store(first, { signal })).toBe('dropped');
    expect(kindsOf(heard)).toEqual(['stored', 'dropped', 'dropped']);
    await expectDeleted(plan);
    // What a process leaves behind that died after it had written a slice.
    await world.table.putBatch([{ job_id: { S: groupKey(jobIdOf(plan), 0) }, part: { S: 'movies#000000000007+1' } }]);
    expect(await remembers.store(batchOf(plan, [3]), { signal })).toBe('dropped');
    await expectDeleted(plan);
  });

  test('costs a late message three calls', async () => {
    const plan = newPlan(10);
    await storeAll(world.jobs, batchesOf(plan));
    await world.jobs.delete(jobIdOf(plan));
    expect(await callsOf(() => world.store('late').store(batchOf(plan, [1]), { signal }))).toEqual({
      'dynamodb:PutItem': 1,
      'dynamodb:Query': 1,
      's3:DeleteObject': 1,
    });
  });

  test('cannot be resumed or repaired, and the error has the time of the deletion', async () => {
    const plan = newPlan(10);
    const job = { plan, job_id: jobIdOf(plan) };
    await storeAll(world.jobs, batchesOf(plan));
    await world.jobs.delete(job.job_id);
    const marker = (await world.jobs.marker(job.job_id)) ?? fail();
    const { message } = jobDeletedError(marker);
    expect(message).toMatch(/was deleted on 20.*Consumers drop its messages until 20/);
    await expect(world.jobs.findMissing(job).next()).rejects.toMatchObject({ code: 'job_deleted', message });
    await expect(world.jobs.repair(job.job_id)).rejects.toMatchObject({ code: 'job_deleted', message });
    const { problems } = await world.jobs.verify(job);
    expect(problems[0]).toMatchObject({ kind: 'no_job' });
  });
});

describe('deleting a RUNNING job', () => {
  test('without force is refused and changes nothing; of an unknown job, too', async () => {
    const plan = threeParts();
    const last = await storeAllButOne(plan);
    const before = await itemsOf(plan);
    await expect(world.jobs.delete(jobIdOf(plan))).rejects.toMatchObject({ code: 'job_running' });
    expect(await itemsOf(plan)).toEqual(before);
    await world.jobs.store(last, { signal });
    expect(await jobOf(plan)).toMatchObject({ status: 'COMPLETE' });
    await expect(world.jobs.delete(jobIdOf(newPlan(5)))).rejects.toThrow(/There is no job/);
  });

  test('by force aborts its upload, and its last message makes no object', async () => {
    const plan = threeParts();
    const last = await storeAllButOne(plan);
    expect(await openUploads(plan)).toHaveLength(1);
    await world.jobs.delete(jobIdOf(plan), { force: true });
    await expectDeleted(plan);
    expect(await world.jobs.store(last, { signal })).toBe('dropped');
    await expectDeleted(plan);
  });

  const interfering = (
    plan: JobPlan,
    when: keyof ObjectsPort & ('put' | 'uploadPart' | 'completeUpload' | 'listParts'),
  ) => {
    const real: (...args: never[]) => Promise<unknown> = world.objects[when];
    let isDone = false;
    const deletesFirst = async (...args: never[]) => {
      if (!isDone) await world.jobs.delete(jobIdOf(plan), { force: true });
      isDone = true;
      return real(...args);
    };
    return { ...world.objects, [when]: deletesFirst };
  };

  test.each(['uploadPart', 'listParts', 'completeUpload'] as const)(
    'by force just before a consumer calls %s leaves nothing',
    async (when) => {
      const plan = threeParts();
      const store = world.store('meanwhile', { objects: interfering(plan, when) });
      const ends = [];
      for (const batch of batchesOf(plan)) ends.push(await store.store(batch, { signal }));
      expect(ends).toContain('dropped');
      await expectDeleted(plan);
    },
  );

  test('by force just before a consumer puts the object of one part: the consumer removes the object again', async () => {
    const plan = newPlan(10);
    const store = world.store('meanwhile', { objects: interfering(plan, 'put') });
    const ends = await Promise.all(batchesOf(plan).map((batch) => store.store(batch, { signal })));
    expect(ends).toContain('dropped');
    await expectDeleted(plan);
  });

  test('by force while a consumer reads its slices for the object leaves nothing', async () => {
    const plan = newPlan(10);
    let isDone = false;
    const table: SingleCallTable = {
      ...world.table,
      async query(request) {
        if (!isDone) await world.jobs.delete(jobIdOf(plan), { force: true });
        isDone = true;
        return world.table.query(request);
      },
    };
    const store = world.store('meanwhile', { table });
    const ends = await Promise.all(batchesOf(plan).map((batch) => store.store(batch, { signal })));
    expect(ends).toContain('dropped');
    await expectDeleted(plan);
  });
});

test('a deletion that dies after any of its calls is completed by the next one', async () => {
  let deaths = 0;
  for (let dies = 1, isEnded = false; !isEnded; dies += 1) {
    const plan = threeParts();
    const jobId = jobIdOf(plan);
    const last = await storeAllButOne(plan);
    isEnded = await dyingStore(dies)
      .delete(jobId, { force: true })
      .then(
        () => true,
        () => false,
      );
    // The list has the job until the deletion is complete, so the first characters of its id find it.
    const { jobs } = await world.jobs.listJobs({ limit: 1000 });
    const isDone = (await world.jobs.marker(jobId))?.status === 'DELETED';
    expect(jobs.some(({ job_id }) => job_id === jobId)).toBe(!isDone);
    await world.jobs.delete(jobId, { force: true });
    expect(await world.jobs.store(last, { signal })).toBe('dropped');
    await expectDeleted(plan);
    if (!isEnded) deaths += 1;
    expect(dies).toBeLessThan(100);
  }
  // At least after each marker of the job, its six groups and three nodes.
  expect(deaths).toBeGreaterThan(1 + 6 + 3);
});

/** A store whose process dies after the given number of calls. */
function dyingStore(dies: number) {
  let calls = 0;
  const dying =
    <Args extends readonly unknown[], T>(call: (...args: Args) => Promise<T>) =>
    async (...args: Args) => {
      const answer = await call(...args);
      calls += 1;
      if (calls >= dies) throw new MovieLoadError('interrupted', 'the process died');
      return answer;
    };
  const { table, objects } = world;
  const { update, updateIf, deleteBatch } = table;
  return world.store('dies', {
    table: { ...table, update: dying(update), updateIf: dying(updateIf), deleteBatch: dying(deleteBatch) },
    objects: { ...objects, abortUpload: dying(objects.abortUpload), delete: dying(objects.delete) },
  });
}

describe('with a retention', () => {
  test('every item has a time at which DynamoDB removes it, and an expired job is not resumed', async () => {
    const clock = { now: () => Date.now(), sleep: async () => {} };
    const plan = threeParts();
    await storeAll(world.store('retains', { retentionDays: 15, clock }), batchesOf(plan));
    const items = await itemsOf(plan);
    // The job, its three nodes, and a ledger and a slice of each of its six groups.
    expect(items).toHaveLength(1 + 3 + 6 + 6);
    const days = items.map(({ expires_at }) => (Number(expires_at?.N) * 1000 - Date.now()) / DAY_MS);
    for (const one of days) expect(one).toBeCloseTo(15, 1);

    const ref = { plan, job_id: jobIdOf(plan) };
    expect(await world.jobs.findMissing(ref).next()).toMatchObject({ done: true });
    const later = world.store('later', { clock: { ...clock, now: () => Date.now() + 16 * DAY_MS } });
    await expect(later.findMissing(ref).next()).rejects.toMatchObject({ code: 'job_expired' });
  });

  test('of none, no item expires', async () => {
    const plan = newPlan(10);
    await storeAll(world.jobs, batchesOf(plan));
    expect((await itemsOf(plan)).filter(({ expires_at }) => expires_at !== undefined)).toEqual([]);
    expect(await world.table.get(jobKey(jobIdOf(plan)))).toBeDefined();
    expect(await world.objects.size(objectKey(jobIdOf(plan)))).toBeGreaterThan(0);
  });
});
