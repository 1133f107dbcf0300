// A redrive from the page: what it sends, refuses and forgets, one at a time, and its end with the server.
import { describe, expect, test } from '@jest/globals';
import { ids, peekedDeadLetter, startDeadLetters } from './fake-dead-letters.ts';

const idOf = ({ messageId }: { readonly messageId: string }) => ({ message_id: messageId });

describe('a redrive', () => {
  test('sends the chosen messages, and reports those not found and those that the queue refused', async () => {
    const { deadLetters, state, sent, messagesById, hidden } = startDeadLetters(
      ['a', 'b', 'c'].map((id) => peekedDeadLetter(id)),
      { canPeek: false },
    );
    await deadLetters.list();
    state.refused.add('body of b');
    const result = await deadLetters.redrive({ message_ids: ['a', 'b', 'x'], dry_run: false });
    expect(result).toEqual({
      dry_run: false,
      came_back: 0,
      redriven: [{ message_id: 'a', to_group: 'group of a' }],
      not_found: ['x'],
      refused: ['b: InvalidMessageContents no'],
    });
    expect(sent.map(({ body, groupId }) => [body, groupId])).toEqual([
      ['body of a', 'group of a'],
      ['body of b', 'group of b'],
    ]);
    expect([...messagesById.keys()]).toEqual(['b', 'c']);
    expect(hidden.size).toBe(0);
    // Messages that are still in the dead-letter queue stay in the cache.
    expect(ids(deadLetters.receivedDeadLetters() as never)).toEqual(['b', 'c']);
  });

  test('sends all chosen messages, also more than one receive returns, and no others', async () => {
    const peeked = Array.from({ length: 25 }, (_, at) => peekedDeadLetter(`m${at}`));
    const { deadLetters, sent, messagesById } = startDeadLetters(peeked);
    const result = await deadLetters.redrive({ message_ids: ids(peeked.slice(0, 23).map(idOf)), dry_run: false });
    expect([result.redriven.length, result.not_found, sent.length, messagesById.size]).toEqual([23, [], 23, 2]);
  });

  test('sends, deletes and forgets nothing in a dry run', async () => {
    const { deadLetters, sent, messagesById } = startDeadLetters([peekedDeadLetter('a'), peekedDeadLetter('b')], {
      canPeek: false,
    });
    await deadLetters.list();
    const result = await deadLetters.redrive({ message_ids: ['a'], dry_run: true });
    expect(result).toMatchObject({ dry_run: true, redriven: [{ message_id: 'a' }], not_found: [], refused: [] });
    expect(sent).toEqual([]);
    expect([...messagesById.keys()]).toEqual(['a', 'b']);
    expect(deadLetters.receivedDeadLetters()).toHaveLength(2);
  });

  test('excludes another one until it ends, successfully or not; then the dead letters are read again', async () => {
    const { deadLetters, state, peeks } = startDeadLetters([peekedDeadLetter('a')]);
    await deadLetters.list();
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    const running = deadLetters.redrive({ message_ids: ['a'], dry_run: false });
    await expect(deadLetters.redrive({ message_ids: ['a'], dry_run: false })).rejects.toMatchObject({ status: 429 });
    gate.reject(new Error('SQS is unreachable'));
    await expect(running).rejects.toThrow('SQS is unreachable');
    state.gate = Promise.resolve();
    expect((await deadLetters.list()).messages).toHaveLength(1);
    expect(peeks).toHaveLength(2);
    expect((await deadLetters.redrive({ message_ids: ['a'], dry_run: false })).redriven).toHaveLength(1);
    expect((await deadLetters.list()).messages).toEqual([]);
  });

  test('stops at the end of the server, after it has released the messages it received', async () => {
    const stop = new AbortController();
    const { deadLetters, state, hidden, sent } = startDeadLetters([peekedDeadLetter('a')], { signal: stop.signal });
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    const running = deadLetters.redrive({ message_ids: ['a'], dry_run: false });
    running.catch(() => {});
    let isSettled = false;
    await new Promise(setImmediate);
    const settled = deadLetters.settled().then(() => {
      isSettled = true;
    });
    stop.abort(new Error('the server ends'));
    await new Promise(setImmediate);
    expect(isSettled).toBe(false);
    gate.resolve();
    await settled;
    await expect(running).rejects.toThrow('the server ends');
    expect(hidden.size).toBe(0);
    expect(sent).toEqual([]);
  });
});
