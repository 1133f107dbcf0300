// Long polls that wait in the scheduler, and queues that wake when a message becomes visible.
import type { SqsEngine } from '@movie-load/local-aws';
import type { Waiting } from '../engine/backend.ts';
import type { Scheduled, Scheduler } from '../engine/scheduler.ts';

type Queue = ReturnType<SqsEngine['queueByName']>;

interface Poll {
  readonly queue: Queue;
  readonly input: object;
  readonly caller: string;
  readonly answer: (output: object) => void;
  readonly timeout: Scheduled;
}

export interface LongPollsOptions {
  readonly scheduler: Scheduler;
  /** Receives the visible messages, as a separate operation. */
  readonly receive: (input: object, caller: string) => object;
}

export class LongPolls {
  readonly #scheduler: Scheduler;
  readonly #receive: LongPollsOptions['receive'];
  readonly #polls = new Set<Poll>();
  readonly #alarms = new Map<Queue, Scheduled>();

  constructor({ scheduler, receive }: LongPollsOptions) {
    this.#scheduler = scheduler;
    this.#receive = receive;
  }

  /** A receive that found nothing and waits. */
  wait(queue: Queue, { input, caller, waitMs }: { input: object; caller: string; waitMs: number }): Waiting['wait'] {
    return (answer) => {
      const timeout = this.#scheduler.after(waitMs, () => {
        this.#leave(poll);
        answer({});
      });
      const poll: Poll = { queue, input, caller, answer, timeout };
      this.#polls.add(poll);
      if (queue.nextDueAt !== undefined) this.setAlarm(queue, queue.nextDueAt);
      return () => this.#leave(poll);
    };
  }

  /**
   * Messages may have become available. Polls run after the current operation, so that one gets all messages of a
   * batch.
   */
  schedule(queue: Queue): void {
    if (this.#polls.size > 0) this.#scheduler.after(0, () => this.#serve(queue));
  }

  /** Wakes a queue when its next message becomes visible. */
  setAlarm(queue: Queue, dueAt: number): void {
    const { now } = this.#scheduler;
    const set = this.#alarms.get(queue);
    if (set !== undefined && !set.cancelled && set.time > now() && set.time <= dueAt) return;
    if (set !== undefined) set.cancelled = true;
    const ring = () => {
      queue.advance(now());
      this.#serve(queue);
      if (queue.nextDueAt !== undefined) this.setAlarm(queue, queue.nextDueAt);
    };
    this.#alarms.set(queue, this.#scheduler.at(dueAt, ring));
  }

  #serve(queue: Queue): void {
    for (const poll of [...this.#polls]) {
      if (poll.queue !== queue || !queue.hasReceivable) continue;
      const output = this.#receive(poll.input, poll.caller);
      if (!('Messages' in output)) continue;
      this.#leave(poll);
      poll.answer(output);
    }
  }

  #leave(poll: Poll): void {
    poll.timeout.cancelled = true;
    this.#polls.delete(poll);
  }
}
