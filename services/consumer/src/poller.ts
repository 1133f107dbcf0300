// The long polls: several sqs-consumers on one queue. Each receives, waits until its receive is handled, and receives
// again when the gate admits it. The handler deletes messages, because sqs-consumer ignores message groups.
import type { SQSClient } from '@aws-sdk/client-sqs';
import { type Breaker, type Clock, MAX_RECEIVE_MESSAGES, type Random, receivedMessage } from '@movie-load/aws';
import { Consumer } from 'sqs-consumer';
import type { Gate } from './gate.ts';
import type { Handler, HandlerLog } from './handler.ts';
import { createReceiveFailures, type ReceiveFailures } from './receive-failures.ts';

/** SQS's maximum. */
const MAX_WAIT_SECONDS = 20;
/** A receive that is aborted may have received messages. If no message arrived for this time, it probably has none. */
const QUIET_MS = 300;
const QUIET_LIMIT_MS = 2000;
/** The longest wait of a poller after a failed receive, also while its breaker is still closed. */
const FAILED_WAIT_MS = 1000;
const SYSTEM_ATTRIBUTES = [
  'MessageGroupId',
  'MessageDeduplicationId',
  'SequenceNumber',
  'ApproximateReceiveCount',
  'SentTimestamp',
] as const;

export type PollerState = 'waiting' | 'receiving' | 'handling';

/** The state of one poller, and since when (milliseconds of `uptimeMs`). */
export interface PollerStatus {
  readonly state: PollerState;
  readonly since: number;
}

export interface PollersOptions {
  /** A client for long polls alone, with a longer timeout than a long poll. */
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly count: number;
  readonly visibilitySeconds: number;
  /** How long a receive waits for messages. Default 20, SQS's longest. */
  readonly waitSeconds?: number | undefined;
  /** The most messages of a receive, 1 to 10. Default 10. */
  readonly batchSize?: number | undefined;
  readonly handler: Pick<Handler, 'handle'>;
  readonly gate: Gate;
  /** The breaker of SQS: receives report success or failure to it. */
  readonly breaker: Pick<Breaker, 'succeeded' | 'failed'>;
  readonly clock: Clock;
  readonly random: Random;
  /** Milliseconds of a monotonic clock. */
  readonly uptimeMs: () => number;
  readonly log: HandlerLog;
}

export interface Pollers {
  readonly statuses: readonly PollerStatus[];
  /** When a receive last succeeded, by `uptimeMs`; undefined before the first. */
  readonly lastReceive: number | undefined;
  /**
   * Begins no new receive. Receives in flight may return while messages are arriving, for at most `limitMs` or 2 s,
   * whichever is less; then they are aborted.
   */
  drain(limitMs: number): Promise<void>;
}

/** The options and the common state of all pollers of a process. */
interface Shared extends PollersOptions {
  /** Aborted when the process drains. */
  readonly stopping: AbortController;
  readonly failures: ReceiveFailures;
  lastReceive: number | undefined;
  /** When a receive last returned messages, by `uptimeMs`. */
  lastMessagesAt: number;
}

export function startPollers(options: PollersOptions): Pollers {
  const shared: Shared = {
    ...options,
    stopping: new AbortController(),
    failures: createReceiveFailures(options.log, options.uptimeMs),
    lastReceive: undefined,
    lastMessagesAt: Number.NEGATIVE_INFINITY,
  };
  const pollers = Array.from({ length: options.count }, () => new Poller(shared));
  return {
    get statuses() {
      return pollers.map(({ status }) => status);
    },
    get lastReceive() {
      return shared.lastReceive;
    },
    drain: (limitMs) => drainPollers(shared, pollers, limitMs),
  };
}

class Poller {
  status: PollerStatus;
  readonly #shared: Shared;
  readonly #consumer: Consumer;
  #hasFailed = false;

