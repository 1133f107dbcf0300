// Behaviour that takes minutes on AWS: retention, the deduplication window, long timeouts.

import { expect, test } from '@jest/globals';
import { createTestEngine } from './support/engine.ts';

test('messages are removed after the retention period, in flight or not, and unlock their group', () => {
  const { create, send, bodies, counts, pass } = createTestEngine();
  const url = create('q.fifo', { MessageRetentionPeriod: '60', VisibilityTimeout: '43200' });
  send(url, 'old 1', 'g');
  send(url, 'old 2', 'g');
  expect(bodies(url, { MaxNumberOfMessages: 1 })).toEqual(['old 1']);
  pass(30);
  send(url, 'young', 'g');
  pass(29.999);
  expect(counts(url)).toEqual([2, 1, 0]);
  pass(0.001);
  expect(counts(url)).toEqual([1, 0, 0]);
  expect(bodies(url)).toEqual(['young']);
});

test('a deduplication id is free five minutes after its first send', () => {
  const { create, send, pass } = createTestEngine();
  const url = create('q.fifo', { DeduplicationScope: 'messageGroup' });
  const first = send(url, 'one', 'g', 'd');
  pass(200);
  expect(send(url, 'two', 'g', 'd').MessageId).toBe(first.MessageId);
  pass(99.999);
  expect(send(url, 'three', 'g', 'd').MessageId).toBe(first.MessageId);
  pass(0.001);
  expect(send(url, 'four', 'g', 'd').MessageId).not.toBe(first.MessageId);
});

test('visibility can be extended to twelve hours after the receive and no further', () => {
  const { engine, create, send, receive, pass } = createTestEngine();
  const url = create('q.fifo');
  send(url, 'x', 'g');
  const [message] = receive(url, { VisibilityTimeout: 43_200 });
  const prolong = (seconds: number) =>
    engine.call('ChangeMessageVisibility', {
      QueueUrl: url,
      ReceiptHandle: message?.ReceiptHandle,
      VisibilityTimeout: seconds,
    });
  pass(3600);
  expect(() => prolong(39_601)).toThrow('beyond the limit [43200 seconds]');
  prolong(39_600);
  pass(39_599);
  expect(receive(url)).toEqual([]);
  pass(1);
  expect(receive(url)).toHaveLength(1);
});

test('a changed delay applies to messages that are already in a FIFO queue', () => {
  const { engine, create, send, bodies, counts, pass } = createTestEngine();
  const url = create('q.fifo', { DelaySeconds: '900' });
  send(url, 'x', 'g');
  expect(counts(url)).toEqual([0, 0, 1]);
  pass(10);
  const setDelay = (DelaySeconds: string) =>
    engine.call('SetQueueAttributes', { QueueUrl: url, Attributes: { DelaySeconds } });
  setDelay('11');
  expect(counts(url)).toEqual([0, 0, 1]);
  setDelay('10');
  expect(counts(url)).toEqual([1, 0, 0]);
  expect(bodies(url)).toEqual(['x']);
});

test('a receive request attempt is repeated almost five minutes later, but not after a message has changed', () => {
  const { engine, create, send, receive, pass } = createTestEngine();
  const url = create('q.fifo', { VisibilityTimeout: '600' });
  send(url, '1', 'a');
  send(url, '2', 'b');
  const attempt = { ReceiveRequestAttemptId: 'r' };
  const first = receive(url, attempt);
  pass(299);
  expect(receive(url, attempt)).toEqual(first);
  engine.call('ChangeMessageVisibility', {
    QueueUrl: url,
    ReceiptHandle: first[0]?.ReceiptHandle,
    VisibilityTimeout: 0,
  });
  expect(receive(url, attempt).map((message) => message.Body)).toEqual(['1']);
});

