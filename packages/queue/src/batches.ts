// Cuts messages into batches that SQS accepts: at most ten messages, which together stay within a limit of bytes.
import type { MessageAttributes, OutgoingMessage } from '@movie-load/aws';
import { utf8Bytes } from '@movie-load/schema';

/**
 * The most entries of a batch call.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
 */
export const BATCH_ENTRIES = 10;
/** The most bytes of all messages of a batch call together, since August 2025. Same source. */
export const BATCH_BYTES = 1_048_576;

/** A message's size as SQS counts it: body, and name, type and value of each attribute, in bytes of UTF-8. */
export function messageBytes({ body, attributes }: Pick<OutgoingMessage, 'body' | 'attributes'>): number {
  return utf8Bytes(body) + (attributes === undefined ? 0 : attributesBytes(attributes));
}

export function attributesBytes(attributes: MessageAttributes): number {
  let bytes = 0;
  for (const [name, { DataType, StringValue = '', BinaryValue }] of Object.entries(attributes)) {
    bytes += utf8Bytes(name) + utf8Bytes(DataType) + utf8Bytes(StringValue) + (BinaryValue?.byteLength ?? 0);
  }
  return bytes;
}

/**
 * Batches in the order of `messages`, made lazily: messages are taken from the iterable only when the caller asks for
 * the next batch. A message that alone exceeds the limit becomes a batch of its own, which the caller must refuse.
 *
 * @example for (const batch of batchesOf(messages, 1_032_192)) await queue.send(batch);
 */
export function* batchesOf<Message extends OutgoingMessage>(
  messages: Iterable<Message>,
  limitBytes: number = BATCH_BYTES,
): Generator<readonly Message[], void, undefined> {
  let batch: Message[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = messageBytes(message);
    if (batch.length > 0 && bytes + size > limitBytes) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(message);
    bytes += size;
    if (batch.length === BATCH_ENTRIES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
  }
  if (batch.length > 0) yield batch;
}
