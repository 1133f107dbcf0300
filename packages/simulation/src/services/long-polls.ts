// Long polls: receives that wait in virtual time until a message becomes visible.
import type { SqsEngine } from '@movie-load/local-aws';
import type { LongPoll } from '../engine/backend.ts';
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
  /** Receives the visible messages without waiting. */
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

  /** The `wait` of a receive that found no messages. */
  wait(queue: Queue, { input, caller, waitMs }: { input: object; caller: string; waitMs: number }): LongPoll['wait'] {
    return (answer) => {
      const timeout = this.#scheduler.after(waitMs, () => {
        this.#remove(poll);
        answer({});
      });
      const poll: Poll = { queue, input, caller, answer, timeout };
      this.#polls.add(poll);
      if (queue.nextDueAt !== undefined) this.setAlarm(queue, queue.nextDueAt);
      return () => this.#remove(poll);
    };
  }

  /**
   * Messages may have become available. The polls are served after the current operation, so that one poll can get all
   * messages of a batch.
   */
  schedule(queue: Queue): void {
    if (this.#polls.size > 0) this.#scheduler.after(0, () => this.#serve(queue));
  }

  /** Serves a queue's polls when its next message becomes visible. */
  setAlarm(queue: Queue, dueAt: number): void {
    const { now } = this.#scheduler;
    const currentAlarm = this.#alarms.get(queue);
    if (
      currentAlarm !== undefined &&
      !currentAlarm.cancelled &&
      currentAlarm.time > now() &&
      currentAlarm.time <= dueAt
    )
      return;
    if (currentAlarm !== undefined) currentAlarm.cancelled = true;
    const onDue = () => {
      queue.advance(now());
      this.#serve(queue);
      if (queue.nextDueAt !== undefined) this.setAlarm(queue, queue.nextDueAt);
    };
    this.#alarms.set(queue, this.#scheduler.at(dueAt, onDue));
  }

  #serve(queue: Queue): void {
    for (const poll of [...this.#polls]) {
      if (poll.queue !== queue || !queue.hasReceivable) continue;
      const output = this.#receive(poll.input, poll.caller);
      if (!('Messages' in output)) continue;
      this.#remove(poll);
      poll.answer(output);
    }
  }

  #remove(poll: Poll): void {
    poll.timeout.cancelled = true;
    this.#polls.delete(poll);
  }
}
