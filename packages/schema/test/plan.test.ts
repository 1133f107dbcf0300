import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  jobIdOf,
  jobIdSchema,
  jobPlanSchema,
  MAX_GROUP_MOVIES,
  MovieLoadError,
  planFromToken,
  planJob,
  planToToken,
  shapeOf,
} from '../src/index.ts';
import { anyPlan, plannedJob } from './arbitraries.ts';

const planOf = (movies: number, movies_per_message: number) =>
  planJob({ nonce: 'n', movies, movies_per_message, seed: 1, generator: 1 });

describe('planJob', () => {
  test.each([
    { movies: 1, perMessage: 1, groups: 1, groupSize: 10 },
    { movies: 10, perMessage: 1, groups: 1, groupSize: 10 },
    { movies: 1000, perMessage: 1, groups: 50, groupSize: 20 },
    { movies: 30_000, perMessage: 1, groups: 150, groupSize: 200 },
    { movies: 1_000_000, perMessage: 1, groups: 5000, groupSize: 200 },
    { movies: 200_000, perMessage: 325, groups: 62, groupSize: 10 },
    { movies: 1000, perMessage: 325, groups: 4, groupSize: 1 },
  ])(
    '$movies movies, $perMessage a message: $groups groups of at most $groupSize',
    ({ movies, perMessage, groups, groupSize }) => {
      const plan = planOf(movies, perMessage);
      expect(plan.group_size).toBe(groupSize);
      expect(shapeOf(plan).groups).toBe(groups);
    },
  );

  test('gives small jobs parallelism and large ones few ledgers', () => {
    fc.assert(
      fc.property(plannedJob, (plan) => {
        const { messages, groups } = shapeOf(plan);
        const most = Math.floor(MAX_GROUP_MOVIES / plan.movies_per_message);
        expect(groups).toBeGreaterThanOrEqual(Math.min(Math.ceil(messages / 10), 32));
        expect(groups).toBeLessThanOrEqual(Math.max(64, Math.ceil(messages / Math.min(200, most))));
      }),
      { numRuns: 500 },
    );
  });

  test('makes only plans that consumers accept', () => {
    fc.assert(fc.property(plannedJob, (plan) => jobPlanSchema.parse(plan) !== undefined));
  });
});

describe('the job id', () => {
  test('is a version-5 UUID that never changes for a plan', () => {
    expect(jobIdOf(planOf(1000, 1))).toBe('176d0bf5-99af-5462-a69f-d2df426839f1');
    expect(jobIdOf({ ...planOf(1000, 1), version: 1 })).toBe('df94d2b2-3522-5d75-b87b-1ee5c76da3aa');
    fc.assert(fc.property(anyPlan, (plan) => jobIdSchema.safeParse(jobIdOf(plan)).success));
  });

  test('differs as soon as any number of the plan does', () => {
    fc.assert(
      fc.property(
        anyPlan,
        fc.constantFrom('movies', 'movies_per_message', 'group_size', 'fan_out', 'seed', 'generator'),
        (plan, key) => {
          expect(jobIdOf({ ...plan, [key]: plan[key] + 1 })).not.toBe(jobIdOf(plan));
        },
      ),
    );
    expect(jobIdOf({ ...planOf(1, 1), nonce: 'other' })).not.toBe(jobIdOf(planOf(1, 1)));
  });
});

describe('the plan token', () => {
  test('is one word that encodes the plan', () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const token = planToToken(plan);
        expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(planFromToken(token)).toEqual(plan);
      }),
    );
  });

  test.each([
    '',
    'x',
    Buffer.from('[1]').toString('base64url'),
    Buffer.from('[1,"n",0,1,1,2,1,1]').toString('base64url'),
  ])('says what to do about %j', (token) => {
    expect(() => planFromToken(token)).toThrow(MovieLoadError);
    expect(() => planFromToken(token)).toThrow(/Copy the whole token/);
  });
});
