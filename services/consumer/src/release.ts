// Giving messages back: at once when the process drains, growing slower with each delivery when storing failed.
import type { QueuePort, ReceivedMessage, VisibilityChange } from '@movie-load/aws';
import { handleIsGone } from './acknowledge.ts';
import { pause, type RetryOptions, retry } from './retry.ts';

const FIRST_SECONDS = 15;
const LONGEST_SECONDS = 900;
const MAX_ATTEMPTS = 6;
const MAX_ROUNDS = 6;

/** Why a group's messages are given back. */
export type ReleaseKind = 'backoff' | 'now';

/**
 * Seconds until a message that could not be stored comes again: 15, 30, 60 … 900. Ten receives then span more than
 * an hour, so that an outage does not carry good messages into the dead-letter queue.
 */
export function backoffSeconds(receiveCount: number): number {
  return Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (Math.max(1, receiveCount) - 1));
}

/**
 * The visibilities for what is left of one group, in the order of the receive. With `backoff` only the first message
 * waits: it keeps its group locked, so the others may go back at once and their receive counts do not grow meanwhile.
 */
export function releaseChanges(messages: readonly ReceivedMessage[], kind: ReleaseKind): VisibilityChange[] {
  return messages.map(({ receiptHandle, receiveCount }, index) => ({
    receiptHandle,
    seconds: kind === 'backoff' && index === 0 ? backoffSeconds(receiveCount) : 0,
  }));
}

/**
 * Gives the messages back; failed calls and refused entries are tried again a few times. Never throws: what was not
 * released comes back by its visibility timeout.
 *
 * @returns the messages that may still be in flight
 */
export async function release(
  queue: Pick<QueuePort, 'changeVisibility'>,
  messages: readonly ReceivedMessage[],
  kind: ReleaseKind,
  options: RetryOptions,
): Promise<readonly ReceivedMessage[]> {
  const { signal } = options;
  const changes = releaseChanges(messages, kind);
  let left = messages.map((message, index) => ({ message, change: changes[index] }));
  try {
    for (let attempt = 0; left.length > 0; attempt++) {
      if (attempt > 0) await pause(options, attempt - 1);
      if (attempt >= MAX_ROUNDS) break;
      const wanted = left.flatMap(({ change }) => change ?? []);
      const failures = await retry(() => queue.changeVisibility(wanted, { signal }), {
        ...options,
        maxAttempts: MAX_ATTEMPTS,
      });
      left = failures.filter((failure) => !handleIsGone(failure)).flatMap(({ index }) => left[index] ?? []);
    }
  } catch {
    // Given up on: their visibility timeout brings them back.
  }
  return left.map(({ message }) => message);
}
