// The real clock and real randomness. Only `main` files and commands may use them; the protocol gets them passed in.
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Random } from './ports.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      // Node wraps the reason in an AbortError; callers expect the reason itself.
      throw signal?.aborted ? signal.reason : error;
    }
  },
};

export const systemRandom: Random = {
  next: () => Math.random(),
  uuid: () => crypto.randomUUID(),
};
