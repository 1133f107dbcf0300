// Whole jobs on the embedded AWS: in any order, batches and number of deliveries, the object has the right bytes.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AUTO_MOVIES_PER_MESSAGE, generateMovies } from '@movie-load/movies';
import { jobIdOf, type Movie, shapeOf, storableText } from '@movie-load/schema';
import fc from 'fast-check';
import type { JobEvent, StoreBatch } from '../src/index.ts';
import {
  batchesOf,
  batchOf,
  expectedObject,
  never,
  newPlan,
  numbersOfGroup,
  startWorld,
  storeAll,
  type World,
} from './support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

describe('a job is stored, counted, assembled and set COMPLETE', () => {
  test.each([
    ['1 movie', newPlan(1)],
    ['10 movies', newPlan(10)],
    ['1,001 movies', newPlan(1001)],
    ['packed messages, the last one short', newPlan(1000, 300)],
    ['messages packed as `auto` packs', newPlan(4000, AUTO_MOVIES_PER_MESSAGE)],
    ['a tree of several levels', newPlan(300, 1, { group_size: 10, fan_out: 2 })],
    ['groups of one message, nodes of three', newPlan(40, 2, { group_size: 1, fan_out: 3 })],
  ])('with %s', async (_, plan) => {
    await storeAll(world.jobs, batchesOf(plan));
    const job = await world.jobs.job(jobIdOf(plan));
    const object = await world.object(plan);
    expect(job).toMatchObject({
      status: 'COMPLETE',
      plan,
      object_key: `${jobIdOf(plan)}.json`,
      object_bytes: Buffer.byteLength(object ?? ''),
    });
    expect(object).toBe(expectedObject(plan));
  });

  test('by its last message: before that it is RUNNING and has no object', async () => {
    const plan = newPlan(45);
    const batches = batchesOf(plan);
    await storeAll(world.jobs, batches.slice(0, -1));
    expect(await world.jobs.job(jobIdOf(plan))).toMatchObject({ status: 'RUNNING' });
    expect(await world.object(plan)).toBeUndefined();
    await storeAll(world.jobs, batches.slice(-1));
    expect(await world.object(plan)).toBe(expectedObject(plan));
  });

  test('with the same bytes in any order, with any number of deliveries of each message, in any batches', async () => {
    const delivery = fc.array(
      fc.record({ group: fc.nat(), pick: fc.uniqueArray(fc.nat({ max: 9 }), { minLength: 1, maxLength: 10 }) }),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(delivery, fc.integer({ min: 1, max: 3 }), fc.nat(), async (deliveries, perMessage, shift) => {
        const plan = newPlan(40 * perMessage - 1, perMessage, { group_size: 10, fan_out: 2 });
        const groups = shapeOf(plan).groups;
        const early: StoreBatch[] = deliveries.map(({ group, pick }) => {
          const numbers = numbersOfGroup(plan, group % groups);
          return batchOf(plan, [...new Set(pick.map((at) => numbers[at % numbers.length] ?? 0))]);
        });
        const regular = batchesOf(plan, 4);
        const rotated = regular.map((_, at) => regular[(at + shift) % regular.length] ?? batchOf(plan, [0]));
        const all = [...early, ...rotated, ...early];
        await Promise.all([
          storeAll(
            world.store('one'),
            all.filter((_, at) => at % 2 === 0),
          ),
          storeAll(
            world.store('two'),
            all.filter((_, at) => at % 2 === 1),
          ),
        ]);
        expect(await world.object(plan)).toBe(expectedObject(plan));
        const report = await world.jobs.verify({ job_id: jobIdOf(plan), plan }, { generate: expectedOf(plan.seed) });
        expect(report).toMatchObject({ ok: true, movies: plan.movies, problems: [] });
      }),
      { numRuns: 8 },
    );
  });

  test('without mixing with another job at the same time', async () => {
    const [one, other] = [newPlan(120), newPlan(130, 7)];
    await Promise.all([storeAll(world.jobs, batchesOf(one)), storeAll(world.jobs, batchesOf(other))]);
    expect(await world.object(one)).toBe(expectedObject(one));
    expect(await world.object(other)).toBe(expectedObject(other));
  });

  test('with movies of the largest size in every script, which fill slices to the limit and are read unchanged', async () => {
    const plan = newPlan(1200, 300, { group_size: 4 });
    const scripts = ['a', 'é', 'Я', 'א', 'م', 'あ', '語', '한', '🎬', '\u{1F468}\u200D\u{1F469}', '\\"', '\u2028'];
    const fill = (index: number) => {
      const unit = scripts[index % scripts.length] ?? 'a';
      return unit.repeat(Math.floor(1024 / Buffer.byteLength(unit)));
    };
    const huge = [...generateMovies(plan.seed, { first: 0, count: plan.movies })].map((movie, index) => ({
      ...movie,
      title: fill(index),
      actor: fill(index + 1),
      director: fill(index + 2),
    }));
    for (const { title } of huge.slice(0, 12)) expect(storableText(1024).safeParse(title).success).toBe(true);
    const { messages, ...batch } = batchOf(plan, [0, 1, 2, 3]);
    const filled = messages.map((message) => ({
      ...message,
      movies: huge.slice(message.number * 300, (message.number + 1) * 300),
    }));
    await world.jobs.store({ ...batch, messages: filled }, { signal: never() });
    const stored: Movie[] = [];
    for await (const { movie } of world.jobs.movies({ job_id: jobIdOf(plan), plan })) stored.push(movie);
    expect(stored).toEqual(huge);
    expect(JSON.parse((await world.object(plan)) ?? '')).toEqual(huge);
    const parts: number[] = [];
    for await (const { count } of world.jobs.slicesOfGroup({ job_id: jobIdOf(plan), plan }, 0)) parts.push(count);
    expect(parts.length).toBeGreaterThan(7);
  });

  test('after its item was deleted and created again', async () => {
    const plan = newPlan(20, 1, { group_size: 10 });
    const [first, last] = batchesOf(plan);
    if (first === undefined || last === undefined) throw new Error('two batches');
    await world.jobs.store(first, { signal: never() });
    await world.deleteItem({ job_id: jobIdOf(plan), part: 'job' });
    await world.jobs.store(last, { signal: never() });
    expect(await world.jobs.job(jobIdOf(plan))).toMatchObject({ status: 'RUNNING', done: new Set([1]) });
    await world.jobs.store(first, { signal: never() });
    expect(await world.object(plan)).toBe(expectedObject(plan));
  });
});

