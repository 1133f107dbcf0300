// Reads a queue's messages without receiving them, where the endpoint supports it: emulators do (`/_aws/sqs/messages`),
// AWS does not. The answer may have every message of the queue, up to a mebibyte each, so it is read as a stream.

import { MovieLoadError, parseJson, utf8Bytes } from '@movie-load/schema';
import { z } from 'zod';
import { type PageResponse, peekFailed, requestPage } from './emulator-page.ts';
import { messageTexts } from './message-texts.ts';
import type { CallOptions, MessageAttribute, ReceivedMessage } from './ports.ts';

const attributeSchema = z.object({ Name: z.string(), Value: z.string() });
const messageAttributeSchema = z.object({
  Name: z.string(),
  Value: z.object({
    DataType: z.string(),
    StringValue: z.string().optional(),
    BinaryValue: z.base64().optional(),
  }),
});
/** One element or a list: an answer converted from XML has a list only for two or more. */
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

export interface PeekedMessage extends ReceivedMessage {
  /** False while it is in flight or delayed. */
  readonly visible: boolean;
  /**
   * Milliseconds since the epoch, on the endpoint's clock; undefined when it is visible, or the endpoint does not
   * report it.
   */
  readonly visibleAt?: number | undefined;
  /** The last caller that received messages of its group, by the name of its client; undefined as above. */
  readonly receivedBy?: string | undefined;
  /** The size of the whole body, of which `body` may be only the start. */
  readonly bodyBytes: number;
}

export interface PeekOptions extends CallOptions {
  /** The largest number of messages. */
  readonly max?: number;
  /** Only messages in flight. The result is undefined where the endpoint would answer with the whole queue. */
  readonly onlyInFlight?: boolean;
  /** Only messages that were received at least once: in flight, or visible again. Undefined as above. */
  readonly onlyReceived?: boolean;
  /** The newest first, where the endpoint supports it; else the oldest. */
  readonly newestFirst?: boolean;
  readonly messageId?: string;
  /**
   * The largest number of characters of each body and of each attribute's text (which then ends in `…`); default all.
   */
  readonly characters?: number;
  /** The largest number of bytes that are read of the answer; default all. */
  readonly maxBytes?: number;
}

export interface PeekedMessages extends AsyncIterable<PeekedMessage> {
  /** True once `maxBytes` has ended the iteration before the last message. */
  readonly isCut: boolean;
}

/**
 * Messages of a queue, those in flight too, or undefined when the endpoint does not support peeking. They are read
 * while the caller iterates, once; leaving the loop ends the reading. The loop throws when the endpoint fails half-way.
 *
 * @example for await (const { messageId } of (await peek(url, { max: 10, characters: 300 })) ?? []) …
 * @throws when the endpoint supports it and fails, or is silent for 30 s; the signal's reason
 */
export type Peek = (queueUrl: string, options?: PeekOptions) => Promise<PeekedMessages | undefined>;

/** The summary of a queue that an endpoint reports, however long the queue is. */
export interface QueueSummary {
  /** Milliseconds since the epoch; null when the queue is empty. */
  readonly oldestSentOn: number | null;
  /** The number of message groups that have messages. */
  readonly messageGroups: number;
}

export type Summarise = (queueUrl: string, options?: CallOptions) => Promise<QueueSummary | undefined>;

/** The beginning of every answer of an endpoint that supports peeking. */
const ENVELOPE = '"ReceiveMessageResponse"';
const SUMMARY_BYTES = 4096;

/** `endpoint` is undefined for AWS, which does not support peeking. */
export function createPeek(endpoint: string | undefined): Peek {
  const summarise = createSummarise(endpoint);
  let supportsSelection = false;
  return async (queueUrl, options = {}) => {
    const {
      max,
      onlyInFlight = false,
      onlyReceived = false,
      newestFirst = false,
      messageId,
      characters,
      signal,
    } = options;
    const selects = onlyInFlight || onlyReceived;
    // Only the embedded AWS selects messages; other endpoints would return the whole queue. The embedded AWS is
    // recognised by its summary. Once it is recognised, no summary is requested: each one reads the whole queue.
    supportsSelection ||= selects && (await summarise(queueUrl, { signal })) !== undefined;
    if (selects && !supportsSelection) return undefined;
    const parameters = {
      QueueUrl: queueUrl,
      ShowInvisible: 'true',
      ShowDelayed: 'true',
      ...(max !== undefined && { MaxNumberOfMessages: String(max) }),
      ...(onlyInFlight && { OnlyInFlight: 'true' }),
      ...(onlyReceived && { OnlyReceived: 'true' }),
      ...(newestFirst && { NewestFirst: 'true' }),
      ...(messageId !== undefined && { MessageId: messageId }),
      ...(characters !== undefined && { MaxCharacters: String(characters) }),
    };
    const response = await requestPage(endpoint, '/_aws/sqs/messages', parameters, signal);
    if (response === undefined) return undefined;
    if (response.start.includes(ENVELOPE)) return messagesOf(response, options);
    response.end();
    return undefined;
  };
}

