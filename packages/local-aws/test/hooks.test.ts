// The hooks by which a queue reports messages that are available, become visible later, or were deleted.

import { expect, test } from '@jest/globals';
import { createTestEngine } from './support/engine.ts';

test('a queue reports an available message after a send, a release, and a deletion that unlocks its group', () => {
  let notified = 0;
  const onAvailable = () => {
    notified += 1;
  };
  const { engine, create, send, receive, remove } = createTestEngine({ onAvailable });
  const url = create('q.fifo');
  const since = (act: () => unknown): boolean => {
    const before = notified;
    act();
    return notified > before;
  };
  expect(since(() => send(url, '1', 'g'))).toBe(true);
  const [first] = receive(url);
  expect(since(() => send(url, '2', 'g'))).toBe(false);
  expect(since(() => remove(url, first))).toBe(true);
  const [second] = receive(url);
  const release = () =>
    engine.call('ChangeMessageVisibility', {
      QueueUrl: url,
      ReceiptHandle: second?.ReceiptHandle,
      VisibilityTimeout: 0,
    });
  expect(since(release)).toBe(true);
});

test('a queue reports when its earliest message becomes visible', () => {
  const due: number[] = [];
  const { engine, create, send, receive } = createTestEngine({ onDue: (_, at) => void due.push(at) });
  const url = create('q.fifo');
  for (const group of ['a', 'b', 'c']) send(url, 'x', group);
  const oneMessage = { MaxNumberOfMessages: 1 };
  receive(url, { ...oneMessage, VisibilityTimeout: 20 });
  receive(url, { ...oneMessage, VisibilityTimeout: 30 });
  receive(url, { ...oneMessage, VisibilityTimeout: 10 });
  expect(due).toEqual([engine.now() + 20_000, engine.now() + 10_000]);
});

test('a deletion reports when the message was sent; its repetition and a purge report nothing', () => {
  const deleted: [sentOn: number, now: number][] = [];
  const { engine, create, send, receive, remove, pass } = createTestEngine({
    onDeleted: ({ sentOn }, now) => void deleted.push([sentOn, now]),
  });
  const url = create('q.fifo');
  const sentOn = engine.now();
  send(url, '1', 'g');
  const [first] = receive(url);
  pass(0.25);
  remove(url, first);
  expect(deleted).toEqual([[sentOn, sentOn + 250]]);
  remove(url, first);
  send(url, '2', 'g');
  engine.call('PurgeQueue', { QueueUrl: url });
  expect(deleted).toHaveLength(1);
});
