// The limits of SQS's times and numbers, and state that must not survive a purge, a change or another receive.

import { describe, expect, test } from '@jest/globals';
import { type MoveTask, SqsEngine, SqsError } from '../src/index.ts';
import { createTestEngine } from './support/engine.ts';

const change = (of: ReturnType<typeof createTestEngine>, url: string, handle: string | undefined, seconds: number) =>
  of.engine.call('ChangeMessageVisibility', { QueueUrl: url, ReceiptHandle: handle, VisibilityTimeout: seconds });

describe('a deduplication id', () => {
  test('is free after five minutes in the scope of the queue, to the millisecond', () => {
    const { create, send, pass } = createTestEngine();
    const url = create('q.fifo');
    const { MessageId } = send(url, 'one', 'g', 'd');
    pass(299.999);
    expect(send(url, 'two', 'another', 'd').MessageId).toBe(MessageId);
    pass(0.001);
    expect(send(url, 'three', 'g', 'd').MessageId).not.toBe(MessageId);
  });

  test('is free after five minutes for a batch too', () => {
    const { engine, create, pass } = createTestEngine();
    const url = create('q.fifo');
    const sendBatch = () => {
      const Entries = [{ Id: '0', MessageBody: 'x', MessageGroupId: 'g', MessageDeduplicationId: 'd' }];
      const { Successful } = engine.call('SendMessageBatch', { QueueUrl: url, Entries });
      return JSON.stringify(Successful);
    };
    const idOf = (answer: string) => JSON.parse(answer)[0].MessageId;
    const first = idOf(sendBatch());
    pass(299.999);
    expect(idOf(sendBatch())).toBe(first);
    pass(0.001);
    expect(idOf(sendBatch())).not.toBe(first);
  });

  test('is removed together with its group when the group has no message left', () => {
    const { engine, create, send, receive, remove, pass } = createTestEngine();
    const url = create('q.fifo', { DeduplicationScope: 'messageGroup' });
    send(url, 'x', 'g');
    remove(url, receive(url)[0]);
    expect(engine.queueByUrl(url).groupCount).toBe(1);
    pass(300);
    receive(url);
    expect(engine.queueByUrl(url).groupCount).toBe(0);
  });
});

describe('a receive request attempt', () => {
  const attempt = { ReceiveRequestAttemptId: 'r' };

  test('is repeated within five minutes, and hides its messages again', () => {
    const { create, send, receive, counts, pass } = createTestEngine();
    const url = create('q.fifo', { VisibilityTimeout: '200' });
    send(url, 'x', 'g');
    const first = receive(url, attempt);
    pass(199);
    expect(receive(url, attempt)).toEqual(first);
    pass(100.999);
    expect(receive(url, attempt)).toEqual(first);
    pass(0.001);
    expect(receive(url, attempt)).toEqual([]);
    pass(198.999);
    expect(counts(url)).toEqual([0, 1, 0]);
    pass(1);
    expect(counts(url)).toEqual([1, 0, 0]);
  });

  test('ends when a message was received by another request, or its visibility changed', () => {
    const setup = createTestEngine();
    const { create, send, receive, remove, pass } = setup;
    const url = create('q.fifo', { VisibilityTimeout: '10' });
    send(url, 'x', 'g');
    receive(url, attempt);
    pass(10);
    const [again] = receive(url);
    expect(receive(url, attempt)).toEqual([]);
    remove(url, again);

    send(url, 'y', 'g');
    const [message] = receive(url, attempt);
    change(setup, url, message?.ReceiptHandle, 100);
    expect(receive(url, attempt)).toEqual([]);
  });
});

test('an old receipt handle of a standard queue has no effect and causes no error', () => {
  const { create, send, receive, remove, counts, pass } = createTestEngine();
  const url = create('q', { VisibilityTimeout: '10' });
  send(url, 'x', 'g');
  const [before] = receive(url);
  pass(10);
  const [now] = receive(url);
  remove(url, before);
  expect(counts(url)).toEqual([0, 1, 0]);
  remove(url, now);
  expect(counts(url)).toEqual([0, 0, 0]);
});

test.each(['q', 'q.fifo'])('a purge of %s removes handles, timeouts, attempts and ages', (name) => {
  const setup = createTestEngine();
  const { engine, create, send, receive, remove, counts, pass } = setup;
  const url = create(name, { VisibilityTimeout: '10', MessageRetentionPeriod: '60' });
  send(url, 'x', 'g');
  const [message] = receive(url, { ReceiveRequestAttemptId: 'r' });
  engine.call('PurgeQueue', { QueueUrl: url });
  expect([...engine.queueByUrl(url).messages()]).toEqual([]);
  expect(receive(url, { ReceiveRequestAttemptId: 'r' })).toEqual([]);
  remove(url, message);
  expect(() => change(setup, url, message?.ReceiptHandle, 5)).toThrow('Message does not exist');
  for (const seconds of [10, 50]) {
    pass(seconds);
    expect([receive(url), counts(url)]).toEqual([[], [0, 0, 0]]);
  }
});

