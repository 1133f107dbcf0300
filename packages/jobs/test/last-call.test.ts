// The last call on the way out: it gets its time, and no more.
import { expect, test } from '@jest/globals';
import { createVirtualClock } from '@movie-load/testing';
import { lastCall } from '../src/context.ts';

test('an attempt that ends in time is waited for, whether it succeeds or not', async () => {
  const clock = createVirtualClock();
  for (const work of [
    async () => undefined,
    () => Promise.reject(new Error('no')),
    () => {
      throw new Error('at once');
    },
  ]) {
    let signal: AbortSignal | undefined;
    await lastCall(clock, 3000, (given) => {
      signal = given;
      return work();
    });
    await clock.advance(10_000);
    // Nothing is left that would abort it later.
    expect(signal?.aborted).toBe(false);
  }
});

test('an attempt that hangs is aborted when its time is over, and not waited for', async () => {
  const clock = createVirtualClock();
  let signal: AbortSignal | undefined;
  let isOver = false;
  const call = lastCall(clock, 3000, (given) => {
    signal = given;
    return new Promise(() => {});
  }).then(() => {
    isOver = true;
  });
  await clock.advance(2999);
  expect([signal?.aborted, isOver]).toEqual([false, false]);
  await clock.advance(1);
  await call;
  expect(signal?.aborted).toBe(true);
});
