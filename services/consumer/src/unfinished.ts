// The age of the oldest unfinished message of this process. SQS reports the age of a queue's oldest message to
// CloudWatch alone; a consumer knows the messages that it received.
import type { ReceivedMessage } from '@movie-load/aws';

export interface AgeTimes {
  /** When a receive last returned, with messages or without, by this process's clock; undefined before the first. */
  readonly lastReceive: number | undefined;
  /** The time at SQS, in milliseconds since the epoch. */
  readonly queueNow: number;
}

/**
 * The messages that this process is handling, and those that it released. A released message counts until it may have
 * been delivered again and a receive has returned since. From then on the consumer that received it counts it.
 */
export class UnfinishedMessages {
  /** For each group that is handled, when its oldest message was sent. */
  readonly #working = new Map<object, number>();
  /** For each second in which messages are delivered again, when the oldest of them was sent. */
  readonly #released = new Map<number, number>();

  /** Work on messages of one group begins. Returns a function that ends it. */
  begin(messages: readonly ReceivedMessage[]): () => void {
    const work = {};
    this.#working.set(work, oldestOf(messages));
    return () => void this.#working.delete(work);
  }

  /** These are delivered again at `redeliveredOn`, in milliseconds of this process's clock. */
  release(messages: readonly ReceivedMessage[], redeliveredOn: number): void {
    const second = Math.ceil(redeliveredOn / 1000);
    this.#released.set(second, Math.min(this.#released.get(second) ?? Number.POSITIVE_INFINITY, oldestOf(messages)));
  }

  /** Seconds since the oldest message was sent; 0 when there is none. */
  oldestSeconds({ lastReceive = Number.NEGATIVE_INFINITY, queueNow }: AgeTimes): number {
    for (const second of this.#released.keys()) if (second * 1000 < lastReceive) this.#released.delete(second);
    const oldest = Math.min(...this.#working.values(), ...this.#released.values());
    return Math.max(0, queueNow - oldest) / 1000;
  }
}

const oldestOf = (messages: readonly ReceivedMessage[]): number => Math.min(...messages.map(({ sentOn }) => sentOn));
