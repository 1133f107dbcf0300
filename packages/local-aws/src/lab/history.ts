// The history of each message: its events since it was sent, across deliveries and queues. Memory is bounded: the
// histories of the oldest messages are dropped first.

import type { Message } from '../sqs/message.ts';
import type { Queue } from '../sqs/queue.ts';
import type { MessageEvent, MessageEventKind } from '../sqs/queue-hooks.ts';

export interface HistoryEvent {
  readonly kind: MessageEventKind;
  /** Milliseconds since the epoch, on the engine's clock. */
  readonly at: number;
  /** The queue's name. */
  readonly queue: string;
  /** The caller's application or client, see `callerName`; null for events that time alone causes. */
  readonly by: string | null;
  /** The time until which the message is hidden; null when it is not hidden. */
  readonly until: number | null;
  /** Deliveries so far. */
  readonly receives: number;
}

/** The message is the engine's own object: read it, do not change it. */
export type HistoryListener = (event: HistoryEvent, message: Message) => void;

export interface MessageHistory {
  readonly message_id: string;
  readonly group: string | null;
  readonly deduplication_id: string | null;
  /** In the order in which they happened. */
  readonly events: readonly HistoryEvent[];
  /** The number of events that were dropped after the first one, because there were too many. */
  readonly events_left_out: number;
}

interface Entry {
  readonly id: string;
  readonly group: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly events: HistoryEvent[];
  droppedEvents: number;
}

export interface HistoryQuery {
  readonly messageId?: string | undefined;
  readonly group?: string | undefined;
  /** `*` stands for any characters. */
  readonly deduplicationId?: string | undefined;
  /** The largest number of messages; 100 unless given. */
  readonly max?: number | undefined;
}

/** The limit of all events together: 50 MB with three events a message, 120 MB where messages were only sent. */
const MAX_EVENTS = 200_000;
const MAX_EVENTS_OF_MESSAGE = 200;
const DEFAULT_MAX_MESSAGES = 100;

export class MessageHistories {
  readonly #maxEvents: number;
  /** By `idNumber`, which a message keeps when it moves to a dead-letter queue. */
  readonly #entries = new Map<number, Entry>();
  readonly #callerNames = new Map<string, string>();
  readonly #listeners: HistoryListener[] = [];
  #eventCount = 0;
  #forgottenCount = 0;

  constructor(maxEvents = MAX_EVENTS) {
    this.#maxEvents = maxEvents;
  }

  /** The number of messages that were forgotten to make room. */
  get forgotten(): number {
    return this.#forgottenCount;
  }

  add({ kind, queue, message, at, until }: MessageEvent<Queue>, userAgent: string | undefined): void {
    let entry = this.#entries.get(message.idNumber);
    if (entry === undefined) {
      const { id, groupId: group, deduplicationId } = message;
      entry = { id, group, deduplicationId, events: [], droppedEvents: 0 };
      this.#entries.set(message.idNumber, entry);
    }
    const by = userAgent === undefined || CAUSED_BY_TIME.has(kind) ? null : this.#callerNameOf(userAgent);
    const event = { kind, at, queue: queue.name, by, until: until ?? null, receives: message.receiveCount };
    entry.events.push(event);
    this.#eventCount += 1;
    for (const listener of this.#listeners) listener(event, message);
    if (entry.events.length > MAX_EVENTS_OF_MESSAGE) {
      entry.events.splice(1, 1);
      entry.droppedEvents += 1;
      this.#eventCount -= 1;
    }
    this.#makeRoom();
  }

  /** Called with each event from now on, in the middle of an operation: it must only record the event. */
  onEvent(listener: HistoryListener): void {
    this.#listeners.push(listener);
  }

  find({ messageId, group, deduplicationId, max = DEFAULT_MAX_MESSAGES }: HistoryQuery): MessageHistory[] {
    const histories: MessageHistory[] = [];
    for (const entry of this.#entries.values()) {
      if (messageId !== undefined && entry.id !== messageId) continue;
      if (group !== undefined && entry.group !== group) continue;
      if (deduplicationId !== undefined && !matchesPattern(entry.deduplicationId ?? '', deduplicationId)) continue;
      histories.push({
        message_id: entry.id,
        group: entry.group ?? null,
        deduplication_id: entry.deduplicationId ?? null,
        events: [...entry.events],
        events_left_out: entry.droppedEvents,
      });
      if (histories.length >= max) break;
    }
    return histories;
  }

  #makeRoom(): void {
    while (this.#eventCount > this.#maxEvents) {
      const [oldest] = this.#entries;
      if (oldest === undefined) return;
      this.#entries.delete(oldest[0]);
      this.#eventCount -= oldest[1].events.length;
      this.#forgottenCount += 1;
    }
  }

  #callerNameOf(userAgent: string): string {
    const cachedName = this.#callerNames.get(userAgent);
    if (cachedName !== undefined) return cachedName;
    if (this.#callerNames.size >= 1000) this.#callerNames.clear();
    const name = callerName(userAgent);
    this.#callerNames.set(userAgent, name);
    return name;
  }
}

/** Recorded during the next call to the queue, whose caller did not cause them. */
const CAUSED_BY_TIME: ReadonlySet<MessageEventKind> = new Set(['visible', 'expired']);

/** The name of the application (`AWS_SDK_UA_APP_ID`) if its client sends one, else the name of the client. */
export function callerName(userAgent: string): string {
  const [, name] = /(?:^|\s)app\/(\S{1,50})/.exec(userAgent) ?? [];
  if (name !== undefined) return name;
  return /^[^\s/]{1,40}(?:\/[\w.]{1,20})?/.exec(userAgent)?.[0] ?? 'unknown';
}

/** Whether a text matches a pattern in which `*` stands for any characters. */
function matchesPattern(text: string, pattern: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  if (others.length === 0) return text === pattern;
  if (!text.startsWith(first)) return false;
  const last = others.pop() ?? '';
  let position = first.length;
  for (const part of others) {
    const index = text.indexOf(part, position);
    if (index < 0) return false;
    position = index + part.length;
  }
  return text.length - last.length >= position && text.endsWith(last);
}
