// Five minutes of deduplication ids: which send was already there, also after its message was deleted.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html

import type { Message } from './message.ts';

export const DEDUPLICATION_MS = 5 * 60_000;
const CHUNK = 1024;

interface Scope {
  readonly ids: Map<string, Message>;
}

/** First in, first out, without moving what is inside. */
class Chunks<T> {
  readonly #chunks: T[][] = [];
  #offset = 0;

  get first(): T | undefined {
    return this.#chunks[0]?.[this.#offset];
  }

  push(value: T): void {
    const last = this.#chunks.at(-1);
    if (last === undefined || last.length >= CHUNK) this.#chunks.push([value]);
    else last.push(value);
  }

  shift(): void {
    const first = this.#chunks[0];
    if (first === undefined) return;
    this.#offset += 1;
    if (this.#offset >= first.length) {
      this.#chunks.shift();
      this.#offset = 0;
    }
  }

  clear(): void {
    this.#chunks.length = 0;
    this.#offset = 0;
  }
}

export class Deduplication {
  readonly #wholeQueue: Scope = { ids: new Map() };
  readonly #groups = new Map<string, Scope>();
  readonly #expiring = new Chunks<{ message: Message; scope: Scope }>();

  /** The earlier send of this id, judged by the scope that held when it was sent. */
  find(groupId: string, deduplicationId: string): Message | undefined {
    return this.#wholeQueue.ids.get(deduplicationId) ?? this.#groups.get(groupId)?.ids.get(deduplicationId);
  }

  remember(message: Message, perGroup: boolean): void {
    const scope = perGroup ? this.#scopeOf(message.groupId ?? '') : this.#wholeQueue;
    scope.ids.set(message.deduplicationId ?? '', message);
    this.#expiring.push({ message, scope });
  }

  /** Forgets what was sent more than five minutes before `now`. */
  expire(now: number): void {
    for (let first = this.#expiring.first; first !== undefined; first = this.#expiring.first) {
      const { message, scope } = first;
      if (message.sentOn + DEDUPLICATION_MS > now) return;
      this.#expiring.shift();
      scope.ids.delete(message.deduplicationId ?? '');
      if (scope.ids.size === 0 && scope !== this.#wholeQueue) this.#groups.delete(message.groupId ?? '');
    }
  }

  clear(): void {
    this.#wholeQueue.ids.clear();
    this.#groups.clear();
    this.#expiring.clear();
  }

  #scopeOf(groupId: string): Scope {
    let scope = this.#groups.get(groupId);
    if (scope === undefined) {
      scope = { ids: new Map() };
      this.#groups.set(groupId, scope);
    }
    return scope;
  }
}
