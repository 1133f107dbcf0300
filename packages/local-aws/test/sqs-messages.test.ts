// A message's contents: its attributes and digests, what dead letters and moved messages preserve, and its order.

import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type MoveTask, SqsEngine } from '../src/index.ts';
import { createTestEngine } from './support/engine.ts';

const arnOf = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const redriveTo = (name: string, maxReceiveCount = 1) => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf(name), maxReceiveCount }),
});

interface Attribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

/** From the developer guide: name, type and value with their lengths, in the order of the names. */
function digestOf(attributes: Readonly<Record<string, Attribute>>): string {
  const sized = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const parts = Object.entries(attributes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, { DataType, StringValue, BinaryValue }]) => [
      sized(Buffer.from(name)),
      sized(Buffer.from(DataType)),
      Buffer.from([StringValue === undefined ? 2 : 1]),
      sized(StringValue === undefined ? Buffer.from(BinaryValue ?? '', 'base64') : Buffer.from(StringValue)),
    ]);
  return createHash('md5').update(Buffer.concat(parts)).digest('hex');
}

const ATTRIBUTES = {
  z: { DataType: 'String', StringValue: 'é' },
  b: { DataType: 'Binary.png', BinaryValue: 'AAECAw==' },
  a: { DataType: 'Number', StringValue: '1.50' },
};

