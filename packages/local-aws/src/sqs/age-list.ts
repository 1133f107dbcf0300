// All messages of a queue, the oldest first, in any state: for the retention period, and for inspection.

import type { Message } from './message.ts';

export class AgeList {
  #oldest: Message | undefined;
  #newest: Message | undefined;

  /** Inserts by age: a dead letter of a standard queue keeps its age, so newer messages may already be in the list. */
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

  /** The oldest message, if its retention period began at `ms` or before. */
  oldestBefore(ms: number): Message | undefined {
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
