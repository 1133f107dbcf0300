// The options of a receive.

import type { Message } from './message.ts';

export interface ReceiveOptions {
  readonly max: number;
  readonly visibilityMs: number;
  readonly attemptId?: string | undefined;
  /** The caller's `User-Agent`. */
  readonly receiver?: string | undefined;
  /**
   * Called for each message that was received too often, after the queue has removed it, to move it to the dead-letter
   * queue. Undefined when there is none.
   */
  readonly deadLetter: ((message: Message) => void) | undefined;
}
