import { expect, test } from '@jest/globals';
import { formatBytes, formatCount, formatDuration, formatNumber, shortId } from '../src/format.ts';

test.each([
  [0, '0.0 s'],
  [1449, '1.4 s'],
  [59_900, '59.9 s'],
  [59_960, '1 min 0 s'],
  [60_000, '1 min 0 s'],
  [119_999, '1 min 59 s'],
  [3_599_999, '59 min 59 s'],
  [3_600_000, '1 h 0 min'],
  [7_380_000, '2 h 3 min'],
])('%i ms are %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 KB'],
  [9940, '9.9 KB'],
  [10_000, '10 KB'],
  [148_400, '148 KB'],
  [999_400, '999 KB'],
  [999_999, '1.0 MB'],
  [1_000_000, '1.0 MB'],
  [2_500_000_000, '2.5 GB'],
  [5_000_000_000_000, '5000 GB'],
])('%i bytes are %s', (count, text) => {
  expect(formatBytes(count)).toBe(text);
});

test('a count of one is followed by the singular, any other count by the plural', () => {
  expect([0, 1, 2, 2000].map((count) => formatCount(count, 'group'))).toEqual([
    ...['0 groups', '1 group', '2 groups', '2,000 groups'],
  ]);
});

test('a number is grouped by three digits, and a job id is cut to its first eight characters', () => {
  expect(formatNumber(1_234_567)).toBe('1,234,567');
  expect(shortId('0123abcd-0000-4000-8000-000000000000')).toBe('0123abcd');
});
