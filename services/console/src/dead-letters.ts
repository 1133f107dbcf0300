// The dead-letter queue for the page: looked at without taking where the endpoint allows, redriven by packages/queue.
import type { Clock, OpenQueue, Peek, Random, ReceivedMessage } from '@movie-load/aws';
import { type DeadLetter, redrive, sweep, toDeadLetter } from '@movie-load/queue';
import type { DeadLetterBody, DeadLetters, DeadLetterView, RedriveRequest, RedriveResult } from './api.ts';
import { HttpError } from './http-body.ts';

export interface DeadLettersOptions {
  readonly queue: () => Promise<OpenQueue>;
  readonly dlq: () => Promise<OpenQueue>;
  readonly peek: Peek;
  readonly clock: Clock;
  readonly random: Random;
}

/** Messages that one look shows; the queue may hold more. */
const MOST_SHOWN = 500;
/** Longer than a look takes; after a crash of this process the messages are back so soon. */
const LOOK_VISIBILITY_SECONDS = 30;
/** Where there is no peeking, bodies that were seen are kept for the details, so many characters of them together. */
const KEPT_CHARACTERS = 16 * 1024 * 1024;
const BODY_START_CHARACTERS = 2000;
const BODY_CHARACTERS = 256 * 1024;

export type DeadLettersDesk = ReturnType<typeof createDeadLetters>;

export function createDeadLetters({ queue, dlq, peek, clock, random }: DeadLettersOptions) {
  /** Bodies of the last look by message id, for endpoints that hand messages out to show them. */
  let seen = new Map<string, string>();
  let letters: readonly DeadLetter[] = [];
  let looking: Promise<DeadLetters> | undefined;

  async function look(): Promise<DeadLetters> {
    const from = await dlq();
    const peeked = await peek(from.url);
    const messages = peeked ?? (await receiveAll(from, clock));
    letters = peeked ? [] : messages.map(toDeadLetter);
    seen = new Map();
    let room = KEPT_CHARACTERS;
    for (const { messageId, body } of peeked ? [] : messages) {
      room -= body.length;
      if (room > 0) seen.set(messageId, body);
    }
    const newestFirst = messages.toSorted((a, b) => b.sentOn - a.sentOn);
    return {
      total: messages.length,
      messages: newestFirst.slice(0, MOST_SHOWN).map(toView),
      peeked: peeked !== undefined,
    };
  }

  return {
    /** What the last look found, where looking means receiving: nobody else should have to do that again. */
    lettersSeen: () => letters,

    /** One look at a time, shared by all who ask meanwhile. */
    list(): Promise<DeadLetters> {
      looking ??= look().finally(() => {
        looking = undefined;
      });
      return looking;
    },

    async body(messageId: string): Promise<DeadLetterBody> {
      const peeked = await peek((await dlq()).url);
      const body = peeked?.find((message) => message.messageId === messageId)?.body ?? seen.get(messageId);
      if (body === undefined) {
        throw new HttpError(
          404,
          'No such message',
          'The message is not in the dead-letter queue any more. Read it again.',
        );
      }
      return { body: body.slice(0, BODY_CHARACTERS), cut: body.length > BODY_CHARACTERS };
    },

    async redrive({ message_ids, dry_run }: RedriveRequest): Promise<RedriveResult> {
      const found: DeadLetter[] = [];
      const { refused, came_back } = await redrive({
        from: await dlq(),
        to: await queue(),
        clock,
        random,
        filter: { ids: message_ids },
        max: message_ids.length,
        dryRun: dry_run,
        visibilitySeconds: LOOK_VISIBILITY_SECONDS,
        onProgress: (some) => found.push(...some),
      });
      const not = new Set(refused.map(({ message_id }) => message_id));
      const redriven = found.filter(({ message_id }) => !not.has(message_id));
      const ids = new Set(found.map(({ message_id }) => message_id));
      if (!dry_run) letters = letters.filter(({ message_id }) => !ids.has(message_id) || not.has(message_id));
      return {
        dry_run,
        came_back,
        redriven: redriven.map(({ message_id, original_group }) => ({ message_id, to_group: original_group })),
        not_found: message_ids.filter((id) => !ids.has(id)),
        refused: refused.map(({ message_id, code, message }) => `${message_id}: ${code} ${message}`),
      };
    },
  };
}

async function receiveAll(dlq: OpenQueue, clock: Clock): Promise<readonly ReceivedMessage[]> {
  const messages: ReceivedMessage[] = [];
  await sweep({ dlq, clock, visibilitySeconds: LOOK_VISIBILITY_SECONDS }, async (some) => {
    messages.push(...some);
    return { done: [], enough: messages.length >= MOST_SHOWN };
  });
  return messages;
}

function toView(message: ReceivedMessage): DeadLetterView {
  const letter = toDeadLetter(message);
  const own = Object.entries(message.attributes).map(([name, { StringValue, BinaryValue }]) => [
    name,
    StringValue ?? `${BinaryValue?.byteLength ?? 0} bytes`,
  ]);
  return {
    message_id: letter.message_id,
    reason: letter.reason,
    detail: letter.detail ?? '',
    consumer: letter.consumer ?? '',
    original_group: letter.original_group,
    job_id: letter.job_id ?? null,
    sent_on: letter.original_sent_on ?? null,
    dead_since: letter.since,
    receives: letter.original_receive_count === undefined ? null : String(letter.original_receive_count),
    body_bytes: letter.body_bytes,
    body_start: message.body.slice(0, BODY_START_CHARACTERS),
    body_cut: message.body.length > BODY_START_CHARACTERS,
    attributes: Object.fromEntries(own),
  };
}
