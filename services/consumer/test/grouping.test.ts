import { describe, expect, test } from '@jest/globals';
import { groupReceive } from '../src/grouping.ts';
import { loadMessage, received, testPlan } from './support.ts';

const plan = testPlan(40);
const message = (number: number, id = `m${number}`, receiveCount = 1) =>
  received(id, { ...loadMessage(plan, number), receiveCount, sentOn: 5 });

describe('a receive is split by message group', () => {
  test('each group keeps its order, and its numbers are distinct', () => {
    const works = groupReceive([message(0), message(10), message(1), message(0, 'again', 3), message(11)], 99);
    expect(works.map(({ batch }) => batch?.group)).toEqual([0, 1]);
    expect(works[0]?.batch?.messages.map(({ number }) => number)).toEqual([0, 1]);
    expect(works[0]?.valid.map(({ messageId }) => messageId)).toEqual(['m0', 'm1', 'again']);
    expect(works[0]?.batch?.messages[0]).toMatchObject({ sent_on: 5, received_on: 99, receives: 1 });
    expect(works[1]?.deliveries).toHaveLength(2);
  });

  test('what can never succeed stands apart, and the rest of its group stays', () => {
    const poison = received('poison', { body: 'no json', groupId: message(0).groupId });
    const [work] = groupReceive([poison, message(0)], 0);
    expect(work?.refused).toMatchObject([{ reason: 'not_json', message: { messageId: 'poison' } }]);
    expect(work?.batch?.messages).toHaveLength(1);
    expect(work?.valid.map(({ messageId }) => messageId)).toEqual(['m0']);
  });

  test('a message in a foreign group is refused there and does not define that group', () => {
    const foreign = received('foreign', { ...loadMessage(plan, 15), groupId: message(0).groupId });
    const [work] = groupReceive([foreign, message(0)], 0);
    expect(work?.refused).toMatchObject([{ reason: 'group_mismatch' }]);
    expect(work?.batch?.group).toBe(0);
  });

  test('messages without a group are all refused, together', () => {
    const works = groupReceive([received('a', { groupId: undefined }), received('b', { groupId: undefined })], 0);
    expect(works).toHaveLength(1);
    expect(works[0]?.refused).toHaveLength(2);
    expect(works[0]?.batch).toBeUndefined();
  });
});
