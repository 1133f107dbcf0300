// One message in memory. A queue may have a million messages, whose cost is mostly the garbage collector's work:
// so there are few objects per message, times are small numbers, and ids are made on demand.

import type { MessageAttributes } from './message-attributes.ts';

export const READY = 0;
export const IN_FLIGHT = 1;
export const DELAYED = 2;
export const REMOVED = 3;
export type MessageState = typeof READY | typeof IN_FLIGHT | typeof DELAYED | typeof REMOVED;

/** Times are relative to this: V8 stores numbers below 2^31 without a separate object. */
const BASE_MS = Date.now();

/** The sender's input, checked. */
export interface MessageDraft {
  readonly body: string;
  readonly bodyMd5: string;
  readonly attributes: MessageAttributes | undefined;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly traceHeader: string | undefined;
}

/** Members that few messages have. */
interface RareFields {
  readonly attributes: MessageAttributes | undefined;
  readonly traceHeader: string | undefined;
  readonly deadLetterSourceArn: string | undefined;
}

/** What a message's id is made of: a dead letter keeps the id of the message that it was. */
export interface MessageOrigin {
  /** The first 24 characters of a UUID. */
  readonly idBase: string;
  readonly idNumber: number;
}

export class Message implements MessageOrigin {
  readonly idBase: string;
  readonly idNumber: number;
  /** Position among all messages of the engine; the sequence number is derived from it. */
  readonly order: number;
  body: string;
  readonly bodyMd5: string;
  groupId: string | undefined;
  /** Set when the message is added to a FIFO queue. */
  group: MessageGroup | undefined = undefined;
  readonly deduplicationId: string | undefined;
  rareFields: RareFields | undefined;

  /** Deliveries so far; together with `order` it makes a receipt handle. */
  receiveCount = 0;
  state: MessageState = READY;
  /** The position in its current or last heap. */
  heapIndex = -1;
  #sent: number;
  #enqueued: number;
  #firstReceived = 0;
  #lastReceived = 0;
  #due = 0;

  /** Neighbours within the message group (FIFO) or within the available messages (standard). */
  previous: Message | undefined = undefined;
  next: Message | undefined = undefined;
  /** Neighbours by age among all messages of the queue. */
  older: Message | undefined = undefined;
  newer: Message | undefined = undefined;

  constructor(origin: MessageOrigin, order: number, draft: MessageDraft, sentOn: number) {
    this.idBase = origin.idBase;
    this.idNumber = origin.idNumber;
    this.order = order;
    this.body = draft.body;
    this.bodyMd5 = draft.bodyMd5;
    this.groupId = draft.groupId;
    this.deduplicationId = draft.deduplicationId;
    const { attributes, traceHeader } = draft;
    const isPlain = attributes === undefined && traceHeader === undefined;
    this.rareFields = isPlain ? undefined : { attributes, traceHeader, deadLetterSourceArn: undefined };
    this.#sent = sentOn - BASE_MS;
    this.#enqueued = this.#sent;
  }

  /** An id in the form of a UUID: unique by engine and number. */
  get id(): string {
    return this.idBase + this.idNumber.toString(16).padStart(12, '0');
  }

  /** Twenty digits, larger for each later message. */
  get sequenceNumber(): string {
    return `1${String(this.order).padStart(19, '0')}`;
  }

  get attributes(): MessageAttributes | undefined {
    return this.rareFields?.attributes;
  }

  get traceHeader(): string | undefined {
    return this.rareFields?.traceHeader;
  }

  get deadLetterSourceArn(): string | undefined {
    return this.rareFields?.deadLetterSourceArn;
  }

  /** Milliseconds since the epoch; a move to a dead-letter queue keeps it. */
  get sentOn(): number {
    return this.#sent + BASE_MS;
  }

  /** The start of the retention period: a move to a FIFO dead-letter queue resets it. */
  get enqueuedOn(): number {
    return this.#enqueued + BASE_MS;
  }

  /** Meaningful after the first receive. */
  get firstReceivedOn(): number {
    return this.#firstReceived + BASE_MS;
  }

  get lastReceivedOn(): number {
    return this.#lastReceived + BASE_MS;
  }

  /** When the visibility timeout or the delay ends; meaningful while in flight or delayed. */
  get dueAt(): number {
    return this.#due + BASE_MS;
  }

  set dueAt(ms: number) {
    this.#due = ms - BASE_MS;
  }

  /** `receiver` is the caller's `User-Agent`. */
  countReceive(now: number, receiver?: string): void {
    this.receiveCount += 1;
    if (this.group) this.group.lastReceiver = receiver;
    this.#lastReceived = now - BASE_MS;
    if (this.receiveCount === 1) this.#firstReceived = this.#lastReceived;
  }

  /** Marks this message as the dead letter of `message`, whose receive count it takes over. */
  markAsDeadLetterOf(message: Message, sourceArn: string): void {
    this.receiveCount = message.receiveCount;
    this.#firstReceived = message.#firstReceived;
    const { attributes, traceHeader } = message;
    this.rareFields = { attributes, traceHeader, deadLetterSourceArn: sourceArn };
  }

  /** Restarts the retention period. */
  restartRetention(now: number): void {
    this.#enqueued = now - BASE_MS;
  }

  /** Frees memory: deduplication references a message for minutes after its deletion, but does not need its content. */
  discardContent(): void {
    this.body = '';
    this.rareFields = undefined;
  }
}

/** A FIFO queue's message group: its messages in order. */
export class MessageGroup {
  readonly id: string;
  head: Message | undefined = undefined;
  tail: Message | undefined = undefined;
  /** Messages sent to this group in the last five minutes, by deduplication id. */
  deduplicationIds: Map<string, Message> | undefined = undefined;
  /** The `User-Agent` of the last caller that received messages of it, for inspection. */
  lastReceiver: string | undefined = undefined;
  /** Whether and where it is in the list of receivable groups. */
  isListed = false;
  previous: MessageGroup | undefined = undefined;
  next: MessageGroup | undefined = undefined;

  constructor(id: string) {
    this.id = id;
  }
}
