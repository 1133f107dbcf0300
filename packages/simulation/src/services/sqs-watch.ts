// Derives the events of each message from the requests and answers of SQS: sent, received, deleted, released, moved.

import type { MessageAttributes } from '@movie-load/aws';
import type { SqsEngine } from '@movie-load/local-aws';

/** A message as it was accepted. */
export interface AcceptedMessage {
  readonly id: string;
  readonly body: string;
  readonly group: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly attributes: MessageAttributes;
}

/** Called with each event when it takes effect. `queue` is a name, `caller` a process. */
export interface SqsListener {
  /** `duplicate` when the send was deduplicated; then `message` is the earlier one. */
  sent(queue: string, message: AcceptedMessage, duplicate: boolean, caller: string): void;
  received(queue: string, message: AcceptedMessage, receives: number, caller: string): void;
  deleted(queue: string, message: AcceptedMessage, caller: string): void;
  visibilityChanged(queue: string, message: AcceptedMessage, seconds: number, caller: string): void;
  /** A delete or a change of visibility was refused, because the handle has expired. */
  refused(queue: string, operation: string, caller: string): void;
  /** SQS itself moved a message to the dead-letter queue `to` after too many receives. */
  moved(to: string, message: AcceptedMessage): void;
  /** The queue was purged. */
  purged(queue: string): void;
}

type Entry = Readonly<Record<string, unknown>>;

const memberOf = (from: object, name: string): unknown => Object.entries(from).find(([key]) => key === name)?.[1];
const listOf = (from: object, name: string): readonly Entry[] => {
  const list = memberOf(from, name);
  return Array.isArray(list) ? list : [];
};
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export class SqsWatch {
  readonly #engine: SqsEngine;
  readonly #listener: SqsListener;
  /** Live messages by queue and id, oldest first. */
  readonly #live = new Map<string, Map<string, AcceptedMessage>>();
  /** All messages that were ever accepted, by id. */
  readonly #accepted = new Map<string, AcceptedMessage>();
  readonly #byHandle = new Map<string, AcceptedMessage>();
  readonly #lastHandle = new Map<string, string>();

  constructor(engine: SqsEngine, listener: SqsListener) {
    this.#engine = engine;
    this.#listener = listener;
  }

  /** Reports the events of an operation that took effect. */
  reportEvents(operation: string, input: object, output: object, caller: string): void {
    switch (operation) {
      case 'SendMessageBatch':
        this.#sent(this.#queueName(input), input, output, caller);
        break;
      case 'ReceiveMessage':
        this.#reportMoved(this.#queueName(input));
        this.#received(this.#queueName(input), output, caller);
        break;
      case 'PurgeQueue':
        this.#liveIn(this.#queueName(input)).clear();
        this.#listener.purged(this.#queueName(input));
        break;
      case 'DeleteMessageBatch':
      case 'ChangeMessageVisibilityBatch':
        this.#deletedOrChanged(operation, input, output, caller);
        break;
      default:
    }
  }

  /** Live messages of a queue: waiting, in flight or delayed. */
  live(queue: string): Iterable<AcceptedMessage> {
    return this.#liveIn(queue).values();
  }

  messageByHandle(handle: string): AcceptedMessage | undefined {
    return this.#byHandle.get(handle);
  }

  /** Every message that was received and not deleted, with its latest handle. */
  inFlight() {
    return [...this.#live].flatMap(([queue, messages]) =>
      [...messages.keys()].flatMap((id) => {
        const receiptHandle = this.#lastHandle.get(`${queue} ${id}`);
        return receiptHandle === undefined ? [] : [{ queue: `http://sqs/000000000000/${queue}`, receiptHandle }];
      }),
    );
  }

  #liveIn(queue: string): Map<string, AcceptedMessage> {
    const messages = this.#live.get(queue) ?? new Map<string, AcceptedMessage>();
    this.#live.set(queue, messages);
    return messages;
  }

  #queueName(input: object): string {
    return this.#engine.queueByUrl(String(memberOf(input, 'QueueUrl'))).name;
  }

  /** Messages that SQS itself moved from `queue` since the last call. */
  #reportMoved(queue: string): void {
    const { redrivePolicy } = this.#engine.queueByName(queue).settings;
    const target = redrivePolicy && this.#engine.queueByArn(redrivePolicy.deadLetterTargetArn);
    if (target === undefined) return;
    const deadLetters = this.#liveIn(target.name);
    if (target.readyCount + target.inFlightCount + target.delayedCount === deadLetters.size) return;
    for (const { id } of target.messages()) {
      const message = this.#accepted.get(id);
      if (deadLetters.has(id) || message === undefined) continue;
      deadLetters.set(id, message);
      this.#liveIn(queue).delete(id);
      this.#listener.moved(target.name, message);
    }
  }

  #sent(queue: string, input: object, output: object, caller: string): void {
    const entries = new Map(listOf(input, 'Entries').map((entry) => [entry.Id, entry]));
    for (const { Id, MessageId } of listOf(output, 'Successful')) {
      const id = String(MessageId);
      const earlier = this.#accepted.get(id);
      const entry = entries.get(Id);
      const message: AcceptedMessage = earlier ?? {
        id,
        body: String(entry?.MessageBody),
        group: textOf(entry?.MessageGroupId),
        deduplicationId: textOf(entry?.MessageDeduplicationId),
        attributes: Object.fromEntries(Object.entries(entry?.MessageAttributes ?? {})),
      };
      this.#accepted.set(id, message);
      if (earlier === undefined) this.#liveIn(queue).set(id, message);
      this.#listener.sent(queue, message, earlier !== undefined, caller);
    }
  }

  #received(queue: string, output: object, caller: string): void {
    for (const answer of listOf(output, 'Messages')) {
      const message = this.#accepted.get(String(answer.MessageId));
      if (message === undefined) continue;
      const handle = String(answer.ReceiptHandle);
      this.#byHandle.set(handle, message);
      this.#lastHandle.set(`${queue} ${message.id}`, handle);
      const attributes = answer.Attributes;
      const receives =
        typeof attributes === 'object' && attributes !== null ? memberOf(attributes, 'ApproximateReceiveCount') : 1;
      this.#listener.received(queue, message, Number(receives), caller);
    }
  }

  #deletedOrChanged(operation: string, input: object, output: object, caller: string): void {
    const queue = this.#queueName(input);
    const entries = new Map(listOf(input, 'Entries').map((entry) => [entry.Id, entry]));
    for (const { Id } of listOf(output, 'Successful')) {
      const entry = entries.get(Id);
      const message = this.#byHandle.get(String(entry?.ReceiptHandle));
      if (message === undefined) continue;
      if (operation === 'DeleteMessageBatch') {
        this.#liveIn(queue).delete(message.id);
        this.#listener.deleted(queue, message, caller);
      } else this.#listener.visibilityChanged(queue, message, Number(entry?.VisibilityTimeout), caller);
    }
    for (const _ of listOf(output, 'Failed')) this.#listener.refused(queue, operation, caller);
  }
}
