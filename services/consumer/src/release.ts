// Releasing messages: at once when the process drains, with growing delay when storing failed.
import { classifyEntry, type QueuePort, type ReceivedMessage, type VisibilityChange } from '@movie-load/aws';

const FIRST_SECONDS = 15;
const LONGEST_SECONDS = 900;
/** While S3 is unreachable: what was stored only waits for its part of the object, and should not wait long after S3. */
const LONGEST_AWAY_SECONDS = 30;
const MAX_ATTEMPTS = 8;

/** Why a group's messages are released: storing failed, S3 is unreachable, or the process drains. */
export type ReleaseKind = 'backoff' | 'away' | 'now';

/**
 * Seconds until a message that could not be stored is delivered again: 15, 30, 60 … 900. Ten receives then span more than
 * an hour, so that an outage does not carry good messages into the dead-letter queue.
 */
export function backoffSeconds(receiveCount: number): number {
  return Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (Math.max(1, receiveCount) - 1));
}

/**
 * The visibilities for what is left of one group, in the order of the receive. With `backoff` and `away` only the first
 * message waits: it keeps its group locked, so the others may go back at once and their receive counts do not grow
 * meanwhile.
 */
export function releaseChanges(messages: readonly ReceivedMessage[], kind: ReleaseKind): VisibilityChange[] {
  return messages.map(({ receiptHandle, receiveCount }, index) => ({
    receiptHandle,
    seconds: index === 0 ? secondsOf(kind, receiveCount) : 0,
  }));
}

/** The longest of these visibilities: until all of the messages may be delivered again. */
export const longestSeconds = (messages: readonly ReceivedMessage[], kind: ReleaseKind): number =>
  Math.max(0, ...releaseChanges(messages, kind).map(({ seconds }) => seconds));

function secondsOf(kind: ReleaseKind, receiveCount: number): number {
  if (kind === 'now') return 0;
  return kind === 'away' ? Math.min(LONGEST_AWAY_SECONDS, backoffSeconds(receiveCount)) : backoffSeconds(receiveCount);
}

/**
 * Releases the messages. Never throws: what could not be released comes back by its visibility timeout.
 *
 * @returns how many messages may still be in flight
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