  constructor(shared: Shared) {
    this.#shared = shared;
    this.status = { state: 'waiting', since: shared.uptimeMs() };
    this.#consumer = Consumer.create({
      queueUrl: shared.queueUrl,
      sqs: shared.client,
      batchSize: shared.batchSize ?? MAX_RECEIVE_MESSAGES,
      waitTimeSeconds: shared.waitSeconds ?? MAX_WAIT_SECONDS,
      visibilityTimeout: shared.visibilitySeconds,
      suppressFifoWarning: true,
      // `#beforeReceive` waits after every failed receive, so sqs-consumer need not.
      authenticationErrorTimeout: 0,
      messageAttributeNames: ['All'],
      messageSystemAttributeNames: [...SYSTEM_ATTRIBUTES],
      preReceiveMessageCallback: () => this.#beforeReceive(),
      handleMessageBatch: async (messages) => {
        await this.#handle(messages.map(receivedMessage));
        // sqs-consumer deletes the messages that are returned: none.
        return [];
      },
    });
    this.#consumer.on('empty', () => this.#received(0, 0));
    this.#consumer.on('error', (error) => this.#failed(error.cause ?? error));
    this.#consumer.start();
  }

  /** Aborts its long poll. */
  stop(): void {
    this.#consumer.stop({ abort: true });
  }

  #setState(state: PollerState): void {
    this.status = { state, since: this.#shared.uptimeMs() };
  }

  async #beforeReceive(): Promise<void> {
    const { clock, random, gate, stopping } = this.#shared;
    this.#setState('waiting');
    try {
      if (this.#hasFailed) await clock.sleep(random.next() * FAILED_WAIT_MS, stopping.signal);
      await gate.enter(stopping.signal);
    } catch (error) {
      // The process ends. Without `stop`, sqs-consumer would treat this as a failed receive and poll again in a fast
      // loop.
      this.#consumer.stop();
      throw error;
    }
    this.#setState('receiving');
  }

  async #handle(messages: readonly ReturnType<typeof receivedMessage>[]): Promise<void> {
    const { gate, handler } = this.#shared;
    this.#setState('handling');
    const characters = messages.reduce((sum, { body }) => sum + body.length, 0);
    this.#received(messages.length, characters);
    await handler.handle(messages);
    gate.handled(characters);
    this.#setState('waiting');
  }

  /** The end of a receive. Its messages are counted before the next receive may begin. */
  #received(messageCount: number, characters: number): void {
    const { breaker, gate, uptimeMs, failures } = this.#shared;
    this.#hasFailed = false;
    this.#shared.lastReceive = uptimeMs();
    if (messageCount > 0) this.#shared.lastMessagesAt = this.#shared.lastReceive;
    failures.succeeded();
    breaker.succeeded();
    gate.received(messageCount, characters);
  }

  #failed(error: unknown): void {
    const { breaker, gate, stopping, failures } = this.#shared;
    if (this.status.state === 'receiving') gate.failed();
    this.#setState('waiting');
    if (stopping.signal.aborted) return;
    this.#hasFailed = true;
    breaker.failed(error);
    failures.failed(error);
  }
}

async function drainPollers(shared: Shared, pollers: readonly Poller[], limitMs: number): Promise<void> {
  const { gate, clock, uptimeMs, stopping } = shared;
  const deadline = uptimeMs() + Math.min(limitMs, QUIET_LIMIT_MS);
  gate.close();
  stopping.abort(new Error('the process ends'));
  const isQuiet = () => uptimeMs() - shared.lastMessagesAt > QUIET_MS || uptimeMs() > deadline;
  while (gate.receiving > 0 && !isQuiet()) await clock.sleep(QUIET_MS / 10);
  for (const poller of pollers) poller.stop();
  // Aborted receives return as errors in the next turns of the event loop.
  const abortDeadline = uptimeMs() + QUIET_MS;
  while (gate.receiving > 0 && uptimeMs() < abortDeadline) await clock.sleep(1);
}
