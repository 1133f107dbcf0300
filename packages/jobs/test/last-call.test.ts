// The last call of a process that stops: it gets its time, and no more.
import { expect, test } from '@jest/globals';
import { createVirtualClock } from '@movie-load/testing';
import { lastCall } from '../src/context.ts';

test('a last call that ends in time is awaited, whether it succeeds or not', async () => {
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
    // No timer remains that would abort it later.
    expect(signal?.aborted).toBe(false);
  }
});

test('a last call that hangs is aborted when its time is over, and not awaited', async () => {
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
