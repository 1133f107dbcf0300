import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AUTO_MOVIES_PER_MESSAGE } from '@movie-load/movies';
import { shapeOf } from '@movie-load/schema';
import { batchesOf, batchOf, never, newPlan, startWorld, storeAll, type World } from './support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** AWS calls and write units of some work. */
async function costOf(work: () => Promise<unknown>) {
  const { counters } = world.clients;
  const before = new Map(counters.calls);
  const unitsBefore = counters.writeUnits;
  await work();
  const calls: Record<string, number> = {};
  for (const [operation, count] of counters.calls) {
    const more = count - (before.get(operation) ?? 0);
    if (more > 0) calls[operation] = more;
  }
  return { calls, units: counters.writeUnits - unitsBefore };
}

describe('the exact cost of', () => {
  test('a process’ first full receive of a job: the job’s item and its index entry, slices, ledger', async () => {
    const cost = await costOf(() => storeAll(world.jobs, batchesOf(newPlan(1000)).slice(0, 1)));
    expect(cost).toEqual({
      calls: { 'dynamodb:PutItem': 1, 'dynamodb:BatchWriteItem': 1, 'dynamodb:UpdateItem': 1 },
      units: 2 + 2 + 1,
    });
  });

  test('any other full receive: one BatchWriteItem and one UpdateItem, one UpdateItem more where it fills a group', async () => {
    const plan = newPlan(1000);
    const batches = batchesOf(plan);
    await storeAll(world.jobs, batches.slice(0, 1));
    // The second batch of ten fills its group of 20.
    expect(await costOf(() => storeAll(world.jobs, batches.slice(1, 2)))).toEqual({
      calls: { 'dynamodb:BatchWriteItem': 1, 'dynamodb:UpdateItem': 2 },
      units: 2 + 1 + 1,
    });
    expect(await costOf(() => storeAll(world.jobs, batches.slice(2, 3)))).toEqual({
      calls: { 'dynamodb:BatchWriteItem': 1, 'dynamodb:UpdateItem': 1 },
      units: 2 + 1,
    });
  });

  test('the end of a job: one Query per group, one PutObject, COMPLETE and its index entry', async () => {
    const plan = newPlan(1000);
    const batches = batchesOf(plan);
    await storeAll(world.jobs, batches.slice(0, -1));
    expect(await costOf(() => storeAll(world.jobs, batches.slice(-1)))).toEqual({
      calls: {
        'dynamodb:BatchWriteItem': 1,
        'dynamodb:UpdateItem': 1 + 1 + 1,
        'dynamodb:Query': shapeOf(plan).groups,
        's3:PutObject': 1,
      },
      units: 2 + 1 + 1 + 2,
    });
  });

  test('another process’ first receive of the same job: one unit to learn that the item exists', async () => {
    const plan = newPlan(1000);
    const batches = batchesOf(plan);
    await storeAll(world.jobs, batches.slice(0, 1));
    expect(await costOf(() => storeAll(world.store('second'), batches.slice(2, 3)))).toEqual({
      calls: { 'dynamodb:PutItem': 1, 'dynamodb:BatchWriteItem': 1, 'dynamodb:UpdateItem': 1 },
      units: 1 + 2 + 1,
    });
  });

  test('several groups that start at once in a process: one PutItem of the job’s item', async () => {
    const plan = newPlan(1000);
    const groups = batchesOf(plan).filter((_, at) => at % 2 === 0);
    const { calls } = await costOf(async () => {
      await Promise.all(groups.slice(0, 8).map((batch) => world.jobs.store(batch, { signal: never() })));
    });
    expect(calls['dynamodb:PutItem']).toBe(1);
  });

  test('3,000 movies, one a message: at most 0.33 write units a movie', async () => {
    const plan = newPlan(3000);
    const { calls, units } = await costOf(() => storeAll(world.jobs, batchesOf(plan)));
    expect(units / plan.movies).toBeLessThanOrEqual(0.33);
    const { groups } = shapeOf(plan);
    expect(calls).toEqual({
      'dynamodb:PutItem': 1,
      'dynamodb:BatchWriteItem': 300,
      'dynamodb:UpdateItem': 300 + groups + 1,
      'dynamodb:Query': groups,
      's3:PutObject': 1,
    });
  });

  test('20,000 packed movies: at most 0.14 write units a movie and few calls', async () => {
    const plan = newPlan(20_000, AUTO_MOVIES_PER_MESSAGE);
    const { calls, units } = await costOf(() => storeAll(world.jobs, batchesOf(plan)));
    expect(units / plan.movies).toBeLessThanOrEqual(0.14);
    const total = Object.values(calls).reduce((sum, count) => sum + count, 0);
    expect(total).toBeLessThan(shapeOf(plan).groups * 6);
  });

  test('a redelivery of a COMPLETE job: no call to S3, and no read of movies', async () => {
    const plan = newPlan(30);
    await storeAll(world.jobs, batchesOf(plan));
    const { calls } = await costOf(() => world.jobs.store(batchOf(plan, [0, 1, 2]), { signal: never() }));
    expect(calls).toEqual({ 'dynamodb:BatchWriteItem': 1, 'dynamodb:UpdateItem': 2 });
  });
});