const expectedOf = (seed: number) => (range: { first: number; count: number }) => generateMovies(seed, range);

describe('the event `stored` counts movies that were counted before as repeated', () => {
  const storedOf = (events: readonly JobEvent[]) =>
    events.flatMap((event) => (event.kind === 'stored' ? [[event.movies, event.repeated]] : []));

  test('for a batch that is delivered again whole or in part, also to another process', async () => {
    const plan = newPlan(60, 3);
    const numbers = numbersOfGroup(plan, 0);
    const heard: JobEvent[] = [];
    const [one, other] = [world.store('one', {}, heard), world.store('other', {}, heard)];
    await storeAll(one, [batchOf(plan, numbers.slice(0, 2))]);
    await storeAll(other, [batchOf(plan, numbers.slice(0, 2)), batchOf(plan, numbers)]);
    const movies = 3 * numbers.length;
    expect(storedOf(heard)).toEqual([
      [6, 0],
      [6, 6],
      [movies, 6],
    ]);
  });

  test('for every movie of a job that is sent a second time', async () => {
    const plan = newPlan(45);
    const heard: JobEvent[] = [];
    const store = world.store('one', {}, heard);
    await storeAll(store, [...batchesOf(plan), ...batchesOf(plan)]);
    const [movies, repeated] = [0, 1].map((at) => storedOf(heard).reduce((sum, event) => sum + (event[at] ?? 0), 0));
    expect([movies, repeated]).toEqual([90, 45]);
  });
});
