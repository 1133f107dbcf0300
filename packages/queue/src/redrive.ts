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
import { redriveId, redriveRunOf, shortHash } from './redrive-id.ts';
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
  /** The number of messages among them whose attributes are lost, because they were cut when it was dead-lettered. */
  readonly attributes_lost: number;
  /** The number of redriven messages that this run saw in the dead-letter queue again, and left there. */
  readonly came_back: number;
  /** The first message that came back. */
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
  const run = shortHash(random.uuid());
  const limit = Math.min((await to.status({ signal })).maximumMessageBytes, BATCH_BYTES);
  const refused: { message_id: string; code: string; message: string }[] = [];
  let redriven = 0;
  let attributesLost = 0;
  let cameBack = 0;
  let firstBack: CameBack | undefined;

  const send = async (selected: readonly SelectedMessage[]) => {
    const sent: ReceivedMessage[] = [];
    for (const batch of batchesOf(
      selected.map((message) => redrivenMessage(message, run)),
      limit,
    )) {
      const failures = await to.send(batch, { signal, maxAttempts: SEND_ATTEMPTS });
      const failed = new Map(failures.map((failure) => [failure.index, failure]));
      batch.forEach(({ source }, index) => {
        const failure = failed.get(index);
        if (failure === undefined) sent.push(source);
        else refused.push(refusalOf(source, failure));
      });
    }
    return sent;
  };
  /**
   * Whether this run sent the message and it was dead-lettered again; counts it. Sending it again could repeat without
   * end.
   */
  const skipIfBack = ({ message_id, reason, detail, original_deduplication_id }: DeadLetter): boolean => {
    if (original_deduplication_id === undefined || redriveRunOf(original_deduplication_id) !== run) return false;
    cameBack += 1;
    firstBack ??= { message_id, reason, detail };
    return true;
  };
  const swept = await sweepMatching({ ...options, dlq: from, shouldSkip: skipIfBack }, async (selected) => {
    const processed = dryRun ? selected.map(({ message }) => message) : await send(selected);
    const ids = new Set(processed.map(({ messageId }) => messageId));
    redriven += processed.length;
    attributesLost += selected.filter(
      ({ deadLetter }) => deadLetter.attributes_cut && ids.has(deadLetter.message_id),
    ).length;
    return processed;
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
  const swept = await sweepMatching(options, async (selected) => {
    purged += selected.length;
    return selected.map(({ message }) => message);
  });
  return { purged, ...swept };
}

interface SelectedMessage {
  readonly message: ReceivedMessage;
  readonly deadLetter: DeadLetter;
}

interface SweepMatchingOptions extends PurgeOptions {
  /** True for a matching dead letter that must not be processed. */
  readonly shouldSkip?: (deadLetter: DeadLetter) => boolean;
}

/**
 * Calls `processSelected` with the matching messages of each receive, and deletes those that it returns, unless it is a
 * dry run.
 */
async function sweepMatching(
  {
    dlq,
    clock,
    signal,
    visibilitySeconds,
    filter = {},
    max,
    dryRun = false,
    onProgress,
    shouldSkip,
  }: SweepMatchingOptions,
  processSelected: (selected: readonly SelectedMessage[]) => Promise<readonly ReceivedMessage[]>,
) {
  // SQS's clock sets `sentOn`, so SQS's time shows which messages are older than this run. Its `Date` has whole
  // seconds; without a `Date`, all messages count as older.
  const { now } = await dlq.status({ signal });
  const lastSentOn = now === undefined ? Number.POSITIVE_INFINITY : now + DATE_STEP_MS;
  let remaining = max ?? Number.POSITIVE_INFINITY;
  return sweep({ dlq, clock, signal, visibilitySeconds }, async (messages) => {
    const selected = messages
      .filter(({ sentOn }) => sentOn <= lastSentOn)
      .map((message) => ({ message, deadLetter: toDeadLetter(message) }))
      .filter(({ deadLetter }) => matches(deadLetter, filter) && !shouldSkip?.(deadLetter))
      .slice(0, remaining);
    remaining -= selected.length;
    const processed = await processSelected(selected);
    onProgress?.(selected.map(({ deadLetter }) => deadLetter));
    return { toDelete: dryRun ? [] : processed, stop: remaining <= 0 };
  });
}

/** A message to send, and the dead letter that it is made from. */
interface RedrivenMessage extends OutgoingMessage {
  readonly source: ReceivedMessage;
}

const redrivenMessage = ({ message, deadLetter }: SelectedMessage, run: string): RedrivenMessage => ({
  body: message.body,
  groupId: deadLetter.original_group,
  deduplicationId: redriveId(deadLetter, run),
  attributes: Object.keys(deadLetter.attributes).length === 0 ? undefined : deadLetter.attributes,
  source: message,
});

const refusalOf = ({ messageId }: ReceivedMessage, { code, message }: BatchFailure) => ({
  message_id: messageId,
  code,
  message,
});