test('a body has the same digest for sender and receiver', () => {
  const { engine, create, receive } = createTestEngine();
  const QueueUrl = create('q');
  const MessageBody = 'ä\u{1F600}';
  const digest = createHash('md5').update(MessageBody).digest('hex');
  const MessageId = expect.stringMatching(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  const sent = engine.call('SendMessage', { QueueUrl, MessageBody });
  expect(sent).toEqual({ MessageId, MD5OfMessageBody: digest });
  expect(receive(QueueUrl)[0]).toMatchObject({ Body: MessageBody, MD5OfBody: digest });
});

describe('message attributes', () => {
  test('have the same digest for sender and receiver, in any order', () => {
    const { engine, create, receive } = createTestEngine();
    const QueueUrl = create('q');
    const reversed = Object.fromEntries(Object.entries(ATTRIBUTES).toReversed());
    for (const MessageAttributes of [ATTRIBUTES, reversed]) {
      const sent = engine.call('SendMessage', { QueueUrl, MessageBody: 'x', MessageAttributes });
      expect(sent.MD5OfMessageAttributes).toBe(digestOf(ATTRIBUTES));
    }
    const requested = (...MessageAttributeNames: string[]) =>
      receive(QueueUrl, { VisibilityTimeout: 0, MessageAttributeNames })[0];
    expect(requested('All')).toMatchObject({
      MessageAttributes: ATTRIBUTES,
      MD5OfMessageAttributes: digestOf(ATTRIBUTES),
    });
    const { b } = ATTRIBUTES;
    expect(requested('b')).toMatchObject({ MessageAttributes: { b }, MD5OfMessageAttributes: digestOf({ b }) });
    expect(requested('none')).not.toHaveProperty('MessageAttributes');
    expect(requested()).not.toHaveProperty('MD5OfMessageAttributes');
  });

  test('count binary values by their bytes, not their text', () => {
    const { engine, create } = createTestEngine();
    const QueueUrl = create('q', { MaximumMessageSize: '1024' });
    const send = (bytes: number) => {
      const b = { DataType: 'Binary', BinaryValue: Buffer.alloc(bytes).toString('base64') };
      return engine.call('SendMessage', { QueueUrl, MessageBody: 'x', MessageAttributes: { b } });
    };
    const most = 1024 - 'x'.length - 'b'.length - 'Binary'.length;
    expect(send(most)).toHaveProperty('MessageId');
    expect(() => send(most + 1)).toThrow('Message must be shorter than 1024 bytes');
  });
});

describe('the trace header', () => {
  const traced = (StringValue: string) => ({ AWSTraceHeader: { DataType: 'String', StringValue } });

  test('is the message’s rather than the request’s, and does not replace other attributes', () => {
    const { engine, create, receive } = createTestEngine();
    const QueueUrl = create('q');
    const send = (more: object, traceHeader?: string) =>
      engine.call(
        'SendMessage',
        { QueueUrl, MessageBody: 'x', ...more },
        { origin: 'http://x', ...(traceHeader !== undefined && { traceHeader }) },
      );
    send({ MessageSystemAttributes: traced('Root=1') }, 'Root=2');
    send({}, 'Root=2');
    send({ MessageSystemAttributes: traced('Root=3'), MessageAttributes: ATTRIBUTES });
    send({});
    const received = receive(QueueUrl, { MessageAttributeNames: ['All'] });
    expect(received.map(({ Attributes }) => Attributes.AWSTraceHeader)).toEqual([
      'Root=1',
      'Root=2',
      'Root=3',
      undefined,
    ]);
    expect(received[2]).toMatchObject({ MessageAttributes: ATTRIBUTES });
  });

  test('does not count towards the size of a message', () => {
    const { engine, create } = createTestEngine();
    const QueueUrl = create('q', { MaximumMessageSize: '1024' });
    const input = { QueueUrl, MessageBody: 'x'.repeat(1024), MessageSystemAttributes: traced('Root=1') };
    expect(engine.call('SendMessage', input)).toHaveProperty('MessageId');
  });
});

test.each(['', '.fifo'])('a dead letter%s keeps its id, body, attributes, trace header, times and counts', (suffix) => {
  const { engine, create, receive, pass } = createTestEngine();
  const dead = create(`dead${suffix}`);
  const QueueUrl = create(`q${suffix}`, { VisibilityTimeout: '5', ...redriveTo(`dead${suffix}`, 2) });
  const ids = suffix === '' ? {} : { MessageGroupId: 'g', MessageDeduplicationId: 'd' };
  const AWSTraceHeader = { DataType: 'String', StringValue: 'Root=1' };
  engine.call('SendMessage', {
    QueueUrl,
    MessageBody: 'x',
    MessageAttributes: ATTRIBUTES,
    MessageSystemAttributes: { AWSTraceHeader },
    ...ids,
  });
  const sentOn = String(engine.now());
  pass(1);
  const firstOn = String(engine.now());
  const requested = { MessageAttributeNames: ['All'] };
  const [first] = receive(QueueUrl, requested);
  for (const _ of [1, 2]) {
    pass(5);
    receive(QueueUrl, requested);
  }
  const [deadLetter] = receive(dead, requested);
  expect(deadLetter).toMatchObject({ MessageId: first?.MessageId, Body: 'x', MessageAttributes: ATTRIBUTES });
  expect(deadLetter?.Attributes).toMatchObject({
    AWSTraceHeader: 'Root=1',
    SentTimestamp: sentOn,
    ApproximateFirstReceiveTimestamp: firstOn,
    ApproximateReceiveCount: '3',
    DeadLetterQueueSourceArn: arnOf(`q${suffix}`),
    ...ids,
  });
});

describe('a moved message', () => {
  function deadLetters() {
    const clock = { ms: Date.UTC(2026, 0, 1), now: () => clock.ms };
    const tasks: MoveTask[] = [];
    const engine = new SqsEngine({ clock, onMoveTask: (task) => tasks.push(task) });
    const create = (QueueName: string, Attributes = {}) =>
      String(engine.call('CreateQueue', { QueueName, Attributes }).QueueUrl);
    const receive = (QueueUrl: string) => {
      const { Messages = [] } = engine.call('ReceiveMessage', { QueueUrl, AttributeNames: ['All'] });
      return Messages as readonly { readonly Body: string; readonly MessageId: string; readonly Attributes: object }[];
    };
    create('dead');
    const source = create('q', { VisibilityTimeout: '0', ...redriveTo('dead') });
    const other = create('other');
    engine.call('SendMessage', { QueueUrl: source, MessageBody: 'x' });
    const [before] = receive(source);
    receive(source);
    return { engine, clock, tasks, receive, source, other, before };
  }

  test.each(['', 'other'])('returns to its source unless another queue is named (%s), as a new message', (named) => {
    const { engine, clock, tasks, receive, source, other, before } = deadLetters();
    clock.ms += 5000;
    const DestinationArn = named === '' ? undefined : arnOf(named);
    engine.call('StartMessageMoveTask', { SourceArn: arnOf('dead'), DestinationArn });
    tasks[0]?.step(engine);
    const [target, rest] = named === '' ? [source, other] : [other, source];
    expect(receive(rest)).toEqual([]);
    const [moved] = receive(target);
    expect(moved).toMatchObject({
      Body: 'x',
      Attributes: { SentTimestamp: String(clock.ms), ApproximateReceiveCount: '1' },
    });
    expect(moved?.MessageId).not.toBe(before?.MessageId);
  });

  test('is counted by its task, which has a handle while it runs and needs an existing destination', () => {
    const { engine, tasks } = deadLetters();
    const start = (DestinationArn: string) =>
      engine.call('StartMessageMoveTask', {
        SourceArn: arnOf('dead'),
        DestinationArn,
        MaxNumberOfMessagesPerSecond: 9,
      });
    expect(() => start(arnOf('none'))).toThrow(
      "The resource that you specified for the DestinationArn parameter doesn't",
    );
    const { TaskHandle } = start(arnOf('other'));
    const listed = () => Object(engine.call('ListMessageMoveTasks', { SourceArn: arnOf('dead') }).Results)[0];
    expect(listed()).toEqual({
      SourceArn: arnOf('dead'),
      DestinationArn: arnOf('other'),
      Status: 'RUNNING',
      TaskHandle,
      ApproximateNumberOfMessagesMoved: 0,
      ApproximateNumberOfMessagesToMove: 1,
      MaxNumberOfMessagesPerSecond: 9,
      StartedTimestamp: engine.now(),
    });
    tasks[0]?.step(engine);
    expect(listed()).toMatchObject({ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 1 });
    expect(listed()).not.toHaveProperty('TaskHandle');
  });

  test('stays in its queue when the named destination was deleted', () => {
    const { engine, tasks, receive, other } = deadLetters();
    engine.call('StartMessageMoveTask', { SourceArn: arnOf('dead'), DestinationArn: arnOf('other') });
    engine.call('DeleteQueue', { QueueUrl: other });
    tasks[0]?.step(engine);
    expect(engine.call('ListMessageMoveTasks', { SourceArn: arnOf('dead') }).Results).toMatchObject([
      { Status: 'FAILED', FailureReason: 'AWS.SimpleQueueService.NonExistentQueue' },
    ]);
    expect(receive('http://x/0/dead')).toMatchObject([{ Body: 'x' }]);
  });
});

test('a content-based deduplication id is the body’s SHA-256, and a repeated send gets the first send’s answer', () => {
  const { engine, create, receive } = createTestEngine();
  const QueueUrl = create('q.fifo', { ContentBasedDeduplication: 'true' });
  const send = () => engine.call('SendMessage', { QueueUrl, MessageBody: 'x', MessageGroupId: 'g' });
  const first = send();
  expect(first.SequenceNumber).toMatch(/^\d{20}$/);
  expect(send()).toEqual(first);
  const MessageDeduplicationId = createHash('sha256').update('x').digest('hex');
  expect(receive(QueueUrl).map(({ Attributes }) => Attributes)).toMatchObject([
    { MessageDeduplicationId, SequenceNumber: first.SequenceNumber },
  ]);
});

test('a dead letter that is dead-lettered again reports its last queue as the source', () => {
  const { create, send, receive, pass } = createTestEngine();
  const last = create('last');
  create('dead', { VisibilityTimeout: '5', ...redriveTo('last', 3) });
  const url = create('q', { VisibilityTimeout: '5', ...redriveTo('dead') });
  send(url, 'poison', 'g');
  const sources: unknown[] = [];
  // The second receive of `q` and the third of `dead` return nothing: they move the message on.
  for (const from of [url, url, 'http://x/0/dead', 'http://x/0/dead', 'http://x/0/dead', last]) {
    const [message] = receive(from);
    sources.push(message?.Attributes.DeadLetterQueueSourceArn);
    pass(5);
  }
  expect(sources).toEqual([undefined, undefined, arnOf('q'), arnOf('q'), undefined, arnOf('dead')]);
});

test('a dead letter gets a new sequence number, after those of its new queue', () => {
  const { create, send, receive, pass } = createTestEngine();
  const dead = create('dead.fifo');
  const url = create('q.fifo', { VisibilityTimeout: '5', ...redriveTo('dead.fifo') });
  const before = String(send(url, 'poison', 'g').SequenceNumber);
  const there = String(send(dead, 'by hand', 'g').SequenceNumber);
  receive(url);
  pass(5);
  receive(url);
  const numbers = receive(dead).map(({ Attributes }) => Attributes.SequenceNumber ?? '');
  expect(numbers).toEqual([there, expect.stringMatching(/^\d{20}$/)]);
  expect(numbers.toSorted()).toEqual(numbers);
  expect(numbers).not.toContain(before);
});

test('sequence numbers grow, and messages of one millisecond keep their order', () => {
  const { engine, create, send } = createTestEngine();
  const url = create('q.fifo');
  const numbers = ['1', '2', '3'].map((body) => String(send(url, body, `g${body}`).SequenceNumber));
  expect([numbers.toSorted(), new Set(numbers).size]).toEqual([numbers, 3]);
  expect(Array.from(engine.queueByUrl(url).messages(), ({ body }) => body)).toEqual(['1', '2', '3']);
});
