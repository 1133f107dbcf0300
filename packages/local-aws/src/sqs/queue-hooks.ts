// Hooks that a queue calls in the middle of an operation: they must only record the event, and not call the queue.
import type { Message } from './message.ts';

/**
 * What happened to a message:
 * - `sent`, or `deduplicated`: a later send of the same deduplication id, which changed nothing
 * - `received`, `extended`, `released` (its visibility was set to 0), `deleted` by a caller
 * - `visible`: its visibility timeout or its delay ended · `expired`: its retention ended · `purged`
 * - `moved` out of the queue: to a dead-letter queue, where it `arrived`, or by a move task, which makes a new message of
 *   it that is `sent` to the other queue
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
  /** The time at which the message becomes visible; undefined when it is visible. */
  readonly until?: number | undefined;
}

/** `Queue` is the class of that name, which calls these hooks. */
export interface QueueHooks<Queue> {
  /** An event of a message. Only histories use it: without it no event is created. */
  onEvent?(event: MessageEvent<Queue>): void;
  /** A receive would return a message now. */
  onAvailable?(queue: Queue): void;
  /** A message becomes visible at `dueAt`, earlier than all others. */
  onDue?(queue: Queue, dueAt: number): void;
  /** The queue was deleted: receives that wait for its messages must end. */
  onRemoved?(queue: Queue): void;
  /** A caller deleted a message, so it has processed it. Not called for messages that expire or are purged. */
  onDeleted?(message: Message, now: number): void;
}
