// What a receive asks of a queue.

import type { Message } from './message.ts';

export interface ReceiveOptions {
  readonly max: number;
  readonly visibilityMs: number;
  readonly attemptId?: string | undefined;
  /** The caller's `User-Agent`. */
  readonly receiver?: string | undefined;
  /** Takes a message that was received too often; the queue no longer has it. Undefined: there is no dead-letter queue. */
  readonly deadLetter: ((message: Message) => void) | undefined;
}
