// All messages of a queue from the oldest on, whatever their state: for the retention period, and to look at.

import type { Message } from './message.ts';

export class AgeList {
  #oldest: Message | undefined;
  #newest: Message | undefined;

  /** In front of what is younger: a dead letter of a standard queue keeps its age and may belong before others. */
  add(message: Message): void {
    let older = this.#newest;
    while (older !== undefined && older.enqueuedOn > message.enqueuedOn) older = older.older;
    const newer = older === undefined ? this.#oldest : older.newer;
    message.older = older;
    message.newer = newer;
    if (older === undefined) this.#oldest = message;
    else older.newer = message;
    if (newer === undefined) this.#newest = message;
    else newer.older = message;
  }

  /** The oldest message, if it was put in at `ms` or before. */
  before(ms: number): Message | undefined {
    return this.#oldest !== undefined && this.#oldest.enqueuedOn <= ms ? this.#oldest : undefined;
  }

  remove(message: Message): void {
    if (message.older === undefined) this.#oldest = message.newer;
    else message.older.newer = message.newer;
    if (message.newer === undefined) this.#newest = message.older;
    else message.newer.older = message.older;
    message.older = undefined;
    message.newer = undefined;
  }

  clear(): void {
    this.#oldest = undefined;
    this.#newest = undefined;
  }

  *[Symbol.iterator](): IterableIterator<Message> {
    for (let message = this.#oldest; message !== undefined; message = message.newer) yield message;
  }
}
