// ReceiveMessage, and DeleteMessage and ChangeMessageVisibility for one message or a batch.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html

import { randomBytes } from 'node:crypto';
import { missingParameter, SqsError } from '../errors.ts';
import { type Input, type Output, optionalInteger, optionalText, optionalTexts, requiredText } from '../input.ts';
import type { Message } from '../message.ts';
import { attributesMd5, selectAttributes } from '../message-attributes.ts';
import { MAX_IN_FLIGHT, type Queue } from '../queue.ts';
import type { SqsState } from '../state.ts';
import { readEntries, runEntries } from './batch.ts';
import type { Operations } from './operation.ts';

const SENDER_ID = `AIDA${randomBytes(8).toString('hex').toUpperCase()}`;

const SYSTEM_ATTRIBUTES: Readonly<Record<string, (message: Message) => string | undefined>> = {
  SenderId: () => SENDER_ID,
  SentTimestamp: (message) => String(message.sentOn),
  ApproximateReceiveCount: (message) => String(message.receiveCount),
  ApproximateFirstReceiveTimestamp: (message) =>
    message.receiveCount === 0 ? undefined : String(message.firstReceivedOn),
  SequenceNumber: (message) => (message.deduplicationId === undefined ? undefined : message.sequenceNumber),
  MessageDeduplicationId: (message) => message.deduplicationId,
  MessageGroupId: (message) => message.groupId,
  AWSTraceHeader: (message) => message.traceHeader,
  DeadLetterQueueSourceArn: (message) => message.deadLetterSourceArn,
};
const ALL_SYSTEM_ATTRIBUTES = Object.keys(SYSTEM_ATTRIBUTES);
const KNOWN_NAMES = new Set([...ALL_SYSTEM_ATTRIBUTES, 'All']);

function systemAttributeNames(input: Input): readonly string[] {
  const currentNames = optionalTexts(input, 'MessageSystemAttributeNames');
  // `AttributeNames` is the older parameter of the same meaning. The SDK's type for it also has the names of queue
  // attributes, which are refused here: a message does not have them.
  const names = currentNames.length > 0 ? currentNames : optionalTexts(input, 'AttributeNames');
  for (const name of names) {
    if (!KNOWN_NAMES.has(name)) throw new SqsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
  }
  return names.includes('All') ? ALL_SYSTEM_ATTRIBUTES : names;
}

/** A message in the answer to a receive. */
export function describeMessage(
  message: Message,
  receiptHandle: string,
  systemNames: readonly string[] = ALL_SYSTEM_ATTRIBUTES,
  attributeNames: readonly string[] = ['All'],
): Output {
  const output: Output = {
    MessageId: message.id,
    ReceiptHandle: receiptHandle,
    MD5OfBody: message.bodyMd5,
    Body: message.body,
  };
  if (systemNames.length > 0) {
    const attributes: Record<string, string> = {};
    for (const name of systemNames) {
      const value = SYSTEM_ATTRIBUTES[name]?.(message);
      if (value !== undefined) attributes[name] = value;
    }
    if (Object.keys(attributes).length > 0) output.Attributes = attributes;
  }
  const selected = selectAttributes(message.attributes, attributeNames);
  if (selected !== undefined) {
    output.MD5OfMessageAttributes = attributesMd5(selected);
    output.MessageAttributes = selected;
  }
  return output;
}

/** How long a receive may wait for messages, in milliseconds. */
export function waitMsOf(queue: Queue, input: Input): number {
  const seconds = optionalInteger(input, 'WaitTimeSeconds', 0, 20, 'Must be >= 0 and <= 20, if provided.');
  return seconds === undefined ? queue.settings.waitMs : seconds * 1000;
}

function changeVisibility(state: SqsState, queue: Queue, input: Input): Output {
  const handle = requiredText(input, 'ReceiptHandle');
  const seconds = optionalInteger(input, 'VisibilityTimeout', 0, 43_200);
  if (seconds === undefined) throw missingParameter('VisibilityTimeout');
  queue.changeVisibility(handle, seconds * 1000, state.now());
  return {};
}

export const MESSAGE_OPERATIONS: Operations = {
  ReceiveMessage(state, input) {
    const queue = state.queueByUrl(optionalText(input, 'QueueUrl'));
    const max = optionalInteger(input, 'MaxNumberOfMessages', 1, 10) ?? 1;
    const seconds = optionalInteger(input, 'VisibilityTimeout', 0, 43_200);
    const systemNames = systemAttributeNames(input);
    const attributeNames = optionalTexts(input, 'MessageAttributeNames');
    // At the limit AWS refuses short polls of standard queues; other receives return no messages.
    if (waitMsOf(queue, input) === 0 && !queue.fifo && queue.inFlightCount >= MAX_IN_FLIGHT)
      throw new SqsError('OverLimit');
    const messages = queue.receive(
      {
        max,
        visibilityMs: seconds === undefined ? queue.settings.visibilityMs : seconds * 1000,
        attemptId: queue.fifo ? optionalText(input, 'ReceiveRequestAttemptId') : undefined,
        receiver: state.userAgent,
        deadLetter: state.deadLetterTargetOf(queue),
      },
      state.now(),
    );
    if (messages.length === 0) return {};
    return {
      Messages: messages.map((message) =>
        describeMessage(message, queue.receiptHandle(message), systemNames, attributeNames),
      ),
    };
  },

  DeleteMessage(state, input) {
    const queue = state.queueByUrl(optionalText(input, 'QueueUrl'));
    queue.delete(requiredText(input, 'ReceiptHandle'), state.now());
    return {};
  },

  DeleteMessageBatch(state, input) {
    const queue = state.queueByUrl(optionalText(input, 'QueueUrl'));
    const now = state.now();
    return runEntries(readEntries(input), (entry) => {
      queue.delete(requiredText(entry, 'ReceiptHandle'), now);
      return {};
    });
  },

  ChangeMessageVisibility(state, input) {
    return changeVisibility(state, state.queueByUrl(optionalText(input, 'QueueUrl')), input);
  },

  ChangeMessageVisibilityBatch(state, input) {
    const queue = state.queueByUrl(optionalText(input, 'QueueUrl'));
    return runEntries(readEntries(input), (entry) => changeVisibility(state, queue, entry));
  },
};
