// Our types as attribute values of DynamoDB, and back.
import { describe, expect, test } from '@jest/globals';
import type { AttributeValue } from '@movie-load/aws';
import { UsageError } from '@movie-load/schema';
import {
  boundedSetSize,
  keyFromToken,
  keyToToken,
  movieFromValue,
  movieToValue,
  numberSet,
  plainValue,
  planToValue,
} from '../src/item.ts';
import { newPlan } from './support.ts';

const movie = { movie_id: 'm', title: 't', year: 1999, actor: 'a', director: 'd' };

describe('a movie in an item', () => {
  test('is read as it was written', () => {
    expect(movieFromValue(movieToValue(movie))).toEqual(movie);
  });

  test.each(['movie_id', 'title', 'year', 'actor', 'director'])('without %s is a bad item', (field) => {
    const { [field]: _, ...rest } = movieToValue(movie).M ?? {};
    expect(() => movieFromValue({ M: rest })).toThrow(expect.objectContaining({ code: 'bad_item' }));
    const other = { M: { ...rest, [field]: { BOOL: true } } };
    expect(() => movieFromValue(other)).toThrow(expect.objectContaining({ code: 'bad_item' }));
  });

  test('is a bad item if it is not a map', () => {
    expect(() => movieFromValue({ S: 'x' })).toThrow(expect.objectContaining({ code: 'bad_item' }));
  });
});

test.each<[AttributeValue, unknown]>([
  [{ S: '' }, ''],
  [{ N: '0' }, 0],
  [{ NS: ['3', '1'] }, new Set([3, 1])],
  [{ L: [{ S: 'a' }, { N: '1' }] }, ['a', 1]],
  [{ M: { a: { S: 'x' }, b: { L: [] } } }, { a: 'x', b: [] }],
  [{ BOOL: false }, false],
  [{ NULL: true }, null],
  [{ B: new Uint8Array(1) }, null],
])('the value %j is read as %p', (value, expected) => {
  expect(plainValue(value)).toEqual(expected);
});

test('a plan is a map of texts and numbers, and is read as it was written', () => {
  const plan = newPlan(10);
  expect(plainValue(planToValue(plan))).toEqual(plan);
});

test('a set has each number once, and its size is bounded', () => {
  expect(numberSet([3, 1, 3])).toEqual({ NS: ['3', '1'] });
  const key = { job_id: 'j', part: 'p' };
  expect(boundedSetSize({ NS: ['1', '2'] }, 2, key)).toBe(2);
  expect(boundedSetSize(undefined, 2, key)).toBe(0);
  expect(boundedSetSize({ S: 'x' }, 2, key)).toBe(0);
  expect(() => boundedSetSize({ NS: ['1', '2', '3'] }, 2, key)).toThrow(
    'The item j p has 3 numbers in its set, but at most 2 are valid.',
  );
});

describe('the token of a position in the list of jobs', () => {
  test('is one word, and is decoded to the same position', () => {
    const key = { kind: { S: 'job' }, count: { N: '3' } };
    expect(keyToToken(key)).toMatch(/^[\w-]+$/);
    expect(keyFromToken(keyToToken(key))).toEqual(key);
  });

  test.each([
    '',
    'x',
    Buffer.from('[]').toString('base64url'),
    Buffer.from('{"a":{"S":1}}').toString('base64url'),
    Buffer.from('{"a":{"B":"x"}}').toString('base64url'),
  ])('%j is refused', (token) => {
    expect(() => keyFromToken(token)).toThrow(UsageError);
  });
});
