// What a receive asks of a queue.

import type { Message } from './message.ts';

export interface ReceiveOptions {
  readonly max: number;
  readonly visibilityMs: number;
  readonly attemptId?: string | undefined;
  /** Takes a message that was received too often; the queue has let go of it. Undefined: nobody takes any. */
  readonly deadLetter: ((message: Message) => void) | undefined;
}
