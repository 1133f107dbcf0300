// A queue for one case, with methods for the calls that cases make.

import { setTimeout as realSleep } from 'node:timers/promises';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SendMessageCommandInput,
  type SendMessageCommandOutput,
} from '@aws-sdk/client-sqs';
import type { World } from './case.ts';

/** Operations that `TestQueue` uses. */
export const QUEUE_BASICS = [
  'CreateQueue',
  'DeleteQueue',
  'GetQueueAttributes',
  'SendMessage',
  'ReceiveMessage',
  'DeleteMessage',
  'ChangeMessageVisibility',
].map((operation) => `sqs:${operation}`);

type Extra = Partial<SendMessageCommandInput>;
type ReceiveOptions = Partial<ReceiveMessageCommandInput>;

let sentCount = 0;

export class TestQueue {
  readonly url: string;
  readonly #world: World;

  constructor(world: World, url: string) {
    this.#world = world;
    this.url = url;
  }

  /** Sends to a group, with a new deduplication id unless one is given. */
  send(body: string, group: string, extra: Extra = {}): Promise<SendMessageCommandOutput> {
    sentCount += 1;
    const defaults: Extra = { MessageGroupId: group, MessageDeduplicationId: `sent-${sentCount}` };
    return this.#world.sqs.send(
      new SendMessageCommand({ QueueUrl: this.url, MessageBody: body, ...defaults, ...extra }),
    );
  }

  /** Sends without group and deduplication id, as to a standard queue. */
  sendPlain(body: string, extra: Extra = {}): Promise<SendMessageCommandOutput> {
    return this.#world.sqs.send(new SendMessageCommand({ QueueUrl: this.url, MessageBody: body, ...extra }));
  }

  /** One receive of up to ten messages. It waits a second, because only a long poll asks all servers of AWS. */
  async receive(options: ReceiveOptions = {}): Promise<Message[]> {
    const answer = await this.#world.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.url,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ['All'],
        ...options,
      }),
    );
    return answer.Messages ?? [];
  }

  /** Receives until it has `count` messages; returns them in the order of arrival. */
  async receiveAll(count: number, options: ReceiveOptions = {}): Promise<Message[]> {
    const messages: Message[] = [];
    for (let attempt = 0; messages.length < count && attempt < 40; attempt += 1) {
      const max = Math.min(10, count - messages.length);
      messages.push(...(await this.receive({ WaitTimeSeconds: 2, MaxNumberOfMessages: max, ...options })));
    }
    if (messages.length < count) throw new Error(`Only ${messages.length} of ${count} messages were received.`);
    return messages;
  }

  /** Receives the only message of the queue. */
  async receiveOne(options: ReceiveOptions = {}): Promise<Message> {
    const [message] = await this.receiveAll(1, options);
    if (message === undefined) throw new Error('No message was received.');
    return message;
  }

  delete(message: Message): Promise<unknown> {
    return this.#world.sqs.send(new DeleteMessageCommand({ QueueUrl: this.url, ReceiptHandle: message.ReceiptHandle }));
  }

  changeVisibility(message: Message, seconds: number): Promise<unknown> {
    return this.#world.sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: this.url,
        ReceiptHandle: message.ReceiptHandle,
        VisibilityTimeout: seconds,
      }),
    );
  }

  async attributes(): Promise<Record<string, string>> {
    const answer = await this.#world.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: this.url, AttributeNames: ['All'] }),
    );
    return answer.Attributes ?? {};
  }

  async arn(): Promise<string> {
    return (await this.attributes()).QueueArn ?? '';
  }

  /** The approximate numbers of messages: waiting, in flight, delayed. */
  async counts(): Promise<[number, number, number]> {
    const attributes = await this.attributes();
    return [
      Number(attributes.ApproximateNumberOfMessages),
      Number(attributes.ApproximateNumberOfMessagesNotVisible),
      Number(attributes.ApproximateNumberOfMessagesDelayed),
    ];
  }
}

async function create(world: World, name: string, attributes: Record<string, string>): Promise<TestQueue> {
  const { QueueUrl: url = '' } = await world.sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
  );
  world.afterwards(() => world.sqs.send(new DeleteQueueCommand({ QueueUrl: url })));
  return new TestQueue(world, url);
}

/** A FIFO queue. The visibility timeout is a minute by default. */
export function fifoQueue(world: World, attributes: Record<string, string> = {}): Promise<TestQueue> {
  return create(world, world.unique('.fifo'), { FifoQueue: 'true', VisibilityTimeout: '60', ...attributes });
}

export function standardQueue(world: World, attributes: Record<string, string> = {}): Promise<TestQueue> {
  return create(world, world.unique(), { VisibilityTimeout: '60', ...attributes });
}

export const bodies = (messages: readonly Message[]): string[] => messages.map((message) => message.Body ?? '');

/** The value of a promise, or `late` when it takes longer. Always in real time, also where `world.sleep` is not. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T | 'late'> {
  return await Promise.race([promise, realSleep(ms, 'late' as const, { ref: false })]);
}
