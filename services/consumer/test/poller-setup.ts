// Pollers whose client the test answers, and a clock that it moves.
import { setTimeout as wait } from 'node:timers/promises';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Random } from '@movie-load/aws';
import { createVirtualClock, longestWaits } from '@movie-load/testing';
import { createGate, type Gate } from '../src/gate.ts';
import { startPollers } from '../src/poller.ts';

export interface Poll {
  readonly input: object;
  readonly signal: AbortSignal;
  isAnswered: boolean;
  readonly answer: (bodies: readonly string[]) => Promise<void>;
  readonly fail: (error: Error) => Promise<void>;
}

/** Lets the loop run as far as it can without time passing. */
export async function settle() {
  for (let time = 0; time < 8; time++) await wait(0);
}

/** A client that records its calls in `polls`, for the test to answer. */
export function recordingClient(polls: Poll[], ignoresAbort: boolean): unknown {
  return {
    send({ input }: Pick<Poll, 'input'>, { abortSignal }: { readonly abortSignal: AbortSignal }) {
      const { promise, resolve, reject } = Promise.withResolvers<object>();
      const onAbort = () => reject(Object.assign(new Error('aborted'), { name: 'AbortError' }));
      if (!ignoresAbort) abortSignal.addEventListener('abort', onAbort);
      const poll: Poll = {
        input,
        signal: abortSignal,
        isAnswered: false,
        answer: (bodies) => {
          poll.isAnswered = true;
          const Attributes = { MessageGroupId: 'group', ApproximateReceiveCount: '1', SentTimestamp: '5' };
          const Messages = bodies.map((Body) => ({ MessageId: 'm', ReceiptHandle: 'h', Body, Attributes }));
          resolve(Messages.length === 0 ? {} : { Messages });
          return settle();
        },
        fail: (error) => {
          reject(error);
          return settle();
        },
      };
      polls.push(poll);
      return promise;
    },
  };
}

/** A gate that records a poller's calls in `gateCalls`, and the signal of each wait. */
function recordingGate(gateCalls: string[], signals: (AbortSignal | undefined)[], pollers: number): Gate {
  const inner = createGate({ pollers: pollers * 2, budgetCharacters: 1_000_000 });
  return {
    ...inner,
    enter: (signal) => {
      signals.push(signal);
      return inner.enter(signal);
    },
    received: (messages, characters) => {
      gateCalls.push(`received ${messages} ${characters}`);
      inner.received(messages, characters);
    },
    failed: () => {
      gateCalls.push('failed');
      inner.failed();
    },
    handled: (characters) => {
      gateCalls.push(`handled ${characters}`);
      inner.handled(characters);
    },
    close: () => {
      gateCalls.push('closed');
      inner.close();
    },
    get receiving() {
      return inner.receiving;
    },
    get allowed() {
      return inner.allowed;
    },
  };
}

export function setUp(
  options: {
    pollers?: number;
    batchSize?: number;
    waitSeconds?: number;
    isHandlerSlow?: boolean;
    ignoresAbort?: boolean;
    random?: Random;
  } = {},
) {
  const { pollers: count = 1, isHandlerSlow = false, ignoresAbort = false } = options;
  const clock = createVirtualClock();
  const { sleep } = clock;
  const sleeps = { begun: 0, open: 0 };
  clock.sleep = async (ms, signal) => {
    sleeps.begun += 1;
    sleeps.open += 1;
    await sleep(ms, signal).finally(() => {
      sleeps.open -= 1;
    });
  };
  const began = clock.now();
  const uptimeMs = () => clock.now() - began;
  const polls: Poll[] = [];
  const gateCalls: string[] = [];
  const logged: { text: string; err: unknown }[] = [];
  const handled = Promise.withResolvers<void>();
  let received: readonly { readonly body: string; readonly groupId: string | undefined }[] = [];
  const client = recordingClient(polls, ignoresAbort);
  const entered: (AbortSignal | undefined)[] = [];
  const gate = recordingGate(gateCalls, entered, count);
  const failures: unknown[] = [];
  let successes = 0;
  const pollers = startPollers({
    client: client as SQSClient,
    queueUrl: 'http://nowhere.invalid/1/q.fifo',
    count,
    visibilitySeconds: 42,
    ...(options.batchSize === undefined ? {} : { batchSize: options.batchSize }),
    ...(options.waitSeconds === undefined ? {} : { waitSeconds: options.waitSeconds }),
    handler: {
      handle: async (messages) => {
        received = messages;
        if (isHandlerSlow) await handled.promise;
      },
    },
    gate,
    breaker: {
      succeeded: () => {
        successes += 1;
      },
      failed: (error) => failures.push(error),
    },
    clock,
    random: options.random ?? longestWaits,
    uptimeMs,
    log: {
      info: () => undefined,
      warn: (facts, text) => logged.push({ text, ...facts, err: Object(facts).err }),
      error: () => undefined,
    },
  });
  const advance = async (ms: number) => {
    await clock.advance(ms);
    await settle();
  };
  const drain = (limitMs: number) => {
    let isDrained = false;
    void pollers.drain(limitMs).then(() => {
      isDrained = true;
    });
    return () => isDrained;
  };
  const last = (): Poll => {
    const poll = polls.at(-1);
    if (poll === undefined) throw new Error('no receive');
    return poll;
  };
  return {
    ...{ uptimeMs, polls, gateCalls, entered, logged, gate, failures, pollers, last },
    finish: () => handled.resolve(),
    /** Begins to drain. Returns a function that is false until the drain has ended. */
    drain,
    end: async () => {
      const isDrained = drain(0);
      await advance(1000);
      if (!isDrained()) throw new Error('the pollers did not end');
    },
    successes: () => successes,
    /** How often the loop or a drain has begun to wait for the clock, and the number of running waits. */
    sleeps,
    received: () => received,
    advance,
  };
}
