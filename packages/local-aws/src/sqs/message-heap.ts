// Messages ordered by one of their numbers: a binary heap from which any message can be removed. A message is in one
// heap at a time.

import type { Message } from './message.ts';

export class MessageHeap {
  readonly #heap: Message[] = [];
  readonly #keyOf: (message: Message) => number;

  constructor(keyOf: (message: Message) => number) {
    this.#keyOf = keyOf;
  }

  /** The message with the smallest key, if any. */
  get first(): Message | undefined {
    return this.#heap[0];
  }

  *[Symbol.iterator](): Iterator<Message> {
    yield* this.#heap;
  }

  /** Returns true when the message is now the first. */
  push(message: Message): boolean {
    this.#heap.push(message);
    this.#rise(this.#heap.length - 1, message);
    return message.heapIndex === 0;
  }

  /** Removes a message at any position; does nothing if it is not in the heap. */
  remove(message: Message): void {
    const index = message.heapIndex;
    if (this.#heap[index] !== message) return;
    const last = this.#heap.pop();
    if (last === undefined || last === message) return;
    this.#sink(index, last);
    this.#rise(last.heapIndex, last);
  }

  clear(): void {
    this.#heap.length = 0;
  }

  #rise(from: number, message: Message): void {
    const key = this.#keyOf(message);
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#heap[parentIndex];
      if (parent === undefined || this.#keyOf(parent) <= key) break;
      this.#place(index, parent);
      index = parentIndex;
    }
    this.#place(index, message);
  }

  #sink(from: number, message: Message): void {
    const key = this.#keyOf(message);
    let index = from;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = this.#heap[childIndex];
      if (child === undefined) break;
      const rightChild = this.#heap[childIndex + 1];
      if (rightChild !== undefined && this.#keyOf(rightChild) < this.#keyOf(child)) {
        child = rightChild;
        childIndex += 1;
      }
      if (this.#keyOf(child) >= key) break;
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
