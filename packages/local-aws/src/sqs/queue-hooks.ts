// What the world around a queue wants to know; called in the middle of an operation, so only take a note.
import type { Message } from './message.ts';
import type { Queue } from './queue.ts';

export interface QueueHooks {
  /** A receive would bring something now. */
  onAvailable?(queue: Queue): void;
  /** A message becomes visible at `dueAt`, earlier than all others. */
  onDue?(queue: Queue, dueAt: number): void;
  /** The queue is gone: whoever waits for its messages waits for nothing. */
  onRemoved?(queue: Queue): void;
  /** A receiver has deleted a message: it is done with. */
  onDeleted?(message: Message, now: number): void;
}
