// The parameters of messages at their limits: the last accepted value, and the first refused one.

import { describe, expect, test } from '@jest/globals';
import { createTestEngine, outcome } from './support/engine.ts';

describe('SendMessage or SendMessageBatch', () => {
  const batch = (name: string, entry: object) => {
    const { engine, create } = createTestEngine();
    const QueueUrl = create(name);
    return outcome(() => engine.call('SendMessageBatch', { QueueUrl, Entries: [{ MessageBody: 'x', ...entry }] }));
  };

  test.each([
    ['a', 'accepted'],
    ['aB-_9'.padEnd(80, 'x'), 'accepted'],
    ['x'.repeat(81), 'InvalidBatchEntryId'],
    ['', 'InvalidBatchEntryId'],
    ['a.b', 'InvalidBatchEntryId'],
  ])('with the batch entry id "%s": %s', (Id, expected) => {
    expect(batch('q', { Id })).toBe(expected);
  });

  test('refuses a batch without a FIFO queue’s parameters as an invalid value, and a single send as a missing one', () => {
    expect(batch('q.fifo', { Id: 'a', MessageDeduplicationId: 'd' })).toBe('InvalidParameterValue');
    const { engine, create } = createTestEngine();
    const input = { QueueUrl: create('q.fifo'), MessageBody: 'x', MessageDeduplicationId: 'd' };
    expect(outcome(() => engine.call('SendMessage', input))).toBe('MissingParameter');
  });

  test('accepts one to ten entries of a batch', () => {
    const { engine, create } = createTestEngine();
    const QueueUrl = create('q');
    const many = (count: number) =>
      outcome(() =>
        engine.call('SendMessageBatch', {
          QueueUrl,
          Entries: Array.from({ length: count }, (_, at) => ({ Id: `${at}`, MessageBody: 'x' })),
        }),
      );
    expect([1, 10, 0, 11].map(many)).toEqual([
      'accepted',
      'accepted',
      'EmptyBatchRequest',
      'TooManyEntriesInBatchRequest',
    ]);
  });

  test('accepts a delay of up to 900 seconds, on a standard queue only', () => {
    const { engine, create, counts, pass } = createTestEngine();
    const [standard, fifo] = [create('q', { DelaySeconds: '5' }), create('q.fifo')];
    const send = (QueueUrl: string, DelaySeconds: number) =>
      outcome(() =>
        engine.call('SendMessage', {
          QueueUrl,
          MessageBody: 'x',
          DelaySeconds,
          ...(QueueUrl === fifo && { MessageGroupId: 'g', MessageDeduplicationId: `${DelaySeconds}` }),
        }),
      );
    expect([0, 900, 901, -1].map((seconds) => send(standard, seconds))).toEqual([
      'accepted',
      'accepted',
      'InvalidParameterValue',
      'InvalidParameterValue',
    ]);
    // The delay of the send applies, not the queue's: one message is visible at once, the other after 900 seconds.
    expect(counts(standard)).toEqual([1, 0, 1]);
    pass(899.999);
    expect(counts(standard)).toEqual([1, 0, 1]);
    pass(0.001);
    expect(counts(standard)).toEqual([2, 0, 0]);
    expect([send(fifo, 0), send(fifo, 1)]).toEqual(['accepted', 'InvalidParameterValue']);
  });

  test.each([
    ['an empty text', '', 'MissingParameter'],
    ['a tab and a line break', '\t\r\n', 'accepted'],
    ['characters beyond the basic plane', '\u{1F600}\uE000\uFFFD', 'accepted'],
    ['a control character', 'a\u0001', 'InvalidMessageContents'],
    ['half a surrogate pair', 'a\uD800', 'InvalidMessageContents'],
    ['a noncharacter', '\uFFFF', 'InvalidMessageContents'],
  ])('with a body of %s: %s', (_, MessageBody, expected) => {
    const { engine, create } = createTestEngine();
    expect(outcome(() => engine.call('SendMessage', { QueueUrl: create('q'), MessageBody }))).toBe(expected);
  });

  test.each([
    [{ DataType: 'Number', StringValue: '1e5' }, 'accepted'],
    [{ DataType: 'Number.int', StringValue: '-1.5' }, 'accepted'],
    [{ DataType: 'Number', StringValue: 'one' }, 'InvalidParameterValue'],
    [{ DataType: 'Number', StringValue: 'Infinity' }, 'InvalidParameterValue'],
    [{ DataType: 'Binary', StringValue: 'AAE=' }, 'InvalidParameterValue'],
    [{ DataType: 'String', BinaryValue: 'AAE=' }, 'InvalidParameterValue'],
    [{ DataType: '', StringValue: 'x' }, 'InvalidParameterValue'],
    [{ DataType: 'String', StringListValues: ['x'] }, 'UnsupportedOperation'],
    [{ DataType: 'Binary', BinaryListValues: ['AAE='] }, 'UnsupportedOperation'],
    [{ DataType: 'Binary', BinaryValue: 'AAE=', StringListValues: [] }, 'UnsupportedOperation'],
    ['text', 'SerializationException'],
    [null, 'SerializationException'],
    [{ DataType: 1, StringValue: 'x' }, 'SerializationException'],
    [{ DataType: 'String', StringValue: 5 }, 'SerializationException'],
  ])('with the attribute %j: %s', (a, expected) => {
    const { engine, create } = createTestEngine();
    const input = { QueueUrl: create('q'), MessageBody: 'x', MessageAttributes: { a } };
    expect(outcome(() => engine.call('SendMessage', input))).toBe(expected);
  });

  test.each(['MessageAttributes', 'MessageSystemAttributes'])('accepts %s as a map or not at all', (name) => {
    const { engine, create } = createTestEngine();
    const send = (value: unknown) =>
      outcome(() => engine.call('SendMessage', { QueueUrl: create('q'), MessageBody: 'x', [name]: value }));
    expect([[], 'text', 5, true].map(send)).toEqual(Array(4).fill('SerializationException'));
    expect([{}, null, undefined].map(send)).toEqual(Array(3).fill('accepted'));
  });

  test('treats an empty map of attributes as none', () => {
    const { engine, create, receive } = createTestEngine();
    const QueueUrl = create('q');
    const sent = engine.call('SendMessage', { QueueUrl, MessageBody: 'x', MessageAttributes: {} });
    expect(sent).not.toHaveProperty('MD5OfMessageAttributes');
    const [message] = receive(QueueUrl, { MessageAttributeNames: ['All'] });
    expect(message).not.toHaveProperty('MessageAttributes');
    expect(message).not.toHaveProperty('MD5OfMessageAttributes');
  });

  test('treats null as absent, as other operations do', () => {
    const { engine, create } = createTestEngine();
    const QueueUrl = create('q');
    const names = ['MessageGroupId', 'MessageDeduplicationId', 'DelaySeconds', 'MessageAttributes'];
    const none = Object.fromEntries(names.map((name) => [name, null]));
    expect(engine.call('SendMessage', { QueueUrl, MessageBody: 'x', ...none })).toHaveProperty('MessageId');
    const all = [
      'MaxNumberOfMessages',
      'VisibilityTimeout',
      'WaitTimeSeconds',
      'AttributeNames',
      'MessageAttributeNames',
    ];
    const nothing = Object.fromEntries(all.map((name) => [name, null]));
    expect(engine.call('ReceiveMessage', { QueueUrl, ...nothing }).Messages).toHaveLength(1);
    expect(engine.call('ListQueues', { QueueNamePrefix: null, NextToken: null, MaxResults: null })).toEqual({
      QueueUrls: [QueueUrl],
    });
    expect(outcome(() => engine.call('SendMessage', { QueueUrl, MessageBody: null }))).toBe('MissingParameter');
    expect(outcome(() => engine.call('SendMessage', { QueueUrl: null, MessageBody: 'x' }))).toBe('QueueDoesNotExist');
  });

  test('accepts the trace header as the only system attribute', () => {
    const { engine, create } = createTestEngine();
    const send = (MessageSystemAttributes: object) =>
      outcome(() => engine.call('SendMessage', { QueueUrl: create('q'), MessageBody: 'x', MessageSystemAttributes }));
    const value = { DataType: 'String', StringValue: 'Root=1' };
    expect([send({ AWSTraceHeader: value }), send({ SenderId: value }), send({})]).toEqual([
      'accepted',
      'InvalidParameterValue',
      'accepted',
    ]);
  });
});