test('a changed delay of a FIFO queue does not change the visibility of messages in flight', () => {
  const { engine, create, send, receive, counts, pass } = createTestEngine();
  const url = create('q.fifo');
  send(url, 'x', 'g');
  receive(url, { VisibilityTimeout: 30 });
  engine.call('SetQueueAttributes', { QueueUrl: url, Attributes: { DelaySeconds: '900' } });
  pass(29.999);
  expect(counts(url)).toEqual([0, 1, 0]);
  pass(0.001);
  expect(counts(url)).toEqual([1, 0, 0]);
});

test('a changed delay of a standard queue applies to later messages only', () => {
  const { engine, create, send, counts, pass } = createTestEngine();
  const url = create('q', { DelaySeconds: '100' });
  send(url, 'x', 'g');
  engine.call('SetQueueAttributes', { QueueUrl: url, Attributes: { DelaySeconds: '0' } });
  send(url, 'y', 'g');
  pass(99.999);
  expect(counts(url)).toEqual([1, 0, 1]);
  pass(0.001);
  expect(counts(url)).toEqual([2, 0, 0]);
});

test('a receive with visibility 0 returns each message once, and puts its group behind the others for the next receive', () => {
  const { create, send, bodies } = createTestEngine();
  const url = create('q.fifo');
  for (const group of ['a', 'b']) for (const number of [1, 2]) send(url, `${group}${number}`, group);
  const receiveNow = (MaxNumberOfMessages: number) => bodies(url, { MaxNumberOfMessages, VisibilityTimeout: 0 });
  expect(receiveNow(10)).toEqual(['a1', 'a2', 'b1', 'b2']);
  expect([receiveNow(1), receiveNow(1), receiveNow(1)]).toEqual([['a1'], ['b1'], ['a1']]);
});

test('attributes count towards the size of a batch', () => {
  const { engine, create } = createTestEngine();
  const url = create('q');
  const entry = (Id: string, valueBytes: number) => ({
    Id,
    MessageBody: 'x'.repeat(500_000),
    MessageAttributes: { a: { DataType: 'String', StringValue: 'x'.repeat(valueBytes) } },
  });
  // A name of one byte and the type of six.
  const fits = 1_048_576 / 2 - 500_000 - 7;
  const send = (more: number) =>
    engine.call('SendMessageBatch', { QueueUrl: url, Entries: [entry('0', fits), entry('1', fits + more)] });
  expect(send(0)).not.toHaveProperty('Failed');
  expect(() => send(1)).toThrow('You have sent 1048577 bytes.');
});

test('a batch may be larger than its queue’s maximum message size', () => {
  const { engine, create, counts } = createTestEngine();
  const QueueUrl = create('q', { MaximumMessageSize: '1024' });
  const Entries = ['a', 'b'].map((Id) => ({ Id, MessageBody: 'x'.repeat(1024) }));
  expect(engine.call('SendMessageBatch', { QueueUrl, Entries })).not.toHaveProperty('Failed');
  const entry = { Id: 'c', MessageBody: 'x'.repeat(1025) };
  const { Failed } = engine.call('SendMessageBatch', { QueueUrl, Entries: [...Entries, entry] });
  expect(Failed).toMatchObject([{ Id: 'c', Code: 'InvalidParameterValueException' }]);
  expect(counts(QueueUrl)).toEqual([4, 0, 0]);
});

describe('a message', () => {
  const setup = createTestEngine();
  const QueueUrl = setup.create('q');
  const send = (MessageBody: string, MessageAttributes = {}) =>
    setup.engine.call('SendMessage', { QueueUrl, MessageBody, MessageAttributes });
  const text = (StringValue: string, DataType = 'String') => ({ DataType, StringValue });

  test('is limited to 1 MiB in bytes, including names, types and values of its attributes', () => {
    const maxBytes = 1_048_576;
    send('é'.repeat(maxBytes / 2));
    expect(() => send(`${'é'.repeat(maxBytes / 2)}x`)).toThrow('must be shorter than 1048576 bytes');
    send('x'.repeat(maxBytes - 10), { abc: text('v') });
    expect(() => send('x'.repeat(maxBytes - 9), { abc: text('v') })).toThrow('must be shorter than 1048576 bytes');
  });

  test('is limited to ten attributes, with names of 256 and types of 255 characters', () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`a${at}`, text('v')]));
    send('x', many(10));
    expect(() => send('x', many(11))).toThrow('[11] exceeds the allowed maximum [10]');
    send('x', { ['n'.repeat(256)]: text('v') });
    expect(() => send('x', { ['n'.repeat(257)]: text('v') })).toThrow('names must be shorter than 256 Bytes');
    send('x', { a: text('v', `String.${'t'.repeat(248)}`) });
    expect(() => send('x', { a: text('v', `String.${'t'.repeat(249)}`) })).toThrow('types must be shorter than 256');
  });
});

