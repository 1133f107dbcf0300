import { expect, test } from '@jest/globals';
import { toolPolicy } from '../src/index.ts';

test.each([
  [undefined, 4],
  ['', 4],
  ['7', 7],
  ['0', 4],
  ['-1', 4],
  ['many', 4],
  ['1', 1],
  ['2.5', 4],
  ['Infinity', 4],
])('AWS_MAX_ATTEMPTS=%s gives a command %d attempts', (AWS_MAX_ATTEMPTS, attempts) => {
  expect(toolPolicy({ AWS_MAX_ATTEMPTS }).maxAttempts).toBe(attempts);
});
