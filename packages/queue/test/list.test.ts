// Listing dead letters, and finding one by its id: how many, how large, in which order, and when the search ends.
import { describe, expect, test } from '@jest/globals';
import { createInstantClock } from '@movie-load/testing';
import { findDeadLetters, listDeadLetters } from '../src/index.ts';
import { deadLetter, deadLettersOf, fakeDlq } from './fake-dlq.ts';

const clock = createInstantClock();
const sentAt = (id: string, sentOn: number) => ({ ...deadLetter(id), sentOn });
/** A dead letter whose attributes take about this number of bytes. */
const large = (id: string, bytes: number) =>
  deadLetter(id, { attributes: { big: { DataType: 'String', StringValue: 'x'.repeat(bytes) } } });

/** A `peek` that returns these messages, and the ids of those that were read from it. */
function peekOf(messages: readonly ReturnType<typeof deadLetter>[]) {
  const readIds: string[] = [];
  async function* all() {
    for (const message of messages) {
      readIds.push(message.messageId);
      yield message;
    }
  }
  return { readIds, peek: async () => all() };
}

const list = (messages: readonly ReturnType<typeof deadLetter>[], more = {}) =>
  listDeadLetters({ dlq: fakeDlq([]), clock, peek: peekOf(messages).peek, ...more });
const idsOf = (deadLetters: readonly { readonly message_id: string }[]) =>
  deadLetters.map(({ message_id }) => message_id);

describe('a list', () => {
  test('has the oldest first, and at the same time the smaller id first', async () => {
    const { deadLetters } = await list([sentAt('c', 2000), sentAt('b', 1000), sentAt('a', 2000), sentAt('d', 0)]);
    expect(idsOf(deadLetters)).toEqual(['d', 'b', 'a', 'c']);
  });

  test('with a maximum has the oldest, also when they come last or in the middle, and counts all', async () => {
    const messages = Array.from({ length: 9 }, (_, index) => sentAt(`m${index}`, 9000 - 1000 * index));
    const inTheMiddle = messages.toSpliced(2, 0, ...messages.slice(5)).slice(0, 9);
    for (const [max, order] of [1, 2, 4].flatMap((max) =>
      [messages, inTheMiddle].map((order) => [max, order] as const),
    )) {
      const { deadLetters, total, byReason } = await list(order, { max });
      expect(idsOf(deadLetters)).toEqual(['m8', 'm7', 'm6', 'm5'].slice(0, max));
      expect([total, byReason]).toEqual([9, { not_json: 9 }]);
    }
  });

  test('with a maximum of bytes has the oldest that fit', async () => {
    const messages = Array.from({ length: 7 }, (_, index) => ({
      ...large(`m${index}`, 500),
      sentOn: 7000 - index * 1000,
    }));
    // Each counts as 1,000 bytes and those of its attribute: 3 of the name, 6 of the type, 500 of the value.
    expect(idsOf((await list(messages, { maxBytes: 3 * 1509 })).deadLetters)).toEqual(['m6', 'm5', 'm4']);
    expect(idsOf((await list(messages, { maxBytes: 3 * 1509 - 1 })).deadLetters)).toEqual(['m6', 'm5']);
    expect((await list(messages, { maxBytes: 3 * 1509 })).total).toBe(7);
  });

  test('counts by reason, and only matching dead letters', async () => {
    const byHand = { ...deadLetter('h'), attributes: {} };
    const messages = [...deadLettersOf(3), byHand, { ...byHand, messageId: 'moved', movedFrom: 'arn' }];
    expect((await list(messages)).byReason).toEqual({ not_json: 3, unknown: 1, too_many_receives: 1 });
    const some = await list(messages, { filter: { reasons: ['unknown'] } });
    expect([some.total, idsOf(some.deadLetters), some.byReason]).toEqual([1, ['h'], { unknown: 1 }]);
  });

  test('receives all dead letters, if there is no `peek`, and leaves them in the queue', async () => {
    const dlq = fakeDlq(deadLettersOf(23));
    const { deadLetters, total, unseen } = await listDeadLetters({ dlq, clock });
    expect([deadLetters.length, total, unseen]).toEqual([23, 23, 0]);
    expect(dlq.ids()).toHaveLength(23);
    expect(dlq.deletes).toEqual([]);
    expect(dlq.changes.flatMap(({ ids }) => ids)).toHaveLength(23);
  });

  test('receives nothing if there is a `peek`, and shows all', async () => {
    const dlq = fakeDlq(deadLettersOf(5));
    const { deadLetters, unseen } = await listDeadLetters({ dlq, clock, peek: peekOf(deadLettersOf(2)).peek });
    expect([idsOf(deadLetters), unseen]).toEqual([['m0', 'm1'], 0]);
    expect(dlq.options).toEqual([]);
  });

  test('ends when the signal aborts, with and without `peek`', async () => {
    const stop = new AbortController();
    const { readIds, peek } = peekOf(deadLettersOf(5));
    const abortAndPeek = async () => {
      stop.abort(new Error('stopped'));
      return peek();
    };
    const listing = listDeadLetters({ dlq: fakeDlq([]), clock, peek: abortAndPeek, signal: stop.signal });
    await expect(listing).rejects.toThrow('stopped');
    expect(readIds).toEqual(['m0']);
    const dlq = fakeDlq(deadLettersOf(25));
    const stopReceiving = new AbortController();
    const receive: typeof dlq.receive = async (request) => {
      stopReceiving.abort(new Error('stopped'));
      return dlq.receive(request);
    };
    const receiving = listDeadLetters({ dlq: { ...dlq, receive }, clock, signal: stopReceiving.signal });
    await expect(receiving).rejects.toThrow('stopped');
    expect(dlq.options.filter(({ call }) => call === 'receive')).toHaveLength(1);
  });
});

