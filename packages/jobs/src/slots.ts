// How many pieces of work of one kind run at once in a process.
import { abortable } from '@movie-load/aws';

export interface Slots {
  /** Waits for a free slot and works in it. Rejects with the signal's reason when it is aborted while waiting. */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

export function createSlots(most: number): Slots {
  const waiting = new Set<() => void>();
  let free = most;

  const release = () => {
    const [next] = waiting;
    if (next === undefined) {
      free += 1;
      return;
    }
    waiting.delete(next);
    next();
  };

  async function take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (free > 0) {
      free -= 1;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.add(resolve);
    try {
      await abortable(promise, signal);
    } catch (error) {
      // Given up at the very moment when it got the slot: the next one gets it.
      if (!waiting.delete(resolve)) release();
      throw error;
    }
  }

  return {
    async run(signal, work) {
      await take(signal);
      try {
        return await work();
      } finally {
        release();
      }
    },
  };
}
