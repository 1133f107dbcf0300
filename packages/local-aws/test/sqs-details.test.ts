// Details of SQS that a change easily breaks: the memory of removed messages, the forms of names and ids, the order of
// messages that become visible again, and the answers of batches.

import { describe, expect, test } from '@jest/globals';
import { type MoveTask, SqsEngine, SqsError } from '../src/index.ts';
import { LongPolls } from '../src/sqs/long-polls.ts';
import { runEntries } from '../src/sqs/operations/batch.ts';
import { createTestEngine } from './support/engine.ts';

const DEAD = 'arn:aws:sqs:us-east-1:000000000000:dead.fifo';
const redrive = { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: DEAD, maxReceiveCount: 1 }) };

describe('a removed message', () => {
  test.each(['deleted', 'expired', 'moved'])('leaves no body behind for its deduplication id: %s', (how) => {
    const { engine, create, send, receive, remove, bodies, pass } = createTestEngine();
    create('dead.fifo');
    const url = create('q.fifo', { ...redrive, VisibilityTimeout: '5', MessageRetentionPeriod: '60' });
    send(url, 'x', 'g');
    const [message] = engine.queueByUrl(url).messages();
    const [received] = receive(url);
    if (how === 'deleted') remove(url, received);
    pass(how === 'expired' ? 60 : 5);
    receive(url);
    expect(message?.body).toBe('');
    expect(bodies('http://x/0/dead.fifo')).toEqual(how === 'moved' ? ['x'] : []);
  });
});

test('a removed message does not retain other messages', () => {
  const { engine, create, send, receive, remove } = createTestEngine();
  const url = create('q.fifo');
  for (const body of ['1', '2', '3']) send(url, body, 'g');
  const [, second] = engine.queueByUrl(url).messages();
  expect([second?.previous?.body, second?.next?.body, second?.older?.body, second?.newer?.body]).toEqual([
    '1',
    '3',
    '1',
    '3',
  ]);
  remove(url, receive(url)[1]);
  expect([second?.previous, second?.next, second?.older, second?.newer]).toEqual(Array(4).fill(undefined));
});

test('a dead letter reports its first receive in its source queue', () => {
  const { engine, create, send, receive, pass } = createTestEngine();
  create('dead.fifo');
  const url = create('q.fifo', { ...redrive, VisibilityTimeout: '5' });
  send(url, 'x', 'g');
  const first = String(engine.now());
  receive(url);
  pass(5);
  receive(url);
  const [dead] = receive('http://x/0/dead.fifo');
  expect(dead?.Attributes).toMatchObject({ ApproximateFirstReceiveTimestamp: first, ApproximateReceiveCount: '2' });
});

test('a message that becomes visible again in a standard queue precedes younger ones', () => {
  const { create, send, bodies, pass } = createTestEngine();
  const url = create('q', { VisibilityTimeout: '5' });
  for (const body of ['1', '2', '3']) send(url, body, 'g');
  expect(bodies(url, { MaxNumberOfMessages: 1 })).toEqual(['1']);
  pass(5);
  expect(bodies(url)).toEqual(['1', '2', '3']);
});

test('a queue is identified by its whole ARN, and by its URL with or without a trailing slash', () => {
  const { engine, create } = createTestEngine();
  const url = create('dead.fifo');
  expect(engine.queueByUrl(`${url}/`)).toBe(engine.queueByUrl(url));
  expect(engine.queueByArn(DEAD)?.name).toBe('dead.fifo');
  expect(engine.queueByArn(DEAD.replace('000000000000', '111111111111'))).toBeUndefined();
  expect(engine.queueByArn(DEAD.replace('us-east-1', 'eu-west-1'))).toBeUndefined();
});

test('message ids are unique across engines, or come from the given function', () => {
  const ids = (engine: SqsEngine) => {
    const { QueueUrl } = engine.call('CreateQueue', { QueueName: 'q' });
    return ['1', '2'].map((MessageBody) => String(engine.call('SendMessage', { QueueUrl, MessageBody }).MessageId));
  };
  const clock = { now: () => 1_000_000 };
  const uuid = () => '01234567-89ab-4cde-8f01-23456789abcd';
  expect(ids(new SqsEngine({ clock, uuid }))).toEqual([
    '01234567-89ab-4cde-8f01-000000000001',
    '01234567-89ab-4cde-8f01-000000000002',
  ]);
  expect(new Set([...ids(new SqsEngine({ clock })), ...ids(new SqsEngine({ clock }))]).size).toBe(4);
});

