// A FIFO queue's message groups. A group exists as long as it has messages, or deduplication ids in its own scope.

import { MessageGroup } from './message.ts';

export class MessageGroups {
  readonly #byId = new Map<string, MessageGroup>();

  get size(): number {
    return this.#byId.size;
  }

  find(id: string): MessageGroup | undefined {
    return this.#byId.get(id);
  }

  /** The group of this id, created if it does not exist. */
  findOrCreate(id: string): MessageGroup {
    let group = this.#byId.get(id);
    if (group === undefined) {
      group = new MessageGroup(id);
      this.#byId.set(id, group);
    }
    return group;
  }

  /** Removes a group that has neither messages nor deduplication ids. */
  deleteIfEmpty(group: MessageGroup): void {
    if (group.head === undefined && group.deduplicationIds === undefined) this.#byId.delete(group.id);
  }

  clear(): void {
    this.#byId.clear();
  }
}
