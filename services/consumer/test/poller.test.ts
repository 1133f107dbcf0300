// The receive loop with sqs-consumer's own loop in it and the system's clock, over a client that the test answers.
import type { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import { systemClock } from '@movie-load/aws';
import { eventually, longestWaits } from '@movie-load/testing';
import { createGate } from '../src/gate.ts';
import { startPollers } from '../src/poller.ts';
import { silentLog } from './environment.ts';

interface Poll {
  readonly input: { readonly VisibilityTimeout?: number; readonly MaxNumberOfMessages?: number };
  readonly answer: (messages: number) => void;
  readonly fail: (error: Error) => void;
}

function setUp(count: number) {
  const polls: Poll[] = [];
  const handled: number[] = [];
  const release = Promise.withResolvers<void>();
  let entered = 0;
  const client: unknown = {
    send(command: { readonly input: Poll['input'] }, { abortSignal }: { readonly abortSignal: AbortSignal }) {
      const { promise, resolve, reject } = Promise.withResolvers<object>();
      abortSignal.addEventListener('abort', () => reject(Object.assign(new Error('aborted'), { name: 'AbortError' })));
      const message = { MessageId: 'm', ReceiptHandle: 'h', Body: 'body' };
      polls.push({
        input: command.input,
        answer: (messages) => resolve({ Messages: Array.from({ length: messages }, () => message) }),
        fail: reject,
      });
      return promise;
    },
  };
  const gate = createGate({ pollers: count, budgetCharacters: 1_000_000 });
  const breaker = {
    successes: 0,
    failures: 0,
    succeeded: () => void breaker.successes++,
    failed: () => void breaker.failures++,
  };
  const pollers = startPollers({
    client: client as SQSClient,
    queueUrl: 'http://nowhere.invalid/1/q.fifo',
    count,
    visibilitySeconds: 42,
    handler: {
      handle: async (messages) => {
        handled.push(messages.length);
        await release.promise;
      },
    },
    gate: {
      ...gate,
      enter: (signal) => {
        entered += 1;
        return gate.enter(signal);
      },
      get receiving() {
        return gate.receiving;
      },
    },
    breaker,
    clock: systemClock,
    random: longestWaits,
    uptimeMs: () => performance.now(),
    log: silentLog,
  });
  return { polls, handled, gate, breaker, pollers, finish: () => release.resolve(), entered: () => entered };
}

describe('the pollers', () => {
  test('send their visibility timeout with each receive, and receive again only after the receive is handled', async () => {
    const { polls, handled, pollers, breaker, finish } = setUp(1);
    await eventually('it receives', () => polls.length === 1);
    expect(polls[0]?.input).toMatchObject({ VisibilityTimeout: 42, MaxNumberOfMessages: 10, WaitTimeSeconds: 20 });
    expect(pollers.statuses.map(({ state }) => state)).toEqual(['receiving']);
    polls[0]?.answer(3);
    await eventually('they are handled', () => handled.length === 1);
    expect(pollers.statuses.map(({ state }) => state)).toEqual(['handling']);
    expect(polls).toHaveLength(1);
    expect(breaker).toMatchObject({ successes: 1, failures: 0 });
    finish();
    await eventually('it receives again', () => polls.length === 2);
    await pollers.drain(0);
  });

  test('release their slot when a receive fails, and report to the breaker', async () => {
    const { polls, gate, breaker, pollers } = setUp(1);
    await eventually('it receives', () => polls.length === 1);
    polls[0]?.fail(new Error('away'));
    await eventually('it receives again', () => polls.length === 2);
    expect(gate.receiving).toBe(1);
    expect(breaker.failures).toBe(1);
    await pollers.drain(0);
  });

  test('that drain abort their long polls, and do not loop while others return', async () => {
    const { polls, gate, handled, pollers, entered, finish } = setUp(4);
    await eventually('one receives', () => polls.length === 1);
    polls[0]?.answer(10);
    await eventually('the next two receive', () => polls.length === 3 && handled.length === 1);
    // Messages have just arrived, so the two receives in flight may return some too.
    const drained = pollers.drain(2000);
    finish();
    await drained;
    expect(gate.receiving).toBe(0);
    expect(polls).toHaveLength(3);
    // Four receives began, and the poller that had handled its receive began another one.
    expect(entered()).toBeLessThanOrEqual(5);
  });
});
