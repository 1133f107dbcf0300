// The smallest and the largest value of each number in a fault rule.

import { expect, test } from '@jest/globals';
import { FaultRules } from '../../src/index.ts';

const error = { operation: 's3:GetObject', fault: 'error' };
const problemsOf = (rule: object): string => {
  try {
    new FaultRules().add([rule]);
    return '';
  } catch (failure) {
    return Object(failure).message;
  }
};

test.each<[string, object, number, number]>([
  ['delay_ms', { operation: 's3:GetObject' }, 1, 60_000],
  ['status', error, 400, 599],
  ['times', error, 1, 1_000_000],
  ['entries', { operation: 'sqs:SendMessageBatch', fault: 'refuse_entries' }, 1, 25],
])('the member %s of the fault rule %j is a whole number from %d to %d', (name, rule, least, most) => {
  for (const fits of [least, most]) expect(problemsOf({ ...rule, [name]: fits })).toBe('');
  for (const wrong of [least - 1, most + 1, least + 0.5, String(least), null, -1]) {
    expect(problemsOf({ ...rule, [name]: wrong })).toMatch(
      new RegExp(`"${name}" must be a whole number from ${least} to ${most},`),
    );
  }
});

test('a fault rule’s probability is over 0 and at most 1, and its code has 1 to 80 letters and dots', () => {
  const problem = /"probability" must be over 0 and at most 1/;
  for (const probability of [Number.MIN_VALUE, 0.5, 1]) expect(problemsOf({ ...error, probability })).toBe('');
  for (const probability of [0, -0.1, 1.000001, '1', null])
    expect(problemsOf({ ...error, probability })).toMatch(problem);
  for (const code of ['A', 'a.B', 'x'.repeat(80)]) expect(problemsOf({ ...error, code })).toBe('');
  for (const code of ['', 'a b', 'a-b', 'x'.repeat(81), 1]) {
    expect(problemsOf({ ...error, code })).toMatch(/"code" must be letters and dots/);
  }
});
