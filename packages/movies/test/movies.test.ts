// Generated movies: their values, their ids, and how many of them fit into a message.
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import {
  encodeLoadMessage,
  jobIdOf,
  MAX_MOVIES,
  MAX_SEED,
  movieSchema,
  movieToJson,
  planJob,
  utf8Bytes,
} from '@movie-load/schema';
import fc from 'fast-check';
import {
  AUTO_MOVIES_PER_MESSAGE,
  GENERATOR_VERSION,
  generateMovies,
  largestMovie,
  largestMovieBytes,
  movieAt,
} from '../src/index.ts';
import { drawBelow, mix32, permute } from '../src/mix.ts';
import { FIRST_NAMES, LAST_NAMES } from '../src/names.ts';
import { PATTERNS } from '../src/titles.ts';

const seeds = fc.integer({ min: 0, max: MAX_SEED });
const indexes = fc.integer({ min: 0, max: MAX_MOVIES - 1 });

test('`drawBelow` returns whole numbers from 0 to its limit − 1 for the smallest to the largest draw', () => {
  for (const limit of [1, 2, 7, 126, 3000]) {
    expect([drawBelow(limit, 0), drawBelow(limit, 2 ** 31), drawBelow(limit, 2 ** 32 - 1)]).toEqual([
      0,
      Math.floor(limit / 2),
      limit - 1,
    ]);
  }
});

describe('movies', () => {
  test('the first 1,000 have not changed; when they must, GENERATOR_VERSION changes with them', () => {
    const lines = Array.from(generateMovies(1, { first: 0, count: 1000 }), movieToJson).join('\n');
    const sha256 = createHash('sha256').update(lines).digest('hex');
    expect({ version: GENERATOR_VERSION, sha256 }).toEqual({
      version: 1,
      sha256: '292d02cc91ac8cc6e0a0f848996601d7abe48189a9991a00b7d270b7262ead68',
    });
  });

  test('of a range are the same as those of a longer range, whatever the packing and the order', () => {
    const range = fc.record({
      first: fc.integer({ min: 0, max: MAX_MOVIES - 200 }),
      count: fc.integer({ min: 1, max: 200 }),
    });
    fc.assert(
      fc.property(seeds, range, fc.nat(199), (seed, { first, count }, offset) => {
        const all = [...generateMovies(seed, { first, count })];
        const position = offset % count;
        expect(all).toHaveLength(count);
        expect(movieAt(seed, first + position)).toEqual(all[position]);
        expect([...generateMovies(seed, { first: first + position, count: count - position })]).toEqual(
          all.slice(position),
        );
      }),
    );
  });

  test('are valid, from 1900 to 2025, and no larger than the bound', () => {
    const bound = largestMovieBytes();
    fc.assert(
      fc.property(seeds, indexes, (seed, index) => {
        const movie = movieAt(seed, index);
        expect(movieSchema.parse(movie)).toEqual(movie);
        expect(movie.year).toBeGreaterThanOrEqual(1900);
        expect(movie.year).toBeLessThanOrEqual(2025);
        expect(utf8Bytes(movieToJson(movie))).toBeLessThanOrEqual(bound);
      }),
      { numRuns: 2000 },
    );
  });

  test('have all years, many titles and names, and some letters beyond ASCII', () => {
    const movies = [...generateMovies(3, { first: 0, count: 20_000 })];
    expect(new Set(movies.map(({ year }) => year)).size).toBe(126);
    expect(new Set(movies.map(({ title }) => title)).size).toBeGreaterThan(10_000);
    expect(new Set(movies.map(({ actor }) => actor)).size).toBeGreaterThan(15_000);
    expect(movies.some(({ title }) => utf8Bytes(title) > title.length)).toBe(true);
  });

  test('outside of every job are refused', () => {
    expect(() => [...generateMovies(1, { first: MAX_MOVIES, count: 1 })]).toThrow(RangeError);
    expect(() => [...generateMovies(1, { first: -1, count: 1 })]).toThrow(RangeError);
    expect(() => [...generateMovies(1, { first: MAX_MOVIES - 1, count: 2 })]).toThrow(RangeError);
    expect([...generateMovies(1, { first: MAX_MOVIES - 1, count: 1 })]).toEqual([movieAt(1, MAX_MOVIES - 1)]);
  });
});