test.each([
  ['ReceiveMessage', { MaxNumberOfMessages: 10, WaitTimeSeconds: 20, VisibilityTimeout: 43_200 }, 'accepted'],
  ['ReceiveMessage', { MaxNumberOfMessages: 11 }, 'InvalidParameterValue'],
  ['ReceiveMessage', { WaitTimeSeconds: 21 }, 'InvalidParameterValue'],
  ['ReceiveMessage', { VisibilityTimeout: 43_201 }, 'InvalidParameterValue'],
  ['ReceiveMessage', { MaxNumberOfMessages: 1.5 }, 'SerializationException'],
  ['ReceiveMessage', { MessageSystemAttributeNames: ['Nonsense'] }, 'InvalidAttributeName'],
  // The Query protocol sends numbers as text.
  ['ReceiveMessage', { MaxNumberOfMessages: '10' }, 'accepted'],
  ['ReceiveMessage', { VisibilityTimeout: '-1' }, 'InvalidParameterValue'],
  ['ReceiveMessage', { VisibilityTimeout: 'soon' }, 'SerializationException'],
  ['ListQueues', { MaxResults: 1000 }, 'accepted'],
  ['ListQueues', { MaxResults: 1001 }, 'InvalidParameterValue'],
  ['ListQueues', { MaxResults: 0 }, 'InvalidParameterValue'],
  ['GetQueueAttributes', { AttributeNames: ['Nonsense'] }, 'InvalidAttributeName'],
  ['TagQueue', { Tags: {} }, 'MissingParameter'],
  ['TagQueue', { Tags: ['a'] }, 'SerializationException'],
  ['TagQueue', { Tags: 'text' }, 'SerializationException'],
  ['TagQueue', { Tags: { a: 1 } }, 'SerializationException'],
  ['SetQueueAttributes', { Attributes: 'text' }, 'SerializationException'],
  ['SetQueueAttributes', { Attributes: { DelaySeconds: 1 } }, 'SerializationException'],
  ['UntagQueue', { TagKeys: 'a' }, 'SerializationException'],
  ['UntagQueue', { TagKeys: [1] }, 'SerializationException'],
  ['SendMessageBatch', { Entries: {} }, 'SerializationException'],
  ['SendMessageBatch', { Entries: ['a'] }, 'SerializationException'],
  ['SendMessage', { MessageBody: 5 }, 'SerializationException'],
])('%s with %j: %s', (operation, more, expected) => {
  const { engine, create } = createTestEngine();
  const QueueUrl = create('q');
  expect(outcome(() => engine.call(operation, { QueueUrl, ...more }))).toBe(expected);
});

