// The history of one message of a job, in every queue.
import { parseDeduplicationId } from '@movie-load/schema';
import { z } from 'zod';

const eventSchema = z.object({
  kind: z.string(),
  /** Milliseconds since the epoch. */
  at: z.number(),
  queue: z.string(),
  /** The process that made the call; null for an event that no call caused. */
  by: z.string().nullable(),
  /** The time until which the message is hidden, in milliseconds since the epoch; null when it is not hidden. */
  until: z.number().nullable(),
  /** The message's receive count. */
  receives: z.number(),
});
type HistoryEvent = z.infer<typeof eventSchema>;

const messageHistorySchema = z.object({
  message_id: z.string(),
  group: z.string().nullable(),
  deduplication_id: z.string().nullable(),
  events: z.array(eventSchema),
  events_left_out: z.number(),
});
export type MessageHistory = z.infer<typeof messageHistorySchema>;

const historyResponseSchema = z.object({ messages: z.array(messageHistorySchema), forgotten_messages: z.number() });

/** Calls the lab and parses its response with a schema. */
type CallLab = <T extends z.ZodType>(path: string, schema: T) => Promise<z.infer<T>>;

interface MessageHistories {
  /** Each send of the message, then the dead letters that consumers made of them. */
  readonly messages: readonly MessageHistory[];
  /** Number of older messages whose history was dropped for lack of room. */
  readonly forgottenMessages: number;
}

/** @param job the id of a job, or its first characters */
export async function readMessageHistory(callLab: CallLab, job: string, number: number): Promise<MessageHistories> {
  // A deduplication id has job, group, number and nonce. Without the last dot the pattern would also match every
  // message of the group with this number, of which there may be more than the lab returns.
  const query = new URLSearchParams({ deduplication_id: `${job}*.*.${number}.*` });
  const response = await callLab(`history?${query}`, historyResponseSchema);
  const sent = response.messages.filter(
    (message) => parseDeduplicationId(message.deduplication_id ?? '')?.number === number,
  );
  // A dead letter has the id of its message as its group.
  const deadLetters = await Promise.all(
    sent.map(({ message_id }) =>
      callLab(`history?${new URLSearchParams({ group: message_id })}`, historyResponseSchema),
    ),
  );
  return {
    messages: [...sent, ...deadLetters.flatMap(({ messages }) => messages)],
    forgottenMessages: response.forgotten_messages,
  };
}

const EVENT_TEXTS: Readonly<Record<string, string>> = {
  sent: 'sent',
  deduplicated: 'sent again: deduplicated by SQS',
  received: 'received',
  extended: 'visibility extended',
  released: 'released',
  visible: 'visible again: the visibility timeout expired',
  deleted: 'deleted',
  moved: 'moved away',
  arrived: 'arrived',
  expired: 'removed: the retention period ended',
  purged: 'purged',
};

/** @example eventText({ kind: 'received', receives: 2, … }) // 'received (receive count 2)' */
export const eventText = ({ kind, receives }: Pick<HistoryEvent, 'kind' | 'receives'>): string =>
  `${EVENT_TEXTS[kind] ?? kind}${kind === 'received' ? ` (receive count ${receives})` : ''}`;
