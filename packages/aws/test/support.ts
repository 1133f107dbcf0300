// A clock that a test moves by hand, and dice that always fall on the longest wait.
import { setImmediate } from 'node:timers/promises';
import type { Clock, Random } from '../src/index.ts';

export interface VirtualClock extends Clock {
  /** Lets time pass, waking sleepers in order. */
  advance(ms: number): Promise<void>;
}

export function createVirtualClock(start = Date.UTC(2026, 10, 25)): VirtualClock {
  let now = start;
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  return {
    now: () => now,
    sleep: (ms, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      if (signal?.aborted) return Promise.reject(signal.reason);
      const sleeper = { at: now + ms, wake: resolve };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        sleepers.delete(sleeper);
        reject(signal.reason);
      });
      return promise;
    },
    advance: async (ms) => {
      const until = now + ms;
      await setImmediate();
      for (;;) {
        const [next] = [...sleepers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
        if (!next) break;
        sleepers.delete(next);
        now = Math.max(now, next.at);
        next.wake();
        await setImmediate();
      }
      now = until;
      await setImmediate();
    },
  };
}

export const longestWaits: Random = { next: () => 1, uuid: () => '00000000-0000-4000-8000-000000000000' };
