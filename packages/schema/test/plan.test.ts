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

  test('gives small jobs parallelism and large jobs few ledgers', () => {
    fc.assert(
      fc.property(plannedJob, (plan) => {
        const { messages, groups } = shapeOf(plan);
        const maxGroupSize = Math.floor(MAX_GROUP_MOVIES / plan.movies_per_message);
        expect(groups).toBeGreaterThanOrEqual(Math.min(Math.ceil(messages / 10), 32));
        expect(groups).toBeLessThanOrEqual(Math.max(64, Math.ceil(messages / Math.min(200, maxGroupSize))));
      }),
      { numRuns: 500 },
    );
  });

  test('makes as many groups as are requested, unless a group would have more than 200 messages', () => {
    const request = fc.record({
      movies: fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 10_000_000 })),
      movies_per_message: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 5000 })),
      groups: fc.integer({ min: 1, max: 64 }),
    });
    fc.assert(
      fc.property(request, (wanted) => {
        const { messages, groups } = shapeOf(planJob({ nonce: 'n', seed: 1, generator: 1, ...wanted }));
        const maxGroupSize = Math.min(200, Math.floor(MAX_GROUP_MOVIES / wanted.movies_per_message));
        expect(groups).toBeLessThanOrEqual(Math.max(wanted.groups, Math.ceil(messages / maxGroupSize)));
        expect(groups).toBeGreaterThan(Math.min(messages, wanted.groups) / 2);
      }),
      { numRuns: 500 },
    );
    const plan = planJob({ nonce: 'n', movies: 1000, movies_per_message: 1, seed: 1, generator: 1, groups: 8 });
    expect(shapeOf(plan).groups).toBe(8);
  });

  // At each limit: a job is packed with more than 32 movies a message, 640 messages are no longer few, groups are
  // whole batches.
  test.each([
    [320, 32, 10],
    [330, 33, 1],
    [33 * 64, 33, 1],
    [33 * 65, 33, 2],
    [33 * 639, 33, 10],
    [33 * 641, 33, 20],
    [640, 1, 10],
    [641, 1, 20],
    [1280, 1, 20],
    [1281, 1, 30],
    [200 * 64, 1, 200],
    [200 * 64 + 1, 1, 200],
    [100_000_000, 5000, 13],
    [100_000_000, 328, 199],
    [100_000_000, 327, 200],
  ])('makes groups of the right size for %d movies, %d a message: %d messages', (movies, perMessage, groupSize) => {
    expect(planOf(movies, perMessage).group_size).toBe(groupSize);
  });

  test('keeps the request, and adds version 2 and the largest fan-out', () => {
    expect(planOf(1000, 1)).toEqual({
      version: 2,
      nonce: 'n',
      movies: 1000,
      movies_per_message: 1,
      group_size: 20,
      fan_out: 256,
      seed: 1,
      generator: 1,
    });
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

  test('changes with every number of the plan', () => {
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
  ])('is refused with what to do about %j', (token) => {
    expect(() => planFromToken(token)).toThrow(MovieLoadError);
    expect(() => planFromToken(token)).toThrow(/Copy the whole token/);
  });
});

describe('a plan', () => {
  const good = planOf(1000, 1);
  const isTaken = (more: object) => jobPlanSchema.safeParse({ ...good, ...more }).success;

  test.each([
    ['movies', 1, 100_000_000],
    ['movies_per_message', 1, 5000],
    ['group_size', 1, 200],
    ['fan_out', 2, 256],
    ['seed', 0, 2 ** 32 - 1],
    ['generator', 1, 1_000_000],
  ] as const)('has %s from %d to %d', (key, min, max) => {
    // Plans of version 1 do not bound groups.
    const v1 = { version: 1, group_size: 1 };
    expect([min - 1, min, max, max + 1].map((value) => isTaken({ ...v1, [key]: value }))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(isTaken({ ...v1, [key]: min + 0.5 })).toBe(false);
  });

  test('has a nonce of 1 to 64 letters, digits, dots, hyphens and underscores', () => {
    expect(['a', 'A9._-', 'n'.repeat(64)].every((nonce) => isTaken({ nonce }))).toBe(true);
    expect(['', 'a b', 'ü', 'a\n', 'n'.repeat(65)].filter((nonce) => isTaken({ nonce }))).toEqual([]);
  });

  test('has groups of at most 65,536 movies, or of all movies of a smaller job', () => {
    expect(isTaken({ movies: 65_536, movies_per_message: 4096, group_size: 16 })).toBe(true);
    expect(isTaken({ movies: 65_537, movies_per_message: 4096, group_size: 16 })).toBe(true);
    expect(isTaken({ movies: 65_537, movies_per_message: 4096, group_size: 17 })).toBe(false);
    expect(isTaken({ movies: 65_536, movies_per_message: 4096, group_size: 17 })).toBe(true);
  });

  test('of more than one part has enough movies in 256 groups to fill it', () => {
    // 50,413 movies, or 256 groups of 197, are sure to fill a part.
    expect(isTaken({ movies: 50_413, group_size: 1 })).toBe(true);
    expect(isTaken({ movies: 50_414, group_size: 196 })).toBe(false);
    expect(isTaken({ movies: 50_414, group_size: 197 })).toBe(true);
    expect(isTaken({ version: 1, movies: 50_414, group_size: 196 })).toBe(true);
  });

  test('has a token of exactly eight values', () => {
    const tokenOf = (tuple: unknown) => Buffer.from(JSON.stringify(tuple)).toString('base64url');
    const tuple = JSON.parse(Buffer.from(planToToken(good), 'base64url').toString());
    expect(planFromToken(tokenOf(tuple))).toEqual(good);
    for (const wrong of [tuple.slice(0, 7), [...tuple, 1], { length: 8 }])
      expect(() => planFromToken(tokenOf(wrong))).toThrow(MovieLoadError);
  });

  // Of the last 256 plans the ids are cached.
  test('has the same id after 600 other plans, each of which has its own', () => {
    const id = jobIdOf(good);
    const ids = new Set(Array.from({ length: 600 }, (_, seed) => jobIdOf({ ...good, seed })));
    expect(ids.size).toBe(600);
    expect(jobIdOf(good)).toBe(id);
  });
});