const summarySchema = z.object({ oldest_sent_on: z.number().nullable(), message_groups: z.number() });

/** Only the embedded AWS supports it; undefined elsewhere. */
export function createSummarise(endpoint: string | undefined): Summarise {
  return async (queueUrl, { signal } = {}) => {
    const response = await requestPage(endpoint, '/_local-aws/queue', { QueueUrl: queueUrl }, signal);
    if (response === undefined) return undefined;
    let text = '';
    for await (const chunk of response.chunks(SUMMARY_BYTES)) text += Buffer.from(chunk).toString('utf8');
    const { data } = summarySchema.safeParse(parseJson(text));
    return data && { oldestSentOn: data.oldest_sent_on, messageGroups: data.message_groups };
  };
}

function messagesOf(response: PageResponse, options: PeekOptions): PeekedMessages {
  const { max = Number.POSITIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY, messageId, characters } = options;
  let isCut = false;
  async function* read() {
    let count = 0;
    const chunks = response.chunks(maxBytes, () => {
      isCut = true;
    });
    try {
      for await (const text of messageTexts(chunks)) {
        const message = toMessage(messageSchema.parse(JSON.parse(text)), characters);
        if (messageId !== undefined && message.messageId !== messageId) continue;
        yield message;
        count += 1;
        if (count >= max) return;
      }
    } catch (cause) {
      // The truncated response ends within a message, which is left out.
      if (isCut) return;
      throw cause instanceof MovieLoadError || options.signal?.aborted ? cause : peekFailed(cause, cause);
    }
  }
  return {
    [Symbol.asyncIterator]: read,
    get isCut() {
      return isCut;
    },
  };
}

function toMessage(
  { MessageId, Body, Attribute, MessageAttribute }: z.infer<typeof messageSchema>,
  characters: number | undefined,
): PeekedMessage {
  const systemAttributes = new Map(Attribute.map(({ Name, Value }) => [Name, Value]));
  const attributes = MessageAttribute.map(({ Name, Value: { DataType, StringValue, BinaryValue } }) => {
    const value: MessageAttribute =
      BinaryValue === undefined
        ? { DataType, StringValue: StringValue === undefined ? undefined : cutText(StringValue, characters) }
        : { DataType, BinaryValue: Uint8Array.from(Buffer.from(BinaryValue, 'base64').subarray(0, characters)) };
    return [Name, value] as const;
  });
  return {
    messageId: MessageId,
    receiptHandle: '',
    body: startOf(Body, characters),
    bodyBytes: Number(systemAttributes.get('BodyBytes') ?? utf8Bytes(Body)),
    groupId: systemAttributes.get('MessageGroupId'),
    deduplicationId: systemAttributes.get('MessageDeduplicationId'),
    sequenceNumber: systemAttributes.get('SequenceNumber'),
    receiveCount: Number(systemAttributes.get('ApproximateReceiveCount') ?? 0),
    sentOn: Number(systemAttributes.get('SentTimestamp') ?? 0),
    attributes: Object.fromEntries(attributes),
    movedFrom: systemAttributes.get('DeadLetterQueueSourceArn'),
    visible: (systemAttributes.get('IsVisible') ?? 'true').toLowerCase() === 'true',
    visibleAt: systemAttributes.has('VisibleAt') ? Number(systemAttributes.get('VisibleAt')) : undefined,
    receivedBy: systemAttributes.get('ReceivedBy'),
  };
}

/** Marks a text that was cut. */
const cutText = (text: string, characters = Number.POSITIVE_INFINITY): string =>
  text.length <= characters ? text : `${startOf(text, characters)}…`;

/** Copies the start of a text: a plain slice would keep the whole text in memory. */
export function startOf(text: string, characters = Number.POSITIVE_INFINITY): string {
  return text.length <= characters ? text : Buffer.from(text.slice(0, characters), 'utf16le').toString('utf16le');
}
