// Which message comes next. A backlog knows the order; the queue knows states, counts and timers.

import { type Message, READY } from './message.ts';

export interface Backlog {
  /** A new message; it may be delayed. */
  add(message: Message): void;
  /** A message of this backlog turned READY (released, timed out, delay over). */
  ready(message: Message): void;
  /** A message goes for good, whatever its state. */
  remove(message: Message): void;
  /**
   * Offers READY messages in order until `accept` took `max` of them. Whoever accepts changes the message's state (or
   * leaves it READY: visibility 0); whoever refuses must have removed it.
   */
  take(max: number, accept: (message: Message) => boolean): void;
  /** True when a receive would bring something. */
  readonly available: boolean;
  clear(): void;
}

/** A standard queue's messages: first come, first served; what comes back goes to the end. */
export class StandardBacklog implements Backlog {
  #first: Message | undefined;
  #last: Message | undefined;

  get available(): boolean {
    return this.#first !== undefined;
  }

  add(message: Message): void {
    if (message.state === READY) this.ready(message);
  }

  ready(message: Message): void {
    message.previous = this.#last;
    message.next = undefined;
    if (this.#last === undefined) this.#first = message;
    else this.#last.next = message;
    this.#last = message;
  }

  remove(message: Message): void {
    if (message.previous === undefined && message.next === undefined && this.#first !== message) return;
    if (message.previous === undefined) this.#first = message.next;
    else message.previous.next = message.next;
    if (message.next === undefined) this.#last = message.previous;
    else message.next.previous = message.previous;
    message.previous = undefined;
    message.next = undefined;
  }

  take(max: number, accept: (message: Message) => boolean): void {
    const end = this.#last;
    let room = max;
    let message = this.#first;
    while (message !== undefined && room > 0) {
      const next: Message | undefined = message === end ? undefined : message.next;
      this.remove(message);
      if (accept(message)) {
        room -= 1;
        if (message.state === READY) this.ready(message);
      }
      message = next;
    }
  }

  clear(): void {
    this.#first = undefined;
    this.#last = undefined;
  }
}
