// Failing calls of the embedded AWS: which are repeated, and when they are given up.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  openTable,
  resilientObjects,
  resilientTable,
  type SingleCallTable,
  type TableItem,
  toolPolicy,
} from '@movie-load/aws';
import type { Fault } from '@movie-load/local-aws';
import { jobIdOf } from '@movie-load/schema';
import { eventually } from '@movie-load/testing';
import { createJobStore } from '../src/index.ts';
import { batchesOf, expectedObject, never, newPlan, startWorld, storeAll, type World } from './support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => {
  world.faults = {};
});
afterAll(() => world.close());

/** Small deterministic dice for the tests' faults. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

const THROTTLED: Fault = { status: 400, code: 'ProvisionedThroughputExceededException', message: 'too fast' };

describe('a batch is stored although', () => {
  test('calls fail before their effect, or their answers are lost after it', async () => {
    const roll = dice(11);
    let faults = 0;
    const faulty = (operation: string): Fault | undefined => {
      if (!/BatchWriteItem|UpdateItem|PutItem|Query|PutObject|GetItem/.test(operation)) return undefined;
      if (roll() >= 0.15) return undefined;
      faults += 1;
      return operation.startsWith('s3') ? { status: 503, code: 'SlowDown' } : THROTTLED;
    };
    world.faults = { before: faulty, after: (operation) => (faulty(operation) === undefined ? undefined : 'reset') };
    const plan = newPlan(120, 1, { group_size: 10, fan_out: 2 });
    await storeAll(world.jobs, batchesOf(plan));
    world.faults = {};
    expect(faults).toBeGreaterThan(10);
    expect(await world.object(plan)).toBe(expectedObject(plan));
    const report = await world.jobs.verify({ job_id: jobIdOf(plan), plan });
    expect(report.problems).toEqual([]);
  });

  test('DynamoDB leaves items unprocessed: exactly these are sent again before the batch is counted', async () => {
    const roll = dice(5);
    const partsOf = (items: readonly TableItem[]) => items.map(({ part }) => part?.S);
    let unprocessed: readonly TableItem[] = [];
    /** What each call should have sent again, and what it sent. */
    const repeats: [unknown, unknown][] = [];
    const unprocessedWhenCounted: number[] = [];
    let writes = 0;
    const stingy: SingleCallTable = {
      ...world.table,
      async putBatch(items, options) {
        if (unprocessed.length > 0) repeats.push([partsOf(unprocessed), partsOf(items)]);
        unprocessed = items.filter(() => roll() < 0.6);
        const taken = items.filter((item) => !unprocessed.includes(item));
        if (taken.length > 0) {
          writes += 1;
          await world.table.putBatch(taken, options);
        }
        return unprocessed;
      },
      update(request) {
        unprocessedWhenCounted.push(unprocessed.length);
        return world.table.update(request);
      },
    };
    const plan = newPlan(40, 1, { group_size: 20 });
    const jobs = world.store('stingy', { table: stingy });
    let progress = 0;
    // Every other number makes slices of one movie each, so that there are items to leave unprocessed.
    for (const batch of batchesOf(plan, 20)) {
      const halves = [0, 1].map((half) => batch.messages.filter(({ number }) => number % 2 === half));
      for (const messages of halves) {
        await jobs.store({ ...batch, messages }, { signal: never(), onProgress: () => (progress += 1) });
      }
    }
    expect(repeats.length).toBeGreaterThan(3);
    for (const [expected, sent] of repeats) expect(sent).toEqual(expected);
    expect(new Set(unprocessedWhenCounted)).toEqual(new Set([0]));
    // After each call that wrote items, and after the object.
    expect(progress).toBe(writes + 1);
    expect(await world.object(plan)).toBe(expectedObject(plan));
  });
});

describe('a call', () => {
  test('of the protocol is given up only when the signal aborts, with its reason; each failed attempt was reported', async () => {
    world.faults = { before: (operation) => (operation === 'dynamodb:BatchWriteItem' ? THROTTLED : undefined) };
    const plan = newPlan(10);
    const stop = new AbortController();
    const before = world.retries.length;
    const storing = world.store('patient').store(batchesOf(plan)[0] ?? fail(), { signal: stop.signal });
    storing.catch(() => {});
    await eventually('it was tried several times', () => world.retries.length >= before + 2);
    expect(world.retries.at(-1)).toMatchObject({
      operation: 'dynamodb:BatchWriteItem',
      error: { name: 'ProvisionedThroughputExceededException' },
    });
    stop.abort(new Error('drain'));
    await expect(storing).rejects.toThrow('drain');
    world.faults = {};
    // Nothing was counted that is not stored.
    const missing: number[] = [];
    for await (const found of world.jobs.findMissing({ job_id: jobIdOf(plan), plan })) missing.push(...found.numbers);
    expect(missing).toHaveLength(10);
  });

  test('that AWS calls invalid is not repeated, because that is a bug of movie-load', async () => {
    const invalid: Fault = { status: 400, code: 'ValidationException', message: 'no' };
    world.faults = { before: (operation) => (operation === 'dynamodb:UpdateItem' ? invalid : undefined) };
    const storing = world.jobs.store(batchesOf(newPlan(10))[0] ?? fail(), { signal: never() });
    await expect(storing).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test.each([
    ['after four attempts', undefined, 4],
    ['after AWS_MAX_ATTEMPTS attempts, which no loop of the SDK multiplies', '2', 2],
  ])('of a reader is given up %s', async (_, AWS_MAX_ATTEMPTS, attempts) => {
    let calls = 0;
    world.faults = {
      before: (operation) => {
        if (operation !== 'dynamodb:GetItem') return undefined;
        calls += 1;
        return { status: 500, code: 'InternalServerError' };
      },
    };
    const policy = toolPolicy({ AWS_MAX_ATTEMPTS });
    const reader = createJobStore({
      table: resilientTable(openTable(world.clients, world.table.name), policy),
      objects: resilientObjects(world.objects, policy),
      clock: policy.clock,
      random: policy.random,
      instance: 'reader',
    });
    await expect(reader.job(jobIdOf(newPlan(1)))).rejects.toMatchObject({ name: 'InternalServerError' });
    expect(calls).toBe(attempts);
  });
});

function fail(): never {
  throw new Error('no batch');
}
