// Limits concurrent work: on the items of a list (`forEachConcurrently`), and in a process (`createSlots`).
import { abortable, runAll } from '@movie-load/aws';

/** Works on the items of a list, `concurrency` at a time; the first error aborts the others. */
export async function forEachConcurrently<Item>(
  items: IteratorObject<Item>,
  concurrency: number,
  outerSignal: AbortSignal,
  work: (item: Item, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const worker = async (signal: AbortSignal) => {
    for (const item of items) {
      signal.throwIfAborted();
      await work(item, signal);
    }
  };
  await runAll(outerSignal, Array<typeof worker>(concurrency).fill(worker));
}

export interface Slots {
  /** Waits for a free slot and works in it. Rejects with the signal's reason when it is aborted while waiting. */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

export function createSlots(max: number): Slots {
  let free = max;
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
