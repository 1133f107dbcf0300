// The messages that a resume would send, found on the embedded AWS after processes have died or items were deleted.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SingleCallTable } from '@movie-load/aws';
import { type JobPlan, jobIdOf, ledgerKey, shapeOf } from '@movie-load/schema';
import fc from 'fast-check';
import type { FindOptions, MissingMessages } from '../src/index.ts';
import { batchesOf, batchOf, expectedObject, never, newPlan, startWorld, storeAll, type World } from './support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const refOf = (plan: JobPlan) => ({ job_id: jobIdOf(plan), plan });

async function missingOf(plan: JobPlan, options?: Partial<FindOptions>): Promise<MissingMessages[]> {
  const found: MissingMessages[] = [];
  for await (const one of world.jobs.findMissing(refOf(plan), options)) found.push(one);
  return found;
}

/** A table on which a process dies after a number of writes of one job. */
function dyingTable(writes: number): SingleCallTable {
  let left = writes;
  const live = <T>(call: () => Promise<T>): Promise<T> => {
    left -= 1;
    if (left < 0) throw Object.assign(new Error('the process is dead'), { name: 'ValidationException' });
    return call();
  };
  return {
    ...world.table,
    create: (item, options) => live(() => world.table.create(item, options)),
    putBatch: (items, options) => live(() => world.table.putBatch(items, options)),
    update: (request) => live(() => world.table.update(request)),
  };
}

describe('findMissing returns', () => {
  test('all messages of a job of which nothing was ever stored', async () => {
    const plan = newPlan(25, 1, { group_size: 10 });
    const found = await missingOf(plan);
    expect(found.map(({ why }) => why)).toEqual(['missing', 'missing', 'missing']);
    expect(found.flatMap(({ numbers }) => numbers)).toEqual(Array.from({ length: 25 }, (_, number) => number));
  });

  test('nothing of a COMPLETE job', async () => {
    const plan = newPlan(25);
    await storeAll(world.jobs, batchesOf(plan));
    expect(await missingOf(plan)).toEqual([]);
    expect(await missingOf(plan, { thorough: true })).toEqual([]);
  });

  test('exactly the messages that are not stored', async () => {
    const plan = newPlan(40, 1, { group_size: 20 });
    await storeAll(world.jobs, [batchOf(plan, [0, 1, 2, 5]), ...batchesOf(plan).slice(2)]);
    expect(await missingOf(plan)).toEqual([
      { group: 0, numbers: [3, 4, ...Array.from({ length: 14 }, (_, at) => at + 6)], why: 'missing' },
    ]);
  });

  test('what completes the job and no stored message, wherever and however often processes die', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ batch: fc.nat(), writes: fc.integer({ min: 0, max: 7 }) }), { maxLength: 20 }),
        fc.constantFrom(2, 3, 256),
        async (deaths, fan_out) => {
          const plan = newPlan(27, 1, { group_size: 3, fan_out });
          const batches = batchesOf(plan, 2);
          for (const { batch, writes } of deaths) {
            const dying = world.store('dying', { table: dyingTable(writes) });
            await dying
              .store(batches[batch % batches.length] ?? batchOf(plan, [0]), { signal: never() })
              .catch(() => {});
          }
          const stored = await storedNumbers(plan);
          const found = await missingOf(plan);
          for (const { numbers, why } of found) {
            expect(numbers.length).toBeGreaterThan(0);
            for (const number of numbers) expect(stored.has(number)).toBe(why === 'climb');
            await world.jobs.store(batchOf(plan, numbers), { signal: never() });
          }
          expect(await world.object(plan)).toBe(expectedObject(plan));
          expect(await missingOf(plan)).toEqual([]);
        },
      ),
      { numRuns: 15 },
    );
  });

  test('with `thorough` also messages that were counted and whose movies were then deleted', async () => {
    const plan = newPlan(40, 1, { group_size: 20 });
    await storeAll(world.jobs, batchesOf(plan));
    await world.deleteItem({ job_id: `${jobIdOf(plan)}#1`, part: 'movies#000000000030+10' });
    await world.deleteItem(ledgerKey(jobIdOf(plan), 0));
    expect(await missingOf(plan)).toEqual([]);
    expect(await missingOf(plan, { thorough: true })).toEqual([
      { group: 0, numbers: Array.from({ length: 20 }, (_, at) => at), why: 'missing' },
      { group: 1, numbers: Array.from({ length: 10 }, (_, at) => at + 30), why: 'missing' },
    ]);
  });

  test('with `thorough` messages by their movies, also where a slice ends within a message', async () => {
    const plan = newPlan(40, 4, { group_size: 10 });
    await storeAll(world.jobs, [batchOf(plan, [0, 1]), batchOf(plan, [1, 2, 3]), batchOf(plan, [4, 5, 6, 7, 8, 9])]);
    await world.deleteItem({ job_id: `${jobIdOf(plan)}#0`, part: 'movies#000000000004+12' });
    expect(await missingOf(plan, { thorough: true })).toEqual([{ group: 0, numbers: [2, 3], why: 'missing' }]);
  });
});

async function storedNumbers(plan: JobPlan): Promise<Set<number>> {
  const stored = new Set<number>();
  let first = 0;
  for await (const { ledger, expected } of world.jobs.ledgers(refOf(plan))) {
    for (const number of ledger?.stored ?? []) stored.add(first + number);
    first += expected;
  }
  expect(first).toBe(shapeOf(plan).messages);
  return stored;
}
