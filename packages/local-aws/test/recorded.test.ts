// Answers of AWS that LocalStack recorded: details in which the embedded SQS once differed.

import { expect, test } from '@jest/globals';
import { SqsError } from '../src/index.ts';
import { createTestEngine, type Received } from './support/engine.ts';

const MINUTE = 60;

function refused(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof SqsError) return `${error.queryCode}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}

const text = (value: string, type = 'String') => ({ DataType: type, StringValue: value });

test.each([
  [
    'an empty value',
    { ErrorDetails: text('') },
    "Message (user) attribute 'ErrorDetails' must contain a non-empty value of type 'String'.",
  ],
  ['control characters', { a: text('x\u0008') }, 'Invalid characters found. Valid unicode characters are #x9'],
  [
    'a reserved name',
    { 'aWs.x': text('v') },
    "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'.",
  ],
  [
    'a forbidden character in the name',
    { 'a-§-b': text('v') },
    'Message (user) attributes name can only contain upper and lower score',
  ],
  ['a long name', { ['L'.repeat(257)]: text('v') }, 'Message (user) attribute names must be shorter than 256 Bytes'],
  [
    'a long type',
    { a: text('1', `Number.${'L'.repeat(256)}`) },
    'Message (user) attribute types must be shorter than 256 Bytes',
  ],
  ['an unknown type', { a: text('1', 'Invalid') }, "The type of message (user) attribute 'a' is invalid."],
])('a message attribute with %s is refused', (_, MessageAttributes, message) => {
  const { engine, create } = createTestEngine();
  const send = () => engine.call('SendMessage', { QueueUrl: create('q'), MessageBody: 'x', MessageAttributes });
  expect(refused(send)).toContain(`InvalidParameterValue: ${message}`);
});

test('attribute names may have accents, and `*` requests all attributes', () => {
  const { engine, create, receive } = createTestEngine();
  const QueueUrl = create('q');
  engine.call('SendMessage', { QueueUrl, MessageBody: 'x', MessageAttributes: { 'attr.1øßä': text('v') } });
  expect(receive(QueueUrl, { MessageAttributeNames: ['*'] })).toMatchObject([
    { MessageAttributes: { 'attr.1øßä': text('v') } },
  ]);
});

test('the trace header has an MD5 of its own, is delivered with the message, and may be an HTTP header', () => {
  const { engine, create, receive } = createTestEngine();
  const QueueUrl = create('q');
  const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
  const MessageSystemAttributes = { AWSTraceHeader: text(trace) };
  const md5 = '5ae4d5d7636402d80f4eb6d213245a88';
  const sent = engine.call('SendMessage', { QueueUrl, MessageBody: 'x', MessageSystemAttributes });
  expect(sent).toMatchObject({ MD5OfMessageSystemAttributes: md5 });
  const Entries = [{ Id: 'a', MessageBody: 'x', MessageSystemAttributes }];
  const batch = engine.call('SendMessageBatch', { QueueUrl, Entries });
  expect(batch).toMatchObject({ Successful: [{ MD5OfMessageSystemAttributes: md5 }] });
  const context = { origin: 'http://localhost', traceHeader: trace };
  const byHeader = engine.call('SendMessage', { QueueUrl, MessageBody: 'x' }, context);
  expect(byHeader.MD5OfMessageSystemAttributes).toBeUndefined();
  expect(receive(QueueUrl).map(({ Attributes }) => Attributes.AWSTraceHeader)).toEqual([trace, trace, trace]);
});

test('attributes with defaults that AWS does not show are removed', () => {
  const { engine, create } = createTestEngine();
  const QueueUrl = create('q');
  const read = () => {
    const AttributeNames = ['KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds'];
    return engine.call('GetQueueAttributes', { QueueUrl, AttributeNames });
  };
  const set = (Attributes: object) => engine.call('SetQueueAttributes', { QueueUrl, Attributes });
  set({ KmsMasterKeyId: 'key', KmsDataKeyReusePeriodSeconds: '6000' });
  expect(read()).toEqual({ Attributes: { KmsMasterKeyId: 'key', KmsDataKeyReusePeriodSeconds: '6000' } });
  set({ KmsMasterKeyId: '', KmsDataKeyReusePeriodSeconds: '300' });
  expect(read()).toEqual({});
});

test('the type of a queue cannot be changed, but may be repeated', () => {
  const { engine, create } = createTestEngine();
  const set = (QueueUrl: string, FifoQueue: string) =>
    refused(() => engine.call('SetQueueAttributes', { QueueUrl, Attributes: { FifoQueue } }));
  const fifo = create('q.fifo');
  expect(set(fifo, 'true')).toBe('accepted');
  expect(set(fifo, 'false')).toBe(
    'InvalidAttributeValue: Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.',
  );
  expect(set(create('q'), 'true')).toBe('InvalidAttributeName: Unknown Attribute FifoQueue.');
});

test('a KMS key ends encryption by SQS and the reverse, and both at once are refused', () => {
  const { engine, create } = createTestEngine();
  const QueueUrl = create('q');
  const set = (Attributes: Record<string, string>) =>
    refused(() => engine.call('SetQueueAttributes', { QueueUrl, Attributes }));
  const AttributeNames = ['KmsMasterKeyId', 'SqsManagedSseEnabled'];
  const currentAttributes = () => engine.call('GetQueueAttributes', { QueueUrl, AttributeNames }).Attributes;
  expect(currentAttributes()).toEqual({ SqsManagedSseEnabled: 'true' });
  expect(set({ KmsMasterKeyId: 'key' })).toBe('accepted');
  expect(currentAttributes()).toEqual({ KmsMasterKeyId: 'key', SqsManagedSseEnabled: 'false' });
  expect(set({ KmsMasterKeyId: 'key', SqsManagedSseEnabled: 'true' })).toContain(
    'InvalidAttributeName: You can use one type of server-side encryption (SSE) at one time.',
  );
  expect(set({ KmsMasterKeyId: '' })).toBe('accepted');
  expect(currentAttributes()).toEqual({ SqsManagedSseEnabled: 'false' });
  set({ KmsMasterKeyId: 'key' });
  expect(set({ SqsManagedSseEnabled: 'true' })).toBe('accepted');
  expect(currentAttributes()).toEqual({ SqsManagedSseEnabled: 'true' });
});

test('high throughput that is switched on later does not change which deduplication ids are equal', () => {
  const { engine, create, send, bodies } = createTestEngine();
  const later = create('later.fifo');
  const Attributes = { DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' };
  engine.call('SetQueueAttributes', { QueueUrl: later, Attributes });
  for (const group of ['a', 'b']) send(later, group, group, 'same');
  expect(bodies(later)).toEqual(['a']);
  const born = create('born.fifo', Attributes);
  for (const group of ['a', 'b', 'a']) send(born, group, group, 'same');
  expect(bodies(born)).toEqual(['a', 'b']);
});

test('an empty deduplication id is invalid, and refuses the whole batch where an id is required', () => {
  const { engine, create } = createTestEngine();
  const entry = { Id: '1', MessageBody: 'x', MessageGroupId: 'g', MessageDeduplicationId: '' };
  const batch = (QueueUrl: string) => engine.call('SendMessageBatch', { QueueUrl, Entries: [entry] });
  expect(refused(() => batch(create('needs.fifo')))).toContain(
    'The queue should either have ContentBasedDeduplication',
  );
  expect(batch(create('hashes.fifo', { ContentBasedDeduplication: 'true' }))).toMatchObject({
    Failed: [{ Id: '1', Code: 'InvalidParameterValueException', SenderFault: true }],
  });
  const one = () => engine.call('SendMessage', { ...entry, QueueUrl: create('one.fifo') });
  expect(refused(one)).toContain('Value  for parameter MessageDeduplicationId is invalid.');
});

test('a standard queue accepts a visibility change after the timeout, and an older handle can end the timeout', () => {
  const { engine, create, send, receive, pass } = createTestEngine();
  const QueueUrl = create('q');
  send(QueueUrl, 'x', 'g');
  const change = (message: Received | undefined, VisibilityTimeout: number) =>
    engine.call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout });
  const [first] = receive(QueueUrl, { VisibilityTimeout: 1 });
  pass(2);
  expect(change(first, 10)).toEqual({});
  const [second] = receive(QueueUrl);
  expect(second?.MessageId).toBe(first?.MessageId);
  expect(receive(QueueUrl)).toEqual([]);
  change(first, 0);
  expect(receive(QueueUrl)).toHaveLength(1);
});

test('a message that becomes visible again in a standard queue precedes younger ones', () => {
  const { engine, create, send, receive, bodies, pass } = createTestEngine();
  const QueueUrl = create('q');
  for (const body of ['1', '2', '3', '4']) send(QueueUrl, body, 'g');
  const [, two] = receive(QueueUrl, { MaxNumberOfMessages: 3, VisibilityTimeout: MINUTE });
  engine.call('SendMessage', { QueueUrl, MessageBody: '5', DelaySeconds: 1 });
  send(QueueUrl, '6', 'g');
  pass(2);
  engine.call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle: two?.ReceiptHandle, VisibilityTimeout: 0 });
  expect(bodies(QueueUrl, { VisibilityTimeout: 0 })).toEqual(['2', '4', '5', '6']);
  pass(MINUTE);
  expect(bodies(QueueUrl)).toEqual(['1', '2', '3', '4', '5', '6']);
});

test('a move task’s handle is JSON in base64, and each kind of wrong handle has its own error', () => {
  const { engine, create } = createTestEngine();
  const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
  create('dead');
  create('q', { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn('dead'), maxReceiveCount: 1 }) });
  const { TaskHandle } = engine.call('StartMessageMoveTask', { SourceArn: arn('dead') });
  const parts = JSON.parse(Buffer.from(String(TaskHandle), 'base64').toString());
  expect(parts).toEqual({ taskId: expect.stringMatching(/^[0-9a-f-]{36}$/), sourceArn: arn('dead') });
  const cancel = (handle: unknown) => refused(() => engine.call('CancelMessageMoveTask', { TaskHandle: handle }));
  const coded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64');
  for (const handle of ['foobared', coded({}), coded([])]) {
    expect(cancel(handle)).toBe('InvalidParameterValue: Value for parameter TaskHandle is invalid.');
  }
  expect(cancel(coded({ ...parts, sourceArn: arn('none') }))).toBe(
    "ResourceNotFoundException: The resource that you specified for the SourceArn parameter doesn't exist.",
  );
  expect(cancel(coded({ ...parts, taskId: 'other' }))).toBe('ResourceNotFoundException: Task does not exist.');
  expect(cancel(TaskHandle)).toBe('accepted');
});

test('permissions are statements of the policy', () => {
  const { engine, create } = createTestEngine();
  const QueueUrl = create('q');
  const read = () => engine.call('GetQueueAttributes', { QueueUrl, AttributeNames: ['Policy'] });
  const permission = { QueueUrl, Label: 'l', AWSAccountIds: ['1', '2'], Actions: ['ReceiveMessage'] };
  engine.call('AddPermission', permission);
  const { Policy } = read().Attributes as { Policy: string };
  expect(JSON.parse(Policy)).toMatchObject({
    Version: '2008-10-17',
    Statement: [
      { Sid: 'l', Principal: { AWS: ['arn:aws:iam::1:root', 'arn:aws:iam::2:root'] }, Action: 'SQS:ReceiveMessage' },
    ],
  });
  expect(refused(() => engine.call('AddPermission', permission))).toContain('Reason: Already exists.');
  engine.call('RemovePermission', { QueueUrl, Label: 'l' });
  expect(read()).toEqual({});
  expect(refused(() => engine.call('RemovePermission', { QueueUrl, Label: 'l' }))).toContain("can't find label.");
});
