// The order in which messages are received. A backlog knows the order; the queue knows states, counts and timers.

import type { Message } from './message.ts';

export interface Backlog {
  /** A new message; it may be delayed. */
  add(message: Message): void;
  /** A message of this backlog turned READY (released, timed out, delay over). */
  ready(message: Message): void;
  /** A message is removed permanently, in any state. */
  remove(message: Message): void;
  /**
   * Offers READY messages in order until `accept` has accepted `max` of them. Accepting changes the message's state (or
   * leaves it READY: visibility 0); a caller that refuses must have removed the message.
   */
  take(max: number, accept: (message: Message) => boolean): void;
  /** True when a receive would return a message. */
  readonly available: boolean;
  clear(): void;
}
