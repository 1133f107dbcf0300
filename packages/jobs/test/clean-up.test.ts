// The clean-up call of a process that stops: it gets its time limit, and no more.
import { expect, test } from '@jest/globals';
import { createVirtualClock } from '@movie-load/testing';
import { tryCleanUp } from '../src/context.ts';

test('a clean-up call that ends in time is not aborted later, whether it succeeds or not', async () => {
  const clock = createVirtualClock();
  for (const work of [
    async () => undefined,
    () => Promise.reject(new Error('no')),
    () => {
      throw new Error('at once');
    },
  ]) {
    let signal: AbortSignal | undefined;
    await tryCleanUp(clock, 3000, (callSignal) => {
      signal = callSignal;
      return work();
    });
    await clock.advance(10_000);
    // No timer remains that would abort it later.
    expect(signal?.aborted).toBe(false);
  }
});

test('a clean-up call that hangs is awaited until its time limit, and then aborted', async () => {
  const clock = createVirtualClock();
  let signal: AbortSignal | undefined;
  let hasEnded = false;
  const call = tryCleanUp(clock, 3000, (callSignal) => {
    signal = callSignal;
    return new Promise(() => {});
  }).then(() => {
    hasEnded = true;
  });
  await clock.advance(2999);
  expect([signal?.aborted, hasEnded]).toEqual([false, false]);
  await clock.advance(1);
  await call;
  expect(signal?.aborted).toBe(true);
});
