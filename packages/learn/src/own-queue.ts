// A queue of a lesson's own, besides the pipeline's. The script sends and receives itself: each method is one call to
// SQS.
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

export interface OwnMessage {
  readonly id: string;
  readonly body: string;
  readonly receives: number;
  readonly handle: string;
  /** The process that received it. */
  readonly by: string;
}

export interface OwnReceiveOptions {
  /** 1 to 10. Default: 1. */
  readonly max?: number;
  /** Default: the queue's own. */
  readonly visibilitySeconds?: number;
  /** Default: 0. */
  readonly waitSeconds?: number;
  /** The receiving process. Default: `consumer`. */
  readonly by?: string;
}

export interface OwnQueue {
  readonly url: string;
  /** `id` is the deduplication id (FIFO queues only). */
  send(body: string, group: string, id?: string): Promise<void>;
  receive(options?: OwnReceiveOptions): Promise<OwnMessage[]>;
  hide(message: OwnMessage, seconds: number): Promise<void>;
  /** False when SQS refuses the receipt handle. */
  delete(message: OwnMessage): Promise<boolean>;
}

export interface OwnQueueOptions {
  readonly sqs: SQSClient;
  /** Runs the work as the process of this name. */
  as<T>(name: string, work: () => T): T;
}

/** FIFO when the name ends in `.fifo`. */
export async function createOwnQueue(
  { sqs, as }: OwnQueueOptions,
  name: string,
  attributes: Readonly<Record<string, string>> = {},
): Promise<OwnQueue> {
  const isFifo = name.endsWith('.fifo');
  const Attributes = { ...(isFifo ? { FifoQueue: 'true' } : {}), ...attributes };
  const { QueueUrl: url = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  let sent = 0;
  return {
    url,
    async send(MessageBody, group, id = `send-${++sent}`) {
      const fifo = isFifo ? { MessageGroupId: group, MessageDeduplicationId: id } : {};
      await as('producer', () => sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody, ...fifo })));
    },
    async receive({ max = 1, visibilitySeconds, waitSeconds = 0, by = 'consumer' } = {}) {
      const command = new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: max,
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['All'],
        ...(visibilitySeconds === undefined ? {} : { VisibilityTimeout: visibilitySeconds }),
      });
      const { Messages = [] } = await as(by, () => sqs.send(command));
      return Messages.map((message) => toOwnMessage(message, by));
    },
    async hide({ handle: ReceiptHandle, by }, VisibilityTimeout) {
      const command = new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout });
      await as(by, () => sqs.send(command));
    },
    async delete({ handle: ReceiptHandle, by }) {
      try {
        await as(by, () => sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle })));
        return true;
      } catch (error) {
        // On a FIFO queue SQS refuses an expired handle.
        if (Error.isError(error) && error.name.startsWith('InvalidParameterValue')) return false;
        throw error;
      }
    },
  };
}

const toOwnMessage = (
  { MessageId = '', Body = '', ReceiptHandle = '', Attributes = {} }: Message,
  by: string,
): OwnMessage => ({
  by,
  id: MessageId,
  body: Body,
  receives: Number(Attributes.ApproximateReceiveCount ?? 0),
  handle: ReceiptHandle,
});
