import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  checkLoadMessage,
  encodeLoadMessage,
  groupKey,
  groupOfMessage,
  jobIdOf,
  type LoadMessage,
  moviesOfMessage,
  movieToJson,
  planJob,
  shapeOf,
  utf8Bytes,
} from '../src/index.ts';
import { movie, smallPlan } from './arbitraries.ts';

const loadMessage: fc.Arbitrary<LoadMessage> = fc
  .record({
    plan: smallPlan.map((plan) => ({ ...plan, movies_per_message: (plan.movies_per_message % 5) + 1 })),
    dice: fc.nat(),
  })
  .chain(({ plan, dice }) => {
    const shape = shapeOf(plan);
    const number = dice % shape.messages;
    const { count } = moviesOfMessage(plan, number);
    return fc.array(movie, { minLength: count, maxLength: count }).map((movies) => ({
      job_id: jobIdOf(plan),
      plan,
      group: groupOfMessage(shape, number),
      number,
      started_on: '2026-11-25T09:12:54.000Z',
      movies,
    }));
  });

const check = (message: LoadMessage) =>
  checkLoadMessage(encodeLoadMessage(message), groupKey(message.job_id, message.group));

describe('a load message', () => {
  test('round-trips, also with texts in every script', () => {
    fc.assert(fc.property(loadMessage, (message) => expect(check(message)).toEqual({ ok: true, message })));
  });

  test('has the same bytes whatever the order of its keys and of those of its movies', () => {
    fc.assert(
      fc.property(loadMessage, (message) => {
        const shuffled: LoadMessage = {
          movies: message.movies.map(({ movie_id, ...rest }) => ({ ...rest, movie_id })),
          started_on: message.started_on,
          number: message.number,
          group: message.group,
          plan: message.plan,
          job_id: message.job_id,
        };
        expect(encodeLoadMessage(shuffled)).toBe(encodeLoadMessage(message));
      }),
    );
  });

  test('fits into the queue with 160 movies of the largest valid size, but not with 170', () => {
    // A quotation mark has two bytes in JSON. No valid text has more there than 1,024 of them.
    const text = '"'.repeat(1024);
    const largest = { movie_id: '0'.repeat(36), title: text, year: 2025, actor: text, director: text };
    expect(utf8Bytes(movieToJson(largest))).toBe(6243);
    const plan = planJob({ nonce: 'n', movies: 1000, movies_per_message: 170, seed: 1, generator: 1 });
    const bytesWith = (count: number) =>
      utf8Bytes(
        encodeLoadMessage({
          ...{ job_id: jobIdOf(plan), plan, group: 0, number: 0, started_on: '2026-11-25T09:12:54.000Z' },
          movies: Array.from({ length: count }, () => largest),
        }),
      );
    // The limit of the queue in `packages/aws/src/limits.ts`.
    expect(bytesWith(160)).toBeLessThan(1_032_192);
    expect(bytesWith(170)).toBeGreaterThan(1_032_192);
  });
});

