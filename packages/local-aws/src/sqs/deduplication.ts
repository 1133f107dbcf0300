// Detects repeated sends by the deduplication ids of the last five minutes, even if the first message was deleted.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html

import { ChunkedList } from './chunked-list.ts';
import type { Message } from './message.ts';
import type { MessageGroups } from './message-groups.ts';

const DEDUPLICATION_MS = 5 * 60_000;

export class Deduplication {
  readonly #groups: MessageGroups;
  readonly #byId = new Map<string, Message>();
  /** The recorded sends, oldest first: those that are deduplicated in the whole queue, and those within their group. */
  readonly #queueScopeSends = new ChunkedList<Message>();
  readonly #groupScopeSends = new ChunkedList<Message>();

  constructor(groups: MessageGroups) {
    this.#groups = groups;
  }

  /** The earlier send of this id, in the scope that applied when it was sent. */
  find(groupId: string, deduplicationId: string): Message | undefined {
    return this.#byId.get(deduplicationId) ?? this.#groups.find(groupId)?.deduplicationIds?.get(deduplicationId);
  }

  /** Records a message that was added to the queue. */
  remember(message: Message, perGroup: boolean): void {
    const { group, deduplicationId } = message;
    if (deduplicationId === undefined || group === undefined) return;
    if (!perGroup) {
      this.#byId.set(deduplicationId, message);
      this.#queueScopeSends.push(message);
      return;
    }
    group.deduplicationIds ??= new Map();
    group.deduplicationIds.set(deduplicationId, message);
    this.#groupScopeSends.push(message);
  }

  /** Removes the ids of messages that were sent more than five minutes before `now`. */
  expire(now: number): void {
    const cutoff = now - DEDUPLICATION_MS;
    for (
      let old = this.#queueScopeSends.first;
      old !== undefined && old.sentOn <= cutoff;
      old = this.#queueScopeSends.first
    ) {
      this.#queueScopeSends.shift();
      this.#byId.delete(old.deduplicationId ?? '');
    }
    for (
      let old = this.#groupScopeSends.first;
      old !== undefined && old.sentOn <= cutoff;
      old = this.#groupScopeSends.first
    ) {
      this.#groupScopeSends.shift();
      const { group } = old;
      group?.deduplicationIds?.delete(old.deduplicationId ?? '');
      if (group === undefined || group.deduplicationIds?.size !== 0) continue;
      group.deduplicationIds = undefined;
      this.#groups.deleteIfEmpty(group);
    }
  }

  clear(): void {
    this.#byId.clear();
    this.#queueScopeSends.clear();
    this.#groupScopeSends.clear();
  }
}
