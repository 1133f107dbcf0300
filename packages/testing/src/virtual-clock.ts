// Clocks that tests move by hand, and random numbers that are the same in each run.
import { setImmediate } from 'node:timers/promises';
import type { Clock, Random } from '@movie-load/aws';

export interface VirtualClock extends Clock {
  /** Advances the time, and wakes sleepers in order. */
  advance(ms: number): Promise<void>;
}

export function createVirtualClock(start = Date.UTC(2026, 10, 25)): VirtualClock {
  let now = start;
  const sleepers = new Set<{ readonly wakeAt: number; readonly wake: () => void }>();
  return {
    now: () => now,
    sleep: (ms, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      if (signal?.aborted) return Promise.reject(signal.reason);
      const sleeper = { wakeAt: now + ms, wake: resolve };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        sleepers.delete(sleeper);
        reject(signal.reason);
      });
      return promise;
    },
    advance: async (ms) => {
      const target = now + ms;
      await setImmediate();
      for (;;) {
        const [sleeper] = [...sleepers].filter(({ wakeAt }) => wakeAt <= target).sort((a, b) => a.wakeAt - b.wakeAt);
        if (!sleeper) break;
        sleepers.delete(sleeper);
        now = Math.max(now, sleeper.wakeAt);
        sleeper.wake();
        await setImmediate();
      }
      now = target;
      await setImmediate();
    },
  };
}

/** A clock whose `sleep` returns at once and records its duration. */
export function createInstantClock(now = 1_700_000_000_000): Clock & { readonly slept: number[] } {
  const slept: number[] = [];
  let time = now;
  return {
    slept,
    now: () => time,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      slept.push(ms);
      time += ms;
    },
  };
}

/** Random numbers with which every jitter has its largest value. */
export const longestWaits: Random = { next: () => 1, uuid: () => crypto.randomUUID() };

/** A Lehmer generator: the same seed always gives the same numbers. */
export function seededRandom(seed = 1): Random {
  let state = seed;
  let ids = 0;
  return {
    next() {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    },
    uuid: () => `00000000-0000-4000-8000-${String(++ids).padStart(6, '0')}${String(seed).padStart(6, '0')}`,
  };
}
