// Values exactly at each limit and just beyond it: which are accepted, which are refused, and the text of the refusal.
import { describe, expect, test } from '@jest/globals';
import type { z } from 'zod';
import {
  checkLoadMessage,
  cutUtf8,
  encodeLoadMessage,
  groupKey,
  groupOfMessage,
  jobIdOf,
  jobItemSchema,
  jobPlanSchema,
  loadMessageSchema,
  MAX_MOVIES,
  MAX_MOVIES_PER_MESSAGE,
  MAX_PARTS,
  MIN_PART_BYTES,
  MIN_PART_MOVIES,
  messageOfMovie,
  misspeltSettings,
  movieSchema,
  NO_COUNTS,
  planFromToken,
  planJob,
  serviceReportSchema,
  shapeOf,
} from '../src/index.ts';
import { MAX_PART_BYTES } from '../src/part-size.ts';

const plan = planJob({ nonce: 'limits', movies: 45, movies_per_message: 2, seed: 1, generator: 1 });
const movie = {
  movie_id: '00000000-0000-4000-8000-000000000000',
  title: 't',
  year: 1999,
  actor: 'a',
  director: 'd',
};
const message = {
  job_id: jobIdOf(plan),
  plan,
  group: 0,
  number: 0,
  started_on: '2026-11-25T09:00:00.000Z',
  movies: [movie, movie],
};

/** Whether a schema accepts each of the values of a field. */
const accepts = (schema: z.ZodType, whole: object, field: string, ...values: readonly unknown[]) =>
  values.map((value) => schema.safeParse({ ...whole, [field]: value }).success);

