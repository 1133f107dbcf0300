// The suite itself: a deviation must deviate, and a case that fails without one is a failure.

import { expect, test } from '@jest/globals';
import { verdict } from './suite.ts';

test('a case that holds is fine, one that fails is not', () => {
  expect(verdict(undefined, undefined)).toBeUndefined();
  const failure = new Error('no');
  expect(verdict(failure, undefined)).toBe(failure);
});

test('a named deviation must fail; one that holds is reported', () => {
  expect(verdict(new Error('no'), 'it is coarse')).toBeUndefined();
  expect(verdict(undefined, 'it is coarse')?.message).toContain('the deviation can go: it is coarse');
});

test('a deviation that depends on who is faster may hold or fail', () => {
  expect(verdict(new Error('no'), { sometimes: 'a race' })).toBeUndefined();
  expect(verdict(undefined, { sometimes: 'a race' })).toBeUndefined();
});
