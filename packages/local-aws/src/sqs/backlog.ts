// The interface of a backlog: the order in which a queue's messages are received. States, counts and timers are kept
// by the queue.

import type { Message } from './message.ts';

export interface Backlog {
  /** Adds a new message, which may be delayed. */
  add(message: Message): void;
  /** To call when a message of this backlog has turned READY: released, timed out, or its delay is over. */
  markReady(message: Message): void;
  /** Removes a message permanently, whatever its state. */
  remove(message: Message): void;
  /**
   * Offers READY messages in order until `accept` has accepted `max` of them. Accepting changes the message's state (or
   * leaves it READY: visibility 0); a caller that refuses must have removed the message.
   */
  take(max: number, accept: (message: Message) => boolean): void;
  /** True when a receive would return a message. */
  readonly hasReceivable: boolean;
  clear(): void;
}
