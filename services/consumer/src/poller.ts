// The long polls: several sqs-consumers on one queue, each of which receives, waits until its receive is handled, and
// receives again when breakers and gate let it. Deleting is the handler's: sqs-consumer knows no message groups.
import type { SQSClient } from '@aws-sdk/client-sqs';
import { describeError, receivedMessage, systemClock } from '@movie-load/aws';
import type { Logger } from '@movie-load/service';
import { Consumer } from 'sqs-consumer';
import type { Breaker } from './breaker.ts';
import type { Gate } from './gate.ts';
import type { Handler } from './handler.ts';

/** SQS's longest. */
const WAIT_SECONDS = 20;
const BATCH = 10;
/** An aborted receive can have taken messages; when nothing came for so long, nothing is coming. */
const QUIET_MS = 300;
const QUIET_LIMIT_MS = 2000;
/** After a failed receive a poller waits up to so long, also while its breaker is still closed. */
const FAILED_WAIT_MS = 1000;

export type PollerState = 'waiting' | 'receiving' | 'handling';

/** What one poller is doing, and since when (milliseconds on a clock that only goes forward). */
export interface PollerSign {
  readonly state: PollerState;
  readonly since: number;
}

export interface PollersOptions {
  /** A client for long polls alone, whose time-out is longer than one. */
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly count: number;
  readonly visibilitySeconds: number;
  readonly handler: Handler;
  readonly gate: Gate;
  /** While one of these is open, nothing is received. */
  readonly breakers: readonly Breaker[];
  /** The queue's own: receives tell it how they went. */
  readonly breaker: Breaker;
  readonly log: Logger;
}

export interface Pollers {
  readonly signs: readonly PollerSign[];
  /** When a receive last came back well; undefined before the first. */
  readonly lastReceive: number | undefined;
  /** No new receive; those on their way are let come back while messages are coming, then aborted. */
  drain(): Promise<void>;
}

export function startPollers(options: PollersOptions): Pollers {
  const { client, queueUrl, count, visibilitySeconds, handler, gate, breakers, breaker, log } = options;
  const stopping = new AbortController();
  const signs: PollerSign[] = [];
  let lastReceive: number | undefined;
  let lastMessages = Number.NEGATIVE_INFINITY;

  const consumers = Array.from({ length: count }, (_, index) => {
    const turn = (state: PollerState) => {
      signs[index] = { state, since: performance.now() };
    };
    turn('waiting');
    let failedBefore = false;

    /** The end of a receive: what it brought is accounted for before the next may enter. */
    const received = (messages: number, bytes: number) => {
      failedBefore = false;
      lastReceive = performance.now();
      if (messages > 0) lastMessages = lastReceive;
      breaker.succeeded();
      gate.received(messages, bytes);
    };

    const enter = async () => {
      for (;;) {
        for (const one of breakers) await one.whenClosed(stopping.signal);
        await gate.enter();
        if (!breakers.some(({ open }) => open)) return;
        gate.failed();
      }
    };

    const consumer = Consumer.create({
      queueUrl,
      sqs: client,
      batchSize: BATCH,
      waitTimeSeconds: WAIT_SECONDS,
      visibilityTimeout: visibilitySeconds,
      shouldDeleteMessages: false,
      suppressFifoWarning: true,
      authenticationErrorTimeout: 0,
      messageAttributeNames: ['All'],
      messageSystemAttributeNames: [
        'MessageGroupId',
        'MessageDeduplicationId',
        'SequenceNumber',
        'ApproximateReceiveCount',
        'SentTimestamp',
      ],
      preReceiveMessageCallback: async () => {
        turn('waiting');
        if (failedBefore) await wait(Math.random() * FAILED_WAIT_MS, stopping.signal);
        await enter();
        turn('receiving');
      },
      handleMessageBatch: async (raw) => {
        turn('handling');
        const messages = raw.map(receivedMessage);
        const bytes = messages.reduce((sum, { body }) => sum + body.length, 0);
        received(messages.length, bytes);
        await handler.handle(messages);
        gate.handled(bytes);
        turn('waiting');
        return [];
      },
    });
    consumer.on('empty', () => received(0, 0));
    consumer.on('error', (error) => {
      if (signs[index]?.state === 'receiving') gate.failed();
      turn('waiting');
      if (stopping.signal.aborted) return;
      failedBefore = true;
      breaker.failed(error.cause ?? error);
      log.warn({ error: describeError(error.cause ?? error) }, 'a receive failed');
    });
    consumer.start();
    return consumer;
  });

  return {
    signs,
    get lastReceive() {
      return lastReceive;
    },
    drain: async () => {
      const since = performance.now();
      gate.close();
      stopping.abort(new Error('the process ends'));
      const quiet = () => performance.now() - lastMessages > QUIET_MS || performance.now() - since > QUIET_LIMIT_MS;
      while (gate.receiving > 0 && !quiet()) await wait(QUIET_MS / 10);
      for (const consumer of consumers) consumer.stop({ abort: true });
      // The answers of aborted receives come as errors, in the next turns of the event loop.
      const until = performance.now() + QUIET_MS;
      while (gate.receiving > 0 && performance.now() < until) await wait(1);
    },
  };
}

/** Resolves after `ms`, or at once when the signal is aborted. */
const wait = (ms: number, signal?: AbortSignal) => systemClock.sleep(ms, signal).catch(() => undefined);
