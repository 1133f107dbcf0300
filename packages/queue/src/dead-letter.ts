// Sends an invalid message to the dead-letter queue. The caller deletes it from its queue only after this.
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

export interface DeadLetterCause {
  readonly reason: DeadLetterReason;
  /** One line with details. Cut to 500 bytes, without control characters. */
  readonly detail: string;
  /** The name of the consumer that refused it. */
  readonly consumer: string;
}

export interface DeadLetterPorts {
  /** With a policy (`resilientQueue`); without one, nothing is tried again. */
  readonly dlq: Pick<QueuePort, 'send' | 'name'>;
}

/**
 * Resolves when the dead-letter queue has the message: its body byte for byte, and the reason. Sending it again within
 * five minutes changes nothing, because it is deduplicated by its SQS message id. Throws `MovieLoadError`
 * `dead_letter_failed` when the queue refuses it, and the errors of the call; then the original must not be deleted.
 *
 * @example
 * await deadLetter({ dlq }, message, { reason: 'not_json', detail: 'the body is not JSON', consumer: instance });
 * await queue.delete([message.receiptHandle]);
 */
export async function deadLetter(
  { dlq }: DeadLetterPorts,
  message: ReceivedMessage,
  cause: DeadLetterCause,
  options: CallOptions = {},
): Promise<void> {
  const [failure] = await dlq.send([deadLetterOf(message, cause)], options);
  if (failure === undefined) return;
  throw new MovieLoadError('dead_letter_failed', `${dlq.name} refused a message: ${failure.code} ${failure.message}`, {
    details: { message_id: message.messageId, failure },
  });
}

/**
 * The message for the dead-letter queue, in a message group of its own: while messages of a group are in flight, SQS
 * returns no further ones, so in a common group a list would see only the ten of its first receive.
 */
export function deadLetterOf(message: ReceivedMessage, { reason, detail, consumer }: DeadLetterCause): OutgoingMessage {
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
 * A message's attributes as one JSON object (binary values in base64): SQS allows ten attributes, and a dead letter
 * needs them itself. Over 16 KB the text is cut and ends in `…[cut]`.
 */
export function encodeAttributes(attributes: MessageAttributes): string {
  const plain = Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    BinaryValue === undefined
      ? { DataType, StringValue }
      : { DataType, BinaryValue: Buffer.from(BinaryValue).toString('base64') },
  ]);
  // `fromEntries` also accepts an attribute with the name `__proto__`.
  const text = JSON.stringify(Object.fromEntries(plain));
  if (utf8Bytes(text) <= ORIGINAL_ATTRIBUTES_LIMIT_BYTES) return text;
  return cutUtf8(text, ORIGINAL_ATTRIBUTES_LIMIT_BYTES - utf8Bytes(CUT_MARK)) + CUT_MARK;
}

/** True for a text that `encodeAttributes` has cut. */
export const isCut = (text: string): boolean => text.endsWith(CUT_MARK);

function stringAttributes(texts: Readonly<Record<string, string | undefined>>): MessageAttributes {
  const attributes: Record<string, MessageAttribute> = {};
  for (const [name, text] of Object.entries(texts)) {
    // SQS refuses empty values.
    if (text !== undefined && text !== '') attributes[name] = { DataType: 'String', StringValue: text };
  }
  return attributes;
}

/** A text for a log line or a terminal: without control characters and those that SQS refuses. */
function oneLine(text: string, bytes: number): string {
  return cutUtf8(text.toWellFormed().replaceAll(/[\p{Cc}\p{Cn}\u2028\u2029]+/gu, ' '), bytes);
}