describe('movie ids', () => {
  const firstAndLast = (id: string): [number, number] => [
    Number.parseInt(id.slice(0, 8), 16),
    Number.parseInt(id.slice(28), 16),
  ];

  /** Undoes `permute`. Because that is possible for every pair, no two inputs have the same pair. */
  function unpermute(left: number, right: number): [number, number] {
    let [l, r] = [left, right];
    for (let round = 4; round >= 1; round--) {
      [l, r] = [(r ^ mix32(l + Math.imul(round, 0x9e3779b9))) >>> 0, l];
    }
    return [l, r];
  }

  test('contain seed and index, so no two movies of any seeds have the same id', () => {
    fc.assert(
      fc.property(seeds, indexes, (seed, index) => {
        const pair = permute(seed, index);
        expect(unpermute(...pair)).toEqual([seed, index]);
        expect(firstAndLast(movieAt(seed, index).movie_id)).toEqual(pair);
      }),
      { numRuns: 5000 },
    );
  });

  test('of 100,000 movies of one seed are distinct', () => {
    const ids = new Set(Array.from(generateMovies(9, { first: 0, count: 100_000 }), ({ movie_id }) => movie_id));
    expect(ids.size).toBe(100_000);
  });

  test('look like random version-4 UUIDs: every free bit is 0 and 1 about equally often', () => {
    const ones = Array.from({ length: 128 }, () => 0);
    const count = 4000;
    for (const { movie_id } of generateMovies(0, { first: 0, count })) {
      expect(movie_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      const bits = BigInt(`0x${movie_id.replaceAll('-', '')}`);
      for (let bit = 0; bit < 128; bit++) ones[bit] = (ones[bit] ?? 0) + Number((bits >> BigInt(bit)) & 1n);
    }
    const uneven = ones.flatMap((n, bit) => (Math.abs(n - count / 2) > count / 10 ? [bit] : []));
    // Counted from the last bit: two bits of the variant, four of the version.
    expect(uneven).toEqual([62, 63, 76, 77, 78, 79]);
  });
});

describe('an automatic number of movies per message', () => {
  test('is computed from the words that have the most bytes in JSON', () => {
    const bytes = (text: string) => utf8Bytes(JSON.stringify(text));
    const longest = (texts: readonly string[]) => Math.max(...texts.map(bytes)) - 2;
    expect(movieSchema.safeParse(largestMovie()).success).toBe(true);
    const { title, actor, director } = largestMovie();
    expect(bytes(actor) - 2).toBe(longest(FIRST_NAMES) + 1 + longest(LAST_NAMES));
    expect(director).toBe(actor);
    const titles = PATTERNS.map((slots) =>
      slots.reduce((sum, slot) => sum + (typeof slot === 'string' ? bytes(slot) - 2 : longest(slot)), 0),
    );
    expect(bytes(title) - 2).toBe(Math.max(...titles));
  });

  test('fills about 64 KiB and never more, whatever the job, even if every movie were the largest', () => {
    const count = AUTO_MOVIES_PER_MESSAGE;
    const largest = largestMovie();
    const plan = planJob({
      nonce: 'n'.repeat(64),
      movies: MAX_MOVIES,
      movies_per_message: count,
      seed: MAX_SEED,
      generator: 1_000_000,
    });
    const body = encodeLoadMessage({
      job_id: jobIdOf(plan),
      plan: { ...plan, group_size: 200 },
      group: MAX_MOVIES,
      number: MAX_MOVIES,
      started_on: '2026-11-25T09:12:54.000Z',
      movies: Array.from({ length: count }, () => largest),
    });
    expect(utf8Bytes(body)).toBeLessThanOrEqual(64 * 1024);
    expect(utf8Bytes(body)).toBeGreaterThan(60 * 1024);
  });
});
