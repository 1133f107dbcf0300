import { expect, test } from '@jest/globals';
import { RecentMax } from '../src/recent-max.ts';

const START = 1_750_000_000_000;

test('RecentMax has the largest value of the last seconds, and forgets it after twenty', () => {
  const slowest = new RecentMax();
  expect(slowest.read(START)).toBeNull();
  slowest.add(290, START);
  slowest.add(2, START + 1000);
  expect(slowest.read(START + 15_000)).toBe(290);
  slowest.add(3, START + 15_000);
  expect(slowest.read(START + 15_000)).toBe(290);
  expect(slowest.read(START + 20_000)).toBe(3);
  expect(slowest.read(START + 40_000)).toBeNull();
});

test.each([0, 1, 2500, 4999])('RecentMax always has the last 15 s completely, %i ms into a slot', (into) => {
  const at = START + into;
  const slowest = new RecentMax();
  slowest.add(5, at);
  expect(slowest.read(at + 15_000)).toBe(5);
  expect(slowest.read(START + 19_999)).toBe(5);
  expect(slowest.read(START + 20_000)).toBeNull();
});

test('RecentMax soon forgets values of the future when the clock is set back', () => {
  const slowest = new RecentMax();
  slowest.add(9, START);
  slowest.add(1, START - 3_600_000);
  expect(slowest.read(START - 3_600_000)).toBe(1);
});
