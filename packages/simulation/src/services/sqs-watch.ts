// Turns requests and answers of SQS into what happened to which message: sent, received, deleted, released, moved.

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

/** Told of everything, at the moment when it takes effect. `queue` is a name, `caller` a process. */
export interface SqsWatcher {
  /** `duplicate` when deduplication swallowed the send; then `message` is the one from before. */
  sent(queue: string, message: Accepted, duplicate: boolean, caller: string): void;
  received(queue: string, message: Accepted, receives: number, caller: string): void;
  deleted(queue: string, message: Accepted, caller: string): void;
  visibility(queue: string, message: Accepted, seconds: number, caller: string): void;
  /** A delete or a change of visibility was refused, because the handle has expired. */
  refused(queue: string, operation: string, caller: string): void;
  /** SQS itself moved a message to the dead-letter queue `to` after too many receives. */
  moved(to: string, message: Accepted): void;
  /** Somebody emptied the queue. */
  purged(queue: string): void;
}

type Entry = Readonly<Record<string, unknown>>;

const member = (from: object, name: string): unknown => Object.entries(from).find(([key]) => key === name)?.[1];
const listOf = (from: object, name: string): readonly Entry[] => {
  const list = member(from, name);
  return Array.isArray(list) ? list : [];
};
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export function createSqsWatch(engine: SqsEngine, watcher: SqsWatcher) {
  /** Live messages by queue and id, oldest first. */
  const live = new Map<string, Map<string, Accepted>>();
  /** Everything that was ever accepted, by id. */
  const accepted = new Map<string, Accepted>();
  const handles = new Map<string, { readonly queue: string; readonly message: Accepted }>();
  const lastHandle = new Map<string, string>();

  const liveIn = (queue: string) => {
    const known = live.get(queue) ?? new Map<string, Accepted>();
    live.set(queue, known);
    return known;
  };
  const nameOf = (input: object) => engine.queueByUrl(String(member(input, 'QueueUrl'))).name;

  /** What SQS itself moved from `queue` since the last look. */
  function findMoved(queue: string): void {
    const { redrivePolicy } = engine.queueByName(queue).settings;
    const target = redrivePolicy && engine.queueByArn(redrivePolicy.deadLetterTargetArn);
    if (target === undefined) return;
    const there = liveIn(target.name);
    if (target.waiting + target.inFlight + target.delayed === there.size) return;
    for (const { id } of target.messages()) {
      const message = accepted.get(id);
      if (there.has(id) || message === undefined) continue;
      there.set(id, message);
      liveIn(queue).delete(id);
      watcher.moved(target.name, message);
    }
  }

  function sent(queue: string, input: object, output: object, caller: string): void {
    const entries = new Map(listOf(input, 'Entries').map((entry) => [entry.Id, entry]));
    for (const { Id, MessageId } of listOf(output, 'Successful')) {
      const id = String(MessageId);
      const before = accepted.get(id);
      const entry = entries.get(Id);
      const message: Accepted = before ?? {
        id,
        body: String(entry?.MessageBody),
        group: textOf(entry?.MessageGroupId),
        deduplicationId: textOf(entry?.MessageDeduplicationId),
        attributes: Object.fromEntries(Object.entries(entry?.MessageAttributes ?? {})),
      };
      accepted.set(id, message);
      if (before === undefined) liveIn(queue).set(id, message);
      watcher.sent(queue, message, before !== undefined, caller);
    }
  }

  function received(queue: string, output: object, caller: string): void {
    for (const answer of listOf(output, 'Messages')) {
      const message = accepted.get(String(answer.MessageId));
      if (message === undefined) continue;
      const handle = String(answer.ReceiptHandle);
      handles.set(handle, { queue, message });
      lastHandle.set(`${queue} ${message.id}`, handle);
      const attributes = answer.Attributes;
      const receives =
        typeof attributes === 'object' && attributes !== null ? member(attributes, 'ApproximateReceiveCount') : 1;
      watcher.received(queue, message, Number(receives), caller);
    }
  }

  return {
    /** Looks at an operation that took effect. */
    after(operation: string, input: object, output: object, caller: string): void {
      if (operation === 'SendMessageBatch') sent(nameOf(input), input, output, caller);
      else if (operation === 'ReceiveMessage') {
        findMoved(nameOf(input));
        received(nameOf(input), output, caller);
      } else if (operation === 'PurgeQueue') {
        liveIn(nameOf(input)).clear();
        watcher.purged(nameOf(input));
      } else if (operation === 'DeleteMessageBatch' || operation === 'ChangeMessageVisibilityBatch') {
        const queue = nameOf(input);
        const entries = new Map(listOf(input, 'Entries').map((entry) => [entry.Id, entry]));
        for (const { Id } of listOf(output, 'Successful')) {
          const entry = entries.get(Id);
          const message = handles.get(String(entry?.ReceiptHandle))?.message;
          if (message === undefined) continue;
          if (operation === 'DeleteMessageBatch') {
            liveIn(queue).delete(message.id);
            watcher.deleted(queue, message, caller);
          } else watcher.visibility(queue, message, Number(entry?.VisibilityTimeout), caller);
        }
        for (const _ of listOf(output, 'Failed')) watcher.refused(queue, operation, caller);
      }
    },
    /** Live messages of a queue: waiting, in flight or delayed. */
    live: (queue: string): Iterable<Accepted> => liveIn(queue).values(),
    byHandle: (handle: string): Accepted | undefined => handles.get(handle)?.message,
    /** Every message that was received and not deleted, with its latest handle. */
    inFlight() {
      return [...live].flatMap(([queue, messages]) =>
        [...messages.keys()].flatMap((id) => {
          const receiptHandle = lastHandle.get(`${queue} ${id}`);
          return receiptHandle === undefined ? [] : [{ queue: `http://sqs/000000000000/${queue}`, receiptHandle }];
        }),
      );
    },
  };
}
