// Sends dead letters back to their queue, or throws them away.
//
//     receive ──► send to the original group ──► delete
//                 with a fresh deduplication id
//
// A crash before the send changes nothing; one between send and delete leaves both, and storing twice has no effect;
// deleting first would lose the message. Sent with an old deduplication id it could be swallowed, and then deleted.
//
// Consumers may find the same message invalid again at once. Its deduplication id tells which run sent it, so that no run
// sends one twice; what else is dead-lettered while a run lasts is told by SQS's own clock.
import {
  type BatchFailure,
  type Clock,
  DATE_STEP_MS,
  type OutgoingMessage,
  type QueuePort,
  type Random,
  type ReceivedMessage,
} from '@movie-load/aws';
import type { DeadLetterReason } from '@movie-load/schema';
import { BATCH_BYTES, batchesOf } from './batches.ts';
import { type DeadLetter, type DeadLetterFilter, matches, toDeadLetter } from './read-dead-letter.ts';
import { markOf, redriveId, runOf } from './redrive-id.ts';
import { sweep } from './sweep.ts';

export interface PurgeOptions {
  readonly dlq: QueuePort;
  readonly clock: Clock;
  readonly filter?: DeadLetterFilter | undefined;
  /** Messages to act on at most; default all. */
  readonly max?: number | undefined;
  /** Only counts what would be done. */
  readonly dryRun?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly visibilitySeconds?: number | undefined;
  /** Called after each receive with what was done about it. */
  readonly onProgress?: ((deadLetters: readonly DeadLetter[]) => void) | undefined;
}

export interface RedriveOptions extends Omit<PurgeOptions, 'dlq'> {
  /** The dead-letter queue. */
  readonly from: QueuePort;
  readonly to: QueuePort;
  readonly random: Random;
}

export interface PurgeResult {
  /** Deleted, or what would be deleted. */
  readonly purged: number;
  readonly seen: number;
  /** About how many could not be seen, see `Sweep`. Once those before them are gone, another run sees them. */
  readonly unseen: number;
  /** Still in the dead-letter queue though done with, because the delete failed. */
  readonly undeleted: number;
}

/** A message that was sent back and is in the dead-letter queue again. */
export interface CameBack {
  readonly message_id: string;
  readonly reason: DeadLetterReason;
  readonly detail?: string | undefined;
}

export interface RedriveResult extends Omit<PurgeResult, 'purged'> {
  /** Sent back to their groups, or what would be sent. */
  readonly redriven: number;
  /** Of those, messages whose attributes had been cut and are lost. */
  readonly attributes_lost: number;
  /** How many of them this run saw in the dead-letter queue again; it left them there. */
  readonly came_back: number;
  /** The first of them. */
  readonly first_back?: CameBack | undefined;
  /** What the queue refused for good; it stays in the dead-letter queue. */
  readonly refused: readonly { readonly message_id: string; readonly code: string; readonly message: string }[];
}

const SEND_ATTEMPTS = 8;

/**
 * Redrives what matches and was there when it began: what is dead-lettered again meanwhile waits for the next run, so no
 * message is sent twice by one run. May be stopped and started again at any time. Throws when the queue cannot be reached after some attempts, and the signal's reason.
 *
 * @example await redrive({ from: dlq, to: queue, clock, random, filter: { job_id }, max: 100 });
 */
