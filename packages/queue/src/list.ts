// Lists the dead-letter queue without removing messages. Memory is bounded, however many and large the messages are.
import type { Clock, QueuePort } from '@movie-load/aws';
import type { DeadLetterReason } from '@movie-load/schema';
import { attributesBytes } from './batches.ts';
import { type DeadLetter, type DeadLetterFilter, matches, type SeenMessage, toDeadLetter } from './read-dead-letter.ts';
import { sweep } from './sweep.ts';

export interface ReadOptions {
  readonly dlq: QueuePort;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /**
   * Returns all messages without receiving them: emulators offer that (`/_aws/sqs/messages`), AWS does not. Without
   * it the messages are received, kept invisible until all have been seen, and released.
   */
  readonly peek?: (() => Promise<AsyncIterable<SeenMessage>>) | undefined;
  readonly filter?: DeadLetterFilter | undefined;
  readonly visibilitySeconds?: number | undefined;
}

export interface ListOptions extends ReadOptions {
  /** The most dead letters to list, the oldest ones; all that match are counted. */
  readonly max?: number | undefined;
  /** The most bytes of the listed dead letters. Default 32 MiB. */
  readonly maxBytes?: number | undefined;
}

export interface DeadLetterList {
  /** Without bodies, oldest first. */
  readonly deadLetters: readonly DeadLetter[];
  /** The number of matching dead letters. */
  readonly total: number;
  readonly byReason: Readonly<Partial<Record<DeadLetterReason, number>>>;
  /** The approximate number that could not be seen, see `Sweep`. */
  readonly unseen: number;
}

const DEFAULT_LIST_BYTES = 32 * 1024 * 1024;
/** The approximate size of a dead letter without its attributes. */
const DEAD_LETTER_BYTES = 1000;

/**
 * Lists the matching dead letters.
 *
 * @example const { deadLetters, total } = await listDeadLetters({ dlq, clock, filter: { reasons: ['not_json'] }, max: 50 });
 */
export async function listDeadLetters(options: ListOptions): Promise<DeadLetterList> {
  const { max = Number.POSITIVE_INFINITY, maxBytes = DEFAULT_LIST_BYTES } = options;
  const byReason: Partial<Record<DeadLetterReason, number>> = {};
  let deadLetters: DeadLetter[] = [];
  let bytes = 0;
  let total = 0;
  const unseen = await readAll(options, (message) => {
    const deadLetter = toDeadLetter(message);
    total += 1;
    byReason[deadLetter.reason] = (byReason[deadLetter.reason] ?? 0) + 1;
    deadLetters.push(deadLetter);
    bytes += deadLetterBytes(deadLetter);
    if (deadLetters.length >= 2 * max || bytes > 2 * maxBytes) {
      deadLetters = oldest(deadLetters, max, maxBytes);
      bytes = deadLetters.reduce((sum, letter) => sum + deadLetterBytes(letter), 0);
    }
    return true;
  });
  return { deadLetters: oldest(deadLetters, max, maxBytes), total, byReason, unseen };
}

const deadLetterBytes = ({ attributes }: DeadLetter): number => DEAD_LETTER_BYTES + attributesBytes(attributes);

/** The oldest `max` dead letters, as far as they fit into `maxBytes`. */
function oldest(deadLetters: readonly DeadLetter[], max: number, maxBytes: number): DeadLetter[] {
  const sorted = deadLetters.toSorted(
    (a, b) => a.since.localeCompare(b.since) || a.message_id.localeCompare(b.message_id),
  );
  let remainingBytes = maxBytes;
  return sorted.slice(0, max).filter((deadLetter) => {
    remainingBytes -= deadLetterBytes(deadLetter);
    return remainingBytes >= 0;
  });
}

/** A dead letter with its body, or with the start of the body if `peek` returned no more. */
export interface DeadLetterWithBody extends DeadLetter {
  readonly body: string;
}

/**
 * The dead letters whose message id begins with `id`: usually one, or several when the beginning is ambiguous. None when
 * no message has such an id, or when it may be among those that could not be seen (`unseen` > 0).
 */
export async function findDeadLetters(
  id: string,
  options: Omit<ReadOptions, 'filter'>,
): Promise<{ readonly deadLetters: readonly DeadLetterWithBody[]; readonly unseen: number }> {
  const deadLetters: DeadLetterWithBody[] = [];
  const unseen = await readAll({ ...options, filter: { ids: [id] } }, (message) => {
    deadLetters.push({ ...toDeadLetter(message), body: message.body });
    return deadLetters.length < MAX_WITH_BODY && message.messageId !== id;
  });
  return { deadLetters, unseen };
}

/** The most dead letters that are returned with their bodies: a body may have 1 MiB. */
const MAX_WITH_BODY = 10;

/** Calls `visit` with each matching message until it returns false. Returns the number that could not be seen. */
async function readAll(
  { dlq, clock, signal, peek, filter = {}, visibilitySeconds }: ReadOptions,
  visit: (message: SeenMessage) => boolean,
): Promise<number> {
  const shouldContinue = (message: SeenMessage) => !matches(toDeadLetter(message), filter) || visit(message);
  if (peek !== undefined) {
    for await (const message of await peek()) {
      signal?.throwIfAborted();
      if (!shouldContinue(message)) break;
    }
    return 0;
  }
  const { unseen } = await sweep({ dlq, clock, signal, visibilitySeconds }, async (messages) => ({
    toDelete: [],
    stop: !messages.every(shouldContinue),
  }));
  return unseen;
}
