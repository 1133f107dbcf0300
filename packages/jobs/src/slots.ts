// Limits the work that runs at once: of a list (`eachOf`), and of a process (`createSlots`).
import { abortable, runAll } from '@movie-load/aws';

/** Works through a list, `atOnce` items at a time; the first error aborts the others. */
export async function eachOf<Item>(
  items: IteratorObject<Item>,
  atOnce: number,
  outer: AbortSignal,
  work: (item: Item, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const worker = async (signal: AbortSignal) => {
    for (const item of items) {
      signal.throwIfAborted();
      await work(item, signal);
    }
  };
  await runAll(outer, Array<typeof worker>(atOnce).fill(worker));
}

export interface Slots {
  /** Waits for a free slot and works in it. Rejects with the signal's reason when it is aborted while waiting. */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

export function createSlots(most: number): Slots {
  let free = most;
  let freed = Promise.withResolvers<void>();
  return {
    async run(signal, work) {
      signal.throwIfAborted();
      // Every waiting call wakes up, and the first one takes the slot.
      while (free === 0) await abortable(freed.promise, signal);
      free -= 1;
      try {
        return await work();
      } finally {
        free += 1;
        freed.resolve();
        freed = Promise.withResolvers();
      }
    },
  };
}
