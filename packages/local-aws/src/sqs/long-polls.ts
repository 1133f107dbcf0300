// Receives that wait. A waiting poll is answered the moment its queue has a message: after a send, a release, a
// deletion that unlocks a group, or a visibility timeout. Polls are answered in the order of their arrival; a cancelled
// one receives nothing.

import { SqsEngine } from './engine.ts';
import { SqsError } from './errors.ts';
import { type Input, type Output, optionalText } from './input.ts';
import type { MoveTask } from './move-task.ts';
import { waitMsOf } from './operations/messages.ts';
import type { CallContext } from './operations/operation.ts';
import type { Queue } from './queue.ts';
import type { QueueHooks } from './queue-hooks.ts';
import type { SqsEngineOptions } from './state.ts';

interface Waiter {
  readonly queue: Queue;
  readonly input: Input;
  readonly context: CallContext | undefined;
  readonly answer: (output: Output) => void;
  readonly fail: (error: unknown) => void;
  /** On the engine's clock. */
  readonly endsAt: number;
  timeout: NodeJS.Timeout | undefined;
}

type LongPollsOptions = Omit<SqsEngineOptions, 'hooks' | 'onMoveTask'> &
  Pick<QueueHooks<Queue>, 'onDeleted' | 'onEvent'>;

/** An engine whose receives may wait by `WaitTimeSeconds`, using timers of the event loop. */
export class LongPolls {
  readonly engine: SqsEngine;
  readonly #waiting = new Map<Queue, Set<Waiter>>();
  readonly #alarms = new Map<Queue, { timer: NodeJS.Timeout; at: number }>();
  #closed = false;

  constructor({ onDeleted, onEvent, ...options }: LongPollsOptions) {
    this.engine = new SqsEngine({
      ...options,
      onMoveTask: (task) => this.#drive(task),
      hooks: {
        onAvailable: (queue) => this.#schedule(queue),
        onDue: (queue, dueAt) => this.#setAlarm(queue, dueAt),
        onRemoved: (queue) => this.#dismiss(queue),
        ...(onDeleted && { onDeleted }),
        ...(onEvent && { onEvent }),
      },
    });
  }

  /** The number of waiting polls, over all queues. */
  get size(): number {
    let size = 0;
    for (const waiters of this.#waiting.values()) size += waiters.size;
    return size;
  }

  /**
   * Receives now or as soon as there is a message, at the latest after the wait with an empty answer.
   * @returns a function that cancels the poll: it is not answered then, and receives no message
   * @throws {SqsError} at once when the request itself is wrong
   */
  receive(
    input: Input,
    answer: (output: Output) => void,
    fail: (error: unknown) => void,
    context?: CallContext,
  ): () => void {
    const output = this.engine.call('ReceiveMessage', input, context);
    const queue = this.engine.queueByUrl(optionalText(input, 'QueueUrl'));
    const waitMs = waitMsOf(queue, input);
    if (output.Messages !== undefined || waitMs === 0 || this.#closed) {
      answer(output);
      return () => {};
    }
    const endsAt = this.engine.now() + waitMs;
    const waiter: Waiter = { queue, input, context, answer, fail, endsAt, timeout: undefined };
    waiter.timeout = setTimeout(() => {
      this.#leave(waiter);
      answer({});
    }, waitMs);
    let waiters = this.#waiting.get(queue);
    if (waiters === undefined) {
      waiters = new Set();
      this.#waiting.set(queue, waiters);
    }
    waiters.add(waiter);
    if (queue.nextDueAt !== undefined) this.#setAlarm(queue, queue.nextDueAt);
    return () => this.#leave(waiter);
  }

  /**
   * The clock moved forward: delivers messages that became visible, and answers polls whose wait is over with no
   * message.
   */
  clockMoved(): void {
    for (const [queue, { timer }] of [...this.#alarms]) {
      clearTimeout(timer);
      this.#alarms.delete(queue);
    }
    for (const queue of [...this.#waiting.keys()]) {
      queue.advance(this.engine.now());
      if (queue.available) this.#serve(queue);
      for (const waiter of [...(this.#waiting.get(queue) ?? [])]) {
        if (waiter.endsAt > this.engine.now()) continue;
        this.#leave(waiter);
        waiter.answer({});
      }
      if (queue.nextDueAt !== undefined) this.#setAlarm(queue, queue.nextDueAt);
    }
  }

  /** Answers all waiting polls without a message; later receives do not wait. */
  close(): void {
    this.#closed = true;
    for (const waiters of [...this.#waiting.values()]) {
      for (const waiter of [...waiters]) {
        this.#leave(waiter);
        waiter.answer({});
      }
    }
  }

  #drive(task: MoveTask): void {
    const waitMs = this.#closed ? undefined : task.step(this.engine);
    if (waitMs !== undefined) setTimeout(() => this.#drive(task), waitMs);
  }

  #leave(waiter: Waiter): void {
    clearTimeout(waiter.timeout);
    const waiters = this.#waiting.get(waiter.queue);
    if (waiters === undefined) return;
    waiters.delete(waiter);
    if (waiters.size > 0) return;
    this.#waiting.delete(waiter.queue);
    clearTimeout(this.#alarms.get(waiter.queue)?.timer);
    this.#alarms.delete(waiter.queue);
  }

  /** Ends the polls of a deleted queue: a new queue of the same name must not answer them. */
  #dismiss(queue: Queue): void {
    for (const waiter of [...(this.#waiting.get(queue) ?? [])]) {
      this.#leave(waiter);
      waiter.fail(new SqsError('QueueDoesNotExist'));
    }
  }

  /** Runs after the current operation, so that a poll gets a batch's messages together. */
  #schedule(queue: Queue): void {
    if (this.#waiting.has(queue)) queueMicrotask(() => this.#serve(queue));
  }

  #serve(queue: Queue): void {
    for (const waiter of [...(this.#waiting.get(queue) ?? [])]) {
      if (!queue.available) break;
      try {
        const output = this.engine.call('ReceiveMessage', waiter.input, waiter.context);
        if (output.Messages === undefined) continue;
        this.#leave(waiter);
        waiter.answer(output);
      } catch (error) {
        this.#leave(waiter);
        waiter.fail(error);
      }
    }
  }

  /** Sets a timer for the queue's next message that becomes visible, while a receive waits. */
  #setAlarm(queue: Queue, at: number): void {
    if (!this.#waiting.has(queue)) return;
    const current = this.#alarms.get(queue);
    if (current !== undefined) {
      if (current.at <= at) return;
      clearTimeout(current.timer);
    }
    const timer = setTimeout(
      () => {
        this.#alarms.delete(queue);
        queue.advance(this.engine.now());
        if (queue.available) this.#schedule(queue);
        if (queue.nextDueAt !== undefined) this.#setAlarm(queue, queue.nextDueAt);
      },
      Math.max(1, at - this.engine.now()),
    );
    this.#alarms.set(queue, { timer, at });
  }
}
