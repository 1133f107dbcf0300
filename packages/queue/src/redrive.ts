// Sends dead letters back to their queue, or deletes them.
//
//     receive ──► send to the original group ──► delete
//                 with a fresh deduplication id
//
// A crash before the send changes nothing. A crash between send and delete leaves both messages, and storing twice
// has no effect. Deleting first could lose the message. With its old deduplication id SQS could drop the sent
// message.
//
// Consumers may dead-letter the same message again at once. Its deduplication id shows which run sent it, so that no
// run sends one twice. SQS's clock shows which other messages were dead-lettered during a run.
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
  /** The most messages to process. Default: all. */
  readonly max?: number | undefined;
  /** Only counts the messages. */
  readonly dryRun?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly visibilitySeconds?: number | undefined;
  /** Called after each receive with the processed dead letters. */
  readonly onProgress?: ((deadLetters: readonly DeadLetter[]) => void) | undefined;
}

export interface RedriveOptions extends Omit<PurgeOptions, 'dlq'> {
  /** The dead-letter queue. */
  readonly from: QueuePort;
  readonly to: QueuePort;
  readonly random: Random;
}

export interface PurgeResult {
  /** The number deleted, or to be deleted in a dry run. */
  readonly purged: number;
  readonly seen: number;
  /**
   * The approximate number that could not be seen, see `Sweep`. Once earlier ones are deleted, another run sees them.
   */
  readonly unseen: number;
  /** The number that were processed but could not be deleted. */
  readonly undeleted: number;
}

/** A message that was redriven and is in the dead-letter queue again. */
export interface CameBack {
  readonly message_id: string;
  readonly reason: DeadLetterReason;
  readonly detail?: string | undefined;
}

export interface RedriveResult extends Omit<PurgeResult, 'purged'> {
  /** The number sent to their groups, or to be sent in a dry run. */
  readonly redriven: number;
  /** Messages among them whose attributes had been cut and are lost. */
  readonly attributes_lost: number;
  /** The number of them that this run saw in the dead-letter queue again, and left there. */
  readonly came_back: number;
  /** The first of these. */
  readonly first_back?: CameBack | undefined;
  /** Messages that the queue refused for good; they stay in the dead-letter queue. */
  readonly refused: readonly { readonly message_id: string; readonly code: string; readonly message: string }[];
}

const SEND_ATTEMPTS = 8;

/**
 * Redrives the matching messages that were in the dead-letter queue when it began. Messages that are dead-lettered
 * meanwhile wait for the next run, so one run sends no message twice. May be stopped and started again at any time.
 * Throws when the queue is unreachable after some attempts, and the signal's reason.
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
  /** Whether this run sent the message and it was dead-lettered again. Sending it again could repeat without end. */
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
 * Deletes the matching dead letters for good.
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
  /** True for a matching dead letter that must not be processed. */
  readonly isDone?: (deadLetter: DeadLetter) => boolean;
}

/**
 * Calls `act` with the matching messages of each receive, and deletes those that it returns, unless it is a dry run.
 */
async function sweepMatching(
  { dlq, clock, signal, visibilitySeconds, filter = {}, max, dryRun = false, onProgress, isDone }: SweepMatchingOptions,
  act: (chosen: readonly Chosen[]) => Promise<readonly ReceivedMessage[]>,
) {
  // SQS's clock sets `sentOn`, so SQS's time shows which messages are older than this run. Its `Date` has whole
  // seconds; without a `Date`, all messages count as older.
  const { now } = await dlq.status({ signal });
  const oldUntil = now === undefined ? Number.POSITIVE_INFINITY : now + DATE_STEP_MS;
  let left = max ?? Number.POSITIVE_INFINITY;
  return sweep({ dlq, clock, signal, visibilitySeconds }, async (messages) => {
    const chosen = messages
      .filter(({ sentOn }) => sentOn <= oldUntil)
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