test('ids of a FIFO queue are limited to 128 characters', () => {
  const { create, send } = createTestEngine();
  const url = create('q.fifo');
  send(url, 'x', 'g'.repeat(128), 'd'.repeat(128));
  expect(() => send(url, 'x', 'g'.repeat(129))).toThrow('1 to 128 in length');
  expect(() => send(url, 'x', 'g', 'd'.repeat(129))).toThrow('1 to 128 in length');
});

test('All selects all attributes at any position in the list', () => {
  const { create, send, receive } = createTestEngine();
  const url = create('q.fifo');
  send(url, 'x', 'g', 'd');
  const names = (...AttributeNames: string[]) =>
    Object.keys(receive(url, { AttributeNames, VisibilityTimeout: 0 })[0]?.Attributes ?? {});
  const all = names('All');
  expect(all).toEqual(expect.arrayContaining(['MessageGroupId', 'MessageDeduplicationId', 'SentTimestamp']));
  expect([names('SentTimestamp', 'All'), names('All', 'SentTimestamp')]).toEqual([all, all]);
});

test('a changed queue reports the time of the change', () => {
  const { engine, create, pass } = createTestEngine();
  const url = create('q');
  pass(5);
  engine.call('SetQueueAttributes', { QueueUrl: url, Attributes: { DelaySeconds: '1' } });
  expect(engine.queueByUrl(url).lastModifiedOn).toBe(engine.now());
});

test('a failed move task cannot be cancelled', () => {
  const tasks: MoveTask[] = [];
  const engine = new SqsEngine({ clock: { now: () => 1_000_000 }, onMoveTask: (task) => tasks.push(task) });
  const fifo = { FifoQueue: 'true' };
  const { QueueUrl } = engine.call('CreateQueue', { QueueName: 'dead.fifo', Attributes: fifo });
  engine.call('CreateQueue', { QueueName: 'q.fifo', Attributes: { ...fifo, ...redrive } });
  const ids = { MessageGroupId: 'g', MessageDeduplicationId: 'd' };
  engine.call('SendMessage', { QueueUrl, MessageBody: 'by hand', ...ids });
  const { TaskHandle } = engine.call('StartMessageMoveTask', { SourceArn: DEAD });
  // The message has no source queue to which it could be moved.
  tasks[0]?.step(engine);
  expect(tasks[0]?.status).toBe('FAILED');
  expect(() => engine.call('CancelMessageMoveTask', { TaskHandle })).toThrow('Only active tasks can be cancelled.');
});

test('a long poll ends with the error of its receive', async () => {
  const polls = new LongPolls({ clock: Date });
  const QueueUrl = String(polls.engine.call('CreateQueue', { QueueName: 'q' }).QueueUrl);
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  polls.receive({ QueueUrl, WaitTimeSeconds: 20 }, resolve, reject);
  polls.engine.call('SendMessage', { QueueUrl, MessageBody: 'x' });
  polls.engine.call = () => {
    throw new Error('refused');
  };
  await expect(promise).rejects.toThrow('refused');
  expect(polls.size).toBe(0);
});

describe('an SQS batch', () => {
  const entry = (Id: string, more: object = {}) => ({
    Id,
    MessageBody: 'x',
    MessageGroupId: 'g',
    MessageDeduplicationId: Id,
    ...more,
  });
  const setup = createTestEngine();
  const QueueUrl = setup.create('q.fifo');
  const send = (...Entries: object[]) => setup.engine.call('SendMessageBatch', { QueueUrl, Entries });

  test('is refused as a whole when an id is repeated, or an entry lacks what a FIFO queue requires', () => {
    expect(() => send(entry('a'), entry('a'))).toThrow('Id a repeated.');
    expect(() => send(entry('a'), entry('b', { MessageGroupId: undefined }))).toThrow('MessageGroupId');
    expect(setup.counts(QueueUrl)).toEqual([0, 0, 0]);
  });

  test('fails as a whole after an internal error, but lists the refusal of an entry', () => {
    const broken = new TypeError('broken');
    const run = (input: object) => {
      if (Object(input).Id === 'b') throw broken;
      return {};
    };
    expect(() => runEntries([entry('a'), entry('b'), entry('c')], run)).toThrow(broken);
    const refuse = (): never => {
      throw new SqsError('OverLimit');
    };
    expect(runEntries([entry('a')], refuse)).toEqual({
      Failed: [{ Id: 'a', Code: 'OverLimit', Message: 'Too many messages in flight.', SenderFault: true }],
    });
  });

  test('lists failed entries and successful ones', () => {
    expect(send(entry('a'), entry('b', { DelaySeconds: 5 }))).toMatchObject({
      Successful: [{ Id: 'a' }],
      Failed: [{ Id: 'b', SenderFault: true }],
    });
  });
});