describe('a message that this release cannot store is refused with its reason:', () => {
  const [message] = fc.sample(loadMessage, { numRuns: 1, seed: 7 });
  if (!message) throw new Error('no sample');
  const json = JSON.parse(encodeLoadMessage(message));
  const group = groupKey(message.job_id, message.group);
  const firstMovie = { ...json.movies[0] };

  test.each<[string, string, unknown]>([
    ['not_json', 'no JSON', 'hello'],
    ['not_json', 'an empty body', ''],
    ['not_json', 'cut JSON', encodeLoadMessage(message).slice(0, -1)],
    ['wrong_shape', 'another JSON', '42'],
    ['wrong_shape', 'null', 'null'],
    ['wrong_shape', 'an empty object', {}],
    ['wrong_shape', 'an unknown key', { ...json, extra: 1 }],
    ['wrong_shape', 'a movie without a year', { ...json, movies: [{ ...firstMovie, year: undefined }] }],
    ['wrong_shape', 'a NUL in a title', { ...json, movies: [{ ...firstMovie, title: 'a\u0000b' }] }],
    ['wrong_shape', 'half a surrogate pair', { ...json, movies: [{ ...firstMovie, title: '\ud83c' }] }],
    ['wrong_shape', 'a title of 1,025 bytes', { ...json, movies: [{ ...firstMovie, title: 'ä'.repeat(513) }] }],
    ['wrong_shape', 'no movies', { ...json, movies: [] }],
    ['wrong_shape', 'a huge number', { ...json, number: 1e300 }],
    ['unknown_version', 'a version that never was', { ...json, plan: { ...json.plan, version: 0 } }],
    ['unknown_version', 'a version below all', { ...json, plan: { version: -1 } }],
    ['newer_version', 'a plan of tomorrow', { ...json, plan: { ...json.plan, version: 3 } }],
    ['newer_version', 'a plan of a shape of tomorrow', { plan: { version: 4, of: 'tomorrow' } }],
    ['wrong_shape', 'a version that is not a whole number', { ...json, plan: { ...json.plan, version: 2.5 } }],
    ['plan_mismatch', 'a plan that does not fit its id', { ...json, plan: { ...json.plan, seed: json.plan.seed + 1 } }],
    ['plan_mismatch', 'an id of another job', { ...json, job_id: '6b1c8f0e-51f7-5c57-9e0e-3e6c9a4d7b21' }],
    ['outside_plan', 'a number outside the plan', { ...json, number: 1_000_000 }],
    ['outside_plan', 'a number of another group', { ...json, group: json.group + 1 }],
    ['outside_plan', 'more movies than planned', { ...json, movies: [...json.movies, firstMovie] }],
  ])('%s: %s', (reason, _, body) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    expect(checkLoadMessage(text, group)).toMatchObject({ ok: false, reason });
  });

  test('wrong_shape, for groups that no part of the object can have, though the job id follows from the plan', () => {
    const plan = { ...message.plan, version: 2 as const, movies: 100_000, movies_per_message: 1, group_size: 3 };
    const body = { ...json, plan, job_id: jobIdOf(plan), number: 0, group: 0, movies: [firstMovie] };
    const verdict = checkLoadMessage(JSON.stringify(body), groupKey(body.job_id, 0));
    expect(verdict).toMatchObject({
      ok: false,
      reason: 'wrong_shape',
      detail: expect.stringMatching('plan.group_size'),
    });
  });

  test.each([undefined, '', 'x', `${message.job_id}#999`])(
    'group_mismatch, for the message group %j',
    (messageGroup) => {
      expect(checkLoadMessage(encodeLoadMessage(message), messageGroup)).toMatchObject({
        ok: false,
        reason: 'group_mismatch',
      });
    },
  );

  test.each([
    [{ ...json, number: -1 }, 'number is too small'],
    [{ ...json, extra: 1 }, 'the body has unknown fields'],
    [{ ...json, started_on: 'today' }, 'started_on does not have the right form'],
    [{ ...json, movies: [{ ...firstMovie, year: 'x' }] }, 'movies.0.year is not of the right type'],
    [{ ...json, movies: [{ ...firstMovie, year: undefined }] }, 'movies.0.year is missing'],
    [{ ...json, number: 1e9 }, 'number is too large'],
    [{ plan: json.plan }, 'job_id is missing; group is missing; number is missing'],
    [42, 'the body is not of the right type'],
  ])('wrong_shape, with the field that is wrong (case %#)', (body, detail) => {
    expect(checkLoadMessage(JSON.stringify(body), group)).toEqual({ ok: false, reason: 'wrong_shape', detail });
  });

  test.each([
    ['hello', 'the body is not JSON'],
    [
      JSON.stringify({ ...json, plan: { ...json.plan, version: 3 } }),
      'version 3 is newer than 2, the last that this consumer can read',
    ],
    [JSON.stringify({ ...json, plan: { ...json.plan, version: 0 } }), 'no release makes plans of version 0'],
    [JSON.stringify({ ...json, plan: { ...json.plan, nonce: 'n' } }), 'the job id does not follow from the plan'],
  ])('with one sentence (case %#)', (body, detail) => {
    expect(checkLoadMessage(body, group)).toMatchObject({ ok: false, detail });
  });

  test('group_mismatch, with a sentence', () => {
    const detail = 'the message group is not the one of the body';
    expect(checkLoadMessage(encodeLoadMessage(message), 'x')).toMatchObject({ detail });
  });

  test('outside_plan, for the number after the last', () => {
    const { messages } = shapeOf(message.plan);
    const verdict = checkLoadMessage(JSON.stringify({ ...json, number: messages }), group);
    expect(verdict).toMatchObject({ reason: 'outside_plan', detail: `message ${messages} of a job of ${messages}` });
  });

  test('wrong_shape, for __proto__ as a key', () => {
    const body = encodeLoadMessage(message).replace('{', '{"__proto__":{"polluted":1},');
    expect(checkLoadMessage(body, group)).toMatchObject({ ok: false, reason: 'wrong_shape' });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('with a text that never quotes the sender, whatever the body', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.anything().map((value) => JSON.stringify(value) ?? ''),
        ),
        (body) => {
          const verdict = checkLoadMessage(body, group);
          expect(verdict.ok).toBe(false);
          if (!verdict.ok) expect(verdict.detail).toMatch(/^[\w .:;,-]*$/);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