test.each(['q', 'q.fifo'])('a batch of deletions or visibility changes on %s treats each entry separately', (name) => {
  const { engine, create, send, receive, counts } = createTestEngine();
  const QueueUrl = create(name);
  for (const group of ['a', 'b', 'c']) send(QueueUrl, group, group);
  const handles = receive(QueueUrl).map(({ ReceiptHandle }) => ReceiptHandle);
  const batch = (operation: string, ...Entries: object[]) => engine.call(`${operation}Batch`, { QueueUrl, Entries });
  const entry = (Id: string, ReceiptHandle: string | undefined, more: object = {}) => ({ Id, ReceiptHandle, ...more });
  const refused = { Id: 'none', Code: 'ReceiptHandleIsInvalid', SenderFault: true };
  const missing = { Id: 'missing', Code: 'MissingRequiredParameterException', SenderFault: true };
  const VisibilityTimeout = 0;
  expect(
    batch(
      'ChangeMessageVisibility',
      entry('none', 'nothing', { VisibilityTimeout }),
      entry('one', handles[0], { VisibilityTimeout }),
      entry('missing', handles[1]),
    ),
  ).toMatchObject({ Successful: [{ Id: 'one' }], Failed: [refused, missing] });
  expect(counts(QueueUrl)).toEqual([1, 2, 0]);
  expect(
    batch('DeleteMessage', entry('two', handles[1]), entry('none', 'nothing'), entry('missing', undefined)),
  ).toMatchObject({ Successful: [{ Id: 'two' }], Failed: [refused, missing] });
  expect(counts(QueueUrl)).toEqual([1, 1, 0]);
  expect(batch('DeleteMessage', entry('three', handles[2]))).toEqual({ Successful: [{ Id: 'three' }] });
});

test('a permission has a label of its own, accounts, and actions that a queue can share', () => {
  const { engine, create } = createTestEngine();
  const QueueUrl = create('q');
  const shared =
    '* SendMessage ReceiveMessage DeleteMessage ChangeMessageVisibility GetQueueAttributes GetQueueUrl ListDeadLetterSourceQueues PurgeQueue';
  const Actions = shared.split(' ');
  const add = (Label: string, more: object) =>
    outcome(() => engine.call('AddPermission', { QueueUrl, Label, AWSAccountIds: ['1'], Actions, ...more }));
  expect(add('all', {})).toBe('accepted');
  expect(add('all', {})).toBe('InvalidParameterValue');
  expect(add('one', { Actions: ['CreateQueue'] })).toBe('InvalidParameterValue');
  expect(add('one', { Actions: [] })).toBe('MissingParameter');
  expect(add('one', { AWSAccountIds: [] })).toBe('MissingParameter');
  expect(add('', {})).toBe('MissingParameter');
  expect(add('al', {})).toBe('accepted');
  const sids = () => {
    const { Policy = '{}' } = Object(
      engine.call('GetQueueAttributes', { QueueUrl, AttributeNames: ['Policy'] }).Attributes,
    );
    return JSON.parse(Policy).Statement?.map(({ Sid, Action }: { Sid: string; Action: string[] }) => [
      Sid,
      Action.length,
    ]);
  };
  expect(sids()).toEqual([
    ['all', 9],
    ['al', 9],
  ]);
  engine.call('RemovePermission', { QueueUrl, Label: 'al' });
  expect(sids()).toEqual([['all', 9]]);
});

test.each([
  [43_200, { Successful: [{ Id: 'a' }] }],
  [43_201, { Failed: [{ Id: 'a', Code: 'InvalidParameterValueException', SenderFault: true }] }],
])('a batch that changes a visibility timeout to %d seconds returns %j', (VisibilityTimeout, expected) => {
  const { engine, create, send, receive } = createTestEngine();
  const QueueUrl = create('q');
  send(QueueUrl, 'x', 'g');
  const [message] = receive(QueueUrl);
  const Entries = [{ Id: 'a', ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout }];
  expect(engine.call('ChangeMessageVisibilityBatch', { QueueUrl, Entries })).toMatchObject(expected);
});