describe('a movie', () => {
  test('has a year from 1870 to 2200', () => {
    expect(accepts(movieSchema, movie, 'year', 1869, 1870, 2200, 2201, 1999.5)).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  test.each(['title', 'actor', 'director'])('has %s of 1 to 1,024 bytes', (field) => {
    const texts = ['', 'x', 'x'.repeat(1024), 'é'.repeat(512), 'x'.repeat(1025), `é${'x'.repeat(1023)}`];
    expect(accepts(movieSchema, movie, field, ...texts)).toEqual([false, true, true, true, false, false]);
  });
});

describe('a message', () => {
  test('has a group and a number from 0 on, and 1 to 5,000 movies', () => {
    for (const field of ['group', 'number']) {
      expect(accepts(loadMessageSchema, message, field, -1, 0, MAX_MOVIES, MAX_MOVIES + 1)).toEqual([
        false,
        true,
        true,
        false,
      ]);
    }
    const movies = (count: number) => Array.from({ length: count }, () => movie);
    expect(
      accepts(
        loadMessageSchema,
        message,
        'movies',
        [],
        movies(1),
        movies(MAX_MOVIES_PER_MESSAGE),
        movies(MAX_MOVIES_PER_MESSAGE + 1),
      ),
    ).toEqual([false, true, true, false]);
  });

  test('is within its plan up to the last number and the last group', () => {
    const { messages, groups } = shapeOf(plan);
    expect([messages, groups]).toEqual([23, 3]);
    const check = (number: number, group: number, count: number) => {
      const body = encodeLoadMessage({ ...message, number, group, movies: Array.from({ length: count }, () => movie) });
      const checked = checkLoadMessage(body, groupKey(message.job_id, group));
      return checked.ok ? 'ok' : checked.detail;
    };
    expect(check(22, 2, 1)).toBe('ok');
    expect(check(22, 2, 2)).toBe('2 movies where the plan has 1');
    expect(check(23, 2, 1)).toBe('message 23 of a job of 23');
    expect(check(9, 0, 2)).toBe('ok');
    expect(check(10, 0, 2)).toBe('message 10 is not in group 0');
    expect(check(10, 1, 2)).toBe('ok');
  });

  test.each<[object, string]>([
    [{ group: undefined }, 'group is missing'],
    [{ group: 'x' }, 'group is not of the right type'],
    [{ group: -1 }, 'group is too small'],
    [{ group: MAX_MOVIES + 1 }, 'group is too large'],
    [{ film: 1 }, 'the body has unknown fields'],
    [{ started_on: 'now' }, 'started_on does not have the right form'],
    [{ movies: [{ ...movie, title: '' }, movie] }, 'movies.0.title is not allowed: custom'],
    [
      { group: 'x', number: 'x', started_on: 1, movies: 1 },
      'group is not of the right type; number is not of the right type; started_on is not of the right type',
    ],
  ])('with %j is refused with a text that does not quote the sender', (changes, detail) => {
    const checked = checkLoadMessage(JSON.stringify({ ...message, ...changes }), groupKey(message.job_id, 0));
    expect(checked).toMatchObject({ ok: false, reason: 'wrong_shape', detail });
  });

  test('of another type than an object, or whose plan has no version, is of the wrong shape', () => {
    for (const body of ['1', 'null', '[]', '{}', '{"plan":{}}', '{"plan":{"version":"2"}}']) {
      expect(checkLoadMessage(body, undefined)).toMatchObject({ ok: false, reason: 'wrong_shape' });
    }
  });
});

describe('at its limits', () => {
  test('a group has as many messages as its plan says, and a message as many movies', () => {
    const shape = { ...shapeOf(plan), groupSize: 10 };
    expect([0, 9, 10, 19, 20].map((number) => groupOfMessage(shape, number))).toEqual([0, 0, 1, 1, 2]);
    expect([0, 1, 2, 43, 44].map((index) => messageOfMovie(plan, index))).toEqual([0, 0, 1, 21, 22]);
  });

  test('a part has the sizes of S3', () => {
    expect([MIN_PART_BYTES, MAX_PART_BYTES, MAX_PARTS]).toEqual([5_242_880, 5_368_709_120, 10_000]);
    expect(MIN_PART_MOVIES).toBe(50_413);
  });

  test('a plan whose groups just fill the parts of an object is accepted, one with smaller groups is not', () => {
    // 256 groups of 197 movies fill a part; of 196 they do not.
    const large = { ...planJob({ nonce: 'n', movies: 1_000_000, movies_per_message: 1, seed: 1, generator: 1 }) };
    expect(accepts(jobPlanSchema, large, 'group_size', 196, 197)).toEqual([false, true]);
    const small = { ...large, group_size: 1 };
    expect(accepts(jobPlanSchema, small, 'movies', MIN_PART_MOVIES, MIN_PART_MOVIES + 1)).toEqual([true, false]);
  });

  // A job is packed if it has more than 32 movies a message.
  test('a packed job has up to 64 groups until these have 10 messages each; larger groups are multiples of 10', () => {
    const sizeOf = (messages: number) =>
      planJob({ nonce: 'n', movies: messages * 100, movies_per_message: 100, seed: 1, generator: 1 }).group_size;
    expect([sizeOf(639), sizeOf(640), sizeOf(641)]).toEqual([10, 10, 20]);
    expect([sizeOf(128), sizeOf(64), sizeOf(1)]).toEqual([2, 1, 1]);
  });

  test('cutUtf8 cuts texts at bytes, never within a character', () => {
    expect([
      cutUtf8('abc', 3),
      cutUtf8('abc', 2),
      cutUtf8('aé', 3),
      cutUtf8('aé', 2),
      cutUtf8('🎬', 3),
      cutUtf8('', 0),
    ]).toEqual(['abc', 'ab', 'aé', 'a', '', '']);
  });

  test('a plan token has exactly eight values', () => {
    const token = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const values = [2, 'n', 10, 1, 10, 256, 1, 1];
    expect(planFromToken(token(values))).toMatchObject({ nonce: 'n', movies: 10 });
    // A million movies in groups of one: the 256 groups that a part may have do not fill it.
    const tooSmall = values.with(2, 1_000_000).with(4, 1);
    for (const wrong of [values.slice(1), [...values, 1], { ...values, length: 8 }, tooSmall, 'x', null]) {
      expect(() => planFromToken(token(wrong))).toThrow(
        expect.objectContaining({
          code: 'plan_token',
          message: expect.stringMatching(/^That is not a plan token\. /),
          cause: expect.any(Error),
        }),
      );
    }
  });
});

describe('within its limits', () => {
  const item = {
    job_id: message.job_id,
    kind: 'job',
    status: 'RUNNING',
    plan,
    started_on: message.started_on,
  };

  test('a job’s item has an upload id of up to 1,024 characters, a key of up to 64, and a size from 0', () => {
    expect(accepts(jobItemSchema, item, 'upload_id', 'x'.repeat(1024), 'x'.repeat(1025))).toEqual([true, false]);
    expect(accepts(jobItemSchema, item, 'object_bytes', -1, 0, 0.5)).toEqual([false, true, false]);
    expect(accepts(jobItemSchema, item, 'object_key', 'x'.repeat(64), 'x'.repeat(65))).toEqual([true, false]);
  });

  test('a report counts from 0, with 0 for missing counters; its port is from 1 to 65,535', () => {
    const report = {
      ...NO_COUNTS,
      kind: 'report',
      service: 'consumer',
      instance: 'i',
      at: 1,
      peak_rss_bytes: 1,
      cpu_seconds: 0,
      final: false,
    };
    for (const field of ['object_part_seconds', 'oldest_message_seconds', 'stored_movies']) {
      expect(accepts(serviceReportSchema, report, field, -1, 0)).toEqual([false, true]);
    }
    const { object_part_seconds, oldest_message_seconds } = serviceReportSchema.parse({
      ...report,
      object_part_seconds: undefined,
      oldest_message_seconds: undefined,
    });
    expect([object_part_seconds, oldest_message_seconds]).toEqual([0, 0]);
    expect(accepts(serviceReportSchema, report, 'http_port', 0, 1, 65_535, 65_536)).toEqual([false, true, true, false]);
    const bucketsOf = (seconds: number | null) => [{ seconds, messages: 0 }];
    expect(
      accepts(serviceReportSchema, report, 'sent_to_stored', bucketsOf(-1), bucketsOf(0), bucketsOf(null)),
    ).toEqual([false, true, true]);
  });
});

test('a misspelt setting is recognized if one letter differs, in a long name also if two do, in a short name never', () => {
  const knownSettings = ['POLLERS', 'DRAIN_SECONDS', 'MOVIES', 'SEED'];
  const meant = (name: string, env = {}) =>
    misspeltSettings(knownSettings, { [name]: '1', ...env }).map((one) => one.meant);
  expect(['POLLER', 'POLLERSS', 'POLERS', 'PULLERS', 'pollers'].map((name) => meant(name)[0])).toEqual(
    Array.from({ length: 5 }, () => 'POLLERS'),
  );
  expect([meant('POLLE'), meant('POLLERSSS'), meant('XX'), meant('SEEDS')]).toEqual([[], [], [], []]);
  expect([meant('DRAIN_SECOND'), meant('DRAIN_SECON'), meant('DRAIN_SECO')]).toEqual([
    ['DRAIN_SECONDS'],
    ['DRAIN_SECONDS'],
    [],
  ]);
  // Nothing is reported if the setting that was meant is also set, if the name is known, or if the variable is empty.
  expect([meant('POLLER', { POLLERS: '2' }), meant('POLLERS'), meant('POLLER', { POLLER: '' })]).toEqual([[], [], []]);
});
