// Moves a message that can never succeed to the dead-letter queue. Delete it from its queue only after this.
import type {
  CallOptions,
  MessageAttribute,
  MessageAttributes,
  OutgoingMessage,
  QueuePort,
  ReceivedMessage,
} from '@movie-load/aws';
import {
  cutUtf8,
  type DeadLetterReason,
  MovieLoadError,
  DEAD_LETTER_ATTRIBUTES as NAMES,
  ORIGINAL_ATTRIBUTES_LIMIT_BYTES,
  utf8Bytes,
} from '@movie-load/schema';

export interface DeadLetterWhy {
  readonly reason: DeadLetterReason;
  /** One line that says more. Kept to 500 bytes, without control characters. */
  readonly detail: string;
  /** The instance that found it out. */
  readonly consumer: string;
}

export interface DeadLetterPorts {
  /** With a policy (`resilientQueue`), or nothing is tried again. */
  readonly dlq: Pick<QueuePort, 'send' | 'name'>;
}

/**
 * Resolves when the dead-letter queue has the message: body byte for byte, and why it is there. Sending it again within
 * five minutes changes nothing: it is deduplicated by its SQS message id. Throws `MovieLoadError` `dead_letter_failed` when
 * the queue did not take it, and what the call throws; then the original must stay where it is.
 *
 * @example
 * await deadLetter({ dlq }, message, { reason: 'not_json', detail: 'the body is not JSON', consumer: instance });
 * await queue.delete([message.receiptHandle]);
 */
export async function deadLetter(
  { dlq }: DeadLetterPorts,
  message: ReceivedMessage,
  why: DeadLetterWhy,
  options: CallOptions = {},
): Promise<void> {
  const [failure] = await dlq.send([deadLetterOf(message, why)], options);
  if (failure === undefined) return;
  throw new MovieLoadError(
    'dead_letter_failed',
    `${dlq.name} did not take a message: ${failure.code} ${failure.message}`,
    { details: { message_id: message.messageId, failure } },
  );
}

/**
 * The message as it goes to the dead-letter queue, in a message group of its own: behind ten messages of one group that
 * are being looked at, nothing would be received.
 */
export function deadLetterOf(message: ReceivedMessage, { reason, detail, consumer }: DeadLetterWhy): OutgoingMessage {
  const { messageId, groupId, deduplicationId, sequenceNumber, receiveCount, sentOn, attributes, body } = message;
  const texts: Record<string, string | undefined> = {
    [NAMES.reason]: reason,
    [NAMES.detail]: oneLine(detail, DETAIL_BYTES),
    [NAMES.consumer]: oneLine(consumer, CONSUMER_BYTES),
    [NAMES.originalGroup]: groupId,
    [NAMES.messageId]: messageId,
    [NAMES.deduplicationId]: deduplicationId,
    [NAMES.sequenceNumber]: sequenceNumber,
    [NAMES.receiveCount]: String(receiveCount),
    [NAMES.sentOn]: new Date(sentOn).toISOString(),
    [NAMES.attributes]: Object.keys(attributes).length === 0 ? undefined : encodeAttributes(attributes),
  };
  return { body, groupId: messageId, deduplicationId: messageId, attributes: stringAttributes(texts) };
}

const DETAIL_BYTES = 500;
const CONSUMER_BYTES = 256;
const CUT_MARK = '…[cut]';

/**
 * A message's attributes as one JSON object (binary values in base64): SQS allows ten attributes, and a dead letter needs
 * them itself. Over 16 KB the text is cut and ends in `…[cut]`.
 */
export function encodeAttributes(attributes: MessageAttributes): string {
  const plain = Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    BinaryValue === undefined
      ? { DataType, StringValue }
      : { DataType, BinaryValue: Buffer.from(BinaryValue).toString('base64') },
  ]);
  // Entries, not an object: an attribute may be called `__proto__`.
  const text = JSON.stringify(Object.fromEntries(plain));
  if (utf8Bytes(text) <= ORIGINAL_ATTRIBUTES_LIMIT_BYTES) return text;
  return cutUtf8(text, ORIGINAL_ATTRIBUTES_LIMIT_BYTES - utf8Bytes(CUT_MARK)) + CUT_MARK;
}

/** True for a text that `encodeAttributes` had to cut. */
export const isCut = (text: string): boolean => text.endsWith(CUT_MARK);

function stringAttributes(texts: Readonly<Record<string, string | undefined>>): MessageAttributes {
  const attributes: Record<string, MessageAttribute> = {};
  for (const [name, text] of Object.entries(texts)) {
    // SQS takes no empty value.
    if (text !== undefined && text !== '') attributes[name] = { DataType: 'String', StringValue: text };
  }
  return attributes;
}

/** What a log line or a terminal can show: no control characters, none that SQS refuses. */
function oneLine(text: string, bytes: number): string {
  return cutUtf8(text.toWellFormed().replaceAll(/[\p{Cc}\p{Cn}\u2028\u2029]+/gu, ' '), bytes);
}
