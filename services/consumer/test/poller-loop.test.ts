// The receive loop when receives fail, bring nothing, or come back while the process ends. sqs-consumer's own loop runs in
// it; the client is answered by the test, and time passes only when the test says so.
import { describe, expect, test } from '@jest/globals';
import { longestWaits } from '@movie-load/testing';
import { settle, setUp } from './poller-setup.ts';

const away = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });

describe('a receive', () => {
  test('asks for ten messages by the longest poll, unless told otherwise', async () => {
    const { last, end } = setUp();
    await settle();
    expect(last().input).toMatchObject({ MaxNumberOfMessages: 10, WaitTimeSeconds: 20, VisibilityTimeout: 42 });
    await end();
    const other = setUp({ batchSize: 3, waitSeconds: 1 });
    await settle();
    expect(other.last().input).toMatchObject({ MaxNumberOfMessages: 3, WaitTimeSeconds: 1 });
    await other.end();
  });

  test('asks for all that the handler reads of a message', async () => {
    const { last, received, end } = setUp();
    await settle();
    expect(last().input).toMatchObject({
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: [
        'MessageGroupId',
        'MessageDeduplicationId',
        'SequenceNumber',
        'ApproximateReceiveCount',
        'SentTimestamp',
      ],
    });
    await last().answer(['body']);
    expect(received()).toMatchObject([{ body: 'body', groupId: 'group', receiveCount: 1, sentOn: 5 }]);
    await end();
  });

  test('counts its characters until they are handled, and the next begins only then', async () => {
    const { last, polls, told, finish, gate, end } = setUp({ isHandlerSlow: true });
    await settle();
    await last().answer(['four', 'seven77']);
    expect(told).toEqual(['received 2 11']);
    expect([polls.length, gate.receiving]).toEqual([1, 0]);
    finish();
    await settle();
    expect(told).toEqual(['received 2 11', 'handled 11']);
    expect([polls.length, gate.receiving]).toEqual([2, 1]);
    await end();
  });

  test('that brings nothing is a success: the gate, the breaker and the time of the last receive are told', async () => {
    const { last, polls, told, pollers, uptimeMs, successes, advance, end } = setUp();
    await settle();
    expect(pollers.lastReceive).toBeUndefined();
    await advance(20_000);
    await last().answer([]);
    expect(told).toEqual(['received 0 0']);
    expect(successes()).toBe(1);
    expect(pollers.lastReceive).toBe(uptimeMs());
    expect(polls).toHaveLength(2);
    await end();
  });

  test('says what it is doing and since when', async () => {
    const { last, pollers, uptimeMs, advance, finish, gate, end } = setUp({ isHandlerSlow: true });
    const began = uptimeMs();
    await settle();
    expect(pollers.statuses).toEqual([{ state: 'receiving', since: began }]);
    await advance(5000);
    await last().answer(['body']);
    expect(pollers.statuses).toEqual([{ state: 'handling', since: began + 5000 }]);
    await advance(1000);
    gate.close();
    finish();
    await settle();
    expect(pollers.statuses).toEqual([{ state: 'waiting', since: began + 6000 }]);
    await end();
  });
});

describe('a poller that may not receive', () => {
  test('waits, also after a receive that brought nothing: one that receives for long counts as stuck', async () => {
    const { last, polls, pollers, gate, uptimeMs, advance } = setUp();
    await settle();
    await advance(20_000);
    gate.close();
    await last().answer([]);
    expect(polls).toHaveLength(1);
    expect(pollers.statuses).toEqual([{ state: 'waiting', since: uptimeMs() }]);
  });

  test('because the process ends waits when its receive is handled', async () => {
    const { last, pollers, advance, finish, drain } = setUp({ isHandlerSlow: true });
    await settle();
    await last().answer(['body']);
    const isDrained = drain(10_000);
    await advance(1000);
    expect([isDrained(), pollers.statuses[0]?.state]).toEqual([true, 'handling']);
    finish();
    await settle();
    expect(pollers.statuses[0]?.state).toBe('waiting');
  });
});

describe('a receive that fails', () => {
  test('gives its slot back at once, tells breaker and log, and the next begins after a wait, not before', async () => {
    const { last, polls, told, failures, logged, gate, pollers, advance, end } = setUp();
    await settle();
    await last().fail(away);
    expect(told).toEqual(['failed']);
    expect(gate.receiving).toBe(0);
    expect(failures).toEqual([away]);
    expect(logged).toEqual([{ text: 'a receive failed', err: away }]);
    expect(pollers.statuses.map(({ state }) => state)).toEqual(['waiting']);
    await advance(999);
    expect(polls).toHaveLength(1);
    await advance(1);
    expect([polls.length, gate.receiving]).toEqual([2, 1]);
    await end();
  });

  test('is followed by a wait of a random part of a second, so that pollers do not come together', async () => {
    const { last, polls, advance, end } = setUp({ random: { ...longestWaits, next: () => 0.25 } });
    await settle();
    await last().fail(away);
    await advance(249);
    expect(polls).toHaveLength(1);
    await advance(1);
    expect(polls).toHaveLength(2);
    await end();
  });

  test('again and again takes no slot with it: after an outage everything is received', async () => {
    const { last, told, gate, advance, received, end } = setUp();
    await settle();
    for (let time = 0; time < 20; time++) {
      await last().fail(away);
      await advance(1000);
    }
    expect(told.filter((text) => text === 'failed')).toHaveLength(20);
    expect(gate.receiving).toBe(1);
    await last().answer(['body']);
    expect(received()).toHaveLength(1);
    await end();
  });

  test('is not logged again while it goes on, but at once after one that went well', async () => {
    const { last, logged, advance, end } = setUp();
    await settle();
    for (let time = 0; time < 3; time++) {
      await last().fail(away);
      await advance(1000);
    }
    expect(logged).toEqual([{ text: 'a receive failed', err: away }]);
    await last().answer([]);
    await last().fail(away);
    expect(logged).toHaveLength(2);
    await end();
  });

  test('is forgotten after one that goes well: no wait any more', async () => {
    const { last, polls, advance, end } = setUp();
    await settle();
    await last().fail(away);
    await advance(1000);
    await last().answer([]);
    expect(polls).toHaveLength(3);
    await last().answer(['body']);
    expect(polls).toHaveLength(4);
    await end();
  });
});

