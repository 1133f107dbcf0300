// What may succeed later is tried again in the process, with full jitter, for as long as its signal holds.
import { type Clock, classifyError, fullJitter, type Random } from '@movie-load/aws';

/** First and longest upper bound of the wait between two attempts. */
const BASE_MS = 100;
const CAP_MS = 10_000;

export interface RetryOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  /** So many attempts at most; without it only the signal ends them. */
  readonly maxAttempts?: number;
  /** Failures that are not tried again, besides our own bugs. */
  readonly givesUp?: (error: unknown) => boolean;
  /** Told of each failure that will be tried again. `attempt` is 0 for the first. */
  readonly onFailure?: ((error: unknown, attempt: number) => void) | undefined;
}

/** Waits after the failure of attempt `attempt` (0 is the first). Rejects with the signal's reason when it is aborted. */
export function pause({ clock, random, signal }: RetryOptions, attempt: number): Promise<void> {
  return clock.sleep(fullJitter(random, attempt + 1, BASE_MS, CAP_MS), signal);
}

/** Calls until it succeeds. Throws our own bugs at once, the last failure, or the signal's reason. */
export async function retry<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { maxAttempts = Number.POSITIVE_INFINITY } = options;
  for (let attempt = 0; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      options.signal.throwIfAborted();
      if (classifyError(error) === 'bug' || attempt + 1 >= maxAttempts || options.givesUp?.(error)) throw error;
      options.onFailure?.(error, attempt);
    }
    await pause(options, attempt);
  }
}
