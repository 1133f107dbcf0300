// `queue peek` where the endpoint has no peek: every received message is released, whatever ends the command.
import { expect, test } from '@jest/globals';
import type { ReceivedMessage } from '@movie-load/aws';
import { receiveAndRelease } from '../src/commands/queue/peek.ts';

const messageOf = (id: number, receipt = 1) =>
  ({ messageId: `m${id}`, receiptHandle: `${id} receipt ${receipt}`, body: String(id) }) as ReceivedMessage;
const messagesUpTo = (count: number) => Array.from({ length: count }, (_, id) => messageOf(id));

/** A queue that returns these batches, and records its calls. */
function start(batches: readonly (readonly ReceivedMessage[])[]) {
  const remainingBatches = [...batches];
  const stop = new AbortController();
  const receives: unknown[] = [];
  const released: (readonly { readonly receiptHandle: string; readonly seconds: number }[])[] = [];
  const queue: Parameters<typeof receiveAndRelease>[1] = {
    async receive(request) {
      receives.push(request);
      return remainingBatches.shift()?.slice(0, request.max) ?? [];
    },
    async changeVisibility(changes) {
      released.push(changes);
      return [];
    },
  };
  const peekMessages = (max: number) => receiveAndRelease({ signal: stop.signal }, queue, max);
  return { peekMessages, receives, released, stop };
}

async function idsOf(messages: AsyncIterable<ReceivedMessage>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { messageId } of messages) ids.push(messageId);
  return ids;
}

test('the requested number of messages is received, ten at a time for ten seconds, and all are released', async () => {
  const all = messagesUpTo(30);
  const { peekMessages, receives, released, stop } = start([all.slice(0, 10), all.slice(10, 20), all.slice(20)]);
  expect(await idsOf(peekMessages(25))).toEqual(all.slice(0, 25).map(({ messageId }) => messageId));
  const common = { waitSeconds: 1, visibilitySeconds: 10, signal: stop.signal };
  expect(receives).toEqual([
    { max: 10, ...common },
    { max: 10, ...common },
    { max: 5, ...common },
  ]);
  expect(released.map(({ length }) => length)).toEqual([10, 10, 5]);
  expect(released.flat()).toEqual(all.slice(0, 25).map(({ receiptHandle }) => ({ receiptHandle, seconds: 0 })));
});

test('a message that is delivered again is shown once, ends the peek, and is released by its latest handle', async () => {
  const { peekMessages, receives, released } = start([[messageOf(0), messageOf(1)], [messageOf(1, 2)], [messageOf(2)]]);
  expect(await idsOf(peekMessages(10))).toEqual(['m0', 'm1']);
  expect(receives).toHaveLength(2);
  expect(released.flat().map(({ receiptHandle }) => receiptHandle)).toEqual(['0 receipt 1', '1 receipt 2']);
});

test('an empty queue ends the peek, with nothing to release', async () => {
  const { peekMessages, released } = start([]);
  expect([await idsOf(peekMessages(10)), released]).toEqual([[], []]);
});

test('a closed output and Ctrl-C both release the received messages', async () => {
  const left = start([messagesUpTo(3)]);
  for await (const _ of left.peekMessages(10)) break;
  expect(left.released.flat()).toHaveLength(3);
  const stopped = start([messagesUpTo(3), [messageOf(7)]]);
  const ids: string[] = [];
  await expect(
    (async () => {
      for await (const { messageId } of stopped.peekMessages(10)) {
        ids.push(messageId);
        if (ids.length === 3) stopped.stop.abort(new Error('Ctrl-C'));
      }
    })(),
  ).rejects.toThrow('Ctrl-C');
  expect([ids.length, stopped.receives.length, stopped.released.flat().length]).toEqual([3, 1, 3]);
});
