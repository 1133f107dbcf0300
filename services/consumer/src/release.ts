// Releases messages: at once when the process drains, otherwise with a growing delay.
import { classifyEntry, type QueuePort, type ReceivedMessage, type VisibilityChange } from '@movie-load/aws';

const FIRST_SECONDS = 15;
const MAX_SECONDS = 900;
/**
 * The longest delay while S3 is unreachable. These messages are stored and only their part is not written, so they
 * should be delivered again soon after S3 answers.
 */
const MAX_AWAY_SECONDS = 30;
const MAX_ATTEMPTS = 8;

/**
 * Why a group's messages are released: storing failed or needs a newer release (`backoff`), S3 is unreachable (`away`),
 * or the process drains (`now`).
 */
export type ReleaseKind = 'backoff' | 'away' | 'now';

/**
 * Seconds until a message that could not be stored is delivered again: 15, 30, 60 … 900. Ten receives then span more
 * than an hour, so that an outage does not move valid messages to the dead-letter queue.
 */
export function backoffSeconds(receiveCount: number): number {
  return Math.min(MAX_SECONDS, FIRST_SECONDS * 2 ** (Math.max(1, receiveCount) - 1));
}

/**
 * The visibility timeouts for the unfinished messages of one group, in the order of the receive. With `backoff` and
 * `away` only the first message waits: it locks its group, so the others may be released at once and their receive
 * counts do not grow.
 */
export function releaseChanges(messages: readonly ReceivedMessage[], kind: ReleaseKind): VisibilityChange[] {
  return messages.map(({ receiptHandle, receiveCount }, index) => ({
    receiptHandle,
    seconds: index === 0 ? secondsOf(kind, receiveCount) : 0,
  }));
}

/** The longest of these timeouts: after it, all of the messages may be delivered again. */
export const longestSeconds = (messages: readonly ReceivedMessage[], kind: ReleaseKind): number =>
  Math.max(0, ...releaseChanges(messages, kind).map(({ seconds }) => seconds));

function secondsOf(kind: ReleaseKind, receiveCount: number): number {
  if (kind === 'now') return 0;
  return kind === 'away' ? Math.min(MAX_AWAY_SECONDS, backoffSeconds(receiveCount)) : backoffSeconds(receiveCount);
}

/**
 * Releases the messages. Never throws: a message that is not released is delivered again after its visibility timeout.
 *
 * @returns the number of messages that may still be in flight
 */
export async function release(
  queue: Pick<QueuePort, 'changeVisibility'>,
  messages: readonly ReceivedMessage[],
  kind: ReleaseKind,
  signal: AbortSignal,
): Promise<number> {
  try {
    const failures = await queue.changeVisibility(releaseChanges(messages, kind), {
      signal,
      maxAttempts: MAX_ATTEMPTS,
    });
    // A handle that has expired needs no release.
    return failures.filter((failure) => classifyEntry(failure) === 'transient').length;
  } catch {
    return messages.length;
  }
}