describe('showing a dead letter', () => {
  test('by its whole id ends the search there', async () => {
    const { readIds, peek } = peekOf(deadLettersOf(30));
    const shown = await findDeadLetters('m2', { dlq: fakeDlq([]), clock, peek });
    expect(shown).toMatchObject({ unseen: 0, deadLetters: [{ message_id: 'm2', body: 'body of m2' }] });
    expect(readIds).toEqual(['m0', 'm1', 'm2']);
  });

  test('by the beginning of an id returns ten at most', async () => {
    const { readIds, peek } = peekOf(deadLettersOf(30));
    const { deadLetters } = await findDeadLetters('m', { dlq: fakeDlq([]), clock, peek });
    expect(idsOf(deadLetters)).toEqual(Array.from({ length: 10 }, (_, index) => `m${index}`));
    expect(readIds).toHaveLength(10);
    const dlq = fakeDlq(deadLettersOf(30));
    expect((await findDeadLetters('m', { dlq, clock })).deadLetters).toHaveLength(10);
    expect(dlq.options.filter(({ call }) => call === 'receive')).toHaveLength(1);
  });

  test('that is not found returns the number of unseen messages', async () => {
    const dlq = fakeDlq(deadLettersOf(3));
    const status = async () => ({ waiting: 4, inFlight: 3, delayed: 0, maximumMessageBytes: 1 });
    expect(await findDeadLetters('x', { dlq: { ...dlq, status }, clock })).toEqual({ deadLetters: [], unseen: 4 });
  });

  test('keeps messages invisible for the given time', async () => {
    const dlq = fakeDlq(deadLettersOf(1));
    const requests: number[] = [];
    const receive: typeof dlq.receive = (request) => {
      requests.push(request.visibilitySeconds);
      return dlq.receive(request);
    };
    await findDeadLetters('x', { dlq: { ...dlq, receive }, clock, visibilitySeconds: 7 });
    expect(requests).toEqual([7, 7]);
  });
});
