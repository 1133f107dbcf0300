// Long polling: receives that wait. A waiting poll is answered as soon as its queue has a message: after a send, a
// release, a deletion that unlocks a message group, or a visibility timeout. Polls are answered in the order of their
// arrival; a cancelled poll receives nothing.

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
  /** When the wait is over, on the engine's clock. */
  readonly endsAt: number;
  timeout: NodeJS.Timeout | undefined;
}

type LongPollsOptions = Omit<SqsEngineOptions, 'hooks' | 'onMoveTask'> &
  Pick<QueueHooks<Queue>, 'onDeleted' | 'onEvent'>;

/** An engine whose receives may wait by `WaitTimeSeconds`, using timers of the event loop. */
export class LongPolls {
  readonly engine: SqsEngine;
  readonly #waiters = new Map<Queue, Set<Waiter>>();
  readonly #dueTimers = new Map<Queue, { timer: NodeJS.Timeout; dueAt: number }>();
  #closed = false;

  constructor({ onDeleted, onEvent, ...options }: LongPollsOptions) {
    this.engine = new SqsEngine({
      ...options,
      onMoveTask: (task) => this.#runMoveTask(task),
      hooks: {
        onAvailable: (queue) => this.#scheduleAnswers(queue),
        onDue: (queue, dueAt) => this.#setDueTimer(queue, dueAt),
        onRemoved: (queue) => this.#failWaiters(queue),
        ...(onDeleted && { onDeleted }),
        ...(onEvent && { onEvent }),
      },
    });
  }

  /** The number of waiting polls, over all queues. */
  get size(): number {
    let size = 0;
    for (const waiters of this.#waiters.values()) size += waiters.size;
    return size;
  }

  /**
   * Answers now or as soon as there is a message; when the wait is over, with an empty answer.
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
      this.#removeWaiter(waiter);
      answer({});
    }, waitMs);
    let waiters = this.#waiters.get(queue);
    if (waiters === undefined) {
      waiters = new Set();
      this.#waiters.set(queue, waiters);
    }
    waiters.add(waiter);
    if (queue.nextDueAt !== undefined) this.#setDueTimer(queue, queue.nextDueAt);
    return () => this.#removeWaiter(waiter);
  }

  /**
   * The clock moved forward: delivers messages that became visible, and answers polls whose wait is over with no
   * message.
   */
  clockMoved(): void {
    for (const [queue, { timer }] of [...this.#dueTimers]) {
      clearTimeout(timer);
      this.#dueTimers.delete(queue);
    }
    for (const queue of [...this.#waiters.keys()]) {
      queue.advance(this.engine.now());
      if (queue.hasReceivable) this.#answerWaiters(queue);
      for (const waiter of [...(this.#waiters.get(queue) ?? [])]) {
        if (waiter.endsAt > this.engine.now()) continue;
        this.#removeWaiter(waiter);
        waiter.answer({});
      }
      if (queue.nextDueAt !== undefined) this.#setDueTimer(queue, queue.nextDueAt);
    }
  }

  /** Answers all waiting polls without a message; later receives do not wait. */
  close(): void {
    this.#closed = true;
    for (const waiters of [...this.#waiters.values()]) {
      for (const waiter of [...waiters]) {
        this.#removeWaiter(waiter);
        waiter.answer({});
      }
    }
  }

  #runMoveTask(task: MoveTask): void {
    const waitMs = this.#closed ? undefined : task.step(this.engine);
    if (waitMs !== undefined) setTimeout(() => this.#runMoveTask(task), waitMs);
  }

  #removeWaiter(waiter: Waiter): void {
    clearTimeout(waiter.timeout);
    const waiters = this.#waiters.get(waiter.queue);
    if (waiters === undefined) return;
    waiters.delete(waiter);
    if (waiters.size > 0) return;
    this.#waiters.delete(waiter.queue);
    clearTimeout(this.#dueTimers.get(waiter.queue)?.timer);
    this.#dueTimers.delete(waiter.queue);
  }

  /** Ends the polls of a deleted queue: a new queue of the same name must not answer them. */
  #failWaiters(queue: Queue): void {
    for (const waiter of [...(this.#waiters.get(queue) ?? [])]) {
      this.#removeWaiter(waiter);
      waiter.fail(new SqsError('QueueDoesNotExist'));
    }
  }

  /** Answers waiting polls after the current operation, so that a poll gets a batch's messages together. */
  #scheduleAnswers(queue: Queue): void {
    if (this.#waiters.has(queue)) queueMicrotask(() => this.#answerWaiters(queue));
  }

  #answerWaiters(queue: Queue): void {
    for (const waiter of [...(this.#waiters.get(queue) ?? [])]) {
      if (!queue.hasReceivable) break;
      try {
        const output = this.engine.call('ReceiveMessage', waiter.input, waiter.context);
        if (output.Messages === undefined) continue;
        this.#removeWaiter(waiter);
        waiter.answer(output);
      } catch (error) {
        this.#removeWaiter(waiter);
        waiter.fail(error);
      }
    }
  }

  /** Sets a timer for the next time at which a message of the queue becomes visible, if a receive is waiting. */
  #setDueTimer(queue: Queue, at: number): void {
    if (!this.#waiters.has(queue)) return;
    const current = this.#dueTimers.get(queue);
    if (current !== undefined) {
      if (current.dueAt <= at) return;
      clearTimeout(current.timer);
    }
    const timer = setTimeout(
      () => {
        this.#dueTimers.delete(queue);
        queue.advance(this.engine.now());
        if (queue.hasReceivable) this.#scheduleAnswers(queue);
        if (queue.nextDueAt !== undefined) this.#setDueTimer(queue, queue.nextDueAt);
      },
      Math.max(1, at - this.engine.now()),
    );
    this.#dueTimers.set(queue, { timer, dueAt: at });
  }
}
