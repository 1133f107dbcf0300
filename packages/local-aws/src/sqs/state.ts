// The state of the embedded SQS: its queues, message move tasks, clock and message ids.

import { randomUUID } from 'node:crypto';
import { SqsError } from './errors.ts';
import { Message, type MessageDraft, type MessageOrigin } from './message.ts';
import type { MoveTask } from './move-task.ts';
import type { Queue } from './queue.ts';
import type { QueueHooks } from './queue-hooks.ts';

export interface SqsEngineOptions {
  /** Milliseconds since the epoch. */
  readonly clock: { now(): number };
  /** Called once, for the part of message ids that makes them unique; `crypto.randomUUID` unless given. */
  readonly uuid?: () => string;
  readonly region?: string;
  readonly accountId?: string;
  /** Called in the middle of operations: see `QueueHooks`. */
  readonly hooks?: QueueHooks<Queue>;
  /** Called when a message move task starts: the engine's driver steps the task until it is over. */
  readonly onMoveTask?: (task: MoveTask) => void;
}

export class SqsState {
  readonly region: string;
  readonly accountId: string;
  readonly hooks: QueueHooks<Queue>;
  readonly queues = new Map<string, Queue>();
  readonly moveTasks: MoveTask[] = [];
  readonly onMoveTask: (task: MoveTask) => void;
  readonly #clock: { now(): number };
  /** The beginning of every message id; the message's number follows. */
  readonly #idBase: string;
  #lastOrder = 0;
  /** The user agent of the client whose call is executed now; undefined between calls, when only time passes. */
  userAgent: string | undefined;

  constructor(options: SqsEngineOptions) {
    this.#clock = options.clock;
    this.#idBase = (options.uuid ?? randomUUID)().slice(0, 24);
    this.region = options.region ?? 'us-east-1';
    this.accountId = options.accountId ?? '000000000000';
    this.hooks = options.hooks ?? {};
    this.onMoveTask = options.onMoveTask ?? (() => {});
  }

  now(): number {
    return this.#clock.now();
  }

  /** The queue that the last segment of a `QueueUrl` names; the host is ignored. @throws {SqsError} `QueueDoesNotExist` */
  queueByUrl(url: string | undefined): Queue {
    if (url === undefined || url === '') throw new SqsError('QueueDoesNotExist');
    const end = url.endsWith('/') ? url.length - 1 : url.length;
    return this.queueByName(url.slice(url.lastIndexOf('/', end - 1) + 1, end));
  }

  queueByName(name: string): Queue {
    const queue = this.queues.get(name);
    if (queue === undefined) throw new SqsError('QueueDoesNotExist');
    return queue;
  }

  queueByArn(arn: string): Queue | undefined {
    const queue = this.queues.get(arn.slice(arn.lastIndexOf(':') + 1));
    return queue?.arn === arn ? queue : undefined;
  }

  arnOf(name: string): string {
    return `arn:aws:sqs:${this.region}:${this.accountId}:${name}`;
  }

  urlOf(queue: Queue, origin: string): string {
    return `${origin}/${this.accountId}/${queue.name}`;
  }

  /** Creates a message that is ordered after all others, with a new id or the id of `origin`. */
  newMessage(draft: MessageDraft, now: number, origin?: MessageOrigin): Message {
    this.#lastOrder += 1;
    return new Message(origin ?? { idBase: this.#idBase, idNumber: this.#lastOrder }, this.#lastOrder, draft, now);
  }

  /**
   * A function that moves a message of `source` to its dead-letter queue, for messages that were received too often.
   * Undefined when `source` has none.
   */
  deadLetterTargetOf(source: Queue): ((message: Message) => void) | undefined {
    const policy = source.settings.redrivePolicy;
    const target = policy && this.queueByArn(policy.deadLetterTargetArn);
    if (target === undefined) return undefined;
    return (message) => {
      const now = this.now();
      const deadLetter = this.newMessage(message, message.sentOn, message);
      deadLetter.markAsDeadLetterOf(message, source.arn);
      // The retention period continues for a dead letter of a standard queue, and restarts for one of a FIFO queue.
      if (source.fifo) deadLetter.restartRetention(now);
      target.put(deadLetter, 0, now);
    };
  }
}
