// The receive loop when receives return messages, are empty, or fail, with sqs-consumer's own loop. The test answers
// the client and moves the clock.
import { describe, expect, test } from '@jest/globals';
import { connectionReset, longestWaits } from '@movie-load/testing';
import { settle, setUp } from './poller-setup.ts';

describe('a receive', () => {
  test('asks for ten messages by the longest poll by default', async () => {
    const { last, end } = setUp();
    await settle();
    expect(last().input).toMatchObject({ MaxNumberOfMessages: 10, WaitTimeSeconds: 20, VisibilityTimeout: 42 });
    await end();
    const other = setUp({ batchSize: 3, waitSeconds: 1 });
    await settle();
    expect(other.last().input).toMatchObject({ MaxNumberOfMessages: 3, WaitTimeSeconds: 1 });
    await other.end();
  });

  test('asks for all attributes that the handler reads', async () => {
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

  test('counts its characters until its messages are handled, and the next receive begins only then', async () => {
    const { last, polls, gateCalls, finish, gate, end } = setUp({ isHandlerSlow: true });
    await settle();
    await last().answer(['four', 'seven77']);
    expect(gateCalls).toEqual(['received 2 11']);
    expect([polls.length, gate.receiving]).toEqual([1, 0]);
    finish();
    await settle();
    expect(gateCalls).toEqual(['received 2 11', 'handled 11']);
    expect([polls.length, gate.receiving]).toEqual([2, 1]);
    await end();
  });

  test('without messages is a success for the gate, the breaker and the time of the last receive', async () => {
    const { last, polls, gateCalls, pollers, uptimeMs, successes, advance, end } = setUp();
    await settle();
    expect(pollers.lastReceive).toBeUndefined();
    await advance(20_000);
    await last().answer([]);
    expect(gateCalls).toEqual(['received 0 0']);
    expect(successes()).toBe(1);
    expect(pollers.lastReceive).toBe(uptimeMs());
    expect(polls).toHaveLength(2);
    await end();
  });

  test('has a status with its start', async () => {
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
  test('waits, also after an empty receive, so that a poller that receives for long counts as stuck', async () => {
    const { last, polls, pollers, gate, uptimeMs, advance } = setUp();
    await settle();
    await advance(20_000);
    gate.close();
    await last().answer([]);
    expect(polls).toHaveLength(1);
    expect(pollers.statuses).toEqual([{ state: 'waiting', since: uptimeMs() }]);
  });

  test('because the process ends waits after its receive is handled', async () => {
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
  test('releases its slot at once and reports to breaker and log; the next begins after a wait', async () => {
    const { last, polls, gateCalls, failures, logged, gate, pollers, advance, end } = setUp();
    await settle();
    await last().fail(connectionReset);
    expect(gateCalls).toEqual(['failed']);
    expect(gate.receiving).toBe(0);
    expect(failures).toEqual([connectionReset]);
    expect(logged).toEqual([{ text: 'a receive failed', err: connectionReset }]);
    expect(pollers.statuses.map(({ state }) => state)).toEqual(['waiting']);
    await advance(999);
    expect(polls).toHaveLength(1);
    await advance(1);
    expect([polls.length, gate.receiving]).toEqual([2, 1]);
    await end();
  });

  test('is followed by a wait of a random part of a second, so that pollers do not receive in step', async () => {
    const { last, polls, advance, end } = setUp({ random: { ...longestWaits, next: () => 0.25 } });
    await settle();
    await last().fail(connectionReset);
    await advance(249);
    expect(polls).toHaveLength(1);
    await advance(1);
    expect(polls).toHaveLength(2);
    await end();
  });

  test('repeatedly keeps no slot: after an outage everything is received', async () => {
    const { last, gateCalls, gate, advance, received, end } = setUp();
    await settle();
    for (let time = 0; time < 20; time++) {
      await last().fail(connectionReset);
      await advance(1000);
    }
    expect(gateCalls.filter((text) => text === 'failed')).toHaveLength(20);
    expect(gate.receiving).toBe(1);
    await last().answer(['body']);
    expect(received()).toHaveLength(1);
    await end();
  });

  test('is not logged again while it continues, but at once after a success', async () => {
    const { last, logged, advance, end } = setUp();
    await settle();
    for (let time = 0; time < 3; time++) {
      await last().fail(connectionReset);
      await advance(1000);
    }
    expect(logged).toEqual([{ text: 'a receive failed', err: connectionReset }]);
    await last().answer([]);
    await last().fail(connectionReset);
    expect(logged).toHaveLength(2);
    await end();
  });

  test('has no effect after a success: there is no wait any more', async () => {
    const { last, polls, advance, end } = setUp();
    await settle();
    await last().fail(connectionReset);
    await advance(1000);
    await last().answer([]);
    expect(polls).toHaveLength(3);
    await last().answer(['body']);
    expect(polls).toHaveLength(4);
    await end();
  });
});
