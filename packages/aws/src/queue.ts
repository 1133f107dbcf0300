// QueuePort over the SDK: one call per method.
import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import { MovieLoadError } from '@movie-load/schema';
import type { SqsSender } from './clients.ts';
import { unlessNamed } from './errors.ts';
import type { BatchFailure, CallOptions, MessageAttribute, QueuePort, ReceivedMessage } from './ports.ts';
import type { ServerTime } from './server-time.ts';

export interface QueueClients {
  readonly sqs: SqsSender;
  /** Long polls have connections of their own. */
  readonly poll: SqsSender;
  /** The time at SQS; models have none. */
  readonly queueTime?: ServerTime | undefined;
}

export interface OpenQueue extends QueuePort {
  /** Opaque: its host may resolve nowhere, calls go to the endpoint. */
  readonly url: string;
}

/**
 * Resolves a queue by its name. Throws `MovieLoadError` `queue_missing` when there is none, and the SDK's errors.
 *
 * @example const queue = await openQueue(createClients(settings), settings.queue);
 */
export async function openQueue(clients: QueueClients, name: string, options: CallOptions = {}): Promise<OpenQueue> {
  const url = await queueUrl(clients.sqs, name, options);
  if (url === undefined) {
    throw new MovieLoadError('queue_missing', `There is no queue "${name}". Make it with \`movie-load setup\`.`, {
      details: { queue: name },
    });
  }
  return queueAt(clients, name, url);
}

const MISSING = new Set(['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue']);

/** The URL of a queue, or undefined when there is none of this name. */
export async function queueUrl(sqs: SqsSender, name: string, options: CallOptions = {}): Promise<string | undefined> {
  const found = await unlessNamed(MISSING, () => sqs.send(new GetQueueUrlCommand({ QueueName: name }), sdk(options)));
  return found?.QueueUrl;
}

/** A queue whose URL is known. */
export function queueAt({ sqs, poll, queueTime }: QueueClients, name: string, url: string): OpenQueue {
  return {
    name,
    url,
    async send(messages, options = {}) {
      const Entries = messages.map(({ body, groupId, deduplicationId, attributes }, index) => ({
        Id: String(index),
        MessageBody: body,
        MessageGroupId: groupId,
        MessageDeduplicationId: deduplicationId,
        ...(attributes === undefined ? {} : { MessageAttributes: { ...attributes } }),
      }));
      const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }), sdk(options));
      return failures(Entries, answer);
    },
    async receive({ max, waitSeconds, visibilitySeconds, signal }) {
      const command = new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: max,
        WaitTimeSeconds: waitSeconds,
        VisibilityTimeout: visibilitySeconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      });
      const { Messages = [] } = await (waitSeconds > 0 ? poll : sqs).send(command, sdk({ signal }));
      return Messages.map(receivedMessage);
    },
    async delete(receiptHandles, options = {}) {
      const Entries = receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
      const answer = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }), sdk(options));
      return failures(Entries, answer);
    },
    async changeVisibility(changes, options = {}) {
      const Entries = changes.map(({ receiptHandle, seconds }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      }));
      const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries });
      return failures(Entries, await sqs.send(command, sdk(options)));
    },
    async status(options = {}) {
      const command = new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesNotVisible',
          'ApproximateNumberOfMessagesDelayed',
          'MaximumMessageSize',
        ],
      });
      const { Attributes = {} } = await sqs.send(command, sdk(options));
      return {
        waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
        inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
        delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
        maximumMessageBytes: Number(Attributes.MaximumMessageSize ?? 262_144),
        now: queueTime?.now(),
      };
    },
  };
}

/** A message as the SDK (or sqs-consumer) gives it, in our form. */
export function receivedMessage(message: Message): ReceivedMessage {
  const { Attributes = {}, MessageAttributes = {} } = message;
  const attributes: Record<string, MessageAttribute> = {};
  for (const [name, value] of sentAttributes(MessageAttributes)) {
    const { DataType = 'String', StringValue, BinaryValue } = value;
    attributes[name] = { DataType, StringValue, BinaryValue };
  }
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    groupId: Attributes.MessageGroupId,
    deduplicationId: Attributes.MessageDeduplicationId,
    sequenceNumber: Attributes.SequenceNumber,
    receiveCount: Number(Attributes.ApproximateReceiveCount ?? 1),
    sentOn: Number(Attributes.SentTimestamp ?? 0),
    movedFrom: Attributes.DeadLetterQueueSourceArn,
    attributes,
  };
}

/**
 * What the SDK gives of a message's attributes. It knows one called `__proto__` by name only, against its own types:
 * such a value is lost, and the message must not be lost with it.
 */
const sentAttributes = (given: Readonly<Record<string, MessageAttributeValue | undefined>>) =>
  Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));

interface BatchAnswer {
  readonly Successful?: readonly { readonly Id?: string | undefined }[] | undefined;
  readonly Failed?: readonly BatchResultErrorEntry[] | undefined;
}

/** An entry that the answer does not name has failed, too: only what SQS calls successful is. */
function failures(entries: readonly { readonly Id: string }[], { Successful = [], Failed = [] }: BatchAnswer) {
  const successful = new Set(Successful.map(({ Id }) => Id));
  const failed = new Map(Failed.map((failure) => [failure.Id, failure]));
  return entries.flatMap(({ Id }, index): BatchFailure[] => {
    const failure = failed.get(Id);
    if (failure === undefined && successful.has(Id)) return [];
    const { Code = 'NotAnswered', Message: message = '', SenderFault: senderFault = false } = failure ?? {};
    return [{ index, code: Code, message, senderFault }];
  });
}

/** Our call options in the SDK's words. */
export const sdk = ({ signal }: CallOptions) => (signal === undefined ? {} : { abortSignal: signal });
