// The exact texts of messages, attributes and reasons, and which are refused or hidden.
import { expect, test } from '@jest/globals';
import {
  checkLoadMessage,
  DEAD_LETTER_ATTRIBUTES,
  encodeLoadMessage,
  groupKey,
  jobIdOf,
  movieToJson,
  planJob,
  REFUSALS,
  secretsOf,
} from '../src/index.ts';

const movie = { director: 'D', actor: 'A', year: 1999, title: 'T', movie_id: '00000000-0000-4000-8000-000000000000' };

test('a movie has its keys in one order, whatever their order in the source', () => {
  expect(movieToJson(movie)).toBe(
    '{"movie_id":"00000000-0000-4000-8000-000000000000","title":"T","year":1999,"actor":"A","director":"D"}',
  );
});

test.each([
  [2, true],
  [1, false],
  [3, false],
])('a message whose plan has two movies for it is valid if it has two (it has %i): %j', (count, ok) => {
  const plan = planJob({ nonce: 'wire', movies: 10, movies_per_message: 2, seed: 7, generator: 1 });
  const job_id = jobIdOf(plan);
  const started_on = '2026-11-25T00:00:00.000Z';
  const body = encodeLoadMessage({ job_id, plan, group: 0, number: 0, started_on, movies: Array(count).fill(movie) });
  expect(checkLoadMessage(body, groupKey(job_id, 0))).toMatchObject(ok ? { ok } : { ok, reason: 'outside_plan' });
});

test.each(['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'CONTROL_TOKEN'])('%s is a secret', (name) => {
  expect(secretsOf({ [name]: 'something secret', OTHER: 'something else' })).toEqual(['something secret']);
});

test('the attributes of a dead letter keep their names, because messages of older releases are in queues', () => {
  expect(Object.values(DEAD_LETTER_ATTRIBUTES)).toEqual([
    ...['reason', 'detail', 'consumer', 'original_group', 'original_message_id', 'original_deduplication_id'],
    ...['original_sequence_number', 'original_receive_count', 'original_sent_on', 'original_attributes'],
  ]);
});

test('the reasons of a refusal keep their words, which are in queues, logs and metrics', () => {
  expect(REFUSALS).toEqual([
    ...['not_json', 'unknown_version', 'wrong_shape', 'plan_mismatch', 'outside_plan', 'group_mismatch'],
  ]);
});
