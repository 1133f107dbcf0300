// Sends dead letters back to their queue, or throws them away.
//
//     receive ──► send to the original group ──► delete
//                 with a fresh deduplication id
//
// A crash before the send changes nothing; one between send and delete leaves both, and storing twice has no effect;
// deleting first would lose the message. Sent with an old deduplication id it could be swallowed, and then deleted.
import { createHash } from 'node:crypto';
import type { BatchFailure, Clock, OutgoingMessage, QueuePort, Random, ReceivedMessage } from '@movie-load/aws';
import { deduplicationId, parseDeduplicationId } from '@movie-load/schema';
import { BATCH_BYTES, batchesOf } from './batches.ts';
import { type DeadLetter, type DeadLetterFilter, matches, toDeadLetter } from './letter.ts';
import { type Retry, sendBatch } from './send-batch.ts';
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
  readonly onProgress?: ((letters: readonly DeadLetter[]) => void) | undefined;
}

export interface RedriveOptions extends Omit<PurgeOptions, 'dlq'> {
  /** The dead-letter queue. */
  readonly from: QueuePort;
  readonly to: QueuePort;
  readonly random: Random;
  readonly onRetry?: ((retry: Retry) => void) | undefined;
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

export interface RedriveResult extends Omit<PurgeResult, 'purged'> {
  /** Sent back to their groups, or what would be sent. */
  readonly redriven: number;
  /** Of those, messages whose attributes had been cut and are lost. */
  readonly attributes_lost: number;
  /** What the queue refused for good; it stays in the dead-letter queue. */
  readonly refused: readonly { readonly message_id: string; readonly code: string; readonly message: string }[];
}

const SEND_ATTEMPTS = 8;
const SENDING_CHARACTERS = 32;

/**
 * Redrives what matches and was there when it began: what is dead-lettered again meanwhile waits for the next run. May be
 * stopped and started again at any time. Throws when the queue cannot be reached after some attempts, and the signal's reason.
 *
 * @example await redrive({ from: dlq, to: queue, clock, random, filter: { job_id }, max: 100 });
 */
export async function redrive(options: RedriveOptions): Promise<RedriveResult> {
  const { from, to, clock, random, signal, onRetry, dryRun = false } = options;
  const word = random.uuid();
  const limit = Math.min((await to.status({ signal })).maximumMessageBytes, BATCH_BYTES);
  const refused: { message_id: string; code: string; message: string }[] = [];
  let redriven = 0;
  let attributesLost = 0;

  const send = async (chosen: readonly Chosen[]) => {
    const done: ReceivedMessage[] = [];
    for (const batch of batchesOf(
      chosen.map((one) => outgoing(one, word)),
      limit,
    )) {
      const failures = await sendBatch(batch, {
        queue: to,
        clock,
        random,
        signal,
        onRetry,
        maxAttempts: SEND_ATTEMPTS,
      });
      const failed = new Map(failures.map((failure) => [failure.index, failure]));
      batch.forEach(({ source }, index) => {
        const failure = failed.get(index);
        if (failure === undefined) done.push(source);
        else refused.push(refusal(source, failure));
      });
    }
    return done;
  };
  const swept = await sweepMatching({ ...options, dlq: from }, async (chosen) => {
    const done = dryRun ? chosen.map(({ message }) => message) : await send(chosen);
    const ids = new Set(done.map(({ messageId }) => messageId));
    redriven += done.length;
    attributesLost += chosen.filter(({ letter }) => letter.attributes_cut && ids.has(letter.message_id)).length;
    return done;
  });
  return { redriven, attributes_lost: attributesLost, refused, ...swept };
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
  readonly letter: DeadLetter;
}

/** Gives `act` what matches of each receive; what it returns is deleted (unless it is a dry run). */
async function sweepMatching(
  { dlq, clock, signal, visibilitySeconds, filter = {}, max, dryRun = false, onProgress }: PurgeOptions,
  act: (chosen: readonly Chosen[]) => Promise<readonly ReceivedMessage[]>,
) {
  const startedOn = clock.now();
  let left = max ?? Number.POSITIVE_INFINITY;
  return sweep({ dlq, clock, signal, visibilitySeconds }, async (messages) => {
    const chosen = messages
      // Otherwise what is dead-lettered again at once would go round for ever.
      .filter(({ sentOn }) => sentOn <= startedOn)
      .map((message) => ({ message, letter: toDeadLetter(message) }))
      .filter(({ letter }) => matches(letter, filter))
      .slice(0, left);
    left -= chosen.length;
    const done = chosen.length === 0 ? [] : await act(chosen);
    onProgress?.(chosen.map(({ letter }) => letter));
    return { done: dryRun ? [] : done, enough: left <= 0 };
  });
}

interface Redriven extends OutgoingMessage {
  readonly source: ReceivedMessage;
}

function outgoing({ message, letter }: Chosen, word: string): Redriven {
  // The same message in the same run has the same id: what could not be deleted and comes again is not sent twice.
  const sending = createHash('sha256')
    .update(`${message.messageId}.${word}`)
    .digest('hex')
    .slice(0, SENDING_CHARACTERS);
  // In the job's own form where it had one, so that whoever looks into a queue still sees which message it is.
  const id = parseDeduplicationId(letter.original_deduplication_id ?? '');
  return {
    body: message.body,
    groupId: letter.original_group,
    deduplicationId: id ? deduplicationId(id.job_id, id.group, id.number, sending) : `redrive.${sending}`,
    attributes: Object.keys(letter.attributes).length === 0 ? undefined : letter.attributes,
    source: message,
  };
}

const refusal = ({ messageId }: ReceivedMessage, { code, message }: BatchFailure) => ({
  message_id: messageId,
  code,
  message,
});
