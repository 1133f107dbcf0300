// Which attributes a receive brings, and which visibility it and a change can ask for.

import { expect, test } from '@jest/globals';
import { engineAt, outcome } from './support/engine.ts';

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
])('of foo, foo.a, foobar and bar, %j brings %j', (MessageAttributeNames, expected) => {
  const { engine, create, receive } = engineAt();
  const QueueUrl = create('q');
  const MessageAttributes = Object.fromEntries(NAMES.map((name) => [name, value]));
  engine.call('SendMessage', { QueueUrl, MessageBody: 'x', MessageAttributes });
  const [message] = receive(QueueUrl, { MessageAttributeNames });
  expect(Object.keys(Object(message).MessageAttributes ?? {})).toEqual(expected);
  expect('MD5OfMessageAttributes' in Object(message)).toBe(expected.length > 0);
});

test('a message without attributes has none, whatever is asked for', () => {
  const { engine, create, receive } = engineAt();
  const QueueUrl = create('q');
  engine.call('SendMessage', { QueueUrl, MessageBody: 'x' });
  for (const names of [[], ['All'], ['foo'], ['foo.*']]) {
    const [message] = receive(QueueUrl, { MessageAttributeNames: names, VisibilityTimeout: 0 });
    expect(message).not.toHaveProperty('MessageAttributes');
  }
});

test('a visibility is 0 to 43,200 seconds, in a receive and in a change', () => {
  const { engine, create, send, receive } = engineAt();
  const QueueUrl = create('q');
  send(QueueUrl, 'x', 'g');
  const [message] = receive(QueueUrl);
  const received = (VisibilityTimeout: number) =>
    outcome(() => engine.call('ReceiveMessage', { QueueUrl, VisibilityTimeout }));
  const said = (VisibilityTimeout: number) => {
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
  expect(said(43_200)).toBe('');
  for (const wrong of [-1, 43_201]) {
    expect(said(wrong)).toMatch(/^Value -?\d+ for parameter VisibilityTimeout is invalid/);
    expect(said(wrong)).not.toContain('Total');
  }
});
