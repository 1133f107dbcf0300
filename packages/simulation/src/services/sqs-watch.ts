// Turns requests and answers of SQS into events of messages: sent, received, deleted, released, moved.

import type { MessageAttributes } from '@movie-load/aws';
import type { SqsEngine } from '@movie-load/local-aws';

/** A message as it was accepted. */
export interface Accepted {
  readonly id: string;
  readonly body: string;
  readonly group: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly attributes: MessageAttributes;
}

/** Called with each event when it takes effect. `queue` is a name, `caller` a process. */
export interface SqsWatcher {
  /** `duplicate` when the send was deduplicated; then `message` is the earlier one. */
  sent(queue: string, message: Accepted, duplicate: boolean, caller: string): void;
  received(queue: string, message: Accepted, receives: number, caller: string): void;
  deleted(queue: string, message: Accepted, caller: string): void;
  visibility(queue: string, message: Accepted, seconds: number, caller: string): void;
  /** A delete or a change of visibility was refused, because the handle has expired. */
  refused(queue: string, operation: string, caller: string): void;
  /** SQS itself moved a message to the dead-letter queue `to` after too many receives. */
  moved(to: string, message: Accepted): void;
  /** The queue was purged. */
  purged(queue: string): void;
}

type Entry = Readonly<Record<string, unknown>>;

const member = (from: object, name: string): unknown => Object.entries(from).find(([key]) => key === name)?.[1];
const listOf = (from: object, name: string): readonly Entry[] => {
  const list = member(from, name);
  return Array.isArray(list) ? list : [];
};
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export class SqsWatch {
  readonly #engine: SqsEngine;
  readonly #watcher: SqsWatcher;
  /** Live messages by queue and id, oldest first. */
  readonly #live = new Map<string, Map<string, Accepted>>();
  /** All messages that were ever accepted, by id. */
  readonly #accepted = new Map<string, Accepted>();
  readonly #byHandle = new Map<string, Accepted>();
  readonly #lastHandle = new Map<string, string>();

  constructor(engine: SqsEngine, watcher: SqsWatcher) {
    this.#engine = engine;
    this.#watcher = watcher;
  }

  /** Reports the events of an operation that took effect. */
  after(operation: string, input: object, output: object, caller: string): void {
    switch (operation) {
      case 'SendMessageBatch':
        this.#sent(this.#nameOf(input), input, output, caller);
        break;
      case 'ReceiveMessage':
        this.#findMoved(this.#nameOf(input));
        this.#received(this.#nameOf(input), output, caller);
        break;
      case 'PurgeQueue':
        this.#liveIn(this.#nameOf(input)).clear();
        this.#watcher.purged(this.#nameOf(input));
        break;
      case 'DeleteMessageBatch':
      case 'ChangeMessageVisibilityBatch':
        this.#settled(operation, input, output, caller);
        break;
      default:
    }
  }

  /** Live messages of a queue: waiting, in flight or delayed. */
  live(queue: string): Iterable<Accepted> {
    return this.#liveIn(queue).values();
  }

  byHandle(handle: string): Accepted | undefined {
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

  #liveIn(queue: string): Map<string, Accepted> {
    const known = this.#live.get(queue) ?? new Map<string, Accepted>();
    this.#live.set(queue, known);
    return known;
  }

  #nameOf(input: object): string {
    return this.#engine.queueByUrl(String(member(input, 'QueueUrl'))).name;
  }

  /** Messages that SQS itself moved from `queue` since the last call. */
  #findMoved(queue: string): void {
    const { redrivePolicy } = this.#engine.queueByName(queue).settings;
    const target = redrivePolicy && this.#engine.queueByArn(redrivePolicy.deadLetterTargetArn);
    if (target === undefined) return;
    const there = this.#liveIn(target.name);
    if (target.readyCount + target.inFlightCount + target.delayedCount === there.size) return;
    for (const { id } of target.messages()) {
      const message = this.#accepted.get(id);
      if (there.has(id) || message === undefined) continue;
      there.set(id, message);
      this.#liveIn(queue).delete(id);
      this.#watcher.moved(target.name, message);
    }
  }

  #sent(queue: string, input: object, output: object, caller: string): void {
    const entries = new Map(listOf(input, 'Entries').map((entry) => [entry.Id, entry]));
    for (const { Id, MessageId } of listOf(output, 'Successful')) {
      const id = String(MessageId);
      const before = this.#accepted.get(id);
      const entry = entries.get(Id);
      const message: Accepted = before ?? {
        id,
        body: String(entry?.MessageBody),
        group: textOf(entry?.MessageGroupId),
        deduplicationId: textOf(entry?.MessageDeduplicationId),
        attributes: Object.fromEntries(Object.entries(entry?.MessageAttributes ?? {})),
      };
      this.#accepted.set(id, message);
      if (before === undefined) this.#liveIn(queue).set(id, message);
      this.#watcher.sent(queue, message, before !== undefined, caller);
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
        typeof attributes === 'object' && attributes !== null ? member(attributes, 'ApproximateReceiveCount') : 1;
      this.#watcher.received(queue, message, Number(receives), caller);
    }
  }

  #settled(operation: string, input: object, output: object, caller: string): void {
    const queue = this.#nameOf(input);
    const entries = new Map(listOf(input, 'Entries').map((entry) => [entry.Id, entry]));
    for (const { Id } of listOf(output, 'Successful')) {
      const entry = entries.get(Id);
      const message = this.#byHandle.get(String(entry?.ReceiptHandle));
      if (message === undefined) continue;
      if (operation === 'DeleteMessageBatch') {
        this.#liveIn(queue).delete(message.id);
        this.#watcher.deleted(queue, message, caller);
      } else this.#watcher.visibility(queue, message, Number(entry?.VisibilityTimeout), caller);
    }
    for (const _ of listOf(output, 'Failed')) this.#watcher.refused(queue, operation, caller);
  }
}
