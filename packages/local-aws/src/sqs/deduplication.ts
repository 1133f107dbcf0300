// Deduplication ids of the last five minutes: detects a repeated send, also after the first message was deleted.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html

import { Chunks } from './chunks.ts';
import type { Message } from './message.ts';
import type { MessageGroups } from './message-groups.ts';

const DEDUPLICATION_MS = 5 * 60_000;

export class Deduplication {
  readonly #groups: MessageGroups;
  readonly #wholeQueue = new Map<string, Message>();
  /** The recorded sends, in order of time. */
  readonly #perQueue = new Chunks<Message>();
  readonly #perGroup = new Chunks<Message>();

  constructor(groups: MessageGroups) {
    this.#groups = groups;
  }

  /** The earlier send of this id, in the scope that applied when it was sent. */
  find(groupId: string, deduplicationId: string): Message | undefined {
    return this.#wholeQueue.get(deduplicationId) ?? this.#groups.find(groupId)?.deduplicationIds?.get(deduplicationId);
  }

  /** Records a message that was added to the queue. */
  remember(message: Message, perGroup: boolean): void {
    const { group, deduplicationId } = message;
    if (deduplicationId === undefined || group === undefined) return;
    if (!perGroup) {
      this.#wholeQueue.set(deduplicationId, message);
      this.#perQueue.push(message);
      return;
    }
    group.deduplicationIds ??= new Map();
    group.deduplicationIds.set(deduplicationId, message);
    this.#perGroup.push(message);
  }

  /** Removes the ids of messages that were sent more than five minutes before `now`. */
  expire(now: number): void {
    const before = now - DEDUPLICATION_MS;
    for (let old = this.#perQueue.first; old !== undefined && old.sentOn <= before; old = this.#perQueue.first) {
      this.#perQueue.shift();
      this.#wholeQueue.delete(old.deduplicationId ?? '');
    }
    for (let old = this.#perGroup.first; old !== undefined && old.sentOn <= before; old = this.#perGroup.first) {
      this.#perGroup.shift();
      const { group } = old;
      group?.deduplicationIds?.delete(old.deduplicationId ?? '');
      if (group === undefined || group.deduplicationIds?.size !== 0) continue;
      group.deduplicationIds = undefined;
      this.#groups.drop(group);
    }
  }

  clear(): void {
    this.#wholeQueue.clear();
    this.#perQueue.clear();
    this.#perGroup.clear();
  }
}
