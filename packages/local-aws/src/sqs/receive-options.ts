// The options of a receive.

import type { Message } from './message.ts';

export interface ReceiveOptions {
  readonly max: number;
  readonly visibilityMs: number;
  readonly attemptId?: string | undefined;
  /** The caller's `User-Agent`. */
  readonly receiver?: string | undefined;
  /**
   * Moves a message that was received too often, which the queue has already removed. Undefined: there is no
   * dead-letter queue.
   */
  readonly deadLetter: ((message: Message) => void) | undefined;
}
