// Goes once through the dead-letter queue: receives all messages that SQS returns, passes them to the caller, deletes
// those that the caller chooses, and releases the others.
import { type BatchFailure, type Clock, classifyError, type QueuePort, type ReceivedMessage } from '@movie-load/aws';
import { BATCH_ENTRIES } from './batches.ts';

export interface VisitResult {
  /** The sweep deletes these messages. */
  readonly toDelete: readonly ReceivedMessage[];
  /** True to end the sweep. */
  readonly stop?: boolean;
}

export interface SweepOptions {
  /** With a policy (`resilientQueue`), which aborts no receive in flight. */
  readonly dlq: QueuePort;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** The visibility timeout: messages of a crashed sweep stay invisible for this time. Default 300. */
  readonly visibilitySeconds?: number | undefined;
}

export interface Sweep {
  readonly seen: number;
  /**
   * The approximate number of messages that could not be seen: because ten others of their group are in flight
   * (messages that a person sent or SQS moved may have a common group), or because they are in flight at another
   * receiver. 0 when the sweep ended early.
   */
  readonly unseen: number;
  /** The number of messages that could not be deleted in three attempts: they are delivered again. */
  readonly undeleted: number;
}

/** A long poll of a second asks all of SQS's servers, a short poll only some. */
const WAIT_SECONDS = 1;
const VISIBILITY_SECONDS = 300;
const DELETE_ATTEMPTS = 3;
/** Several batches are released concurrently, because a person who pressed Ctrl-C waits for it. */
const CONCURRENT_CHANGES = 8;

/**
 * Received messages stay invisible until the end, so that they are not delivered repeatedly. Then those that are not
 * deleted are released. After a crash they are delivered again after the visibility timeout.
 */
export async function sweep(
  { dlq, clock, signal, visibilitySeconds = VISIBILITY_SECONDS }: SweepOptions,
  visit: (messages: readonly ReceivedMessage[]) => Promise<VisitResult>,
): Promise<Sweep> {
  /** Receipt handles of the messages that this sweep keeps invisible, by message id. */
  const handles = new Map<string, string>();
  const setVisibility = (seconds: number) => changeVisibilities(dlq, [...handles.values()], seconds);
  /** Ids of messages that could not be deleted. When one is delivered again, it is deleted without another visit. */
  const undeleted = new Set<string>();
  let seen = 0;
  let extendedOn = clock.now();
  try {
    for (let isStopped = false; !isStopped; ) {
      signal?.throwIfAborted();
      // After half of the visibility timeout, which is in seconds.
      if (clock.now() - extendedOn > visibilitySeconds * 500) {
        extendedOn = clock.now();
        await setVisibility(visibilitySeconds);
      }
      const received = await dlq.receive({ max: BATCH_ENTRIES, waitSeconds: WAIT_SECONDS, visibilitySeconds, signal });
      if (received.length === 0) {
        return { seen, undeleted: undeleted.size, unseen: await countUnseen(dlq, handles.size, signal) };
      }
      const redelivered = received.filter(({ messageId }) => undeleted.has(messageId));
      const unvisited = received.filter(({ messageId }) => !handles.has(messageId) && !undeleted.has(messageId));
      for (const { messageId, receiptHandle } of received) handles.set(messageId, receiptHandle);
      signal?.throwIfAborted();
      seen += unvisited.length;
      const visited = await visit(unvisited);
      isStopped = visited.stop ?? false;
      const toDelete = [...redelivered, ...visited.toDelete];
      const failed = await deleteAll(dlq, toDelete);
      for (const { messageId } of toDelete) {
        handles.delete(messageId);
        undeleted.delete(messageId);
      }
      for (const { messageId } of failed) undeleted.add(messageId);
    }
    return { seen, undeleted: undeleted.size, unseen: 0 };
  } finally {
    await setVisibility(0);
  }
}

async function countUnseen(dlq: QueuePort, ownInFlight: number, signal: AbortSignal | undefined): Promise<number> {
  const { waiting, inFlight } = await dlq.status({ signal });
  return waiting + Math.max(0, inFlight - ownInFlight);
}

/** Returns the messages that may still be in the queue after all attempts. */
async function deleteAll(dlq: QueuePort, messages: readonly ReceivedMessage[]): Promise<readonly ReceivedMessage[]> {
  if (messages.length === 0) return [];
  const handles = messages.map(({ receiptHandle }) => receiptHandle);
  let failures: readonly BatchFailure[];
  try {
    failures = await dlq.delete(handles, { maxAttempts: DELETE_ATTEMPTS });
  } catch (error) {
    if (classifyError(error) === 'bug') throw error;
    return messages;
  }
  return failures.flatMap(({ index }) => messages[index] ?? []);
}

/** Best effort: a message whose change fails is delivered again after its visibility timeout. */
async function changeVisibilities(dlq: QueuePort, receiptHandles: readonly string[], seconds: number): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < receiptHandles.length) {
      const batch = receiptHandles.slice(next, next + BATCH_ENTRIES);
      next += BATCH_ENTRIES;
      try {
        await dlq.changeVisibility(batch.map((receiptHandle) => ({ receiptHandle, seconds })));
      } catch (error) {
        if (classifyError(error) === 'bug') throw error;
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_CHANGES }, worker));
}
