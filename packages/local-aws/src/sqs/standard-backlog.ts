// A standard queue's messages that can be received, in the order in which they were sent. A message that becomes
// visible again precedes younger messages, as it mostly does on AWS.

import type { Backlog } from './backlog.ts';
import { type Message, READY } from './message.ts';
import { MessageHeap } from './message-heap.ts';

export class StandardBacklog implements Backlog {
  /** A linked list of messages in order; a message that becomes receivable late is in `#returned` instead. */
  #first: Message | undefined;
  #last: Message | undefined;
  /** Messages that became receivable after younger messages had been added. */
  readonly #returned = new MessageHeap((message) => message.order);

  get hasReceivable(): boolean {
    return this.#first !== undefined || this.#returned.first !== undefined;
  }

  add(message: Message): void {
    if (message.state === READY) this.markReady(message);
  }

  markReady(message: Message): void {
    const last = this.#last;
    if (last !== undefined && last.order > message.order) {
      this.#returned.push(message);
      return;
    }
    message.previous = last;
    message.next = undefined;
    if (last === undefined) this.#first = message;
    else last.next = message;
    this.#last = message;
  }

  remove(message: Message): void {
    this.#returned.remove(message);
    if (message.previous === undefined && message.next === undefined && this.#first !== message) return;
    if (message.previous === undefined) this.#first = message.next;
    else message.previous.next = message.next;
    if (message.next === undefined) this.#last = message.previous;
    else message.next.previous = message.previous;
    message.previous = undefined;
    message.next = undefined;
  }

  take(max: number, accept: (message: Message) => boolean): void {
    const stillReady: Message[] = [];
    let remaining = max;
    for (let message = this.#nextMessage(); message !== undefined && remaining > 0; message = this.#nextMessage()) {
      this.remove(message);
      if (!accept(message)) continue;
      remaining -= 1;
      if (message.state === READY) stillReady.push(message);
    }
    // Only after the receive, which must not offer them twice.
    for (const message of stillReady) this.markReady(message);
  }

  clear(): void {
    this.#first = undefined;
    this.#last = undefined;
    this.#returned.clear();
  }

  #nextMessage(): Message | undefined {
    const returned = this.#returned.first;
    if (returned === undefined || this.#first === undefined) return returned ?? this.#first;
    return returned.order < this.#first.order ? returned : this.#first;
  }
}
