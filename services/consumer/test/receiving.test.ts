// The receives of a consumer's process by its settings, and what limits them.

import type { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Breaker, Dependency } from '@movie-load/aws';
import { createVirtualClock, longestWaits } from '@movie-load/testing';
import { startReceiving } from '../src/receiving.ts';
import { silentLog } from './environment.ts';
import { type Poll, recordingClient, settle } from './poller-setup.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

interface Options {
  readonly open?: readonly Dependency[];
  readonly pollers?: number;
}

function start({ open = [], pollers: POLLERS = 8 }: Options = {}) {
  const clock = createVirtualClock();
  const polls: Poll[] = [];
  const outcomes: string[] = [];
  const work = Promise.withResolvers<void>();
  const handled: number[] = [];
  const breakerOf = (dependency: Dependency): Breaker => {
    const closed = Promise.withResolvers<void>();
    let isOpen = open.includes(dependency);
    return {
      dependency,
      get open() {
        return isOpen;
      },
      // Closes a breaker of this test.
      succeeded: () => {
        outcomes.push(`${dependency} succeeded`);
        isOpen = false;
        closed.resolve();
      },
      failed: () => outcomes.push(`${dependency} failed`),
      whenClosed: async () => (isOpen ? closed.promise : undefined),
    };
  };
  const breakers = { sqs: breakerOf('sqs'), dynamodb: breakerOf('dynamodb'), s3: breakerOf('s3') };
  const handle = (messages: readonly unknown[]) => {
    handled.push(messages.length);
    return work.promise;
  };
  const began = clock.now();
  const pollers = startReceiving({
    consumer: { breakers, handler: { handle } },
    client: recordingClient(polls, false) as SQSClient,
    queueUrl: 'http://nowhere.invalid/1/Queue-A.fifo',
    settings: { POLLERS, VISIBILITY_SECONDS: 77, WAIT_SECONDS: 9 },
    clock,
    random: longestWaits,
    uptimeMs: () => clock.now() - began,
    log: silentLog,
  });
  ends.push(async () => {
    work.resolve();
    for (const breaker of Object.values(breakers)) breaker.succeeded();
    const drained = pollers.drain(0);
    for (let time = 0; time < 20; time++) await clock.advance(100).then(settle);
    await drained;
  });
  const onTheirWay = () => polls.filter(({ signal, isAnswered }) => !signal.aborted && !isAnswered).length;
  const first = async (): Promise<Poll> => {
    await settle();
    const [poll] = polls;
    if (poll === undefined) throw new Error('no receive');
    return poll;
  };
  return { polls, pollers, breakers, outcomes, handled, onTheirWay, first };
}

/** A full receive of messages of this size. */
const full = (characters: number) => Array.from({ length: 10 }, () => 'x'.repeat(characters));

describe('a consumer’s process receives', () => {
  test('with the number of pollers of its settings', async () => {
    const { first, pollers, handled } = start({ pollers: 3 });
    expect((await first()).input).toMatchObject({
      QueueUrl: 'http://nowhere.invalid/1/Queue-A.fifo',
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 77,
      WaitTimeSeconds: 9,
    });
    expect(pollers.statuses).toHaveLength(3);
    await (await first()).answer(full(1));
    expect(handled).toEqual([10]);
  });

  test('with at most half of its pollers at once', async () => {
    const { polls, first, onTheirWay } = start({ pollers: 8 });
    await first();
    for (const most of [2, 4]) {
      await polls.find(({ isAnswered }) => !isAnswered)?.answer(full(1));
      expect(onTheirWay()).toBe(most);
    }
    await polls.find(({ isAnswered }) => !isAnswered)?.answer(full(1));
    expect(onTheirWay()).toBe(4);
  });

  test('more while ten messages of 64 KB are being stored, but nothing next to ten messages of a MiB', async () => {
    const usual = start();
    await (await usual.first()).answer(full(64_000));
    // 640,000 characters are in the process, and each receive may return as many: two fit into two million.
    expect(usual.onTheirWay()).toBe(2);
    // To the character: a million of them twice.
    for (const [characters, receives] of [
      [104_857, 1],
      [104_858, 0],
      [1024 * 1024, 0],
    ] as const) {
      const large = start();
      await (await large.first()).answer(full(characters));
      expect([characters, large.onTheirWay()]).toEqual([characters, receives]);
    }
  });

  test.each([
    ['sqs', 0],
    ['dynamodb', 0],
    ['s3', 1],
  ] as const)('while the breaker of %s is open: %i', async (dependency, receives) => {
    const { breakers, onTheirWay } = start({ open: [dependency] });
    await settle();
    expect(onTheirWay()).toBe(receives);
    breakers[dependency].succeeded();
    await settle();
    expect(onTheirWay()).toBe(1);
  });

  test('and reports the result to the breaker of SQS alone', async () => {
    const failing = start();
    await (await failing.first()).fail(new Error('away'));
    expect(failing.outcomes).toEqual(['sqs failed']);
    const well = start();
    await (await well.first()).answer([]);
    expect(well.outcomes).toEqual(['sqs succeeded']);
  });
});
