// Which attributes a receive returns, which visibility timeouts are accepted, and which ids and handles.

import { expect, test } from '@jest/globals';
import { createTestEngine, outcome } from './support/engine.ts';

const value = { DataType: 'String', StringValue: 'v' };
const NAMES = ['foo', 'foo.a', 'foobar', 'bar'];

test.each<[string[], string[]]>([
  [[], []],
  [['All'], NAMES],
  [['.*'], NAMES],
  [['*'], NAMES],
  [['foo'], ['foo']],
  [['foo.*'], ['foo', 'foo.a', 'foobar']],
  [['bar', 'none'], ['bar']],
  [['none'], []],
  [['FOO'], []],
])('the request %j selects, of the attributes foo, foo.a, foobar and bar, %j', (MessageAttributeNames, expected) => {
  const { engine, create, receive } = createTestEngine();
  const QueueUrl = create('q');
  const MessageAttributes = Object.fromEntries(NAMES.map((name) => [name, value]));
  engine.call('SendMessage', { QueueUrl, MessageBody: 'x', MessageAttributes });
  const [message] = receive(QueueUrl, { MessageAttributeNames });
  expect(Object.keys(Object(message).MessageAttributes ?? {})).toEqual(expected);
  expect('MD5OfMessageAttributes' in Object(message)).toBe(expected.length > 0);
});

test('a message without attributes is delivered without, whatever is requested', () => {
  const { engine, create, receive } = createTestEngine();
  const QueueUrl = create('q');
  engine.call('SendMessage', { QueueUrl, MessageBody: 'x' });
  for (const names of [[], ['All'], ['foo'], ['foo.*']]) {
    const [message] = receive(QueueUrl, { MessageAttributeNames: names, VisibilityTimeout: 0 });
    expect(message).not.toHaveProperty('MessageAttributes');
  }
});

test('a visibility timeout is from 0 to 43,200 seconds, in a receive and in a change', () => {
  const { engine, create, send, receive } = createTestEngine();
  const QueueUrl = create('q');
  send(QueueUrl, 'x', 'g');
  const [message] = receive(QueueUrl);
  const received = (VisibilityTimeout: number) =>
    outcome(() => engine.call('ReceiveMessage', { QueueUrl, VisibilityTimeout }));
  const refusalOf = (VisibilityTimeout: number) => {
    try {
      engine.call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout });
      return '';
    } catch (error) {
      return Object(error).message;
    }
  };
  expect([-1, 0, 43_200, 43_201].map(received)).toEqual([
    'InvalidParameterValue',
    'accepted',
    'accepted',
    'InvalidParameterValue',
  ]);
  for (const wrong of [-1, 43_201]) {
    expect(refusalOf(wrong)).toMatch(/^Value -?\d+ for parameter VisibilityTimeout is invalid/);
    // Not because the total time since the receive would be too long, which has another text.
    expect(refusalOf(wrong)).not.toContain('Total');
  }
  // 0 is last: the message is visible then.
  for (const right of [43_200, 0]) expect(refusalOf(right)).toBe('');
});

test.each([
  ['a', 'accepted'],
  ['A-z_09', 'accepted'],
  ['x'.repeat(80), 'accepted'],
  ['x'.repeat(81), 'InvalidBatchEntryId'],
  ['a b', 'InvalidBatchEntryId'],
  ['a!', 'InvalidBatchEntryId'],
  ['!a', 'InvalidBatchEntryId'],
  ['', 'InvalidBatchEntryId'],
])('a batch entry with the id "%s": %s', (Id, expected) => {
  const { engine, create } = createTestEngine();
  const QueueUrl = create('q');
  const send = () => engine.call('SendMessageBatch', { QueueUrl, Entries: [{ Id, MessageBody: 'x' }] });
  expect(outcome(send)).toBe(expected);
});

test.each<[object | string, string]>([
  ['no JSON', 'InvalidParameterValue'],
  [[], 'InvalidParameterValue'],
  [{ taskId: 1, sourceArn: 'SOURCE' }, 'InvalidParameterValue'],
  [{ sourceArn: 'SOURCE' }, 'InvalidParameterValue'],
  [{ taskId: 'x', sourceArn: 1 }, 'InvalidParameterValue'],
  [{ taskId: 'x', sourceArn: 'SOURCE' }, 'ResourceNotFoundException'],
])('CancelMessageMoveTask with a handle of %j: %s', (parts, expected) => {
  const { engine, create } = createTestEngine();
  const { arn } = engine.queueByUrl(create('q'));
  const json = typeof parts === 'string' ? parts : JSON.stringify(parts).replace('SOURCE', arn);
  const TaskHandle = Buffer.from(json).toString('base64');
  expect(outcome(() => engine.call('CancelMessageMoveTask', { TaskHandle }))).toBe(expected);
});

test('ListMessageMoveTasks accepts a limit of one to ten, and returns no results for a queue without tasks', () => {
  const { engine, create } = createTestEngine();
  const SourceArn = engine.queueByUrl(create('q')).arn;
  const list = (MaxResults: number) => engine.call('ListMessageMoveTasks', { SourceArn, MaxResults });
  expect([list(1), list(10)]).toEqual([{}, {}]);
  expect([0, 11].map((max) => outcome(() => list(max)))).toEqual(['InvalidParameterValue', 'InvalidParameterValue']);
});

test.each(['true', 'TRUE', 'True'])('FifoQueue can be "%s"', (FifoQueue) => {
  const { engine } = createTestEngine();
  const create = () => engine.call('CreateQueue', { QueueName: 'q.fifo', Attributes: { FifoQueue } });
  expect(outcome(create)).toBe('accepted');
});

test('messages that become visible one after another are received in the order in which they were sent', () => {
  const { engine, create, send, receive, bodies } = createTestEngine();
  const QueueUrl = create('q');
  for (const body of ['1', '2', '3', '4']) send(QueueUrl, body, 'g');
  for (const { ReceiptHandle } of receive(QueueUrl, { MaxNumberOfMessages: 2 })) {
    engine.call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
  }
  const one = () => bodies(QueueUrl, { MaxNumberOfMessages: 1 });
  expect([one(), one(), one(), one()].flat()).toEqual(['1', '2', '3', '4']);
});
