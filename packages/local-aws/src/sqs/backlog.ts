// Which message comes next. A backlog knows the order; the queue knows states, counts and timers.

import type { Message } from './message.ts';

export interface Backlog {
  /** A new message; it may be delayed. */
  add(message: Message): void;
  /** A message of this backlog turned READY (released, timed out, delay over). */
  ready(message: Message): void;
  /** A message goes for good, whatever its state. */
  remove(message: Message): void;
  /**
   * Offers READY messages in order until `accept` took `max` of them. To accept is to change the message's state (or
   * leaves it READY: visibility 0); a caller that refuses must have removed it.
   */
  take(max: number, accept: (message: Message) => boolean): void;
  /** True when a receive would bring something. */
  readonly available: boolean;
  clear(): void;
}
