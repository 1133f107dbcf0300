// The sizes of movies and items by DynamoDB’s rules, and how a batch is cut into slices.
import { describe, expect, test } from '@jest/globals';
import type { AttributeValue } from '@movie-load/aws';
import { MAX_MOVIES, type Movie, TEXT_LIMIT_BYTES, utf8Bytes } from '@movie-load/schema';
import fc from 'fast-check';
import { movieToValue } from '../src/item.ts';
import { movieBytes, SLICE_LIMIT_BYTES } from '../src/sizing.ts';
import { cutSlices } from '../src/slices.ts';
import { itemBytes, MAX_ITEM_BYTES, valueBytes } from './item-bytes.ts';
import { batchOf, newPlan } from './support.ts';

const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 300 })
  .filter((value) => value.isWellFormed() && utf8Bytes(value) <= TEXT_LIMIT_BYTES);
const movie: fc.Arbitrary<Movie> = fc.record({
  movie_id: fc.uuid(),
  title: text,
  year: fc.integer({ min: 1870, max: 2200 }),
  actor: text,
  director: text,
});

/** DynamoDB's rule for a number, independent of the code under test: two digits a byte, one more, one for a sign. */
const officialNumber = (text: string) =>
  Math.ceil(text.replace('-', '').replace(/0+$/, '').length / 2) + 1 + (text.startsWith('-') ? 1 : 0);

/** The size of a value by the rules of the developer guide, without our shortcuts. */
function officialBytes(value: AttributeValue): number {
  if (value.S !== undefined) return new TextEncoder().encode(value.S).length;
  if (value.N !== undefined) return officialNumber(value.N);
  if (value.NS !== undefined) return value.NS.reduce((sum, one) => sum + officialNumber(one), 0);
  if (value.L !== undefined) return 3 + value.L.reduce((sum, one) => sum + 1 + officialBytes(one), 0);
  const entries = Object.entries(value.M ?? {});
  return 3 + entries.reduce((sum, [name, one]) => sum + 1 + name.length + officialBytes(one), 0);
}

describe('sizes by DynamoDB’s rules', () => {
  test('a movie’s share of its slice is the size of its attribute value and one byte for its place in the list', () => {
    fc.assert(fc.property(movie, (one) => expect(movieBytes(one)).toBe(valueBytes(movieToValue(one)) + 1)));
  });

  test('a value is measured with at least the bytes of the developer guide’s rules, and at most three more', () => {
    fc.assert(
      fc.property(movie, (one) => {
        const value = movieToValue(one);
        expect(valueBytes(value)).toBeGreaterThanOrEqual(officialBytes(value));
        expect(valueBytes(value)).toBeLessThanOrEqual(officialBytes(value) + 3);
      }),
    );
  });

  test.each([
    [{ S: 'Å' }, 2],
    [{ S: '🎬' }, 4],
    [{ L: [] }, 3],
    [{ M: {} }, 3],
    [{ BOOL: true }, 1],
    [{ NULL: true }, 1],
    [{ B: new Uint8Array(5) }, 5],
    [{ SS: ['ab', 'c'] }, 3],
    [{ BS: [new Uint8Array(2)] }, 2],
  ] as [AttributeValue, number][])('%j has %i bytes', (value, bytes) => {
    expect(valueBytes(value)).toBe(bytes);
  });

  test('an attribute’s name counts', () => {
    expect(itemBytes({ job_id: { S: 'abc' } })).toBe(9);
  });
});

