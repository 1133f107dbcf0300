// The parts of a job's object: their sizes, and which plans are refused because of them.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  groupsBelow,
  groupsOfPart,
  type JobPlan,
  jobPlanSchema,
  MAX_FAN_OUT,
  MAX_GROUP_MOVIES,
  MAX_PART_BYTES,
  MAX_PARTS,
  MIN_PART_BYTES,
  MIN_PART_MOVIES,
  movieSchema,
  moviesOfPart,
  movieToJson,
  partsOf,
  planJob,
  treeOf,
  utf8Bytes,
} from '../src/index.ts';
import { plannedJob } from './arbitraries.ts';

const shortest = {
  movie_id: '00000000-0000-4000-8000-000000000000',
  title: 'x',
  year: 1870,
  actor: 'x',
  director: 'x',
};
/** A quotation mark has two bytes in JSON; no valid text has more than twice its own bytes there: see the test below. */
const LONGEST_TEXT = '"'.repeat(1024);
const longest = { ...shortest, title: LONGEST_TEXT, actor: LONGEST_TEXT, director: LONGEST_TEXT };
const SEPARATOR_BYTES = 2;
const [shortestBytes, longestBytes] = [shortest, longest].map(
  (movie) => utf8Bytes(movieToJson(movie)) + SEPARATOR_BYTES,
) as [number, number];

/** Every plan that `planJob` makes; often near the sizes where the number of parts or of groups changes. */
const everyPlan = fc.oneof(
  plannedJob,
  fc
    .record({
      parts: fc.integer({ min: 1, max: 1900 }),
      by: fc.integer({ min: -70_000, max: 70_000 }),
      movies_per_message: fc.oneof(fc.constantFrom(1, 32, 33, 325, 328, 5000), fc.integer({ min: 1, max: 5000 })),
      groups: fc.option(fc.integer({ min: 1, max: 64 }), { nil: undefined }),
    })
    .map(({ parts, by, movies_per_message, groups }) =>
      planJob({
        nonce: 'n',
        movies: Math.max(1, parts * MIN_PART_MOVIES + by),
        movies_per_message,
        seed: 1,
        generator: 1,
        groups,
      }),
    ),
);

function checkParts(plan: JobPlan) {
  const shape = partsOf(plan);
  const { parts } = shape;
  expect(parts).toBeGreaterThanOrEqual(1);
  expect(parts).toBeLessThanOrEqual(MAX_PARTS);
  let next = 0;
  for (let part = 0; part < parts; part += 1) {
    const { first, count } = moviesOfPart(plan, shape, part);
    // Without `expect`: this runs millions of times.
    if (first !== next || count < 1) throw new Error(`part ${part} begins at ${first}, not at ${next}`);
    if (part < parts - 1 && count * shortestBytes < MIN_PART_BYTES) throw new Error(`part ${part} may be too small`);
    if (count * longestBytes + SEPARATOR_BYTES > MAX_PART_BYTES) throw new Error(`part ${part} may be too large`);
    next = first + count;
  }
  expect(next).toBe(plan.movies);
}

