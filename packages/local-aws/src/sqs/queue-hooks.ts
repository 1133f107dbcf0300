// What the world around a queue wants to know; called in the middle of an operation, so only take a note.
import type { Message } from './message.ts';

/**
 * What happened to a message:
 * - `sent`, or `deduplicated`: a later send of the same deduplication id, which changed nothing
 * - `received`, `extended`, `released` (its visibility was set to 0), `deleted` by a caller
 * - `visible`: its visibility timeout or its delay ended · `expired`: its retention ended · `purged`
 * - `moved` out of the queue, to a dead-letter queue or by a move task, and `arrived` in another one
 */
export type MessageEventKind =
  | 'sent'
  | 'deduplicated'
  | 'received'
  | 'extended'
  | 'released'
  | 'visible'
  | 'deleted'
  | 'moved'
  | 'arrived'
  | 'expired'
  | 'purged';

export interface MessageEvent<Queue> {
  readonly kind: MessageEventKind;
  readonly queue: Queue;
  /** The engine's own object: read it, do not change it. */
  readonly message: Message;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Until when it is hidden; undefined when it is not. */
  readonly until?: number | undefined;
}

/** `Queue` is the class of that name, which knows these hooks. */
export interface QueueHooks<Queue> {
  /** Something happened to a message. Asked for by histories alone: without it nothing is noted. */
  onEvent?(event: MessageEvent<Queue>): void;
  /** A receive would bring something now. */
  onAvailable?(queue: Queue): void;
  /** A message becomes visible at `dueAt`, earlier than all others. */
  onDue?(queue: Queue, dueAt: number): void;
  /** The queue is gone: receives that wait for its messages end. */
  onRemoved?(queue: Queue): void;
  /** A receiver has deleted a message: it is done with. */
  onDeleted?(message: Message, now: number): void;
}
