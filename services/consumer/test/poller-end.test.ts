// The receive loop while the process ends, with sqs-consumer's own loop. The test answers the client and moves the
// clock.
import { describe, expect, test } from '@jest/globals';
import { connectionReset } from '@movie-load/testing';
import { settle, setUp } from './poller-setup.ts';

describe('the end of the pollers', () => {
  test('aborts a long poll at once when no message arrived lately, and no receive begins after it', async () => {
    const { last, polls, gateCalls, failures, logged, gate, advance, drain } = setUp({ pollers: 3 });
    await settle();
    await advance(20_000);
    const isDrained = drain(10_000);
    await advance(1);
    expect(isDrained()).toBe(true);
    expect(polls.map(({ signal }) => signal.aborted)).toEqual([true]);
    expect(gate.receiving).toBe(0);
    expect(gateCalls[0]).toBe('closed');
    // An aborted receive is not a failure of the queue.
    expect([failures, logged]).toEqual([[], []]);
    await advance(60_000);
    expect(polls).toHaveLength(1);
    expect(last().signal.aborted).toBe(true);
  });

  test('is immediate for a process that has just begun', async () => {
    const { last, advance, drain } = setUp();
    await settle();
    const isDrained = drain(10_000);
    await advance(1);
    expect([last().signal.aborted, isDrained()]).toEqual([true, true]);
  });

  test('lets a receive return while messages are arriving, and its messages are handled', async () => {
    const { last, polls, advance, received, gateCalls, drain } = setUp();
    await settle();
    await last().answer(['first']);
    expect(polls).toHaveLength(2);
    const isDrained = drain(10_000);
    await advance(270);
    expect(last().signal.aborted).toBe(false);
    await last().answer(['second']);
    await advance(1000);
    expect(isDrained()).toBe(true);
    expect(received()).toMatchObject([{ body: 'second' }]);
    expect(gateCalls.slice(-2)).toEqual(['received 1 6', 'handled 6']);
    expect(polls).toHaveLength(2);
  });

  test('aborts a receive at once when the last receives were empty', async () => {
    const { last, advance, drain } = setUp();
    await settle();
    await advance(20_000);
    await last().answer([]);
    const isDrained = drain(10_000);
    await advance(1);
    expect([last().signal.aborted, isDrained()]).toEqual([true, true]);
  });

  test('does not wait when no receive is in flight, though messages have just arrived', async () => {
    const { last, advance, drain, finish } = setUp({ isHandlerSlow: true });
    await settle();
    await last().answer(['first']);
    const isDrained = drain(10_000);
    await advance(1);
    expect(isDrained()).toBe(true);
    finish();
  });

  test('aborts a receive when no message has arrived for 300 ms', async () => {
    const { last, advance, drain } = setUp();
    await settle();
    await last().answer(['first']);
    const isDrained = drain(10_000);
    await advance(300);
    expect(last().signal.aborted).toBe(false);
    await advance(40);
    expect(last().signal.aborted).toBe(true);
    expect(isDrained()).toBe(true);
  });

  test.each([
    [100, 100],
    [10_000, 2000],
  ])(
    'with a limit of %d ms aborts all receives after %d ms, though messages are arriving',
    async (limitMs, endsAfterMs) => {
      const { polls, advance, drain } = setUp({ pollers: 16 });
      const open = () => polls.filter(({ signal, isAnswered }) => !signal.aborted && !isAnswered);
      for (let time = 0; time < 5; time++) {
        await settle();
        for (const poll of open()) await poll.answer(Array.from({ length: 10 }, () => 'body'));
      }
      await settle();
      expect(open()).toHaveLength(16);
      const isDrained = drain(limitMs);
      // Receive after receive returns messages, so the queue is never quiet.
      for (let ms = 0; ms < endsAfterMs; ms += 50) {
        expect(isDrained()).toBe(false);
        if (ms % 200 === 0) await open()[0]?.answer(['body']);
        await advance(50);
      }
      expect(open().length).toBeGreaterThan(0);
      await advance(60);
      expect(open()).toEqual([]);
      expect(isDrained()).toBe(true);
    },
  );

  test('also reaches pollers that wait at the gate', async () => {
    const { entered, end } = setUp({ pollers: 3 });
    await settle();
    expect(entered.map((signal) => signal?.aborted)).toEqual([false, false, false]);
    await end();
    expect(entered.every((signal) => signal?.aborted)).toBe(true);
  });

  test('does not wait for the pause after a failed receive, and releases its slot once', async () => {
    const { last, polls, advance, failures, gateCalls, gate, sleeps, drain } = setUp();
    await settle();
    await last().fail(connectionReset);
    const isDrained = drain(10_000);
    await advance(1);
    expect([isDrained(), sleeps.open]).toEqual([true, 0]);
    await advance(60_000);
    expect(polls).toHaveLength(1);
    expect(failures).toEqual([connectionReset]);
    expect([gateCalls, gate.receiving]).toEqual([['failed', 'closed'], 0]);
  });

  test('ends a poller in its pause once, while others may still return', async () => {
    const { polls, advance, sleeps, drain } = setUp({ pollers: 2 });
    await settle();
    await polls[0]?.answer(Array.from({ length: 10 }, () => 'body'));
    expect(polls).toHaveLength(3);
    await polls[1]?.fail(connectionReset);
    drain(10_000);
    await advance(1);
    const before = sleeps.begun;
    for (let time = 0; time < 5; time++) await advance(20);
    // The drain itself checks every 30 ms.
    expect(sleeps.begun - before).toBeLessThan(6);
    expect(polls[2]?.signal.aborted).toBe(false);
  });

  test('continues after 300 ms when an aborted receive gives no answer', async () => {
    const { last, advance, drain } = setUp({ ignoresAbort: true });
    await settle();
    await advance(20_000);
    const isDrained = drain(10_000);
    await advance(250);
    expect([last().signal.aborted, isDrained()]).toEqual([true, false]);
    await advance(60);
    expect(isDrained()).toBe(true);
  });
});
