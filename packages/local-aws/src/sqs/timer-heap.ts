// Messages by the time at which they become visible: a binary heap from which any message can be taken out.

import type { Message } from './message.ts';

export class TimerHeap {
  readonly #heap: Message[] = [];

  /** The earliest due time, if any. */
  get nextDueAt(): number | undefined {
    return this.#heap[0]?.dueAt;
  }

  *[Symbol.iterator](): Iterator<Message> {
    yield* this.#heap;
  }

  /** Puts a message in by its `dueAt`. Returns true when it is now the earliest. */
  push(message: Message): boolean {
    this.#heap.push(message);
    this.#rise(this.#heap.length - 1, message);
    return message.heapIndex === 0;
  }

  /** Takes out the earliest message that is due at `now`, if any. */
  popDue(now: number): Message | undefined {
    const top = this.#heap[0];
    if (top === undefined || top.dueAt > now) return undefined;
    this.remove(top);
    return top;
  }

  /** Takes a message out wherever it is; does nothing if it is not in. */
  remove(message: Message): void {
    const index = message.heapIndex;
    if (index < 0) return;
    message.heapIndex = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === message) return;
    this.#sink(index, last);
    this.#rise(last.heapIndex, last);
  }

  clear(): void {
    for (const message of this.#heap) message.heapIndex = -1;
    this.#heap.length = 0;
  }

  #rise(from: number, message: Message): void {
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#heap[parentIndex];
      if (parent === undefined || parent.dueAt <= message.dueAt) break;
      this.#place(index, parent);
      index = parentIndex;
    }
    this.#place(index, message);
  }

  #sink(from: number, message: Message): void {
    let index = from;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = this.#heap[childIndex];
      if (child === undefined) break;
      const right = this.#heap[childIndex + 1];
      if (right !== undefined && right.dueAt < child.dueAt) {
        child = right;
        childIndex += 1;
      }
      if (child.dueAt >= message.dueAt) break;
      this.#place(index, child);
      index = childIndex;
    }
    this.#place(index, message);
  }

  #place(index: number, message: Message): void {
    this.#heap[index] = message;
    message.heapIndex = index;
  }
}
