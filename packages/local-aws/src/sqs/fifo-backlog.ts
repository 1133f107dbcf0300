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

  get hasReceivable(): boolean {
    return this.#first !== undefined;
  }

  add(message: Message): void {
    const group = this.#groups.findOrCreate(message.groupId ?? '');
    message.group = group;
    // All messages of a group share one string, instead of each keeping the one from its request.
    message.groupId = group.id;
    message.previous = group.tail;
    if (group.tail === undefined) group.head = message;
    else group.tail.next = message;
    group.tail = message;
    this.#updateListing(group);
  }

  markReady(message: Message): void {
    const { group } = message;
    if (group !== undefined && group.head === message) this.#updateListing(group);
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
    this.#updateListing(group);
  }

  take(max: number, accept: (message: Message) => boolean): void {
    const end = this.#last;
    let remaining = max;
    let group = this.#first;
    while (group !== undefined && remaining > 0) {
      const nextGroup: MessageGroup | undefined = group === end ? undefined : group.next;
      let message = group.head;
      while (message !== undefined && remaining > 0 && message.state === READY) {
        const next: Message | undefined = message.next;
        if (accept(message)) remaining -= 1;
        message = next;
      }
      // A message that stays receivable (visibility 0) puts its group behind the others.
      this.#unlist(group);
      this.#updateListing(group);
      group = nextGroup;
    }
  }

  clear(): void {
    this.#first = undefined;
    this.#last = undefined;
  }

  /** Puts the group on the list if its head can be received, else takes it off; deletes the group if it is empty. */
  #updateListing(group: MessageGroup): void {
    if (group.head === undefined) {
      this.#unlist(group);
      this.#groups.deleteIfEmpty(group);
    } else if (group.head.state === READY) {
      this.#list(group);
    } else {
      this.#unlist(group);
    }
  }

  #list(group: MessageGroup): void {
    if (group.isListed) return;
    group.isListed = true;
    group.previous = this.#last;
    group.next = undefined;
    if (this.#last === undefined) this.#first = group;
    else this.#last.next = group;
    this.#last = group;
  }

  #unlist(group: MessageGroup): void {
    if (!group.isListed) return;
    group.isListed = false;
    if (group.previous === undefined) this.#first = group.next;
    else group.previous.next = group.next;
    if (group.next === undefined) this.#last = group.previous;
    else group.next.previous = group.previous;
    group.previous = undefined;
    group.next = undefined;
  }
}
