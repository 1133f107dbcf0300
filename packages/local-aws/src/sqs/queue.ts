// One queue: its messages with their states, counts and timers. All methods are synchronous and get the time as a
// parameter. Sends, receives and deletes visit no more messages than they change.

import { AgeList } from './age-list.ts';
import type { Backlog } from './backlog.ts';
import { Deduplication } from './deduplication.ts';
import { checkTotalVisibility, expiredReceiptHandle, unavailableMessage } from './errors.ts';
import { FifoBacklog } from './fifo-backlog.ts';
import { DELAYED, IN_FLIGHT, type Message, READY, REMOVED } from './message.ts';
import { MessageGroups } from './message-groups.ts';
import type { AttributeValues } from './queue-attributes.ts';
import type { MessageEventKind, QueueHooks } from './queue-hooks.ts';
import { type QueueSettings, readSettings } from './queue-settings.ts';
import { Receipts } from './receipts.ts';
import { ReceiveAttempts } from './receive-attempts.ts';
import type { ReceiveOptions } from './receive-options.ts';
import { StandardBacklog } from './standard-backlog.ts';
import { TimerHeap } from './timer-heap.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
export const MAX_IN_FLIGHT = 120_000;

export class Queue {
  readonly name: string;
  readonly arn: string;
  readonly fifo: boolean;
  readonly createdOn: number;
  /** From the attributes at creation: AWS continues to deduplicate in this scope when the attribute changes later. */
  readonly deduplicationPerGroup: boolean;
  lastModifiedOn: number;
  lastPurgedOn: number | undefined;
  readonly tags = new Map<string, string>();

  #attributes: AttributeValues;
  #settings: QueueSettings;

