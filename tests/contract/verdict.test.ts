// The verdict of the suite: a case with a named deviation must fail, and a case without one must pass.

import { expect, test } from '@jest/globals';
import { verdict } from './suite.ts';

test('a passing case is accepted, a failing case is reported', () => {
  expect(verdict(undefined, undefined)).toBeUndefined();
  const failure = new Error('no');
  expect(verdict(failure, undefined)).toBe(failure);
});

test('a case with a named deviation must fail, and is reported when it passes', () => {
  expect(verdict(new Error('no'), 'it is coarse')).toBeUndefined();
  expect(verdict(undefined, 'it is coarse')?.message).toContain('Remove the deviation: it is coarse');
});

test('a case with a deviation that depends on timing may pass or fail', () => {
  expect(verdict(new Error('no'), { sometimes: 'a race' })).toBeUndefined();
  expect(verdict(undefined, { sometimes: 'a race' })).toBeUndefined();
});