export async function redrive(options: RedriveOptions): Promise<RedriveResult> {
  const { from, to, random, signal, dryRun = false } = options;
  const run = markOf(random.uuid());
  const limit = Math.min((await to.status({ signal })).maximumMessageBytes, BATCH_BYTES);
  const refused: { message_id: string; code: string; message: string }[] = [];
  let redriven = 0;
  let attributesLost = 0;
  let cameBack = 0;
  let firstBack: CameBack | undefined;

  const send = async (chosen: readonly Chosen[]) => {
    const done: ReceivedMessage[] = [];
    for (const batch of batchesOf(
      chosen.map((one) => outgoing(one, run)),
      limit,
    )) {
      const failures = await to.send(batch, { signal, maxAttempts: SEND_ATTEMPTS });
      const failed = new Map(failures.map((failure) => [failure.index, failure]));
      batch.forEach(({ source }, index) => {
        const failure = failed.get(index);
        if (failure === undefined) done.push(source);
        else refused.push(refusal(source, failure));
      });
    }
    return done;
  };
  /** Sent by this run, and dead-lettered again: sending it once more would go on for ever. */
  const isBack = ({ message_id, reason, detail, original_deduplication_id }: DeadLetter): boolean => {
    if (original_deduplication_id === undefined || runOf(original_deduplication_id) !== run) return false;
    cameBack += 1;
    firstBack ??= { message_id, reason, detail };
    return true;
  };
  const swept = await sweepMatching({ ...options, dlq: from, isDone: isBack }, async (chosen) => {
    const done = dryRun ? chosen.map(({ message }) => message) : await send(chosen);
    const ids = new Set(done.map(({ messageId }) => messageId));
    redriven += done.length;
    attributesLost += chosen.filter(
      ({ deadLetter }) => deadLetter.attributes_cut && ids.has(deadLetter.message_id),
    ).length;
    return done;
  });
  return {
    redriven,
    attributes_lost: attributesLost,
    came_back: cameBack,
    first_back: firstBack,
    refused,
    ...swept,
  };
}

/**
 * Deletes what matches. There is no way back.
 *
 * @example await purgeDeadLetters({ dlq, clock, filter: { reasons: ['not_json'] } });
 */
export async function purgeDeadLetters(options: PurgeOptions): Promise<PurgeResult> {
  let purged = 0;
  const swept = await sweepMatching(options, async (chosen) => {
    purged += chosen.length;
    return chosen.map(({ message }) => message);
  });
  return { purged, ...swept };
}

interface Chosen {
  readonly message: ReceivedMessage;
  readonly deadLetter: DeadLetter;
}

interface SweepMatchingOptions extends PurgeOptions {
  /** True for what must be left alone though it matches. */
  readonly isDone?: (deadLetter: DeadLetter) => boolean;
}

/** Gives `act` what matches of each receive; what it returns is deleted (unless it is a dry run). */
async function sweepMatching(
  { dlq, clock, signal, visibilitySeconds, filter = {}, max, dryRun = false, onProgress, isDone }: SweepMatchingOptions,
  act: (chosen: readonly Chosen[]) => Promise<readonly ReceivedMessage[]>,
) {
  // SQS's clock set `sentOn`, so SQS says what was there when this began. Its `Date` has whole seconds; without one
  // nothing is told apart by time.
  const { now } = await dlq.status({ signal });
  const thereUntil = now === undefined ? Number.POSITIVE_INFINITY : now + DATE_STEP_MS;
  let left = max ?? Number.POSITIVE_INFINITY;
  return sweep({ dlq, clock, signal, visibilitySeconds }, async (messages) => {
    const chosen = messages
      .filter(({ sentOn }) => sentOn <= thereUntil)
      .map((message) => ({ message, deadLetter: toDeadLetter(message) }))
      .filter(({ deadLetter }) => matches(deadLetter, filter) && !isDone?.(deadLetter))
      .slice(0, left);
    left -= chosen.length;
    const done = await act(chosen);
    onProgress?.(chosen.map(({ deadLetter }) => deadLetter));
    return { done: dryRun ? [] : done, enough: left <= 0 };
  });
}

interface Redriven extends OutgoingMessage {
  readonly source: ReceivedMessage;
}

const outgoing = ({ message, deadLetter }: Chosen, run: string): Redriven => ({
  body: message.body,
  groupId: deadLetter.original_group,
  deduplicationId: redriveId(deadLetter, run),
  attributes: Object.keys(deadLetter.attributes).length === 0 ? undefined : deadLetter.attributes,
  source: message,
});

const refusal = ({ messageId }: ReceivedMessage, { code, message }: BatchFailure) => ({
  message_id: messageId,
  code,
  message,
});
