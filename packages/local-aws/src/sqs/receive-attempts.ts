// `ReceiveRequestAttemptId`: for five minutes, a repeated receive gets the same messages and receipt handles as the
// first, unless one of them was deleted, changed or became visible since.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html

import { IN_FLIGHT, type Message } from './message.ts';

const ATTEMPT_LIFETIME_MS = 5 * 60_000;

interface Attempt {
  readonly id: string;
  readonly receivedOn: number;
  readonly messages: readonly Message[];
  readonly receiveCounts: readonly number[];
}

export class ReceiveAttempts {
  readonly #byId = new Map<string, Attempt>();
  readonly #byMessage = new Map<Message, Attempt>();

  /** The messages of the first attempt, if all of them are still in flight and unchanged. */
  find(id: string): readonly Message[] | undefined {
    const attempt = this.#byId.get(id);
    if (attempt === undefined) return undefined;
    const isUnchanged = attempt.messages.every(
      (message, index) => message.state === IN_FLIGHT && message.receiveCount === attempt.receiveCounts[index],
    );
    if (isUnchanged) return attempt.messages;
    this.#drop(attempt);
    return undefined;
  }

  remember(id: string, messages: readonly Message[], now: number): void {
    const attempt: Attempt = {
      id,
      receivedOn: now,
      messages,
      receiveCounts: messages.map((message) => message.receiveCount),
    };
    this.#byId.set(id, attempt);
    for (const message of messages) this.#byMessage.set(message, attempt);
  }

  /** To call when a caller changes a message: the attempt that received it can no longer be repeated. */
  forget(message: Message): void {
    if (this.#byMessage.size === 0) return;
    const attempt = this.#byMessage.get(message);
    if (attempt !== undefined) this.#drop(attempt);
  }

  expire(now: number): void {
    // A map preserves the order of insertion, which is the order of time.
    for (const attempt of this.#byId.values()) {
      if (attempt.receivedOn + ATTEMPT_LIFETIME_MS > now) return;
      this.#drop(attempt);
    }
  }

  clear(): void {
    this.#byId.clear();
    this.#byMessage.clear();
  }

  #drop(attempt: Attempt): void {
    this.#byId.delete(attempt.id);
    for (const message of attempt.messages) {
      if (this.#byMessage.get(message) === attempt) this.#byMessage.delete(message);
    }
  }
}
