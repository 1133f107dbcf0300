// One queue: its messages with their states, counts and timers. Everything is synchronous and gets the time as a
// parameter; no call visits more messages than it changes.

import { AgeList } from './age-list.ts';
import type { Backlog } from './backlog.ts';
import { Deduplication } from './deduplication.ts';
import { checkTotalVisibility, expired, unavailable } from './errors.ts';
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
  /** The scope at creation: AWS continues to deduplicate by it when the attribute changes later. */
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
  #inFlight = 0;
  #delayed = 0;

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

  /** Messages that are neither in flight nor delayed (in a locked group or not). */
  get waiting(): number {
    return this.#total - this.#inFlight - this.#delayed;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get delayed(): number {
    return this.#delayed;
  }

  /** Message groups that have messages, or deduplication ids in their own scope. */
  get groupCount(): number {
    return this.#groups.size;
  }

  /** True when a receive would return a message. */
  get available(): boolean {
    return this.#backlog.available;
  }

  /** When the next message becomes visible by time. */
  get nextDueAt(): number | undefined {
    return this.#timers.nextDueAt;
  }

  /** All messages, the oldest first, without receiving any. */
  messages(): Iterable<Message> {
    return this.#byAge;
  }

  setAttributes(attributes: AttributeValues, now: number): void {
    const delayBefore = this.#settings.delayMs;
    this.#attributes = attributes;
    this.lastModifiedOn = now;
    this.#settings = readSettings(attributes);
    // A FIFO queue's delay also applies to messages that are already in it.
    if (this.fifo && this.#settings.delayMs !== delayBefore) {
      for (const message of [...this.#timers]) {
        if (message.state === DELAYED) this.#startTimer(message, message.sentOn + this.#settings.delayMs);
      }
    }
    this.advance(now);
  }

  /** Updates the queue to the time `now`: expired timeouts and delays, messages past their retention. */
  advance(now: number): void {
    for (let due = this.#timers.popDue(now); due !== undefined; due = this.#timers.popDue(now)) {
      if (due.state === IN_FLIGHT) this.#inFlight -= 1;
      else this.#delayed -= 1;
      this.note('visible', due, due.dueAt);
      this.#makeReady(due);
    }
    const since = now - this.#settings.retentionMs;
    for (let old = this.#byAge.before(since); old !== undefined; old = this.#byAge.before(since)) {
      this.note('expired', old, old.enqueuedOn + this.#settings.retentionMs);
      this.#remove(old);
      old.release();
    }
    this.deduplication.expire(now);
    this.#attempts.expire(now);
  }

  /** Adds a message; `delayMs` counts from its `sentOn`. */
  put(message: Message, delayMs: number, now: number): void {
    this.#total += 1;
    this.#byAge.add(message);
    const until = delayMs > 0 ? message.sentOn + delayMs : undefined;
    this.note(message.receiveCount > 0 ? 'arrived' : 'sent', message, now, until);
    if (until !== undefined) {
      message.state = DELAYED;
      this.#delayed += 1;
      this.#backlog.add(message);
      this.#startTimer(message, until);
      return;
    }
    message.state = READY;
    this.#backlog.add(message);
    if (this.#backlog.available) this.#hooks.onAvailable?.(this);
  }

  receive(options: ReceiveOptions, now: number): readonly Message[] {
    this.advance(now);
    if (options.attemptId !== undefined) {
      const again = this.#attempts.find(options.attemptId);
      if (again !== undefined) {
        for (const message of again) {
          this.#startTimer(message, now + options.visibilityMs);
          this.note('received', message, now, message.dueAt);
        }
        return again;
      }
    }
    const max = Math.min(options.max, MAX_IN_FLIGHT - this.#inFlight);
    const received: Message[] = [];
    const deadLettered: Message[] = [];
    const { deadLetter } = options;
    const maxReceiveCount = deadLetter && this.#settings.redrivePolicy?.maxReceiveCount;
    this.#backlog.take(max, (message) => {
      if (maxReceiveCount !== undefined && message.receiveCount >= maxReceiveCount) {
        this.note('moved', message, now);
        this.#remove(message);
        deadLettered.push(message);
        return false;
      }
      message.countReceive(now, options.receiver);
      this.#receipts.add(message);
      if (options.visibilityMs > 0) {
        message.state = IN_FLIGHT;
        this.#inFlight += 1;
        this.#startTimer(message, now + options.visibilityMs);
      }
      this.note('received', message, now, options.visibilityMs > 0 ? message.dueAt : undefined);
      received.push(message);
      return true;
    });
    // Only after the receive, because a queue may be its own dead-letter queue.
    for (const message of deadLettered) {
      deadLetter?.(message);
      message.release();
    }
    if (options.attemptId !== undefined && received.length > 0)
      this.#attempts.remember(options.attemptId, received, now);
    return received;
  }

  /** Removes messages from the queue, as if they had been received and deleted. */
  takeOut(max: number, now: number): readonly Message[] {
    this.advance(now);
    const received: Message[] = [];
    this.#backlog.take(max, (message) => {
      this.note('moved', message, now);
      this.#remove(message);
      received.push(message);
      return true;
    });
    return received;
  }

  /** Reports an event of a message to the history, if there is one. */
  note(kind: MessageEventKind, message: Message, at: number, until?: number): void {
    this.#hooks.onEvent?.({ kind, queue: this, message, at, until });
  }

  receiptHandle(message: Message): string {
    return this.#receipts.handleOf(message);
  }

  /** @throws {SqsError} AWS's refusal of an invalid handle, of one of another queue, and (FIFO) of an expired one */
  delete(receiptHandle: string, now: number): void {
    this.advance(now);
    const { message, receive } = this.#receipts.resolve(receiptHandle);
    if (message === undefined) return;
    const current = message.receiveCount === receive;
    if (this.fifo && !(current && message.state === IN_FLIGHT)) throw expired(receiptHandle);
    // A standard queue reports success but does not delete the message when it was received again later.
    if (!current) return;
    this.note('deleted', message, now);
    this.#remove(message);
    this.#hooks.onDeleted?.(message, now);
    message.release();
  }

  changeVisibility(receiptHandle: string, visibilityMs: number, now: number): void {
    this.advance(now);
    const { message, receive } = this.#receipts.resolve(receiptHandle);
    if (message === undefined) throw unavailable(receiptHandle);
    if (this.fifo && (message.state !== IN_FLIGHT || message.receiveCount !== receive)) throw expired(receiptHandle);
    // A standard queue accepts older handles too, and reports success after the timeout.
    if (message.state !== IN_FLIGHT) return;
    checkTotalVisibility(visibilityMs, now - message.lastReceivedOn);
    this.#attempts.forget(message);
    if (visibilityMs > 0) {
      this.#startTimer(message, now + visibilityMs);
      this.note('extended', message, now, message.dueAt);
      return;
    }
    this.note('released', message, now);
    this.#timers.remove(message);
    this.#inFlight -= 1;
    this.#makeReady(message);
  }

  /** Empties the queue and removes its deduplication ids. */
  purge(now: number): void {
    this.lastPurgedOn = now;
    if (this.#hooks.onEvent) for (const message of this.#byAge) this.note('purged', message, now);
    this.#backlog.clear();
    this.#timers.clear();
    this.#receipts.clear();
    this.#attempts.clear();
    this.deduplication.clear();
    this.#groups.clear();
    this.#byAge.clear();
    this.#total = 0;
    this.#inFlight = 0;
    this.#delayed = 0;
  }

  #makeReady(message: Message): void {
    message.state = READY;
    this.#backlog.ready(message);
    if (this.#backlog.available) this.#hooks.onAvailable?.(this);
  }

  #remove(message: Message): void {
    if (message.state === IN_FLIGHT) this.#inFlight -= 1;
    else if (message.state === DELAYED) this.#delayed -= 1;
    this.#timers.remove(message);
    message.state = REMOVED;
    this.#total -= 1;
    this.#receipts.remove(message);
    this.#byAge.remove(message);
    this.#backlog.remove(message);
    if (this.#backlog.available) this.#hooks.onAvailable?.(this);
  }

  #startTimer(message: Message, dueAt: number): void {
    this.#timers.remove(message);
    message.dueAt = dueAt;
    if (this.#timers.push(message)) this.#hooks.onDue?.(this, dueAt);
  }
}
