// A queue that remembers whether its last call succeeded. `/readyz` reports that, and makes no calls itself.
import type { OpenQueue } from '@movie-load/aws';
import { describeError } from '@movie-load/aws';

export interface QueueState {
  /** Undefined until a call has been answered. */
  readonly last_call: 'ok' | 'failed' | undefined;
  /** The error of the last call; undefined if it succeeded. */
  readonly error: string | undefined;
}

export interface QueueWatch {
  state(): QueueState;
  /** Runs a call and remembers whether it succeeded. */
  watch<Result>(call: () => Promise<Result>): Promise<Result>;
  /** The same queue, each call watched. */
  watched(queue: OpenQueue): OpenQueue;
}

export function createQueueWatch(): QueueWatch {
  let state: QueueState = { last_call: undefined, error: undefined };
  const watch = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    try {
      const result = await call();
      state = { last_call: 'ok', error: undefined };
      return result;
    } catch (error) {
      state = { last_call: 'failed', error: describeError(error) };
      throw error;
    }
  };
  return {
    state: () => state,
    watch,
    watched: (queue) => ({
      ...queue,
      send: (messages, options) => watch(() => queue.send(messages, options)),
      status: (options) => watch(() => queue.status(options)),
    }),
  };
}
