import { describe, expect, test } from '@jest/globals';
import { resilientQueue } from '@movie-load/aws';
import { createVirtualClock, longestWaits } from '@movie-load/testing';
import { backoffSeconds, release, releaseChanges } from '../src/release.ts';
import { createFakeQueue, received, refusal } from './support.ts';

const three = [received('a', { receiveCount: 3 }), received('b'), received('c')];

function setUp() {
  const clock = createVirtualClock();
  const queue = createFakeQueue();
  const policy = { clock, random: longestWaits, maxAttempts: Number.POSITIVE_INFINITY };
  return { clock, queue, resilient: resilientQueue(queue, policy), signal: new AbortController().signal };
}

describe('a release', () => {
  test('has longer delays with each delivery: ten of them span more than an hour', () => {
    const waits = Array.from({ length: 10 }, (_, index) => backoffSeconds(index + 1));
    expect(waits).toEqual([15, 30, 60, 120, 240, 480, 900, 900, 900, 900]);
    expect(waits.slice(0, 9).reduce((sum, seconds) => sum + seconds)).toBeGreaterThan(3600);
  });

  test('after a failure delays only the first message of the group', () => {
    expect(releaseChanges(three, 'backoff').map(({ seconds }) => seconds)).toEqual([60, 0, 0]);
  });

  test('while S3 is unreachable delays the first message for 30 s at most, also when it was received often', () => {
    const received = (receiveCount: number) => three.map((message) => ({ ...message, receiveCount }));
    expect(releaseChanges(received(1), 'away').map(({ seconds }) => seconds)).toEqual([15, 0, 0]);
    expect(releaseChanges(received(2), 'away').map(({ seconds }) => seconds)).toEqual([30, 0, 0]);
    expect(releaseChanges(received(4), 'away').map(({ seconds }) => seconds)).toEqual([30, 0, 0]);
  });

  test('has no delays when the process ends', () => {
    expect(releaseChanges(three, 'now').map(({ seconds }) => seconds)).toEqual([0, 0, 0]);
  });

  test('is tried again for entries that SQS refuses, with the same visibility, but not for an expired handle', async () => {
    const { clock, queue, resilient, signal } = setUp();
    queue.changeAnswers.push(new Error('away'), [
      refusal(0, 'InternalError'),
      refusal(1, 'ReceiptHandleIsInvalid', true),
    ]);
    const done = release(resilient, three, 'backoff', signal);
    await clock.advance(60_000);
    expect(await done).toBe(0);
    expect(queue.changes.at(-1)).toEqual([{ receiptHandle: 'handle-a', seconds: 60 }]);
    expect(queue.changes).toHaveLength(3);
  });

  test('is given up when the queue stays unreachable, and returns the number of messages in flight', async () => {
    const { clock, queue, resilient, signal } = setUp();
    queue.changeAnswers.push(...Array.from({ length: 100 }, () => new Error('away')));
    const done = release(resilient, three, 'now', signal);
    await clock.advance(10 * 60_000);
    expect(await done).toBe(3);
    expect(queue.changes).toHaveLength(8);
  });

  test('has a delay from 15 s, for a first receive and for a count that AWS does not give, to 900 s', () => {
    expect([0, 1, 2, 6, 7, 100].map(backoffSeconds)).toEqual([15, 15, 30, 480, 900, 900]);
  });

  test('has eight attempts and the given signal, and returns the number of messages that were refused', async () => {
    const callOptions: unknown[] = [];
    const { signal } = new AbortController();
    const queue = {
      changeVisibility: async (changes: unknown, options: unknown) => {
        callOptions.push(changes, options);
        return [refusal(2, 'InternalError'), refusal(0, 'GaveUp')];
      },
    };
    expect(await release(queue, three, 'now', signal)).toBe(2);
    expect(callOptions).toEqual([releaseChanges(three, 'now'), { signal, maxAttempts: 8 }]);
  });
});
