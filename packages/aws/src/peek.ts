// Looks into a queue without taking messages, where the endpoint offers it: emulators do (`/_aws/sqs/messages`), AWS not.

import { MovieLoadError } from '@movie-load/schema';
import { z } from 'zod';
import { directFetch } from './direct-fetch.ts';
import { isAwsUrl } from './hosts.ts';
import type { MessageAttribute, ReceivedMessage } from './ports.ts';

const attributeSchema = z.object({ Name: z.string(), Value: z.string() });
const messageAttributeSchema = z.object({
  Name: z.string(),
  Value: z.object({
    DataType: z.string(),
    StringValue: z.string().optional(),
    BinaryValue: z.base64().optional(),
  }),
});
/** One or many: what was XML once has a list only from two on. */
const listOf = <T extends z.ZodType>(item: T) =>
  z
    .union([z.array(item), item])
    .nullish()
    .transform((value) => (value === null || value === undefined ? [] : [value].flat()));

const messageSchema = z.object({
  MessageId: z.string(),
  Body: z.string(),
  Attribute: listOf(attributeSchema),
  MessageAttribute: listOf(messageAttributeSchema),
});
const answerSchema = z.object({
  ReceiveMessageResponse: z.object({
    ReceiveMessageResult: z.object({ Message: listOf(messageSchema) }).nullish(),
  }),
});

export interface PeekedMessage extends ReceivedMessage {
  /** False while it is in flight or delayed. */
  readonly visible: boolean;
}

export interface PeekOptions {
  /** Messages that are wanted at most, the oldest first; an endpoint may answer with more. */
  readonly max?: number;
  /** Only those in flight. Undefined is returned where the endpoint would answer with the whole queue. */
  readonly onlyInFlight?: boolean;
}

/**
 * Messages of a queue, those in flight too, or undefined when the endpoint does not offer it.
 *
 * @throws when the endpoint offers it and fails, or does not answer in time
 */
export type Peek = (queueUrl: string, options?: PeekOptions) => Promise<readonly PeekedMessage[] | undefined>;

/** What an endpoint tells of a queue as a whole, however long it is. */
export interface QueueSummary {
  /** Milliseconds since the epoch; null when the queue is empty. */
  readonly oldestSentOn: number | null;
  /** Groups that have messages. */
  readonly messageGroups: number;
}

export type Summarise = (queueUrl: string) => Promise<QueueSummary | undefined>;

const LIMIT_MS = 30_000;

/** `endpoint` is undefined for AWS itself, which has no such thing. */
export function createPeek(endpoint: string | undefined): Peek {
  const summarise = createSummarise(endpoint);
  return async (queueUrl, { max, onlyInFlight = false } = {}) => {
    if (onlyInFlight && (await summarise(queueUrl)) === undefined) return undefined;
    const body = await ask(endpoint, '/_aws/sqs/messages', {
      QueueUrl: queueUrl,
      ShowInvisible: 'true',
      ShowDelayed: 'true',
      ...(max !== undefined && { MaxNumberOfMessages: String(max) }),
      ...(onlyInFlight && { OnlyInFlight: 'true' }),
    });
    const { data } = answerSchema.safeParse(body);
    if (data === undefined) return undefined;
    return data.ReceiveMessageResponse.ReceiveMessageResult?.Message.map(toMessage) ?? [];
  };
}

const summarySchema = z.object({ oldest_sent_on: z.number().nullable(), message_groups: z.number() });

/** Only the embedded AWS has it; undefined elsewhere. */
export function createSummarise(endpoint: string | undefined): Summarise {
  return async (queueUrl) => {
    const { data } = summarySchema.safeParse(await ask(endpoint, '/_local-aws/queue', { QueueUrl: queueUrl }));
    return data && { oldestSentOn: data.oldest_sent_on, messageGroups: data.message_groups };
  };
}

/** The JSON answer; undefined when there is no such page there. */
async function ask(endpoint: string | undefined, path: string, parameters: Record<string, string>): Promise<unknown> {
  if (endpoint === undefined || isAwsUrl(endpoint)) return undefined;
  const url = new URL(path, endpoint);
  url.search = new URLSearchParams(parameters).toString();
  const signal = AbortSignal.timeout(LIMIT_MS);
  try {
    const response = await directFetch(url, { headers: { accept: 'application/json' }, signal });
    if (response.status >= 500) throw new Error(`status ${response.status}`);
    const text = await response.text();
    const answer: unknown = response.ok && text.startsWith('{') ? JSON.parse(text) : undefined;
    return answer;
  } catch (cause) {
    const why = signal.aborted
      ? `it took longer than ${LIMIT_MS / 1000} s`
      : String(Error.isError(cause) ? cause.message : cause);
    throw new MovieLoadError('peek_failed', `The endpoint did not show what is in the queue: ${why}.`, { cause });
  }
}

function toMessage({ MessageId, Body, Attribute, MessageAttribute }: z.infer<typeof messageSchema>): PeekedMessage {
  const system = new Map(Attribute.map(({ Name, Value }) => [Name, Value]));
  const attributes = MessageAttribute.map(({ Name, Value: { DataType, StringValue, BinaryValue } }) => {
    const value: MessageAttribute =
      BinaryValue === undefined
        ? { DataType, StringValue }
        : { DataType, BinaryValue: Buffer.from(BinaryValue, 'base64') };
    return [Name, value] as const;
  });
  return {
    messageId: MessageId,
    receiptHandle: '',
    body: Body,
    groupId: system.get('MessageGroupId'),
    deduplicationId: system.get('MessageDeduplicationId'),
    sequenceNumber: system.get('SequenceNumber'),
    receiveCount: Number(system.get('ApproximateReceiveCount') ?? 0),
    sentOn: Number(system.get('SentTimestamp') ?? 0),
    attributes: Object.fromEntries(attributes),
    movedFrom: system.get('DeadLetterQueueSourceArn'),
    visible: (system.get('IsVisible') ?? 'true').toLowerCase() === 'true',
  };
}
