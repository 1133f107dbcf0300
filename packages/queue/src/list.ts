// Looks into the dead-letter queue without taking anything out of it.
import type { Clock, QueuePort, ReceivedMessage } from '@movie-load/aws';
import { type DeadLetter, type DeadLetterFilter, matches, toDeadLetter } from './letter.ts';
import { sweep } from './sweep.ts';

export interface LookOptions {
  readonly dlq: QueuePort;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /**
   * All messages without receiving them: emulators offer it (`/_aws/sqs/messages`), AWS does not. Without it the messages
   * are received, held until all have been seen, and released.
   */
  readonly peek?: (() => Promise<readonly ReceivedMessage[]>) | undefined;
  readonly filter?: DeadLetterFilter | undefined;
  /** Messages to list at most; default all. */
  readonly max?: number | undefined;
  readonly visibilitySeconds?: number | undefined;
}

export interface DeadLetterList {
  /** Without bodies, oldest first. */
  readonly letters: readonly DeadLetter[];
  /** About how many could not be seen, see `Sweep`. */
  readonly unseen: number;
}

/**
 * Lists what matches.
 *
 * @example const { letters, unseen } = await listDeadLetters({ dlq, clock, filter: { reasons: ['not_json'] } });
 */
export async function listDeadLetters(options: LookOptions): Promise<DeadLetterList> {
  const letters: DeadLetter[] = [];
  const unseen = await look(options, (message) => {
    letters.push(toDeadLetter(message));
    return letters.length < (options.max ?? Number.POSITIVE_INFINITY);
  });
  letters.sort((a, b) => a.since.localeCompare(b.since) || a.message_id.localeCompare(b.message_id));
  return { letters, unseen };
}

/** A dead letter with its body. */
export interface ShownDeadLetter extends DeadLetter {
  readonly body: string;
}

/**
 * The dead letters whose id begins with `id`: one, unless too little of it was given. None when there is none, or when it
 * could not be seen (`unseen` > 0).
 */
export async function showDeadLetter(
  id: string,
  options: Omit<LookOptions, 'filter' | 'max'>,
): Promise<{ readonly letters: readonly ShownDeadLetter[]; readonly unseen: number }> {
  const letters: ShownDeadLetter[] = [];
  const unseen = await look({ ...options, filter: { ids: [id] } }, (message) => {
    letters.push({ ...toDeadLetter(message), body: message.body });
    return letters.length < MOST_SHOWN && message.messageId !== id;
  });
  return { letters, unseen };
}

/** More are never shown: their bodies have up to a mebibyte each. */
const MOST_SHOWN = 10;

/** Calls `found` with each message that matches until it returns false. Returns how many could not be seen. */
async function look(
  { dlq, clock, signal, peek, filter = {}, visibilitySeconds }: LookOptions,
  found: (message: ReceivedMessage) => boolean,
): Promise<number> {
  const goOn = (messages: readonly ReceivedMessage[]): boolean => {
    for (const message of messages) if (matches(toDeadLetter(message), filter) && !found(message)) return false;
    return true;
  };
  if (peek !== undefined) {
    goOn(await peek());
    return 0;
  }
  const { unseen } = await sweep({ dlq, clock, signal, visibilitySeconds }, async (messages) => ({
    done: [],
    enough: !goOn(messages),
  }));
  return unseen;
}
