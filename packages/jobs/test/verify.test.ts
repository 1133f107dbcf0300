import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateMovies } from '@movie-load/movies';
import { type JobPlan, jobIdOf, jobKey, ledgerKey, type Range } from '@movie-load/schema';
import { batchesOf, batchOf, expectedObject, never, newPlan, startWorld, storeAll, type World } from './support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const generate = (range: Range) => generateMovies(7, range);
const verify = (plan: JobPlan) => world.jobs.verify({ job_id: jobIdOf(plan), plan }, { generate });
const kindsOf = async (plan: JobPlan) => (await verify(plan)).problems.map(({ kind, repair }) => [kind, repair]);

async function completeJob(): Promise<JobPlan> {
  const plan = newPlan(40, 1, { group_size: 20 });
  await storeAll(world.jobs, batchesOf(plan));
  return plan;
}

/** Stores what a resume would send. */
async function resume(plan: JobPlan, thorough = false): Promise<void> {
  for await (const { numbers } of world.jobs.findMissing({ job_id: jobIdOf(plan), plan }, { thorough })) {
    await world.jobs.store(batchOf(plan, numbers), { signal: never() });
  }
}

describe('verify', () => {
  test('finds nothing wrong in a complete job', async () => {
    const report = await verify(await completeJob());
    expect(report).toMatchObject({ ok: true, status: 'COMPLETE', movies: 40, slices: 4, repeated: 0, problems: [] });
    expect(report.sha256_object).toBe(report.sha256_slices);
    expect(report.sha256_object).toMatch(/^[0-9a-f]{64}$/);
  });

  test('counts slices that overlap, and accepts them', async () => {
    const plan = await completeJob();
    await world.jobs.store(batchOf(plan, [3, 4, 5]), { signal: never() });
    expect(await verify(plan)).toMatchObject({ ok: true, movies: 40, slices: 5, repeated: 3 });
  });

  test('reports a job that was never stored as MISSING', async () => {
    const plan = newPlan(20, 1, { group_size: 20 });
    const report = await verify(plan);
    expect(report).toMatchObject({ ok: false, status: 'MISSING', movies: 0, sha256_slices: undefined });
    expect(report.problems.map(({ repair }) => repair)).toEqual(['resume', 'resume']);
  });

  test('names `resume` for messages that are not stored', async () => {
    const plan = newPlan(40, 1, { group_size: 20 });
    await storeAll(world.jobs, batchesOf(plan).slice(0, 3));
    expect(await kindsOf(plan)).toEqual([['not_stored', 'resume']]);
    await resume(plan);
    expect(await kindsOf(plan)).toEqual([]);
  });

  test('names `resume` for a full group that is missing in its parent', async () => {
    const plan = newPlan(40, 1, { group_size: 20 });
    await storeAll(world.jobs, batchesOf(plan).slice(0, 3));
    const [, , , last] = batchesOf(plan);
    await dieBeforeTheTree(last ?? fail());
    expect(await kindsOf(plan)).toEqual([['not_woken', 'resume']]);
    await resume(plan);
    expect(await verify(plan)).toMatchObject({ ok: true });
  });

  test('names `resume` for a RUNNING job whose movies are all counted; `repair` completes it, too', async () => {
    for (const cure of ['resume', 'repair']) {
      const plan = newPlan(20, 1, { group_size: 20 });
      const batches = batchesOf(plan);
      await storeAll(world.jobs, batches.slice(0, 1));
      await dieBeforeTheTree(batches[1] ?? fail());
      await addToRoot(plan, 0);
      expect(await kindsOf(plan)).toEqual([['not_woken', 'resume']]);
      if (cure === 'resume') await resume(plan);
      else expect(await world.jobs.repair(jobIdOf(plan))).toMatchObject({ why: 'not_complete' });
      expect(await verify(plan)).toMatchObject({ ok: true });
    }
  });

  test('names `resume --thorough` for a counted movie that is missing', async () => {
    const plan = await completeJob();
    await world.deleteItem({ job_id: `${jobIdOf(plan)}#1`, part: 'movies#000000000020+10' });
    expect(await kindsOf(plan)).toEqual([['counted_not_stored', 'resume --thorough']]);
    await resume(plan, true);
    expect(await verify(plan)).toMatchObject({ ok: true });
  });

  test('names `resume --thorough` for a missing ledger of a counted group', async () => {
    const plan = await completeJob();
    await world.deleteItem(ledgerKey(jobIdOf(plan), 0));
    expect(await kindsOf(plan)).toEqual([['not_stored', 'resume --thorough']]);
    await resume(plan, true);
    expect(await verify(plan)).toMatchObject({ ok: true });
  });

  test('names `repair` for a missing object, and a second repair has nothing to do', async () => {
    const plan = await completeJob();
    await world.deleteObject(plan);
    expect(await kindsOf(plan)).toEqual([['object_missing', 'repair']]);
    expect(await world.jobs.repair(jobIdOf(plan))).toMatchObject({ why: 'object_missing' });
    expect(await world.object(plan)).toBe(expectedObject(plan));
    expect(await world.jobs.repair(jobIdOf(plan))).toMatchObject({ why: undefined });
  });

  test('names `repair` for an object of the right size that differs in one letter', async () => {
    const plan = await completeJob();
    const wrong = Buffer.from(expectedObject(plan));
    wrong[100] = (wrong[100] ?? 0) ^ 1;
    await world.objects.put(`${jobIdOf(plan)}.json`, wrong);
    expect(await kindsOf(plan)).toEqual([['object_differs', 'repair']]);
    expect(await world.jobs.repair(jobIdOf(plan))).toMatchObject({ why: 'object_differs' });
    expect(await verify(plan)).toMatchObject({ ok: true });
  });

  test('names no repair for movies that the seed does not make and for slices that contradict each other', async () => {
    const plan = newPlan(20, 1, { group_size: 20 });
    await storeAll(world.jobs, batchesOf(plan).slice(0, 1));
    const forged = batchOf(plan, [8, 9, 10, 11]);
    const messages = forged.messages.map((message) => ({
      ...message,
      movies: message.movies.map((movie) => ({ ...movie, title: 'Forged' })),
    }));
    await world.jobs.store({ ...forged, messages }, { signal: never() });
    await storeAll(world.jobs, batchesOf(plan).slice(1));
    const found = await kindsOf(plan);
    expect(found).toContainEqual(['slices_differ', undefined]);
    expect(found).toContainEqual(['not_generated', undefined]);
  });

  test('names a slice that is unreadable, and continues', async () => {
    const plan = await completeJob();
    await world.table.update({
      key: { job_id: `${jobIdOf(plan)}#0`, part: 'movies#000000000000+10' },
      update: 'SET #movies = :none',
      names: { '#movies': 'movies' },
      values: { ':none': { L: [] } },
    });
    const found = await kindsOf(plan);
    expect(found).toContainEqual(['bad_item', 'resume --thorough']);
    expect(found).toContainEqual(['counted_not_stored', 'resume --thorough']);
    await world.deleteItem({ job_id: `${jobIdOf(plan)}#0`, part: 'movies#000000000000+10' });
    await resume(plan, true);
    expect(await verify(plan)).toMatchObject({ ok: true });
  });

  test('reports a plan that is not the job’s', async () => {
    const plan = await completeJob();
    const report = await world.jobs.verify({ job_id: jobIdOf(plan), plan: { ...plan, seed: 8 } });
    expect(report.problems.map(({ kind }) => kind)).toContain('plan_mismatch');
  });

  test('a repair is refused while a job is not stored completely', async () => {
    const plan = newPlan(20);
    await storeAll(world.jobs, batchesOf(plan).slice(0, 1));
    await expect(world.jobs.repair(jobIdOf(plan))).rejects.toMatchObject({ code: 'job_incomplete' });
    await expect(world.jobs.repair(jobIdOf(newPlan(1)))).rejects.toThrow('There is no job');
  });
});

/** Stores a batch and fills its ledger as a process that dies before it adds the ledger to the tree. */
async function dieBeforeTheTree(batch: ReturnType<typeof batchOf>): Promise<void> {
  const dead = Object.assign(new Error('dead'), { name: 'ValidationException' });
  const table = {
    ...world.table,
    update: (request: Parameters<typeof world.table.update>[0]) => {
      if (request.update.includes('#done')) throw dead;
      return world.table.update(request);
    },
  };
  await expect(world.store('dying', { table }).store(batch, { signal: never() })).rejects.toThrow('dead');
}

/** Adds a child to the root as a process that dies before it writes the object. */
async function addToRoot(plan: JobPlan, child: number): Promise<void> {
  await world.table.update({
    key: jobKey(jobIdOf(plan)),
    update: 'ADD #done :child',
    names: { '#done': 'done' },
    values: { ':child': { NS: [String(child)] } },
  });
}

function fail(): never {
  throw new Error('no batch');
}
