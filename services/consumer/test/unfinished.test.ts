// The age of a consumer's oldest unfinished message: one that it handles, or one that it released.
import { describe, expect, test } from '@jest/globals';
import { UnfinishedMessages } from '../src/unfinished.ts';
import { messageOf, permanentFailure, plan, poison, setUp, soon, storeUntilAborted } from './handler-setup.ts';
import { loadMessage, received } from './support.ts';

const sent = (...times: number[]) => times.map((sentOn) => received(String(sentOn), { sentOn }));

describe('the oldest unfinished message', () => {
  test('is the oldest one that is being handled, until its handling ends', () => {
    const unfinished = new UnfinishedMessages();
    const age = () => unfinished.oldestSeconds({ lastReceive: undefined, queueNow: 10_000 });
    expect(age()).toBe(0);
    const endOlder = unfinished.begin(sent(4000, 2000, 3000));
    const endYounger = unfinished.begin(sent(9000));
    expect(age()).toBe(8);
    endOlder();
    expect(age()).toBe(1);
    endYounger();
    expect(age()).toBe(0);
  });

  test('counts after its release until a receive has returned after the time of its redelivery', () => {
    const unfinished = new UnfinishedMessages();
    unfinished.release(sent(2000), 15_000);
    const age = (lastReceive: number | undefined, queueNow: number) =>
      unfinished.oldestSeconds({ lastReceive, queueNow });
    expect(age(undefined, 10_000)).toBe(8);
    expect(age(15_000, 20_000)).toBe(18);
    // While no receive returns, e.g. because the breaker is open, the age grows.
    expect(age(15_000, 900_000)).toBe(898);
    expect(age(15_001, 20_000)).toBe(0);
    expect(age(undefined, 30_000)).toBe(0);
  });

  test('has the age 0 if it was sent later than SQS’s time now', () => {
    const unfinished = new UnfinishedMessages();
    unfinished.begin(sent(5000));
    expect(unfinished.oldestSeconds({ lastReceive: undefined, queueNow: 1000 })).toBe(0);
  });

  test('is still known after thousands of releases', () => {
    const unfinished = new UnfinishedMessages();
    unfinished.release([], 1);
    expect(unfinished.oldestSeconds({ lastReceive: undefined, queueNow: 5000 })).toBe(0);
    for (let time = 3000; time > 0; time -= 1) unfinished.release(sent(time), 1e9);
    for (let time = 4000; time > 2; time -= 1) unfinished.release(sent(time), 1e9 + time);
    expect(unfinished.oldestSeconds({ lastReceive: 1, queueNow: 1001 })).toBe(1);
  });

  test('is the next oldest one when the oldest one was delivered again', () => {
    const unfinished = new UnfinishedMessages();
    unfinished.release(sent(2000), 20_000);
    unfinished.release(sent(3000), 20_000);
    unfinished.release(sent(1000), 14_100);
    expect(unfinished.oldestSeconds({ lastReceive: 15_000, queueNow: 10_000 })).toBe(9);
    expect(unfinished.oldestSeconds({ lastReceive: 15_001, queueNow: 10_000 })).toBe(8);
  });
});

describe('a handler', () => {
  const ageOf = ({ counters }: ReturnType<typeof setUp>, queueNow: number, lastReceive?: number) =>
    counters.unfinished.oldestSeconds({ lastReceive, queueNow });

  test('has no unfinished message when all are stored, dead-lettered and deleted', async () => {
    const setup = setUp();
    const { groupId } = loadMessage(plan, 0);
    await soon(setup.handler.handle([poison('p', { groupId }), messageOf(plan, 1), messageOf(plan, 10)]));
    expect(ageOf(setup, 100_000)).toBe(0);
  });

  test('has the messages that it is storing, and those that it released after a failure', async () => {
    const setup = setUp({ store: storeUntilAborted });
    const { clock, handler } = setup;
    const handled = handler.handle([messageOf(plan, 0, { sentOn: 3000 }), messageOf(plan, 1, { sentOn: 4000 })]);
    expect(ageOf(setup, 10_000)).toBe(7);
    // Heartbeats end after 15 minutes without progress.
    const released = clock.now() + 15 * 60_000;
    await clock.advance(16 * 60_000);
    await soon(handled);
    // Released with a visibility timeout of 15 s.
    expect(ageOf(setup, 10_000, released + 15_000)).toBe(7);
    expect(ageOf(setup, 10_000, released + 15_001)).toBe(0);
  });

  test('expects the messages that it releases when it is drained to be delivered again at once', async () => {
    const setup = setUp({ store: storeUntilAborted });
    const { clock, handler } = setup;
    void handler.handle([messageOf(plan, 0, { sentOn: 3000, receiveCount: 5 })]);
    const drained = handler.drain();
    await clock.advance(6000);
    await soon(drained);
    expect(ageOf(setup, 10_000, clock.now())).toBe(7);
    expect(ageOf(setup, 10_000, clock.now() + 1)).toBe(0);
  });

  test('expects messages that it could not release to be delivered again after the visibility timeout', async () => {
    const setup = setUp({ store: () => Promise.reject(permanentFailure) });
    const { queue, handler, clock } = setup;
    queue.changeAnswers.push(new Error('unreachable'));
    await soon(handler.handle([messageOf(plan, 0, { sentOn: 3000 })]));
    expect(ageOf(setup, 10_000, clock.now() + 59_000)).toBe(7);
    expect(ageOf(setup, 10_000, clock.now() + 60_001)).toBe(0);
  });

  test('counts failed heartbeats by reason: the call failed, or the message was lost', async () => {
    const stored = Promise.withResolvers<void>();
    const { handler, clock, queue, counters } = setUp({ store: () => stored.promise });
    queue.changeAnswers.push(new Error('unreachable'), new Error('unreachable'), [
      { index: 0, code: 'ReceiptHandleIsInvalid', message: '', senderFault: true },
    ]);
    const handled = handler.handle([messageOf(plan, 0)]);
    await clock.advance(61_000);
    expect(Object.fromEntries(counters.heartbeatsFailed)).toEqual({ call_failed: 2, messages_lost: 1 });
    stored.resolve();
    await soon(handled);
  });
});