describe('the end', () => {
  test('aborts a long poll at once when nothing came of late, and no receive begins after it', async () => {
    const { last, polls, told, failures, logged, gate, advance, drain } = setUp({ pollers: 3 });
    await settle();
    await advance(20_000);
    const isDrained = drain(10_000);
    await advance(1);
    expect(isDrained()).toBe(true);
    expect(polls.map(({ signal }) => signal.aborted)).toEqual([true]);
    expect(gate.receiving).toBe(0);
    expect(told[0]).toBe('closed');
    // That it was aborted is not a failure of the queue.
    expect([failures, logged]).toEqual([[], []]);
    await advance(60_000);
    expect(polls).toHaveLength(1);
    expect(last().signal.aborted).toBe(true);
  });

  test('of a process that only just began waits for nothing', async () => {
    const { last, advance, drain } = setUp();
    await settle();
    const isDrained = drain(10_000);
    await advance(1);
    expect([last().signal.aborted, isDrained()]).toEqual([true, true]);
  });

  test('lets a receive come back while messages are coming: what it brings is handled', async () => {
    const { last, polls, advance, received, told, drain } = setUp();
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
    expect(told.slice(-2)).toEqual(['received 1 6', 'handled 6']);
    expect(polls).toHaveLength(2);
  });

  test('aborts it at once when the last receives brought nothing', async () => {
    const { last, advance, drain } = setUp();
    await settle();
    await advance(20_000);
    await last().answer([]);
    const isDrained = drain(10_000);
    await advance(1);
    expect([last().signal.aborted, isDrained()]).toEqual([true, true]);
  });

  test('waits for no receive when none is on its way, though messages came just now', async () => {
    const { last, advance, drain, finish } = setUp({ isHandlerSlow: true });
    await settle();
    await last().answer(['first']);
    const isDrained = drain(10_000);
    await advance(1);
    expect(isDrained()).toBe(true);
    finish();
  });

  test('aborts it when no message has come for 300 ms', async () => {
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
  ])('with a limit of %d ms aborts all after %d ms, though messages are coming', async (limitMs, endsAfterMs) => {
    const { polls, advance, drain } = setUp({ pollers: 16 });
    const open = () => polls.filter(({ signal, isAnswered }) => !signal.aborted && !isAnswered);
    for (let time = 0; time < 5; time++) {
      await settle();
      for (const poll of open()) await poll.answer(Array.from({ length: 10 }, () => 'body'));
    }
    await settle();
    expect(open()).toHaveLength(16);
    const isDrained = drain(limitMs);
    // One after the other brings messages, so the queue is never quiet.
    for (let ms = 0; ms < endsAfterMs; ms += 50) {
      expect(isDrained()).toBe(false);
      if (ms % 200 === 0) await open()[0]?.answer(['body']);
      await advance(50);
    }
    expect(open().length).toBeGreaterThan(0);
    await advance(60);
    expect(open()).toEqual([]);
    expect(isDrained()).toBe(true);
  });

  test('is heard by those that wait at the gate', async () => {
    const { entered, end } = setUp({ pollers: 3 });
    await settle();
    expect(entered.map((signal) => signal?.aborted)).toEqual([false, false, false]);
    await end();
    expect(entered.every((signal) => signal?.aborted)).toBe(true);
  });

  test('does not wait for the pause after a failed receive, and releases its slot once', async () => {
    const { last, polls, advance, failures, told, gate, sleeps, drain } = setUp();
    await settle();
    await last().fail(away);
    const isDrained = drain(10_000);
    await advance(1);
    expect([isDrained(), sleeps.open]).toEqual([true, 0]);
    await advance(60_000);
    expect(polls).toHaveLength(1);
    expect(failures).toEqual([away]);
    expect([told, gate.receiving]).toEqual([['failed', 'closed'], 0]);
  });

  test('ends a poller in its pause once, while others may still come back', async () => {
    const { polls, advance, sleeps, drain } = setUp({ pollers: 2 });
    await settle();
    await polls[0]?.answer(Array.from({ length: 10 }, () => 'body'));
    expect(polls).toHaveLength(3);
    await polls[1]?.fail(away);
    drain(10_000);
    await advance(1);
    const before = sleeps.begun;
    for (let time = 0; time < 5; time++) await advance(20);
    // The drain itself looks again every 30 ms.
    expect(sleeps.begun - before).toBeLessThan(6);
    expect(polls[2]?.signal.aborted).toBe(false);
  });

  test('goes on after 300 ms when an aborted receive gives no answer', async () => {
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
