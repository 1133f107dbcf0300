// The order of messages when others are deleted, become visible or expire: in groups, by age, and among messages that
// became visible again.

import { describe, expect, test } from '@jest/globals';
import { createTestEngine } from './support/engine.ts';

describe('a message group', () => {
  test.each([
    ['its first message', 0],
    ['a message in the middle', 1],
    ['its last message', 2],
  ])('keeps the order of the others when it loses %s, and appends new messages', (_, removed) => {
    const { create, send, receive, remove, bodies, pass } = createTestEngine();
    const url = create('q.fifo', { VisibilityTimeout: '10' });
    const all = ['1', '2', '3'];
    for (const body of all) send(url, body, 'g');
    remove(url, receive(url)[removed]);
    send(url, '4', 'g');
    send(url, 'other', 'h');
    pass(10);
    const left = [...all.filter((_one, at) => at !== removed), '4'];
    expect(bodies(url).filter((body) => body !== 'other')).toEqual(left);
  });

  test('is removed with its last message, and created again for a new one', () => {
    const { engine, create, send, receive, remove, bodies } = createTestEngine();
    const url = create('q.fifo');
    const queue = engine.queueByUrl(url);
    for (const body of ['1', '2', '3']) send(url, body, 'g');
    for (const message of receive(url).toReversed()) {
      expect(queue.groupCount).toBe(1);
      remove(url, message);
    }
    expect([queue.groupCount, queue.hasReceivable]).toEqual([0, false]);
    send(url, '4', 'g');
    expect([queue.groupCount, bodies(url)]).toEqual([1, ['4']]);
  });

  test('loses expired messages from its front', () => {
    const { create, send, bodies, pass } = createTestEngine();
    const url = create('q.fifo', { MessageRetentionPeriod: '60' });
    send(url, '1', 'g');
    pass(30);
    send(url, '2', 'g');
    pass(31);
    send(url, '3', 'g');
    expect(bodies(url)).toEqual(['2', '3']);
  });
});

test.each(['', '.fifo'])('a dead letter does not count towards a receive’s maximum (q%s)', (suffix) => {
  const { engine, create, send, bodies, pass } = createTestEngine();
  const deadLetterTargetArn = engine.queueByUrl(create(`dead${suffix}`)).arn;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 });
  const url = create(`q${suffix}`, { VisibilityTimeout: '5', RedrivePolicy });
  for (const body of ['1', '2', '3']) send(url, body, 'g');
  expect(bodies(url, { MaxNumberOfMessages: 1 })).toEqual(['1']);
  pass(5);
  expect(bodies(url, { MaxNumberOfMessages: 1 })).toEqual(['2']);
  expect(bodies(`http://x/0/dead${suffix}`)).toEqual(['1']);
});

test.each(['', '.fifo'])('dead letters of one receive keep their order (q%s)', (suffix) => {
  const { engine, create, send, receive, bodies, pass } = createTestEngine();
  const deadLetterTargetArn = engine.queueByUrl(create(`dead${suffix}`)).arn;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 });
  const url = create(`q${suffix}`, { VisibilityTimeout: '5', RedrivePolicy });
  for (const body of ['1', '2', '3']) send(url, body, 'g');
  receive(url);
  pass(5);
  expect(bodies(url)).toEqual([]);
  expect(bodies(`http://x/0/dead${suffix}`)).toEqual(['1', '2', '3']);
});

test.each(['', '.fifo'])('a message that a move task cannot move keeps its place, without an event (q%s)', (suffix) => {
  const events: string[] = [];
  const { engine, create, send, bodies } = createTestEngine({ onEvent: ({ kind }) => void events.push(kind) });
  const dead = create(`dead${suffix}`);
  const SourceArn = engine.queueByUrl(dead).arn;
  create(`q${suffix}`, { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: SourceArn, maxReceiveCount: 1 }) });
  for (const body of ['1', '2']) send(dead, body, 'g');
  engine.call('StartMessageMoveTask', { SourceArn });
  engine.moveTasks[0]?.step(engine);
  expect([engine.moveTasks[0]?.status, events]).toEqual(['FAILED', ['sent', 'sent']]);
  expect(bodies(dead)).toEqual(['1', '2']);
});