test('a dead letter restarts its retention in a FIFO queue, but not in a standard queue', () => {
  for (const [suffix, left] of [
    ['.fifo', 1],
    ['', 0],
  ] as const) {
    const { create, send, receive, counts, pass, engine } = createTestEngine();
    const dead = create(`dead${suffix}`, { MessageRetentionPeriod: '100' });
    const arn = `arn:aws:sqs:us-east-1:000000000000:dead${suffix}`;
    const url = create(`q${suffix}`, {
      VisibilityTimeout: '50',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: 1 }),
    });
    send(url, 'x', 'g');
    receive(url);
    pass(50);
    expect(receive(url)).toEqual([]);
    expect(counts(dead)).toEqual([1, 0, 0]);
    pass(60);
    expect(counts(dead)).toEqual([left, 0, 0]);
    expect(engine.queueByUrl(dead).readyCount).toBe(left);
  }
});

test('a queue whose dead-letter queue was deleted continues to deliver', () => {
  const { engine, create, send, bodies, pass } = createTestEngine();
  const dead = create('dead.fifo');
  const deadLetterTargetArn = 'arn:aws:sqs:us-east-1:000000000000:dead.fifo';
  const url = create('q.fifo', {
    VisibilityTimeout: '1',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 }),
  });
  send(url, 'x', 'g');
  expect(bodies(url)).toEqual(['x']);
  engine.call('DeleteQueue', { QueueUrl: dead });
  pass(1);
  expect(bodies(url)).toEqual(['x']);
});

test('a queue that is its own dead-letter queue does not loop', () => {
  const { engine, create, send, receive, pass } = createTestEngine();
  const url = create('q.fifo', { VisibilityTimeout: '1' });
  engine.call('SetQueueAttributes', {
    QueueUrl: url,
    Attributes: {
      RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:q.fifo","maxReceiveCount":1}',
    },
  });
  for (const body of ['1', '2', '3']) send(url, body, 'g');
  expect(receive(url)).toHaveLength(3);
  pass(1);
  expect(receive(url)).toEqual([]);
  expect(engine.queueByUrl(url).readyCount).toBe(3);
});

test('a move task respects its rate', () => {
  const { engine, create, send, receive, counts, pass } = createTestEngine();
  const dead = create('dead');
  const deadArn = 'arn:aws:sqs:us-east-1:000000000000:dead';
  const url = create('q', {
    VisibilityTimeout: '1',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadArn, maxReceiveCount: 1 }),
  });
  for (let i = 0; i < 10; i += 1) send(url, `m${i}`, 'g');
  receive(url);
  pass(1);
  receive(url);
  expect(counts(dead)).toEqual([10, 0, 0]);
  engine.call('StartMessageMoveTask', { SourceArn: deadArn, MaxNumberOfMessagesPerSecond: 3 });
  const [task] = engine.moveTasks;
  expect(task?.step(engine)).toBeGreaterThan(0);
  expect(counts(dead)).toEqual([7, 0, 0]);
  expect(task?.step(engine)).toBeGreaterThan(0);
  expect(counts(dead)).toEqual([7, 0, 0]);
  pass(1);
  task?.step(engine);
  expect(counts(dead)).toEqual([4, 0, 0]);
  pass(5);
  expect(task?.step(engine)).toBeUndefined();
  expect(task?.status).toBe('COMPLETED');
});

test('a message sent directly to a dead-letter queue cannot be moved without a destination', () => {
  const { engine, create, send, counts } = createTestEngine();
  const dead = create('dead');
  const deadArn = 'arn:aws:sqs:us-east-1:000000000000:dead';
  create('q', { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadArn, maxReceiveCount: 1 }) });
  send(dead, 'by hand', 'g');
  engine.call('StartMessageMoveTask', { SourceArn: deadArn });
  engine.moveTasks[0]?.step(engine);
  expect(engine.call('ListMessageMoveTasks', { SourceArn: deadArn }).Results).toMatchObject([
    { Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' },
  ]);
  expect(counts(dead)).toEqual([1, 0, 0]);
});
