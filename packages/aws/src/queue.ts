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
import { undefinedOnErrors } from './errors.ts';
import type { BatchFailure, CallOptions, MessageAttribute, QueuePort, ReceivedMessage } from './ports.ts';
import type { ServerTime } from './server-time.ts';

export interface QueueClients {
  readonly sqs: SqsSender;
  /** The client for long polls, which use separate connections. */
  readonly poll: SqsSender;
  /** The time at SQS; undefined in the simulation, whose responses have no `Date` header. */
  readonly queueTime?: ServerTime | undefined;
}

export interface OpenQueue extends QueuePort {
  /** The queue's URL is opaque: its host may not resolve, and calls go to the endpoint. */
  readonly url: string;
}

/**
 * Opens a queue by its name. Throws `MovieLoadError` `queue_missing` when it does not exist, and the SDK's errors.
 *
 * @example const queue = await openQueue(createClients(settings), settings.queue);
 */
export async function openQueue(clients: QueueClients, name: string, options: CallOptions = {}): Promise<OpenQueue> {
  const url = await queueUrl(clients.sqs, name, options);
  if (url === undefined) {
    throw new MovieLoadError('queue_missing', `There is no queue "${name}". Create it with \`movie-load setup\`.`, {
      details: { queue: name },
    });
  }
  return queueAt(clients, name, url);
}

const MISSING = new Set(['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue']);

/** The URL of a queue, or undefined when no queue has this name. */
export async function queueUrl(sqs: SqsSender, name: string, options: CallOptions = {}): Promise<string | undefined> {
  const response = await undefinedOnErrors(MISSING, () =>
    sqs.send(new GetQueueUrlCommand({ QueueName: name }), sdkOptions(options)),
  );
  return response?.QueueUrl;
}

/** Opens a queue whose URL is known. */
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
      const response = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }), sdkOptions(options));
      return failedEntries(Entries, response);
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
      const { Messages = [] } = await (waitSeconds > 0 ? poll : sqs).send(command, sdkOptions({ signal }));
      return Messages.map(receivedMessage);
    },
    async delete(receiptHandles, options = {}) {
      const Entries = receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
      const response = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }), sdkOptions(options));
      return failedEntries(Entries, response);
    },
    async changeVisibility(changes, options = {}) {
      const Entries = changes.map(({ receiptHandle, seconds }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      }));
      const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries });
      return failedEntries(Entries, await sqs.send(command, sdkOptions(options)));
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
      const { Attributes = {} } = await sqs.send(command, sdkOptions(options));
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

/** Converts a message of the SDK (or of sqs-consumer) into our form. */
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
 * The attributes that have a value. For an attribute called `__proto__` the SDK returns the name without a value,
 * contrary to its types: the attribute is lost, but the message must not be.
 */
const sentAttributes = (attributes: Readonly<Record<string, MessageAttributeValue | undefined>>) =>
  Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));

interface BatchResponse {
  readonly Successful?: readonly { readonly Id?: string | undefined }[] | undefined;
  readonly Failed?: readonly BatchResultErrorEntry[] | undefined;
}

/** An entry that the response does not name counts as failed: only entries that SQS lists as successful succeeded. */
function failedEntries(entries: readonly { readonly Id: string }[], { Successful = [], Failed = [] }: BatchResponse) {
  const successful = new Set(Successful.map(({ Id }) => Id));
  const failed = new Map(Failed.map((failure) => [failure.Id, failure]));
  return entries.flatMap(({ Id }, index): BatchFailure[] => {
    const failure = failed.get(Id);
    if (failure === undefined && successful.has(Id)) return [];
    const { Code = 'NotAnswered', Message: message = '', SenderFault: senderFault = false } = failure ?? {};
    return [{ index, code: Code, message, senderFault }];
  });
}

/** The options of a port's call as the options of the SDK's `send`. */
export const sdkOptions = ({ signal }: CallOptions) => (signal === undefined ? {} : { abortSignal: signal });