test('too many messages in flight are the sender’s fault, and an internal error is not', () => {
  expect(new SqsError('InternalFailure').isSenderFault).toBe(false);
  expect(new SqsError('OverLimit').isSenderFault).toBe(true);
});

describe('a message move task', () => {
  function start() {
    const clock = { ms: 1_000_000, now: () => clock.ms };
    const tasks: MoveTask[] = [];
    const engine = new SqsEngine({ clock, onMoveTask: (task) => tasks.push(task) });
    const create = (QueueName: string, Attributes = {}) =>
      String(engine.call('CreateQueue', { QueueName, Attributes }).QueueUrl);
    const dead = create('dead');
    const SourceArn = engine.queueByUrl(dead).arn;
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: SourceArn, maxReceiveCount: 1 });
    const DestinationArn = engine.queueByUrl(create('source', { RedrivePolicy })).arn;
    const move = (more = {}) =>
      String(engine.call('StartMessageMoveTask', { SourceArn, DestinationArn, ...more }).TaskHandle);
    const list = (MaxResults: number) => {
      const { Results = [] } = engine.call('ListMessageMoveTasks', { SourceArn, MaxResults });
      return Results as readonly { readonly Status: string; readonly StartedTimestamp: number }[];
    };
    for (let number = 0; number < 5; number += 1) {
      engine.call('SendMessage', { QueueUrl: dead, MessageBody: String(number) });
    }
    return { clock, engine, tasks, move, list, left: () => engine.queueByUrl(dead).readyCount };
  }

  test('moves as many messages a second as allowed, and none after it was cancelled', () => {
    const { clock, engine, tasks, move, list, left } = start();
    const TaskHandle = move({ MaxNumberOfMessagesPerSecond: 2 });
    expect(tasks[0]?.step(engine)).toBe(500);
    expect(left()).toBe(3);
    expect([tasks[0]?.step(engine), left()]).toEqual([500, 3]);
    clock.ms += 499;
    expect([tasks[0]?.step(engine), left()]).toEqual([500, 3]);
    clock.ms += 1;
    expect([tasks[0]?.step(engine), left()]).toEqual([500, 2]);
    expect(() => move()).toThrow('There is already a task running.');
    expect(engine.call('CancelMessageMoveTask', { TaskHandle })).toEqual({ ApproximateNumberOfMessagesMoved: 3 });
    clock.ms += 10_000;
    expect([tasks[0]?.step(engine), left()]).toEqual([undefined, 2]);
    expect(list(1)).toMatchObject([{ Status: 'CANCELLED', ApproximateNumberOfMessagesMoved: 3 }]);
    expect(tasks[0]?.status).toBe('CANCELLED');
  });

  test('counts visible messages as those to move, not messages in flight; one task is listed by default', () => {
    const { clock, engine, tasks, move, list } = start();
    engine.call('ReceiveMessage', { QueueUrl: 'http://x/0/dead', MaxNumberOfMessages: 2 });
    for (const _ of [1, 2]) {
      clock.ms += 1000;
      move();
      tasks.at(-1)?.step(engine);
    }
    expect(list(2)).toMatchObject([{ ApproximateNumberOfMessagesToMove: 0 }, { ApproximateNumberOfMessagesToMove: 3 }]);
    const SourceArn = engine.queueByName('dead').arn;
    expect(engine.call('ListMessageMoveTasks', { SourceArn }).Results).toEqual(list(1));
    // Messages that became visible since are counted, too.
    clock.ms += 30_000;
    move();
    expect(list(1)).toMatchObject([{ ApproximateNumberOfMessagesToMove: 2 }]);
  });

  test('runs alone on its source, which may have another task afterwards', () => {
    const { engine, tasks, move, list } = start();
    move();
    tasks[0]?.step(engine);
    move({ MaxNumberOfMessagesPerSecond: 1 });
    expect(list(10).map(({ Status }) => Status)).toEqual(['RUNNING', 'COMPLETED']);
    expect(() => move()).toThrow('There is already a task running.');
    tasks[1]?.step(engine);
    expect(list(1)).toMatchObject([{ Status: 'COMPLETED' }]);
    move();
    expect(engine.moveTasks).toHaveLength(3);
  });

  test('is listed with the nine before it, the latest first', () => {
    const { clock, engine, tasks, move, list } = start();
    for (let number = 0; number < 12; number += 1) {
      clock.ms += 1000;
      move();
      tasks.at(-1)?.step(engine);
    }
    const latest = clock.ms;
    expect(list(10).map(({ StartedTimestamp }) => latest - StartedTimestamp)).toEqual(
      Array.from({ length: 10 }, (_, before) => before * 1000),
    );
    expect(list(1)).toMatchObject([{ Status: 'COMPLETED', StartedTimestamp: latest }]);
    expect(engine.moveTasks).toHaveLength(10);
  });
});