describe('the parts of an object', () => {
  test('have just enough movies that the shortest valid ones fill S3’s minimum', () => {
    expect(movieSchema.safeParse(shortest).success).toBe(true);
    expect(movieSchema.safeParse(longest).success).toBe(true);
    for (const key of ['title', 'actor', 'director'] as const) {
      expect(movieSchema.safeParse({ ...shortest, [key]: '' }).success).toBe(false);
    }
    expect(movieSchema.safeParse({ ...shortest, year: 999 }).success).toBe(false);
    expect(movieSchema.safeParse({ ...shortest, movie_id: shortest.movie_id.slice(1) }).success).toBe(false);
    expect(MIN_PART_MOVIES).toBe(Math.ceil(MIN_PART_BYTES / shortestBytes));
    expect(MIN_PART_MOVIES).toBe(50_413);
  });

  test('have texts of at most twice their bytes in JSON', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }), (title) => {
        fc.pre(movieSchema.safeParse({ ...shortest, title }).success);
        expect(utf8Bytes(JSON.stringify(title)) - 2).toBeLessThanOrEqual(2 * utf8Bytes(title));
      }),
      { numRuns: 2000 },
    );
  });

  test('of every plan of planJob have each movie once, and legal sizes', () => {
    fc.assert(fc.property(everyPlan, checkParts), { numRuns: 300 });
  });

  test('of every other plan of version 2 have each movie once and legal sizes, or the plan is refused', () => {
    const anything = fc
      .record({
        plan: everyPlan,
        version: fc.constantFrom(1, 2),
        group_size: fc.integer({ min: 1, max: 200 }),
        fan_out: fc.integer({ min: 2, max: 256 }),
      })
      .map(({ plan, ...others }) => ({ ...plan, ...others }));
    let accepted = 0;
    fc.assert(
      fc.property(anything, (plan) => {
        const parsed = jobPlanSchema.safeParse(plan);
        if (!parsed.success) return;
        accepted += 1;
        // The groups of version 1 are bounded by SQS's limit for a message, not by the plan.
        if (parsed.data.version === 2) checkParts(parsed.data);
        const { partLevel, fanOuts } = treeOf(parsed.data);
        if (partLevel === 1) expect(fanOuts[1]).toBeLessThanOrEqual(MAX_FAN_OUT);
      }),
      { numRuns: 300 },
    );
    expect(accepted).toBeGreaterThan(60);
  });

  test('are the nodes of the level above the ledgers, or the ledgers', () => {
    fc.assert(
      fc.property(everyPlan, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (plan, where) => {
        const parts = partsOf(plan);
        const tree = treeOf(plan);
        if (parts.parts === 1) expect(tree.partLevel).toBeUndefined();
        if (tree.partLevel === undefined) return;
        expect(tree.levels[tree.partLevel]).toBe(parts.parts);
        const part = Math.floor(where * parts.parts);
        expect(groupsBelow(tree, tree.partLevel, part)).toEqual(groupsOfPart(plan, parts, part));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['one movie a message', 1, 30_000, 1, undefined],
    ['a job that is sure to fill a part', 1, MIN_PART_MOVIES, 1, undefined],
    // A part of this job is 253 groups of 200 movies.
    ['the largest job of one part', 1, 50_600, 1, undefined],
    ['the smallest of two', 1, 50_601, 2, 1],
    ['packed', 325, 1_000_000, 16, 1],
    ['packed, large groups: the ledger is the part', 325, 5_000_000, 77, 0],
    ['the largest messages', 5000, 100_000_000, 1539, 0],
    ['the largest job', 1, 100_000_000, 1977, 1],
  ])('are as many as expected: %s', (_, movies_per_message, movies, parts, partLevel) => {
    const plan = planJob({ nonce: 'n', movies, movies_per_message, seed: 1, generator: 1 });
    expect(partsOf(plan).parts).toBe(parts);
    expect(treeOf(plan).partLevel).toBe(partLevel);
  });
});

describe('a plan', () => {
  const plan = planJob({ nonce: 'n', movies: 10_000_000, movies_per_message: 100, seed: 1, generator: 1 });

  test.each([
    ['is refused when its groups are too large', { movies_per_message: 5000, group_size: 14 }, false],
    ['is accepted with the largest groups', { movies_per_message: 5000, group_size: 13 }, true],
    ['is refused when 256 of its groups do not fill a part', { movies_per_message: 1, group_size: 196 }, false],
    ['is accepted with the smallest groups of which 256 fill a part', { movies_per_message: 1, group_size: 197 }, true],
    [
      'is accepted with smaller groups when the job has one part anyway',
      { movies: 50_413, movies_per_message: 1, group_size: 1 },
      true,
    ],
    [
      'is accepted with larger groups when the job has fewer movies',
      { movies: 10, movies_per_message: 5000, group_size: 200 },
      true,
    ],
    [
      'is accepted with groups of any size when it is of version 1',
      { version: 1, movies_per_message: 5000, group_size: 200 },
      true,
    ],
    ['is refused when its version is not known', { version: 3 }, false],
  ])('%s', (_, changes, isAccepted) => {
    expect(jobPlanSchema.safeParse({ ...plan, ...changes }).success).toBe(isAccepted);
    expect(MAX_GROUP_MOVIES).toBe(65_536);
  });
});

test('a part outside of the object is refused', () => {
  const plan = planJob({ nonce: 'n', movies: 200_000, movies_per_message: 1, seed: 1, generator: 1 });
  const shape = partsOf(plan);
  for (const part of [-1, shape.parts])
    expect(() => groupsOfPart(plan, shape, part)).toThrow(`part ${part} of an object of ${shape.parts} parts`);
  expect(MAX_PART_BYTES).toBe(5 * 2 ** 30);
});

test('a part has as few groups as are sure to fill it', () => {
  const of = (movies_per_message: number, group_size: number) => {
    const plan = {
      ...planJob({ nonce: 'n', movies: 1, movies_per_message: 1, seed: 1, generator: 1 }),
      movies: 1_000_000,
    };
    return partsOf({ ...plan, movies_per_message, group_size }).groupsPerPart;
  };
  // 50,413 movies fill a part: 11 × 4,583 are as many, 12 × 4,201 are one less.
  expect([of(4583, 11), of(4201, 12)]).toEqual([1, 2]);
});
