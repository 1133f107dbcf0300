// The limits and constants of a plan. Jobs of every release may have plans at the limits, so none may become smaller.
import { expect, test } from '@jest/globals';
import * as schema from '../src/index.ts';
import {
  jobIdOf,
  jobIdSchema,
  jobPlanSchema,
  MAX_FAN_OUT,
  MAX_GROUP_SIZE,
  MAX_MOVIES,
  MAX_SEED,
  numbersOf,
  planJob,
  shapeOf,
} from '../src/index.ts';

const plan = planJob({ nonce: 'limits', movies: 1000, movies_per_message: 1, seed: 1, generator: 1 });
const accepts = (field: string, ...values: readonly unknown[]) =>
  values.map((value) => jobPlanSchema.safeParse({ ...plan, [field]: value }).success);

test('the limits and constants of a plan have not changed', () => {
  expect(schema).toMatchObject({
    MAX_MOVIES: 100_000_000,
    MAX_MOVIES_PER_MESSAGE: 5000,
    MAX_GROUP_SIZE: 200,
    MAX_GROUP_MOVIES: 65_536,
    MAX_FAN_OUT: 256,
    MAX_SEED: 4_294_967_295,
    PLAN_VERSION: 2,
    WANTED_GROUPS: 64,
    TEXT_LIMIT_BYTES: 1024,
  });
});

test('a plan is accepted at each limit, and refused beyond it', () => {
  expect(accepts('version', 0, 1, 2, 3)).toEqual([false, true, true, false]);
  expect(accepts('movies', 0, 1, 1.5)).toEqual([false, true, false]);
  expect(jobPlanSchema.safeParse({ ...plan, group_size: 200, movies: MAX_MOVIES }).success).toBe(true);
  expect(jobPlanSchema.safeParse({ ...plan, group_size: 200, movies: MAX_MOVIES + 1 }).success).toBe(false);
  expect(accepts('movies_per_message', 0, 1, 3276, 5000, 5001)).toEqual([false, true, true, true, false]);
  expect(accepts('group_size', 0, 1, MAX_GROUP_SIZE, MAX_GROUP_SIZE + 1)).toEqual([false, true, true, false]);
  expect(accepts('fan_out', 1, 2, MAX_FAN_OUT, MAX_FAN_OUT + 1)).toEqual([false, true, true, false]);
  expect(accepts('seed', -1, 0, MAX_SEED, MAX_SEED + 1)).toEqual([false, true, true, false]);
  expect(accepts('generator', 0, 1, 1_000_000, 1_000_001)).toEqual([false, true, true, false]);
});

test('a nonce is a word of 1 to 64 letters, digits, dots, hyphens and underscores', () => {
  expect(accepts('nonce', 'a', 'A.b_c-9', 'x'.repeat(64))).toEqual([true, true, true]);
  expect(accepts('nonce', '', ' a', 'a ', 'a\n', 'ä', 'x'.repeat(65))).toEqual(Array(6).fill(false));
});

test('from 33 movies a message a job counts as packed: 128 messages then make groups of 2 instead of 10', () => {
  const sizeOf = (movies_per_message: number) =>
    planJob({ nonce: 'n', movies: 128 * movies_per_message, movies_per_message, seed: 1, generator: 1 }).group_size;
  expect([sizeOf(32), sizeOf(33)]).toEqual([10, 2]);
});

test('the numbers of a range begin with its first', () => {
  expect([...numbersOf({ first: 3, count: 4 })]).toEqual([3, 4, 5, 6]);
  expect([...numbersOf({ first: 3, count: 1 })]).toEqual([3]);
  expect([...numbersOf({ first: 3, count: 0 })]).toEqual([]);
});

test('a job id is a UUID of version 5', () => {
  const is = (id: string) => jobIdSchema.safeParse(id).success;
  const id = jobIdOf(plan);
  expect([is(id), is(id.replace(/-5/, '-4')), is(`${id}0`), is(id.slice(1)), is(` ${id}`)]).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
});

test('a job has about as many groups as are requested, and about 64 by default', () => {
  /** The number of groups of a job of 1,000 messages, and the messages of each group but the last. */
  const groupsOf = (movies_per_message: number, groups?: number) => {
    const movies = 1000 * movies_per_message;
    const shape = shapeOf(planJob({ nonce: 'n', movies, movies_per_message, groups, seed: 1, generator: 1 }));
    return [shape.groups, shape.groupSize];
  };
  expect([groupsOf(1), groupsOf(1, 8), groupsOf(1, 64)]).toEqual([
    [50, 20],
    [8, 125],
    [63, 16],
  ]);
  // A group has at most 200 messages.
  expect(groupsOf(1, 1)).toEqual([5, 200]);
  // More than 32 movies a message: the job is packed.
  expect([groupsOf(33), groupsOf(33, 8)]).toEqual([
    [50, 20],
    [8, 125],
  ]);
});
