// A FIFO queue's message group: its messages in order, and the deduplication ids that count for it alone. It exists as
// long as it has either.

import type { Message } from './message.ts';

export class MessageGroup {
  readonly id: string;
  head: Message | undefined = undefined;
  tail: Message | undefined = undefined;
  /** By deduplication id, what was sent to this group in the last five minutes. */
  deduplicationIds: Map<string, Message> | undefined = undefined;
  /** Whether and where it is in the list of receivable groups. */
  listed = false;
  previous: MessageGroup | undefined = undefined;
  next: MessageGroup | undefined = undefined;

  constructor(id: string) {
    this.id = id;
  }
}

export class MessageGroups {
  readonly #byId = new Map<string, MessageGroup>();

  get size(): number {
    return this.#byId.size;
  }

  find(id: string): MessageGroup | undefined {
    return this.#byId.get(id);
  }

  /** The group of this id, made if it is not there. */
  open(id: string): MessageGroup {
    let group = this.#byId.get(id);
    if (group === undefined) {
      group = new MessageGroup(id);
      this.#byId.set(id, group);
    }
    return group;
  }

  /** Forgets a group that has nothing left. */
  drop(group: MessageGroup): void {
    if (group.head === undefined && group.deduplicationIds === undefined) this.#byId.delete(group.id);
  }

  clear(): void {
    this.#byId.clear();
  }
}