describe('cutting a batch into slices', () => {
  const origin = { startedOn: 0, storedOn: 5_000_000, storedBy: 'i'.repeat(200) };

  /** Batches of one group, in any order, with gaps, of movies of any size. */
  const batch = fc
    .record({
      perMessage: fc.integer({ min: 1, max: 400 }),
      numbers: fc.uniqueArray(fc.integer({ min: 0, max: 14 }), { minLength: 1, maxLength: 10 }),
      offset: fc.constantFrom(0, 20, 9_000),
      size: fc.constantFrom(1, 30, 500, 1024),
    })
    .map(({ perMessage, numbers, offset, size }) => {
      const plan = { ...newPlan(10_000 * perMessage, perMessage), group_size: 20 };
      const made = batchOf(plan, [offset]);
      const long = 'é'.repeat(Math.ceil(size / 2)).slice(0, size);
      const movieAt = (index: number): Movie => ({
        movie_id: '00000000-0000-4000-8000-000000000000',
        title: `${index}`,
        year: 1999,
        actor: long,
        director: long,
      });
      const messages = numbers.map((number) => ({
        number: number + offset,
        movies: Array.from({ length: perMessage }, (_, at) => movieAt((number + offset) * perMessage + at)),
        sent_on: 4_000_000,
        received_on: 4_000_001,
        receives: 1,
      }));
      return { ...made, messages };
    });

  test('puts each movie into one slice, at the index that the slice’s key has, and no slice is too large', () => {
    fc.assert(
      fc.property(batch, (given) => {
        const items = cutSlices(given, origin);
        const indexes: number[] = [];
        for (const item of items) {
          expect(itemBytes(item)).toBeLessThanOrEqual(SLICE_LIMIT_BYTES);
          const first = Number(item.first?.N);
          const titles = item.movies?.L?.map((value) => Number(value.M?.title?.S)) ?? [];
          expect(item.part?.S).toBe(`movies#${String(first).padStart(12, '0')}+${titles.length}`);
          expect(titles).toEqual(titles.map((_, at) => first + at));
          indexes.push(...titles);
        }
        const wanted = given.messages.flatMap((message) => message.movies.map((one) => Number(one.title)));
        expect(indexes).toEqual(wanted.toSorted((a, b) => a - b));
      }),
      { numRuns: 60 },
    );
  });

  test('makes as few items as fit: a slice’s first movie would not have fitted into the slice before', () => {
    let compared = 0;
    fc.assert(
      fc.property(batch, (given) => {
        const items = cutSlices(given, origin);
        for (const [at, item] of items.entries()) {
          const before = items[at - 1];
          if (before === undefined) continue;
          const follows = Number(before.first?.N) + (before.movies?.L?.length ?? 0) === Number(item.first?.N);
          const [movieValue] = item.movies?.L ?? [];
          if (!follows || movieValue === undefined) continue;
          compared += 1;
          // The frame and a message's trace are estimated a little too large.
          expect(itemBytes(before) + valueBytes(movieValue) + 1700).toBeGreaterThan(SLICE_LIMIT_BYTES);
        }
      }),
      { numRuns: 60 },
    );
    expect(compared).toBeGreaterThan(0);
  });

  test('counts the trace of its messages: 130 movies of 3,073 bytes fit into a slice, but not with ten messages', () => {
    const plan = { ...newPlan(10_000, 13), group_size: 20 };
    const text = 'x'.repeat(998);
    const movie: Movie = {
      movie_id: '00000000-0000-4000-8000-000000000000',
      ...{ title: text, year: 1999, actor: text, director: text },
    };
    expect(movieBytes(movie)).toBe(3073);
    const made = batchOf(plan, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const messages = made.messages.map((message) => ({ ...message, movies: Array.from({ length: 13 }, () => movie) }));
    const slices = cutSlices({ ...made, messages }, { ...origin, storedBy: 'i' });
    expect(slices.map(({ movies }) => movies?.L?.length)).toEqual([129, 1]);
  });

  test('has a limit that is smaller than DynamoDB’s', () => {
    expect(SLICE_LIMIT_BYTES).toBeLessThan(MAX_ITEM_BYTES);
  });

  test('has enough digits in a slice’s key for every movie, so that keys are in the order of the movies', () => {
    expect(MAX_MOVIES).toBeLessThan(10 ** 12);
  });

  test('makes an item of two write units of a full receive of single movies, its trace included', () => {
    const plan = newPlan(1_000_000);
    const numbers = Array.from({ length: 10 }, (_, at) => 900_000 + at);
    const [item, ...more] = cutSlices(batchOf(plan, numbers), {
      startedOn: 0,
      storedOn: 3_600_000,
      storedBy: 'ip-10-0-12-34.eu-west-1.compute.internal-4711',
    });
    expect(more).toEqual([]);
    expect(itemBytes(item ?? {})).toBeLessThanOrEqual(2048);
  });
});
