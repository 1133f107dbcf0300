// A message move task: moves dead letters to their source queue, or to another, a few at a time.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html

import type { Output } from './input.ts';
import type { Message } from './message.ts';
import type { Queue } from './queue.ts';

export type MoveTaskStatus = 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';

/** The part of the engine that a task needs. */
export interface MoveTaskContext {
  now(): number;
  queueByArn(arn: string): Queue | undefined;
  newMessage(draft: Message, now: number): Message;
}

export interface MoveTaskOptions {
  readonly source: Queue;
  /** Undefined: each message is moved to its source queue. */
  readonly destinationArn: string | undefined;
  readonly perSecond: number | undefined;
}

/** The number of messages that are moved before other calls are served. */
const MESSAGES_PER_STEP = 500;

export class MoveTask {
  readonly handle: string;
  readonly #options: MoveTaskOptions;
  readonly #startedOn: number;
  readonly #initialCount: number;
  #movedCount = 0;
  #status: MoveTaskStatus = 'RUNNING';
  #failureReason: string | undefined;

  constructor(options: MoveTaskOptions, handle: string, now: number) {
    this.#options = options;
    this.handle = handle;
    this.#startedOn = now;
    this.#initialCount = options.source.readyCount;
  }

  get sourceArn(): string {
    return this.#options.source.arn;
  }

  get status(): MoveTaskStatus {
    return this.#status;
  }

  get movedCount(): number {
    return this.#movedCount;
  }

  cancel(): void {
    this.#status = 'CANCELLED';
  }

  /** Moves some messages. @returns milliseconds until the next step, or undefined when the task is over */
  step(engine: MoveTaskContext): number | undefined {
    if (this.#status !== 'RUNNING') return undefined;
    const { source, perSecond } = this.#options;
    const now = engine.now();
    const allowed =
      perSecond === undefined
        ? MESSAGES_PER_STEP
        : Math.floor(((now - this.#startedOn) / 1000 + 1) * perSecond) - this.#movedCount;
    for (let remaining = Math.min(MESSAGES_PER_STEP, allowed); remaining > 0; remaining -= 1) {
      const message = source.removeNextReady(now, (next) => this.#targetOf(engine, next) !== undefined);
      if (message === undefined) {
        if (this.#status === 'RUNNING') this.#status = 'COMPLETED';
        return undefined;
      }
      // AWS assigns a new id and a new time; deduplication applies to sends only.
      this.#targetOf(engine, message)?.put(engine.newMessage(message, now), 0, now);
      this.#movedCount += 1;
    }
    return perSecond === undefined ? 0 : Math.ceil(1000 / perSecond);
  }

  describe(): Output {
    const { destinationArn, perSecond } = this.#options;
    return {
      SourceArn: this.sourceArn,
      Status: this.#status,
      ApproximateNumberOfMessagesMoved: this.#movedCount,
      ApproximateNumberOfMessagesToMove: this.#initialCount,
      StartedTimestamp: this.#startedOn,
      ...(this.#status === 'RUNNING' && { TaskHandle: this.handle }),
      ...(destinationArn !== undefined && { DestinationArn: destinationArn }),
      ...(perSecond !== undefined && { MaxNumberOfMessagesPerSecond: perSecond }),
      ...(this.#failureReason !== undefined && { FailureReason: this.#failureReason }),
    };
  }

  /** The queue to which a message is moved; without one the task fails, and the message stays where it is. */
  #targetOf(engine: MoveTaskContext, message: Message): Queue | undefined {
    const arn = this.#options.destinationArn ?? message.deadLetterSourceArn;
    const target = arn === undefined ? undefined : engine.queueByArn(arn);
    if (target === undefined) {
      this.#status = 'FAILED';
      this.#failureReason =
        arn === undefined ? 'CouldNotDetermineMessageSource' : 'AWS.SimpleQueueService.NonExistentQueue';
    }
    return target;
  }
}
