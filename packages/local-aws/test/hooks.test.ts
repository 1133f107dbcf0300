// The hooks by which a queue reports events, and messages that are available, become visible later, or were deleted.

import { expect, test } from '@jest/globals';
import { createTestEngine } from './support/engine.ts';

test('after a send, a release or a deletion, a queue reports whether a message can be received', () => {
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
  send(url, '3', 'g');
  const [before, behind] = receive(url);
  const releaseBehind = { QueueUrl: url, ReceiptHandle: behind?.ReceiptHandle, VisibilityTimeout: 0 };
  // It waits for the message before it, whose deletion makes it available; after its own there is none.
  expect(since(() => engine.call('ChangeMessageVisibility', releaseBehind))).toBe(false);
  expect(since(() => remove(url, before))).toBe(true);
  const [last] = receive(url);
  expect(since(() => remove(url, last))).toBe(false);
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

test('an event that time causes is reported with the time at which it happened, however late it is noticed', () => {
  const events: [kind: string, afterMs: number, untilMs: number | undefined][] = [];
  const start = Date.UTC(2026, 0, 1);
  const { create, send, receive, counts, pass } = createTestEngine({
    onEvent: ({ kind, at, until }) => void events.push([kind, at - start, until && until - start]),
  });
  const url = create('q.fifo', { VisibilityTimeout: '10', MessageRetentionPeriod: '60' });
  send(url, 'x', 'g');
  const attempt = { ReceiveRequestAttemptId: 'r' };
  receive(url, attempt);
  pass(1);
  receive(url, attempt);
  pass(99);
  expect(counts(url)).toEqual([0, 0, 0]);
  expect(events).toEqual([
    ['sent', 0, undefined],
    ['received', 0, 10_000],
    ['received', 1000, 11_000],
    ['visible', 11_000, undefined],
    ['expired', 60_000, undefined],
  ]);
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
