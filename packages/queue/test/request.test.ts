// Requests at their limits.
import { expect, test } from '@jest/globals';
import { AUTO_MOVIES_PER_MESSAGE, GENERATOR_VERSION } from '@movie-load/movies';
import { MAX_MOVIES, MAX_MOVIES_PER_MESSAGE, MAX_SEED } from '@movie-load/schema';
import { jobRequestSchema, needsYes, nonceSchema, planOf } from '../src/request.ts';

test('a request with the seed 0 has that seed; without one it follows from the nonce', () => {
  const request = { movies: 10, movies_per_message: 1, nonce: 'a' } as const;
  expect(planOf({ ...request, seed: 0 }).seed).toBe(0);
  expect(planOf(request).seed).toBe(planOf(request).seed);
  expect(planOf(request).seed).not.toBe(planOf({ ...request, nonce: 'b' }).seed);
});

test('a plan has the requested groups, seed and nonce, and for `auto` a constant number of movies a message', () => {
  const request = { movies: 1000, movies_per_message: 1, nonce: 'a', seed: 5 } as const;
  expect(planOf(request)).toMatchObject({ group_size: 20, seed: 5, nonce: 'a', generator: GENERATOR_VERSION });
  expect(planOf({ ...request, groups: 10 })).toMatchObject({ group_size: 100, movies_per_message: 1 });
  const { movies_per_message } = planOf({ ...request, movies_per_message: 'auto' });
  expect(movies_per_message).toBe(AUTO_MOVIES_PER_MESSAGE);
  // Without a seed it is the first four bytes of the nonce's SHA-256: a restart must send the same movies.
  expect(planOf({ ...request, seed: undefined, nonce: 'b' }).seed).toBe(0x3e_23_e8_16);
});

test('a request body is accepted within its bounds, and an error says what would be valid', () => {
  const accepts = (field: string, ...values: readonly unknown[]) =>
    values.map((value) => jobRequestSchema.safeParse({ movies: 1, [field]: value }).success);
  expect(jobRequestSchema.parse({ movies: 1 })).toEqual({ movies: 1, movies_per_message: 1 });
  expect(accepts('movies', 0, 1, MAX_MOVIES, MAX_MOVIES + 1, 1.5, '1')).toEqual([
    false,
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(
    accepts('movies_per_message', 0, 1, MAX_MOVIES_PER_MESSAGE, MAX_MOVIES_PER_MESSAGE + 1, 'auto', 'all'),
  ).toEqual([...[false, true, true, false, true, false]]);
  expect(accepts('seed', -1, 0, MAX_SEED, MAX_SEED + 1)).toEqual([false, true, true, false]);
  expect(accepts('yes', true, false, 'true', 1)).toEqual([true, true, false, false]);
  expect(accepts('film', 1)).toEqual([false]);
  const textOf = (body: object) => jobRequestSchema.safeParse(body).error?.issues[0]?.message;
  expect(textOf({ movies: 0 })).toBe('must be a whole number from 1 to 100000000');
  expect(textOf({ movies: 1, movies_per_message: 'all' })).toBe('must be "auto" or a whole number from 1 to 5000');
  expect(textOf({ movies: 1, yes: 1 })).toBe('must be true or false');
});

test('a nonce is a word of up to 64 characters', () => {
  const isNonce = (nonce: string) =>
    nonceSchema.safeParse(nonce).success && jobRequestSchema.safeParse({ movies: 1, nonce }).success;
  expect(['a', 'A.b_c-9', 'x'.repeat(64)].map(isNonce)).toEqual([true, true, true]);
  expect(['', 'a b', 'a/b', 'ä', 'x'.repeat(65), 'a\n'].map(isNonce)).toEqual([
    false,
    false,
    false,
    false,
    false,
    false,
  ]);
});

test('more than a million movies need `yes: true`', () => {
  expect(needsYes({ movies: 1_000_000 })).toBe(false);
  expect(needsYes({ movies: 1_000_001 })).toBe(true);
  expect(needsYes({ movies: 1_000_001, yes: true })).toBe(false);
  for (const yes of ['true', 1, false]) expect(needsYes({ movies: 1_000_001, yes })).toBe(true);
});
