// One message in memory: a flat object of one shape, with the links of the lists it can stand in.

import type { MessageAttributes } from './message-attributes.ts';

export const READY = 0;
export const IN_FLIGHT = 1;
export const DELAYED = 2;
export const GONE = 3;
export type MessageState = typeof READY | typeof IN_FLIGHT | typeof DELAYED | typeof GONE;

/** What the sender gave, checked. */
export interface MessageDraft {
  readonly body: string;
  readonly bodyMd5: string;
  readonly attributes: MessageAttributes | undefined;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly traceHeader: string | undefined;
}

export class Message {
  readonly id: string;
  /** Position among all messages of the engine; the sequence number is made from it. */
  readonly order: number;
  body: string;
  readonly bodyMd5: string;
  attributes: MessageAttributes | undefined;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly traceHeader: string | undefined;
  /** Milliseconds since the epoch; a move to a dead-letter queue keeps it. */
  readonly sentOn: number;
  /** From when the retention period counts: a move to a FIFO dead-letter queue sets it anew. */
  enqueuedOn: number;
  firstReceivedOn = 0;
  lastReceivedOn = 0;
  /** Deliveries so far; with `order` it identifies a receipt handle. */
  receiveCount = 0;
  deadLetterSourceArn: string | undefined = undefined;

  state: MessageState = READY;
  /** When the visibility timeout or the delay ends; meaningful while in flight or delayed. */
  dueAt = 0;
  /** Place in the timer heap, or -1. */
  heapIndex = -1;

  /** Neighbours within the message group (FIFO) or within the available messages (standard). */
  previous: Message | undefined = undefined;
  next: Message | undefined = undefined;
  /** Neighbours by age among all messages of the queue. */
  older: Message | undefined = undefined;
  newer: Message | undefined = undefined;

  constructor(id: string, order: number, draft: MessageDraft, sentOn: number) {
    this.id = id;
    this.order = order;
    this.body = draft.body;
    this.bodyMd5 = draft.bodyMd5;
    this.attributes = draft.attributes;
    this.groupId = draft.groupId;
    this.deduplicationId = draft.deduplicationId;
    this.traceHeader = draft.traceHeader;
    this.sentOn = sentOn;
    this.enqueuedOn = sentOn;
  }

  /** Twenty digits, larger for each later message. */
  get sequenceNumber(): string {
    return `1${String(this.order).padStart(19, '0')}`;
  }
}
