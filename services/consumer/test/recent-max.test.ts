import { expect, test } from '@jest/globals';
import { RecentMax } from '../src/recent-max.ts';

const START = 1_750_000_000_000;

test('the largest value of the last seconds is known, and forgotten after twenty', () => {
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

test.each([0, 1, 2500, 4999])('the last 15 s are always whole, %i ms into a slot of them', (into) => {
  const at = START + into;
  const slowest = new RecentMax();
  slowest.add(5, at);
  expect(slowest.read(at + 15_000)).toBe(5);
  expect(slowest.read(START + 19_999)).toBe(5);
  expect(slowest.read(START + 20_000)).toBeNull();
});

test('a clock that is set back leaves nothing for long', () => {
  const slowest = new RecentMax();
  slowest.add(9, START);
  slowest.add(1, START - 3_600_000);
  expect(slowest.read(START - 3_600_000)).toBe(1);
});
