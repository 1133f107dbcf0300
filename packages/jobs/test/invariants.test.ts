// What the storage protocol relies on is checked where it happens: a broken rule stores nothing and names both values.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateMovies } from '@movie-load/movies';
import { groupKey, jobIdOf, ledgerKey, moviesOfMessage } from '@movie-load/schema';
import type { StoreBatch } from '../src/index.ts';
import { batchesOf, batchOf, never, newPlan, startWorld, storeAll, type World } from './support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const store = (batch: StoreBatch) => world.jobs.store(batch, { signal: never() });
/** The ledger and the slices of a batch's group. */
const itemsOf = async ({ job_id, group }: StoreBatch) =>
  (await world.table.query({ partition: groupKey(job_id, group), between: ['a', 'z'] })).items;

describe('a batch is not stored if it has', () => {
  const plan = newPlan(40, 2, { group_size: 10 });
  const good = batchOf(plan, [3, 4]);
  const [first, second] = good.messages;
  if (first === undefined || second === undefined) throw new Error('two messages');
  test.each<[string, StoreBatch, string]>([
    ['a number twice', { ...good, messages: [first, second, first] }, 'message 3 is twice in a batch of group 0'],
    ['a number of another group', { ...good, group: 1 }, 'message 3 in group 1, which has the messages 10 to 19'],
    [
      'the first number of the next group',
      { ...good, messages: [{ ...first, number: 10 }] },
      'message 10 in group 0, which has the messages 0 to 9',
    ],
    [
      'a movie too few',
      { ...good, messages: [{ ...first, movies: first.movies.slice(1) }] },
      'message 3 has 1 movies, and the plan 2',
    ],
    ['a group outside of the job', { ...good, group: 2 }, 'group 2 of a job of 2 groups'],
  ])('%s', async (_, batch, text) => {
    await expect(store(batch)).rejects.toMatchObject({ code: 'invariant', message: expect.stringContaining(text) });
    expect(await itemsOf(batch)).toEqual([]);
    expect(await world.jobs.job(batch.job_id)).toBeUndefined();
  });
});

test('a ledger that counts more messages than its group has is a bad item, not a full ledger', async () => {
  const plan = newPlan(20, 1, { group_size: 10 });
  const batch = batchOf(plan, [0, 1, 2]);
  await world.table.update({
    key: ledgerKey(batch.job_id, 0),
    update: 'ADD #stored :numbers',
    names: { '#stored': 'stored' },
    values: { ':numbers': { NS: Array.from({ length: 10 }, (_, at) => String(at + 50)) } },
  });
  await expect(store(batch)).rejects.toMatchObject({
    code: 'bad_item',
    message: `The item ${jobIdOf(plan)}#0 ledger has 13 numbers in its set, but at most 10 are valid.`,
  });
});

test('a node that counts more children than it has is a bad item, not a full node', async () => {
  const plan = newPlan(20, 1, { group_size: 10 });
  const [first, ...others] = batchesOf(plan);
  if (first === undefined) throw new Error('two batches');
  await storeAll(world.jobs, [first]);
  await world.table.update({
    key: { job_id: jobIdOf(plan), part: 'job' },
    update: 'ADD #done :children',
    names: { '#done': 'done' },
    values: { ':children': { NS: ['7', '8'] } },
  });
  await expect(storeAll(world.jobs, others)).rejects.toMatchObject({
    code: 'bad_item',
    message: `The item ${jobIdOf(plan)} job has 4 numbers in its set, but at most 2 are valid.`,
  });
});

test('at most ten messages begin in a slice, however large the batch, so that readers find each movie', async () => {
  const plan = newPlan(60, 2, { group_size: 30 });
  await storeAll(world.jobs, batchesOf(plan, 30));
  const slices = world.jobs.slicesOfGroup({ job_id: jobIdOf(plan), plan }, 0);
  const counts: number[] = [];
  for await (const { count } of slices) counts.push(count);
  expect(counts).toEqual([20, 20, 20]);
  const range = { first: moviesOfMessage(plan, 25).first, count: 2 };
  const found: unknown[] = [];
  for await (const { movie } of world.jobs.movies({ job_id: jobIdOf(plan), plan }, range)) found.push(movie);
  expect(found).toEqual([...generateMovies(plan.seed, range)]);
});
