// The oldest message that a consumer knows: of its own work and releases.
import { describe, expect, test } from '@jest/globals';
import { UnfinishedMessages } from '../src/unfinished.ts';
import { gone, hangs, of, plan, poison, setUp, soon } from './handler-setup.ts';
import { loadMessage, received } from './support.ts';

const sent = (...times: number[]) => times.map((sentOn) => received(String(sentOn), { sentOn }));

describe('the oldest unfinished message', () => {
  test('is that of running work, until it ends', () => {
    const unfinished = new UnfinishedMessages();
    const age = () => unfinished.oldestSeconds({ lastReceive: undefined, queueNow: 10_000 });
    expect(age()).toBe(0);
    const older = unfinished.begin(sent(4000, 2000, 3000));
    const younger = unfinished.begin(sent(9000));
    expect(age()).toBe(8);
    older();
    expect(age()).toBe(1);
    younger();
    expect(age()).toBe(0);
  });

  test('that was released counts until a receive has returned after its redelivery', () => {
    const unfinished = new UnfinishedMessages();
    unfinished.release(sent(2000), 15_000);
    const age = (lastReceive: number | undefined, queueNow: number) =>
      unfinished.oldestSeconds({ lastReceive, queueNow });
    expect(age(undefined, 10_000)).toBe(8);
    expect(age(15_000, 20_000)).toBe(18);
    // While nothing is received, e.g. by an open breaker, the age grows.
    expect(age(15_000, 900_000)).toBe(898);
    expect(age(15_001, 20_000)).toBe(0);
    expect(age(undefined, 30_000)).toBe(0);
  });

  test('is not one that was sent in the future of this machine’s clock', () => {
    const unfinished = new UnfinishedMessages();
    unfinished.begin(sent(5000));
    expect(unfinished.oldestSeconds({ lastReceive: undefined, queueNow: 1000 })).toBe(0);
  });

  test('is remembered among any number of releases', () => {
    const unfinished = new UnfinishedMessages();
    unfinished.release([], 1);
    expect(unfinished.oldestSeconds({ lastReceive: undefined, queueNow: 5000 })).toBe(0);
    for (let time = 3000; time > 0; time -= 1) unfinished.release(sent(time), 1e9);
    for (let time = 4000; time > 2; time -= 1) unfinished.release(sent(time), 1e9 + time);
    expect(unfinished.oldestSeconds({ lastReceive: 1, queueNow: 1001 })).toBe(1);
  });

  test('is the remaining one when an older one was delivered again', () => {
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
    const set = setUp();
    const { groupId } = loadMessage(plan, 0);
    await soon(set.handler.handle([poison('p', { groupId }), of(plan, 1), of(plan, 10)]));
    expect(ageOf(set, 100_000)).toBe(0);
  });

  test('has the messages that it is storing, and those that it released after a failure', async () => {
    const set = setUp({ store: hangs });
    const { clock, handler } = set;
    const handled = handler.handle([of(plan, 0, { sentOn: 3000 }), of(plan, 1, { sentOn: 4000 })]);
    expect(ageOf(set, 10_000)).toBe(7);
    // Heartbeats end after 15 minutes without progress.
    const released = clock.now() + 15 * 60_000;
    await clock.advance(16 * 60_000);
    await soon(handled);
    // For 15 s.
    expect(ageOf(set, 10_000, released + 15_000)).toBe(7);
    expect(ageOf(set, 10_000, released + 15_001)).toBe(0);
  });

  test('expects messages at once that it releases at its end', async () => {
    const set = setUp({ store: hangs });
    const { clock, handler } = set;
    void handler.handle([of(plan, 0, { sentOn: 3000, receiveCount: 5 })]);
    const drained = handler.drain();
    await clock.advance(6000);
    await soon(drained);
    expect(ageOf(set, 10_000, clock.now())).toBe(7);
    expect(ageOf(set, 10_000, clock.now() + 1)).toBe(0);
  });

  test('expects messages that it could not release after the visibility timeout', async () => {
    const set = setUp({ store: () => Promise.reject(gone) });
    const { queue, handler, clock } = set;
    queue.changeAnswers.push(new Error('away'));
    await soon(handler.handle([of(plan, 0, { sentOn: 3000 })]));
    expect(ageOf(set, 10_000, clock.now() + 59_000)).toBe(7);
    expect(ageOf(set, 10_000, clock.now() + 60_001)).toBe(0);
  });

  test('counts failed heartbeats by their reason', async () => {
    const stored = Promise.withResolvers<void>();
    const { handler, clock, queue, counters } = setUp({ store: () => stored.promise });
    queue.changeAnswers.push(new Error('away'), new Error('away'), [
      { index: 0, code: 'ReceiptHandleIsInvalid', message: '', senderFault: true },
    ]);
    const handled = handler.handle([of(plan, 0)]);
    await clock.advance(61_000);
    expect(Object.fromEntries(counters.heartbeatsFailed)).toEqual({ call_failed: 2, messages_lost: 1 });
    stored.resolve();
    await soon(handled);
  });
});
