// How old the oldest message is that this process knows to be unfinished. SQS tells the age of a queue's oldest message to
// CloudWatch alone; a consumer knows the messages that it received.
import type { ReceivedMessage } from '@movie-load/aws';

interface Released {
  /** Milliseconds since the epoch, by SQS's clock. */
  readonly sentOn: number;
  /** When SQS delivers the messages again, by this process's clock. */
  readonly againOn: number;
}

export interface Times {
  /** When a receive last returned, with messages or without, by this process's clock; undefined before the first. */
  readonly lastReceive: number | undefined;
  /** The time at SQS, in milliseconds since the epoch. */
  readonly queueNow: number;
}

/** An outage releases many groups; only the oldest of them matter. */
const REMEMBERED = 1000;

/**
 * The messages that this process is working on, and those that it released. A released message counts until it may have
 * been delivered again and a receive has returned since: then it is in the hands of the consumer that got it, or stored.
 */
export class UnfinishedMessages {
  /** By group in work: when its oldest message was sent. */
  readonly #working = new Map<object, number>();
  readonly #released: Released[] = [];

  /** Work on messages of one group begins. Returns what ends it. */
  begin(messages: readonly ReceivedMessage[]): () => void {
    const work = {};
    this.#working.set(work, oldestOf(messages));
    return () => void this.#working.delete(work);
  }

  /** These are delivered again at `againOn`, in milliseconds of this process's clock. */
  release(messages: readonly ReceivedMessage[], againOn: number): void {
    if (messages.length === 0) return;
    this.#released.push({ sentOn: oldestOf(messages), againOn });
    if (this.#released.length <= REMEMBERED) return;
    this.#released.sort((a, b) => a.sentOn - b.sentOn).pop();
  }

  /** Seconds since the oldest of them was sent; 0 when there is none. */
  oldestSeconds({ lastReceive, queueNow }: Times): number {
    const isOver = ({ againOn }: Released) => lastReceive !== undefined && againOn < lastReceive;
    const kept = this.#released.filter((one) => !isOver(one));
    this.#released.splice(0, this.#released.length, ...kept);
    const oldest = Math.min(...this.#working.values(), ...kept.map(({ sentOn }) => sentOn));
    return Number.isFinite(oldest) ? Math.max(0, queueNow - oldest) / 1000 : 0;
  }
}

const oldestOf = (messages: readonly ReceivedMessage[]): number => Math.min(...messages.map(({ sentOn }) => sentOn));
