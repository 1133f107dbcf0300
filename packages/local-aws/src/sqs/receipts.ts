// Receipt handles. Each consists of the queue's tag, the message's number and the number of the delivery.

import { SqsError } from './errors.ts';
import type { Message } from './message.ts';

export class Receipts {
  readonly #tag: string;
  /** Messages that were received and not deleted, by their `order`. */
  readonly #received = new Map<number, Message>();

  /** @param tag every handle of this queue begins with it, and no other queue's */
  constructor(tag: string) {
    this.#tag = tag;
  }

  /** Registers a delivery of the message, so that its handles can be found. */
  add(message: Message): void {
    this.#received.set(message.order, message);
  }

  handleOf(message: Message): string {
    return `${this.#tag}${message.order.toString(36)}/${message.receiveCount.toString(36)}`;
  }

  /**
   * @returns the message (undefined when it no longer exists), and its receive count when the handle was issued
   * @throws {SqsError} `ReceiptHandleIsInvalid` for a text that is not a handle of this queue
   */
  resolve(handle: string): { readonly message: Message | undefined; readonly receiveCount: number } {
    const slash = handle.indexOf('/', this.#tag.length);
    if (slash < 0 || !handle.startsWith(this.#tag)) {
      throw new SqsError(
        'ReceiptHandleIsInvalid',
        `The input receipt handle "${handle}" is not a valid receipt handle.`,
      );
    }
    const order = Number.parseInt(handle.slice(this.#tag.length, slash), 36);
    return { message: this.#received.get(order), receiveCount: Number.parseInt(handle.slice(slash + 1), 36) };
  }

  remove(message: Message): void {
    this.#received.delete(message.order);
  }

  clear(): void {
    this.#received.clear();
  }
}
