// The texts of the lab's rules and histories for people.
import { expect, test } from '@jest/globals';
import { eventText, faultRuleSchema, faultText, frequencyText, readMessageHistory } from '../src/lab/index.ts';

test.each([
  [{ delay_ms: 400, fault: 'reset' }, '400 ms late'],
  [{ fault: 'throttle' }, 'throttled'],
  [{ fault: 'unprocessed' }, 'the last 1 of a batch unprocessed'],
  [{ fault: 'refuse_entries', entries: 3 }, 'the last 3 of a batch refused'],
  [{ fault: 'reset' }, 'connection reset'],
  [{ fault: 'reset', when: 'after' }, 'done, but the answer is lost (connection reset)'],
  [{ fault: 'error' }, 'error'],
  [{ fault: 'error', status: 503, code: 'SlowDown', when: 'before' }, 'error 503 SlowDown'],
])('the fault %j is described as %j', (rule, text) => {
  expect(faultText(faultRuleSchema.parse({ operation: '*', ...rule }))).toBe(text);
});

test.each([
  [{}, 'each call'],
  [{ times: 1 }, 'once'],
  [{ times: 2 }, '2 times'],
  [{ probability: 0.125 }, '12.5 % of the calls'],
  [{ probability: 0.5, times: 1 }, '50 % of the calls, once'],
])('the limit %j is described as %j', (rule, text) => {
  expect(frequencyText(faultRuleSchema.parse({ operation: '*', ...rule }))).toBe(text);
});

test.each([
  ['received', 2, 'received (receive count 2)'],
  ['deduplicated', 0, 'sent again: deduplicated by SQS'],
  ['visible', 1, 'visible again: the visibility timeout expired'],
  // An event of a newer lab.
  ['another', 1, 'another'],
])('the event %s is described in words', (kind, receives, text) => {
  expect(eventText({ kind, receives })).toBe(text);
});

test('the history of a message has each send of it, then their dead letters, and no other message', async () => {
  const job = '1b72a7f0-e922-5f43-bed4-4cd74a50d289';
  const of = (message_id: string, deduplication_id: string | null) => ({
    ...{ message_id, deduplication_id, group: null, events: [], events_left_out: 0 },
  });
  const paths: string[] = [];
  const answer = await readMessageHistory(
    async (path, schema) => {
      const question = new URLSearchParams(path.replace('history?', ''));
      paths.push([...question].flat().join('='));
      const group = question.get('group');
      const messages =
        group === null
          ? [
              of('a', `${job}.0.7.word-one`),
              of('b', `${job}.0.17.word-one`),
              of('c', `${job}.0.7.word-two`),
              of('d', null),
            ]
          : group === 'c'
            ? [of('dead letter', 'x')]
            : [];
      return schema.parse({ messages, forgotten_messages: 3 });
    },
    '1b72',
    7,
  );
  expect(answer.messages.map(({ message_id }) => message_id)).toEqual(['a', 'c', 'dead letter']);
  expect(answer.forgottenMessages).toBe(3);
  expect(paths).toEqual(['deduplication_id=1b72*.*.7.*', 'group=a', 'group=c']);
});