  readonly #hooks: QueueHooks<Queue>;
  readonly #backlog: Backlog;
  readonly #timers = new TimerHeap();
  readonly #groups = new MessageGroups();
  readonly deduplication = new Deduplication(this.#groups);
  readonly #attempts = new ReceiveAttempts();
  readonly #receipts: Receipts;
  readonly #byAge = new AgeList();
  #total = 0;
  #inFlightCount = 0;
  #delayedCount = 0;

  constructor(
    identity: { name: string; arn: string; fifo: boolean; handleTag: string },
    attributes: AttributeValues,
    now: number,
    hooks: QueueHooks<Queue>,
  ) {
    this.name = identity.name;
    this.arn = identity.arn;
    this.fifo = identity.fifo;
    this.#receipts = new Receipts(identity.handleTag);
    this.createdOn = now;
    this.lastModifiedOn = now;
    this.#hooks = hooks;
    this.#backlog = identity.fifo ? new FifoBacklog(this.#groups) : new StandardBacklog();
    this.#attributes = attributes;
    this.#settings = readSettings(attributes);
    this.deduplicationPerGroup = attributes.get('DeduplicationScope') === 'messageGroup';
  }

  get attributes(): AttributeValues {
    return this.#attributes;
  }

  get settings(): QueueSettings {
    return this.#settings;
  }

  /** The number of messages that are neither in flight nor delayed, including those in locked message groups. */
  get readyCount(): number {
    return this.#total - this.#inFlightCount - this.#delayedCount;
  }

  get inFlightCount(): number {
    return this.#inFlightCount;
  }

  get delayedCount(): number {
    return this.#delayedCount;
  }

  /** Message groups that have messages, or deduplication ids in their own scope. */
  get groupCount(): number {
    return this.#groups.size;
  }

  /** True when a receive would return a message. */
  get hasReceivable(): boolean {
    return this.#backlog.hasReceivable;
  }

  /** When the next visibility timeout or delay ends. */
  get nextDueAt(): number | undefined {
    return this.#timers.nextDueAt;
  }

  /** All messages, the oldest first, without receiving any. */
  messages(): Iterable<Message> {
    return this.#byAge;
  }

  setAttributes(attributes: AttributeValues, now: number): void {
    const previousDelayMs = this.#settings.delayMs;
    this.#attributes = attributes;
    this.lastModifiedOn = now;
    this.#settings = readSettings(attributes);
    // A FIFO queue's delay also applies to messages that are already in it.
    if (this.fifo && this.#settings.delayMs !== previousDelayMs) {
      for (const message of [...this.#timers]) {
        if (message.state === DELAYED) this.#startTimer(message, message.sentOn + this.#settings.delayMs);
      }
    }
    this.advance(now);
  }

  /** Updates the queue to the time `now`: expired timeouts and delays, messages past their retention. */
  advance(now: number): void {
    for (let due = this.#timers.popDue(now); due !== undefined; due = this.#timers.popDue(now)) {
      if (due.state === IN_FLIGHT) this.#inFlightCount -= 1;
      else this.#delayedCount -= 1;
      this.recordEvent('visible', due, due.dueAt);
      this.#makeReady(due);
    }
    const cutoff = now - this.#settings.retentionMs;
    for (let old = this.#byAge.oldestBefore(cutoff); old !== undefined; old = this.#byAge.oldestBefore(cutoff)) {
      this.recordEvent('expired', old, old.enqueuedOn + this.#settings.retentionMs);
      this.#remove(old);
      old.discardContent();
    }
    this.deduplication.expire(now);
    this.#attempts.expire(now);
  }

  /** Adds a message; `delayMs` counts from its `sentOn`. */
  put(message: Message, delayMs: number, now: number): void {
    this.#total += 1;
    this.#byAge.add(message);
    const until = delayMs > 0 ? message.sentOn + delayMs : undefined;
    this.recordEvent(message.receiveCount > 0 ? 'arrived' : 'sent', message, now, until);
    if (until !== undefined) {
      message.state = DELAYED;
      this.#delayedCount += 1;
      this.#backlog.add(message);
      this.#startTimer(message, until);
      return;
    }
    message.state = READY;
    this.#backlog.add(message);
    if (this.#backlog.hasReceivable) this.#hooks.onAvailable?.(this);
  }

  receive(options: ReceiveOptions, now: number): readonly Message[] {
    this.advance(now);
    const { attemptId, deadLetter } = options;
    const repeatedMessages = attemptId === undefined ? undefined : this.#attempts.find(attemptId);
    if (repeatedMessages !== undefined) {
      for (const message of repeatedMessages) {
        this.#startTimer(message, now + options.visibilityMs);
        this.recordEvent('received', message, now, message.dueAt);
      }
      return repeatedMessages;
    }
    const max = Math.min(options.max, MAX_IN_FLIGHT - this.#inFlightCount);
    const received: Message[] = [];
    const deadLettered: Message[] = [];
    const maxReceiveCount = deadLetter && this.#settings.redrivePolicy?.maxReceiveCount;
    this.#backlog.take(max, (message) => {
      if (maxReceiveCount !== undefined && message.receiveCount >= maxReceiveCount) {
        this.recordEvent('moved', message, now);
        this.#remove(message);
        deadLettered.push(message);
        return false;
      }
      message.countReceive(now, options.receiver);
      this.#receipts.add(message);
      if (options.visibilityMs > 0) {
        message.state = IN_FLIGHT;
        this.#inFlightCount += 1;
        this.#startTimer(message, now + options.visibilityMs);
      }
      this.recordEvent('received', message, now, options.visibilityMs > 0 ? message.dueAt : undefined);
      received.push(message);
      return true;
    });
    // Only after the receive, because a queue may be its own dead-letter queue.
    for (const message of deadLettered) {
      deadLetter?.(message);
      message.discardContent();
    }
    if (attemptId !== undefined && received.length > 0) this.#attempts.remember(attemptId, received, now);
    return received;
  }

  /** Removes the next READY message, as if it had been received and deleted; it stays if `mayRemove` returns false. */
  removeNextReady(now: number, mayRemove: (message: Message) => boolean): Message | undefined {
    this.advance(now);
    let removed: Message | undefined;
    this.#backlog.take(1, (message) => {
      if (!mayRemove(message)) return true;
      this.recordEvent('moved', message, now);
      this.#remove(message);
      removed = message;
      return true;
    });
    return removed;
  }

  /** Reports an event of a message to the history, if there is one. */
  recordEvent(kind: MessageEventKind, message: Message, at: number, until?: number): void {
    this.#hooks.onEvent?.({ kind, queue: this, message, at, until });
  }

  receiptHandle(message: Message): string {
    return this.#receipts.handleOf(message);
  }

  /** @throws {SqsError} AWS's refusal of an invalid handle, of one of another queue, and (FIFO) of an expired one */
  delete(receiptHandle: string, now: number): void {
    this.advance(now);
    const { message, receiveCount } = this.#receipts.resolve(receiptHandle);
    if (message === undefined) return;
    const isCurrent = message.receiveCount === receiveCount;
    if (this.fifo && !(isCurrent && message.state === IN_FLIGHT)) throw expiredReceiptHandle(receiptHandle);
    // A standard queue reports success but does not delete the message when it was received again later.
    if (!isCurrent) return;
    this.recordEvent('deleted', message, now);
    this.#remove(message);
    this.#hooks.onDeleted?.(message, now);
    message.discardContent();
  }

  changeVisibility(receiptHandle: string, visibilityMs: number, now: number): void {
    this.advance(now);
    const { message, receiveCount } = this.#receipts.resolve(receiptHandle);
    if (message === undefined) throw unavailableMessage(receiptHandle);
    if (this.fifo && (message.state !== IN_FLIGHT || message.receiveCount !== receiveCount)) {
      throw expiredReceiptHandle(receiptHandle);
    }
    // A standard queue accepts older handles too, and reports success after the timeout.
    if (message.state !== IN_FLIGHT) return;
    checkTotalVisibility(visibilityMs, now - message.lastReceivedOn);
    this.#attempts.forget(message);
    if (visibilityMs > 0) {
      this.#startTimer(message, now + visibilityMs);
      this.recordEvent('extended', message, now, message.dueAt);
      return;
    }
    this.recordEvent('released', message, now);
    this.#timers.remove(message);
    this.#inFlightCount -= 1;
    this.#makeReady(message);
  }

  /** Empties the queue and removes its deduplication ids. */
  purge(now: number): void {
    this.lastPurgedOn = now;
    if (this.#hooks.onEvent) for (const message of this.#byAge) this.recordEvent('purged', message, now);
    this.#backlog.clear();
    this.#timers.clear();
    this.#receipts.clear();
    this.#attempts.clear();
    this.deduplication.clear();
    this.#groups.clear();
    this.#byAge.clear();
    this.#total = 0;
    this.#inFlightCount = 0;
    this.#delayedCount = 0;
  }

  #makeReady(message: Message): void {
    message.state = READY;
    this.#backlog.markReady(message);
    if (this.#backlog.hasReceivable) this.#hooks.onAvailable?.(this);
  }

  #remove(message: Message): void {
    if (message.state === IN_FLIGHT) this.#inFlightCount -= 1;
    else if (message.state === DELAYED) this.#delayedCount -= 1;
    this.#timers.remove(message);
    message.state = REMOVED;
    this.#total -= 1;
    this.#receipts.remove(message);
    this.#byAge.remove(message);
    this.#backlog.remove(message);
    if (this.#backlog.hasReceivable) this.#hooks.onAvailable?.(this);
  }

  #startTimer(message: Message, dueAt: number): void {
    this.#timers.remove(message);
    message.dueAt = dueAt;
    if (this.#timers.push(message)) this.#hooks.onDue?.(this, dueAt);
  }
}