test.each([
  [1, 'a b c'],
  [2, 'b c a'],
  [3, 'c a b'],
])('a group that expires does not change the order of the others, after %d receives', (receives, left) => {
  const { create, send, receive, bodies, pass } = createTestEngine();
  const url = create('q.fifo', { MessageRetentionPeriod: '60', VisibilityTimeout: '5' });
  send(url, 'old', 'old');
  pass(1);
  for (const group of ['a', 'b', 'c']) send(url, group, group);
  for (let at = 0; at < receives; at += 1) {
    // Groups that become visible again are behind those that wait.
    receive(url, { MaxNumberOfMessages: 1 });
    pass(5);
  }
  pass(59 - 5 * receives);
  expect(bodies(url)).toEqual(left.split(' '));
});

test('a message in flight is not delivered again together with one that became visible before it', () => {
  const { engine, create, send, receive, bodies, counts, pass } = createTestEngine();
  const url = create('q.fifo', { VisibilityTimeout: '10' });
  for (const body of ['1', '2', '3']) send(url, body, 'g');
  const [, second] = receive(url, { MaxNumberOfMessages: 2 });
  const longer = { QueueUrl: url, ReceiptHandle: second?.ReceiptHandle, VisibilityTimeout: 100 };
  engine.call('ChangeMessageVisibility', longer);
  pass(10);
  expect(bodies(url)).toEqual(['1']);
  expect(counts(url)).toEqual([1, 2, 0]);
});

test('a message that becomes visible behind one in flight waits for that one', () => {
  const { engine, create, send, receive, bodies, counts, remove, pass } = createTestEngine();
  const url = create('q.fifo', { VisibilityTimeout: '10' });
  const queue = engine.queueByUrl(url);
  for (const body of ['1', '2']) send(url, body, 'g');
  const [first] = receive(url);
  const longer = { QueueUrl: url, ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 100 };
  engine.call('ChangeMessageVisibility', longer);
  pass(10);
  expect([counts(url), queue.hasReceivable, bodies(url)]).toEqual([[1, 1, 0], false, []]);
  remove(url, first);
  expect([queue.hasReceivable, bodies(url)]).toEqual([true, ['2']]);
});

test('a queue has nothing to receive when the next message of its only group is delayed', () => {
  const { engine, create, send, bodies, pass } = createTestEngine();
  const url = create('q.fifo', { MessageRetentionPeriod: '60' });
  const queue = engine.queueByUrl(url);
  send(url, '1', 'g');
  pass(30);
  engine.call('SetQueueAttributes', { QueueUrl: url, Attributes: { DelaySeconds: '31' } });
  send(url, '2', 'g');
  expect(queue.hasReceivable).toBe(true);
  pass(30);
  queue.advance(engine.now());
  expect(queue.hasReceivable).toBe(false);
  pass(1);
  expect(bodies(url)).toEqual(['2']);
});

test('the messages of a queue are sorted by age, whichever are removed', () => {
  const { engine, create, send, receive, remove } = createTestEngine();
  const url = create('q');
  const queue = engine.queueByUrl(url);
  const bodies = () => Array.from(queue.messages(), ({ body }) => body);
  let next = 0;
  const add = () => send(url, `${next++}`, 'g');
  for (const removed of [0, 1, 2]) {
    for (const _ of [1, 2, 3]) add();
    const before = bodies();
    const received = receive(url);
    remove(url, received[removed]);
    add();
    const left = [...before.filter((_one, at) => at !== removed), `${next - 1}`];
    expect(bodies()).toEqual(left);
    for (const message of [...received, ...receive(url)]) remove(url, message);
    expect(bodies()).toEqual([]);
  }
  add();
  expect(bodies()).toEqual([`${next - 1}`]);
});

test('a message that became visible again stays in a standard queue when an older dead letter, added after it, expires', () => {
  const { engine, create, send, receive, bodies, pass } = createTestEngine();
  const dead = create('dead', { MessageRetentionPeriod: '100' });
  const queue = engine.queueByUrl(dead);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: queue.arn, maxReceiveCount: 1 });
  const url = create('q', { VisibilityTimeout: '50', RedrivePolicy });
  send(url, 'dead letter', 'g');
  receive(url);
  pass(40);
  send(dead, 'by hand', 'g');
  receive(dead, { VisibilityTimeout: 15 });
  pass(10);
  // The dead letter is added after the other message, and keeps its age.
  receive(url);
  pass(5);
  queue.advance(engine.now());
  expect(Array.from(queue.messages(), ({ body }) => body)).toEqual(['dead letter', 'by hand']);
  pass(45);
  queue.advance(engine.now());
  expect(queue.hasReceivable).toBe(true);
  expect(bodies(dead)).toEqual(['by hand']);
});
