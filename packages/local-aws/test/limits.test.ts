// The limit of 120,000 messages in flight, and what remains of deleted messages.

import { expect, test } from '@jest/globals';
import { createTestEngine } from './support/engine.ts';

const IN_FLIGHT = 120_000;

test.each(['q', 'q.fifo'])('at most 120,000 messages of %s can be in flight', (name) => {
  const { engine, create, receive, remove } = createTestEngine();
  const url = create(name, { VisibilityTimeout: '600' });
  for (let sent = 0; sent < IN_FLIGHT + 10; sent += 10) {
    const Entries = Array.from({ length: 10 }, (_, i) => ({
      Id: `${i}`,
      MessageBody: 'x',
      ...(name.endsWith('.fifo') && { MessageGroupId: `g${sent}`, MessageDeduplicationId: `${sent + i}` }),
    }));
    engine.call('SendMessageBatch', { QueueUrl: url, Entries });
  }
  let last = receive(url);
  for (let received = 10; received < IN_FLIGHT; received += 10) last = receive(url);
  expect(engine.queueByUrl(url).inFlightCount).toBe(IN_FLIGHT);
  if (name === 'q') expect(() => receive(url)).toThrow('Too many messages in flight');
  else expect(receive(url)).toEqual([]);
  remove(url, last[0]);
  expect(receive(url)).toHaveLength(1);
});

test('deleted messages past their deduplication window leave no message, no group and no time to wait for', () => {
  const { engine, create, send, receive, remove, pass } = createTestEngine();
  const url = create('q.fifo', { DeduplicationScope: 'messageGroup' });
  const queue = engine.queueByUrl(url);
  for (let i = 0; i < 50; i += 1) send(url, 'x', `g${i % 7}`);
  for (let messages = receive(url); messages.length > 0; messages = receive(url)) {
    for (const message of messages) remove(url, message);
  }
  expect([...queue.messages()]).toEqual([]);
  expect(queue.groupCount).toBe(7);
  pass(300);
  queue.advance(engine.now());
  expect(queue.groupCount).toBe(0);
  expect(queue.nextDueAt).toBeUndefined();
});
