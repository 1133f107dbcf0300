// A FIFO queue's messages: one list per message group, and a list of the groups whose head can be received. A group
// whose head is in flight or delayed is not in that list, so a receive only visits groups that it can receive from.

import type { Backlog } from './backlog.ts';
import { type Message, type MessageGroup, READY } from './message.ts';
import type { MessageGroups } from './message-groups.ts';

export class FifoBacklog implements Backlog {
  readonly #groups: MessageGroups;
  #first: MessageGroup | undefined;
  #last: MessageGroup | undefined;

  constructor(groups: MessageGroups) {
    this.#groups = groups;
  }

  get available(): boolean {
    return this.#first !== undefined;
  }

  add(message: Message): void {
    const group = this.#groups.open(message.groupId ?? '');
    message.group = group;
    // One string for the whole group, instead of one per request that named it.
    message.groupId = group.id;
    message.previous = group.tail;
    if (group.tail === undefined) group.head = message;
    else group.tail.next = message;
    group.tail = message;
    this.#settle(group);
  }

  ready(message: Message): void {
    const { group } = message;
    if (group !== undefined && group.head === message) this.#settle(group);
  }

  remove(message: Message): void {
    const { group } = message;
    if (group === undefined) return;
    if (message.previous === undefined) group.head = message.next;
    else message.previous.next = message.next;
    if (message.next === undefined) group.tail = message.previous;
    else message.next.previous = message.previous;
    message.previous = undefined;
    message.next = undefined;
    this.#settle(group);
  }

  take(max: number, accept: (message: Message) => boolean): void {
    const end = this.#last;
    let room = max;
    let group = this.#first;
    while (group !== undefined && room > 0) {
      const nextGroup: MessageGroup | undefined = group === end ? undefined : group.next;
      let message = group.head;
      while (message !== undefined && room > 0 && message.state === READY) {
        const next: Message | undefined = message.next;
        if (accept(message)) room -= 1;
        message = next;
      }
      // A message that stays receivable (visibility 0) puts its group behind the others.
      this.#unlist(group);
      this.#settle(group);
      group = nextGroup;
    }
  }

  clear(): void {
    this.#first = undefined;
    this.#last = undefined;
  }

  /** Lists the group if its head can be received, removes it from the list if not, and deletes it when it is empty. */
  #settle(group: MessageGroup): void {
    if (group.head === undefined) {
      this.#unlist(group);
      this.#groups.drop(group);
    } else if (group.head.state === READY) {
      this.#list(group);
    } else {
      this.#unlist(group);
    }
  }

  #list(group: MessageGroup): void {
    if (group.listed) return;
    group.listed = true;
    group.previous = this.#last;
    group.next = undefined;
    if (this.#last === undefined) this.#first = group;
    else this.#last.next = group;
    this.#last = group;
  }

  #unlist(group: MessageGroup): void {
    if (!group.listed) return;
    group.listed = false;
    if (group.previous === undefined) this.#first = group.next;
    else group.previous.next = group.next;
    if (group.next === undefined) this.#last = group.previous;
    else group.next.previous = group.previous;
    group.previous = undefined;
    group.next = undefined;
  }
}
