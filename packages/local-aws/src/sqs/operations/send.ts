// SendMessage and SendMessageBatch.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html

import { hash } from 'node:crypto';
import { invalidValue, missingParameter, SqsError } from '../errors.ts';
import { type Input, type Output, optionalInteger, optionalText, requiredText } from '../input.ts';
import type { Message } from '../message.ts';
import {
  attributesBytes,
  attributesMd5,
  hasForbiddenCharacters,
  type MessageAttributes,
  readMessageAttributes,
  readSystemAttributes,
} from '../message-attributes.ts';
import type { Queue } from '../queue.ts';
import { MAX_MESSAGE_BYTES } from '../queue-attributes.ts';
import type { SqsState } from '../state.ts';
import { readEntries, runEntries } from './batch.ts';
import type { CallContext, Operations } from './operation.ts';

const FIFO_ID = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;
const NO_DEDUPLICATION =
  'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly';

function optionalFifoId(input: Input, name: string): string | undefined {
  const value = optionalText(input, name);
  if (value !== undefined && !FIFO_ID.test(value)) {
    throw invalidValue(
      name,
      value,
      `${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
    );
  }
  return value;
}

/** @throws {SqsError} when a parameter that a FIFO queue requires is missing */
function checkFifoIds(queue: Queue, input: Input): void {
  if (!queue.fifo) return;
  if (!input.MessageGroupId) throw missingParameter('MessageGroupId');
  if (!input.MessageDeduplicationId && !queue.settings.contentBasedDeduplication) {
    throw new SqsError('InvalidParameterValue', NO_DEDUPLICATION);
  }
}

/** In a batch, AWS reports a missing parameter with another error code. */
function checkBatchEntry(queue: Queue, entry: Input): void {
  try {
    checkFifoIds(queue, entry);
  } catch (error) {
    throw error instanceof SqsError ? new SqsError('InvalidParameterValue', error.message) : error;
  }
}

function delayMsOf(queue: Queue, input: Input): number {
  const seconds = optionalInteger(input, 'DelaySeconds', 0, 900);
  if (seconds === undefined) return queue.settings.delayMs;
  if (!queue.fifo) return seconds * 1000;
  if (seconds !== 0) {
    throw invalidValue('DelaySeconds', seconds, 'The request include parameter that is not valid for this queue type.');
  }
  return queue.settings.delayMs;
}

interface SentContent {
  readonly bodyMd5: string;
  readonly attributes: MessageAttributes | undefined;
  readonly systemAttributes: MessageAttributes | undefined;
}

function sendResult(message: Message, { bodyMd5, attributes, systemAttributes }: SentContent, fifo: boolean): Output {
  const output: Output = { MessageId: message.id, MD5OfMessageBody: bodyMd5 };
  const md5 = attributesMd5(attributes);
  if (md5 !== undefined) output.MD5OfMessageAttributes = md5;
  const systemMd5 = attributesMd5(systemAttributes);
  if (systemMd5 !== undefined) output.MD5OfMessageSystemAttributes = systemMd5;
  if (fifo) output.SequenceNumber = message.sequenceNumber;
  return output;
}

/** A standard queue accepts no deduplication id. @throws {SqsError} */
function checkDeduplicationId(queue: Queue, explicitId: string | undefined): void {
  if (queue.fifo || explicitId === undefined) return;
  throw invalidValue(
    'MessageDeduplicationId',
    explicitId,
    'The request includes a parameter that is not valid for this queue type.',
  );
}

function sendOne(state: SqsState, queue: Queue, input: Input, call: CallContext, now: number): Output {
  const body = requiredText(input, 'MessageBody');
  const attributes = readMessageAttributes(input.MessageAttributes);
  const bytes = Buffer.byteLength(body) + attributesBytes(attributes);
  if (bytes > queue.settings.maximumMessageBytes) {
    throw new SqsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${queue.settings.maximumMessageBytes} bytes.`,
    );
  }
  if (hasForbiddenCharacters(body)) throw new SqsError('InvalidMessageContents');
  const systemAttributes = readSystemAttributes(input.MessageSystemAttributes);
  const explicitId = optionalFifoId(input, 'MessageDeduplicationId');
  const groupId = optionalFifoId(input, 'MessageGroupId');
  checkFifoIds(queue, input);
  checkDeduplicationId(queue, explicitId);
  const delayMs = delayMsOf(queue, input);
  const bodyMd5 = hash('md5', body);
  const content = { bodyMd5, attributes, systemAttributes };
  const deduplicationId = queue.fifo ? (explicitId ?? hash('sha256', body)) : undefined;
  if (groupId !== undefined && deduplicationId !== undefined) {
    const earlier = queue.deduplication.find(groupId, deduplicationId);
    if (earlier !== undefined) {
      queue.recordEvent('deduplicated', earlier, now);
      return sendResult(earlier, content, true);
    }
  }
  const traceHeader = systemAttributes?.AWSTraceHeader?.StringValue ?? call.traceHeader;
  const message = state.newMessage({ body, bodyMd5, attributes, groupId, deduplicationId, traceHeader }, now);
  queue.put(message, delayMs, now);
  queue.deduplication.remember(message, queue.deduplicationPerGroup);
  return sendResult(message, content, queue.fifo);
}

function entryBytes(entry: Input): number {
  const body = typeof entry.MessageBody === 'string' ? Buffer.byteLength(entry.MessageBody) : 0;
  if (entry.MessageAttributes === undefined) return body;
  try {
    return body + attributesBytes(readMessageAttributes(entry.MessageAttributes));
  } catch {
    return body; // the entry is refused separately later
  }
}

export const SEND_OPERATIONS: Operations = {
  SendMessage(state, input, call) {
    const queue = state.queueByUrl(optionalText(input, 'QueueUrl'));
    const now = state.now();
    queue.advance(now);
    return sendOne(state, queue, input, call, now);
  },

  SendMessageBatch(state, input, call) {
    const queue = state.queueByUrl(optionalText(input, 'QueueUrl'));
    const entries = readEntries(input);
    // AWS refuses the whole batch when an entry lacks a parameter that a FIFO queue requires.
    for (const entry of entries) checkBatchEntry(queue, entry);
    const bytes = entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
    if (bytes > MAX_MESSAGE_BYTES) {
      throw new SqsError(
        'BatchRequestTooLong',
        `Batch requests cannot be longer than ${MAX_MESSAGE_BYTES} bytes. You have sent ${bytes} bytes.`,
      );
    }
    const now = state.now();
    queue.advance(now);
    return runEntries(entries, (entry) => sendOne(state, queue, entry, call, now));
  },
};
