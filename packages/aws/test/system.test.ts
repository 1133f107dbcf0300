// The real clock and real random numbers, and whether Node supports MD5.
import { expect, test } from '@jest/globals';
import { hasMd5, systemClock, systemRandom } from '../src/index.ts';

test('sleep ends after its time, or rejects with whatever reason its signal has', async () => {
  await systemClock.sleep(0);
  const before = performance.now();
  await systemClock.sleep(30, new AbortController().signal);
  // Node's timers may end a millisecond early.
  expect(performance.now() - before).toBeGreaterThan(28);
  const stop = new AbortController();
  const sleeping = systemClock.sleep(60_000, stop.signal);
  stop.abort('a reason that is not an error');
  await expect(sleeping).rejects.toBe('a reason that is not an error');
  await expect(systemClock.sleep(60_000, stop.signal)).rejects.toBe('a reason that is not an error');
});

test('the clock returns milliseconds since the epoch; random numbers and ids differ each time', () => {
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(60_000);
  const numbers = Array.from({ length: 100 }, () => systemRandom.next());
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  expect(new Set(numbers).size).toBeGreaterThan(90);
  expect(new Set(Array.from({ length: 10 }, () => systemRandom.uuid())).size).toBe(10);
  expect(systemRandom.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('hasMd5 is true where OpenSSL is not in FIPS mode', () => {
  expect(hasMd5()).toBe(true);
});
