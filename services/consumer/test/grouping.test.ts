import { describe, expect, test } from '@jest/globals';
import { generateMovies } from '@movie-load/movies';
import { jobIdOf } from '@movie-load/schema';
import { checkGroup, splitByGroup, splitIntoPieces } from '../src/grouping.ts';
import { loadMessage, received, testPlan } from './support.ts';

const plan = testPlan(40);
const message = (number: number, id = `m${number}`, receiveCount = 1) =>
  received(id, { ...loadMessage(plan, number), receiveCount, sentOn: 5 });

const check = (messages: ReturnType<typeof message>[]) =>
  splitByGroup(messages).map((group) => checkGroup(group, { receivedOn: 99 }));

describe('a receive is split by message group', () => {
  test('in which each group keeps its order, and its numbers are distinct', () => {
    const [first, second, ...others] = check([
      message(0),
      message(10),
      message(1),
      message(0, 'again', 3),
      message(11),
    ]);
    expect([first?.batch?.group, second?.batch?.group, others.length]).toEqual([0, 1, 0]);
    expect(first?.batch?.messages.map(({ number }) => number)).toEqual([0, 1]);
    expect(first?.valid.map(({ messageId }) => messageId)).toEqual(['m0', 'm1', 'again']);
    expect(first?.batch?.messages[0]).toMatchObject({ sent_on: 5, received_on: 99, receives: 1 });
    expect(second?.valid).toHaveLength(2);
    const movies = first?.batch?.messages.flatMap((one) => one.movies);
    expect(movies).toEqual([...generateMovies(plan.seed, { first: 0, count: 2 })]);
    expect(first?.batch).toMatchObject({ job_id: jobIdOf(plan), plan });
  });

  test('from which invalid messages are separated, and the rest of their group remains', () => {
    const poison = received('poison', { body: 'no json', groupId: message(0).groupId });
    const [work] = check([poison, message(0)]);
    expect(work?.refused).toMatchObject([{ reason: 'not_json', message: { messageId: 'poison' } }]);
    expect(work?.batch?.messages).toHaveLength(1);
    expect(work?.valid.map(({ messageId }) => messageId)).toEqual(['m0']);
  });

  test('in which a message in a foreign group is refused there and does not define that group', () => {
    const foreign = received('foreign', { ...loadMessage(plan, 15), groupId: message(0).groupId });
    const [work] = check([foreign, message(0)]);
    expect(work?.refused).toMatchObject([{ reason: 'group_mismatch' }]);
    expect(work?.batch?.group).toBe(0);
  });

  test('in which refused and newer messages keep the order of the receive', () => {
    const { groupId } = message(0);
    const newer = (id: string) => {
      const body = JSON.parse(message(0).body);
      return received(id, { body: JSON.stringify({ ...body, plan: { ...body.plan, version: 99 } }), groupId });
    };
    const poison = (id: string) => received(id, { body: 'no json', groupId });
    const [work] = check([poison('p'), newer('n'), poison('q'), newer('o')]);
    expect(work?.refused.map(({ message: { messageId } }) => messageId)).toEqual(['p', 'q']);
    expect(work?.newer.map(({ messageId }) => messageId)).toEqual(['n', 'o']);
    expect(work).toMatchObject({ valid: [], batch: undefined });
  });

  test('whose job began when its first message says, and whose messages were received at least once', () => {
    const later = { ...JSON.parse(message(1).body), started_on: '2026-11-25T00:01:00.000Z' };
    const other = received('m1', {
      ...loadMessage(plan, 1),
      body: JSON.stringify(later),
      sentOn: Date.parse('2026-11-25T00:01:01.000Z'),
    });
    const [work] = check([{ ...message(0, 'm0', 0), sentOn: Date.parse('2026-11-25T00:00:01.000Z') }, other]);
    expect(work?.batch?.started_on).toBe('2026-11-25T00:00:00.000Z');
    expect(work?.batch?.messages.map(({ receives }) => receives)).toEqual([1, 1]);
    const [often] = check([message(0, 'm0', 7)]);
    expect(often?.batch?.messages.map(({ receives }) => receives)).toEqual([7]);
  });

  test('in which messages without a group are all refused, together', () => {
    const works = check([received('a', { groupId: undefined }), received('b', { groupId: undefined })]);
    expect(works).toHaveLength(1);
    expect(works[0]?.refused).toHaveLength(2);
    expect(works[0]?.batch).toBeUndefined();
  });

  test('in which large groups are cut into pieces, in order, none empty', () => {
    const sizes = [4, 5, 3, 20, 1, 9];
    const messages = sizes.map((size, index) => received(String(index), { body: 'x'.repeat(size) }));
    const pieces = splitIntoPieces(messages, 10);
    expect(pieces.map((piece) => piece.map(({ body }) => body.length))).toEqual([[4, 5], [3], [20], [1, 9]]);
    expect(pieces.flat()).toEqual(messages);
    expect(splitIntoPieces([], 10)).toEqual([]);
    const empty = received('empty', { body: '' });
    expect(splitIntoPieces([empty], 10)).toEqual([[empty]]);
    // A piece is full to the character.
    expect(splitIntoPieces(messages.slice(0, 3), 12).map(({ length }) => length)).toEqual([3]);
    expect(splitIntoPieces(messages.slice(0, 3), 11).map(({ length }) => length)).toEqual([2, 1]);
  });

  test.each([
    ['by a clock that is right', '2026-11-25T00:00:00.000Z', '2026-11-25T00:00:00.000Z'],
    ['by a clock that is minutes ahead', '2026-11-25T00:04:00.000Z', '2026-11-25T00:04:00.000Z'],
    ['of months ago, as in a job that is resumed', '2026-02-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'],
    ['forged to come first', '9999-12-31T23:59:59.999Z', '2026-11-25T00:05:01.000Z'],
    ['forged to be years ago', '0001-01-01T00:00:00.000Z', '2025-11-24T00:00:01.000Z'],
  ])('in which a job’s start %s is limited to a plausible time', (_, started_on, stored) => {
    const { body, groupId } = loadMessage(plan, 0);
    const forged = JSON.stringify({ ...JSON.parse(body), started_on });
    const sentOn = Date.parse('2026-11-25T00:00:01.000Z');
    const [work] = check([received('m', { body: forged, groupId, sentOn })]);
    expect(work?.batch?.started_on).toBe(stored);
  });
});
