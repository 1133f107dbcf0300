// The events of each message since it was sent, across deliveries and queues. Bounded: the oldest messages are
// forgotten first.

import type { Message } from '../sqs/message.ts';
import type { Queue } from '../sqs/queue.ts';
import type { MessageEvent, MessageEventKind } from '../sqs/queue-hooks.ts';

export interface HistoryEvent {
  readonly kind: MessageEventKind;
  /** Milliseconds since the epoch, on the engine's clock. */
  readonly at: number;
  /** The queue's name. */
  readonly queue: string;
  /** The caller, by its client's name; null for events by time alone. */
  readonly by: string | null;
  /** Hidden until; null when it is not hidden. */
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
  leftOut: number;
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
const MAX_FOUND = 100;

export class MessageHistories {
  readonly #maxEvents: number;
  /** By number: a message that is moved keeps its number. */
  readonly #entries = new Map<number, Entry>();
  readonly #names = new Map<string, string>();
  readonly #listeners: HistoryListener[] = [];
  #events = 0;
  #forgotten = 0;

  constructor(maxEvents = MAX_EVENTS) {
    this.#maxEvents = maxEvents;
  }

  /** The number of messages that were forgotten to make room. */
  get forgotten(): number {
    return this.#forgotten;
  }

  add({ kind, queue, message, at, until }: MessageEvent<Queue>, userAgent: string | undefined): void {
    let entry = this.#entries.get(message.idNumber);
    if (entry === undefined) {
      const { id, groupId: group, deduplicationId } = message;
      entry = { id, group, deduplicationId, events: [], leftOut: 0 };
      this.#entries.set(message.idNumber, entry);
    }
    const by = userAgent === undefined || BY_TIME.has(kind) ? null : this.#nameOf(userAgent);
    const event = { kind, at, queue: queue.name, by, until: until ?? null, receives: message.receiveCount };
    entry.events.push(event);
    this.#events += 1;
    for (const listener of this.#listeners) listener(event, message);
    if (entry.events.length > MAX_EVENTS_OF_MESSAGE) {
      entry.events.splice(1, 1);
      entry.leftOut += 1;
      this.#events -= 1;
    }
    this.#makeRoom();
  }

  /** Called with each event from now on, in the middle of an operation: it must only record the event. */
  onEvent(listener: HistoryListener): void {
    this.#listeners.push(listener);
  }

  find({ messageId, group, deduplicationId, max = MAX_FOUND }: HistoryQuery): MessageHistory[] {
    const found: MessageHistory[] = [];
    for (const entry of this.#entries.values()) {
      if (messageId !== undefined && entry.id !== messageId) continue;
      if (group !== undefined && entry.group !== group) continue;
      if (deduplicationId !== undefined && !isLike(entry.deduplicationId ?? '', deduplicationId)) continue;
      found.push({
        message_id: entry.id,
        group: entry.group ?? null,
        deduplication_id: entry.deduplicationId ?? null,
        events: [...entry.events],
        events_left_out: entry.leftOut,
      });
      if (found.length >= max) break;
    }
    return found;
  }

  #makeRoom(): void {
    while (this.#events > this.#maxEvents) {
      const [oldest] = this.#entries;
      if (oldest === undefined) return;
      this.#entries.delete(oldest[0]);
      this.#events -= oldest[1].events.length;
      this.#forgotten += 1;
    }
  }

  #nameOf(userAgent: string): string {
    const known = this.#names.get(userAgent);
    if (known !== undefined) return known;
    if (this.#names.size >= 1000) this.#names.clear();
    const name = callerName(userAgent);
    this.#names.set(userAgent, name);
    return name;
  }
}

/** Recorded during whichever call is next, which has no relation to the event. */
const BY_TIME: ReadonlySet<MessageEventKind> = new Set(['visible', 'expired']);

/** The name of the application (`AWS_SDK_UA_APP_ID`) if its client sends one, else the name of the client. */
export function callerName(userAgent: string): string {
  const [, name] = /(?:^|\s)app\/(\S{1,50})/.exec(userAgent) ?? [];
  if (name !== undefined) return name;
  return /^[^\s/]{1,40}(?:\/[\w.]{1,20})?/.exec(userAgent)?.[0] ?? 'unknown';
}

/** Whether a text matches a pattern in which `*` stands for any characters. */
function isLike(text: string, pattern: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  if (others.length === 0) return text === pattern;
  if (!text.startsWith(first)) return false;
  const last = others.pop() ?? '';
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
