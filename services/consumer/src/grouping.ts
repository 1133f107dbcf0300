// Splits a receive by message group, cuts groups into pieces that fit into memory, and checks the messages.
import type { ReceivedMessage } from '@movie-load/aws';
import type { BatchMessage, StoreBatch } from '@movie-load/jobs';
import { checkLoadMessage, type LoadMessage, NEWER_VERSION, type Refusal } from '@movie-load/schema';

/** A message that can never succeed. */
export interface RefusedMessage {
  readonly message: ReceivedMessage;
  readonly reason: Refusal;
  /** Text of movie-load; never quotes the message. */
  readonly detail: string;
}

/** Consecutive messages of one message group, checked. */
export interface GroupWork {
  readonly refused: readonly RefusedMessage[];
  /** Messages of a newer plan version, which stay in the queue for consumers of a newer release. */
  readonly newer: readonly ReceivedMessage[];
  /** The distinct numbers to store; undefined when no message is valid. */
  readonly batch: StoreBatch | undefined;
  /** All deliveries of these numbers: they are deleted or released with the batch. */
  readonly valid: readonly ReceivedMessage[];
}

/** Splits a receive by message group. Groups are independent of each other; inside a group the order is kept. */
export function splitByGroup(messages: readonly ReceivedMessage[]): ReceivedMessage[][] {
  return [...Map.groupBy(messages, ({ groupId }) => groupId).values()];
}

/**
 * Cuts a group's messages into pieces of at most `limit` characters, or of one message, because parsed movies that are
 * being written take ten times the memory of their text.
 */
export function splitIntoPieces(messages: readonly ReceivedMessage[], limit: number): ReceivedMessage[][] {
  const pieces: ReceivedMessage[][] = [];
  let remainingCharacters = 0;
  for (const message of messages) {
    const last = pieces.at(-1);
    if (last && message.body.length <= remainingCharacters) last.push(message);
    else {
      pieces.push([message]);
      remainingCharacters = limit;
    }
    remainingCharacters -= message.body.length;
  }
  return pieces;
}

export interface ReceiveTimes {
  /** Milliseconds since the epoch, by this process's clock. */
  readonly receivedOn: number;
  /** How far SQS's clock, which sets the time when a message was sent, is ahead of this process's clock. */
  readonly queueAheadMs?: number;
}

/**
 * Checks messages of one group and reduces them to distinct numbers. One receive may have a number twice, because a
 * resume sends duplicates, and DynamoDB refuses duplicates in a set and in a batch: the first delivery is stored.
 */
export function checkGroup(
  deliveries: readonly ReceivedMessage[],
  { receivedOn, queueAheadMs = 0 }: ReceiveTimes,
): GroupWork {
  const refused: RefusedMessage[] = [];
  const newer: ReceivedMessage[] = [];
  const valid: ReceivedMessage[] = [];
  const distinct = new Map<number, BatchMessage>();
  let firstValid: { readonly message: LoadMessage; readonly sentOn: number } | undefined;
  for (const message of deliveries) {
    const { groupId } = message;
    const checked = checkLoadMessage(message.body, groupId);
    if (!checked.ok) {
      const { reason, detail } = checked;
      if (reason === NEWER_VERSION) newer.push(message);
      else refused.push({ message, reason, detail });
      continue;
    }
    valid.push(message);
    firstValid ??= { message: checked.message, sentOn: message.sentOn };
    const { number, movies } = checked.message;
    if (distinct.has(number)) continue;
    distinct.set(number, {
      number,
      movies,
      sent_on: message.sentOn - queueAheadMs,
      received_on: receivedOn,
      receives: Math.max(1, message.receiveCount),
    });
  }
  // A valid message's group id names its job, and the job's id its plan: these are the same for the whole group.
  const batch = firstValid && {
    plan: firstValid.message.plan,
    job_id: firstValid.message.job_id,
    group: firstValid.message.group,
    started_on: plausibleStart(firstValid.message.started_on, firstValid.sentOn),
    messages: [...distinct.values()],
  };
  return { refused, newer, batch, valid };
}

/** A producer's clock may be ahead of AWS's by this time. */
const CLOCK_SKEW_MS = 5 * 60_000;
/** A job may be resumed this long after its start. */
const MAX_JOB_MS = 366 * 24 * 60 * 60_000;

/**
 * The start of a job, limited to a plausible time: at most five minutes after SQS got its message, and at most a year
 * before. A forged start in the year 9999 would be the first in every list of jobs for ever.
 */
function plausibleStart(startedOn: string, sentOn: number): string {
  const started = Date.parse(startedOn);
  const plausible = Math.min(Math.max(started, sentOn - MAX_JOB_MS), sentOn + CLOCK_SKEW_MS);
  return plausible === started ? startedOn : new Date(plausible).toISOString();
}
