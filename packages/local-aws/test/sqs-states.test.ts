// The state after changes: purges, retention, receive attempts and handles in combination; and the reported events.

import { describe, expect, test } from '@jest/globals';
import { waitMsOf } from '../src/sqs/operations/messages.ts';
import { createTestEngine, outcome } from './support/engine.ts';

describe('after a purge', () => {
  test('a group accepts messages as if it were new, whatever was in flight or delayed in it', () => {
    const { engine, create, send, receive, bodies, counts, pass } = createTestEngine();
    const url = create('q.fifo', { VisibilityTimeout: '10' });
    for (const body of ['1', '2']) send(url, body, 'g');
    receive(url, { MaxNumberOfMessages: 1 });
    engine.call('SetQueueAttributes', { QueueUrl: url, Attributes: { DelaySeconds: '5' } });
    send(url, 'delayed', 'h');
    engine.call('PurgeQueue', { QueueUrl: url });
    engine.call('SetQueueAttributes', { QueueUrl: url, Attributes: { DelaySeconds: '0' } });
    send(url, '3', 'g');
    send(url, '4', 'h');
    expect(bodies(url)).toEqual(['3', '4']);
    pass(10);
    expect(counts(url)).toEqual([2, 0, 0]);
  });

  test.each(['q', 'q.fifo'])('%s accepts messages in order, whatever was in it', (name) => {
    const { engine, create, send, bodies, counts } = createTestEngine();
    const url = create(name);
    for (const group of ['g', 'h', 'i']) send(url, `before ${group}`, group);
    engine.call('PurgeQueue', { QueueUrl: url });
    expect([engine.queueByUrl(url).hasReceivable, counts(url)]).toEqual([false, [0, 0, 0]]);
    for (const group of ['h', 'new', 'g']) send(url, group, group);
    expect(bodies(url)).toEqual(['h', 'new', 'g']);
  });

  test.each(['queue', 'messageGroup'])('a deduplication id is free in the scope %s', (DeduplicationScope) => {
    const { engine, create, send, bodies } = createTestEngine();
    const url = create('q.fifo', { DeduplicationScope });
    const { MessageId } = send(url, 'before', 'g', 'd');
    engine.call('PurgeQueue', { QueueUrl: url });
    expect(send(url, 'after', 'g', 'd').MessageId).not.toBe(MessageId);
    expect(bodies(url)).toEqual(['after']);
  });

  test('a group is not duplicated when old deduplication ids expire', () => {
    const { engine, create, send, receive, remove, bodies, pass } = createTestEngine();
    const url = create('q.fifo', { DeduplicationScope: 'messageGroup', VisibilityTimeout: '600' });
    send(url, 'before', 'g');
    remove(url, receive(url)[0]);
    engine.call('PurgeQueue', { QueueUrl: url });
    pass(1);
    send(url, '1', 'g');
    pass(299);
    expect(bodies(url)).toEqual(['1']);
    send(url, '2', 'g');
    expect([bodies(url), engine.queueByUrl(url).groupCount]).toEqual([[], 1]);
  });

  test('messages that had become visible again in a standard queue are not delivered', () => {
    const { engine, create, send, receive, bodies, pass } = createTestEngine();
    const url = create('q', { VisibilityTimeout: '1' });
    for (const body of ['1', '2', '3']) send(url, body, 'g');
    receive(url, { MaxNumberOfMessages: 1 });
    pass(1);
    receive(url, { MaxNumberOfMessages: 1, VisibilityTimeout: 0 });
    engine.call('PurgeQueue', { QueueUrl: url });
    expect(bodies(url)).toEqual([]);
    send(url, '4', 'g');
    expect(bodies(url)).toEqual(['4']);
  });
});

describe('the retention period', () => {
  test('ends delayed, visible and in-flight messages, and none of them is counted', () => {
    const { create, send, receive, counts, pass, engine } = createTestEngine();
    const url = create('q', { MessageRetentionPeriod: '60', VisibilityTimeout: '600' });
    send(url, 'in flight', 'g');
    receive(url);
    send(url, 'waiting', 'g');
    engine.call('SendMessage', { QueueUrl: url, MessageBody: 'delayed', DelaySeconds: 900 });
    expect(counts(url)).toEqual([1, 1, 1]);
    pass(60);
    expect(counts(url)).toEqual([0, 0, 0]);
    pass(840);
    expect(counts(url)).toEqual([0, 0, 0]);
  });

  test('applies, when it is shortened, to existing messages, the oldest first', () => {
    const { engine, create, send, bodies, pass } = createTestEngine();
    const url = create('q');
    for (const body of ['1', '2', '3']) {
      send(url, body, 'g');
      pass(30);
    }
    engine.call('SetQueueAttributes', { QueueUrl: url, Attributes: { MessageRetentionPeriod: '60' } });
    expect(bodies(url)).toEqual(['3']);
  });
});

describe('a receive request attempt', () => {
  const attempt = { ReceiveRequestAttemptId: 'r' };

  test('starts a new receive after its messages became visible again, and can be repeated again', () => {
    const { create, send, receive, pass } = createTestEngine();
    const url = create('q.fifo', { VisibilityTimeout: '10' });
    send(url, 'x', 'g');
    const counted = () => receive(url, attempt).map(({ Attributes }) => Attributes.ApproximateReceiveCount);
    expect([counted(), counted()]).toEqual([['1'], ['1']]);
    pass(10);
    expect([counted(), counted()]).toEqual([['2'], ['2']]);
  });

  test('starts a new receive when one of its messages was deleted, and the others stay locked', () => {
    const { create, send, receive, bodies, remove } = createTestEngine();
    const url = create('q.fifo');
    for (const group of ['a', 'b']) send(url, group, group);
    const [first] = receive(url, attempt);
    remove(url, first);
    expect(bodies(url, attempt)).toEqual([]);
    send(url, 'a2', 'a');
    expect(bodies(url, attempt)).toEqual(['a2']);
  });

  test('that started a new receive still repeats it when a message of the earlier receive is deleted', () => {
    const { create, send, receive, bodies, remove, pass } = createTestEngine();
    const url = create('q.fifo', { VisibilityTimeout: '10' });
    for (const group of ['a', 'b']) send(url, group, group);
    expect(bodies(url, attempt)).toEqual(['a', 'b']);
    pass(10);
    const oneMessage = { ...attempt, MaxNumberOfMessages: 1 };
    expect(bodies(url, oneMessage)).toEqual(['a']);
    remove(url, receive(url)[0]);
    expect(bodies(url, oneMessage)).toEqual(['a']);
  });

  test('is identified by its id, and ignored by a standard queue', () => {
    const { create, send, bodies } = createTestEngine();
    const [fifo, standard] = [create('q.fifo'), create('q')];
    for (const url of [fifo, standard]) send(url, 'x', 'g');
    expect(bodies(fifo, attempt)).toEqual(['x']);
    expect(bodies(fifo, { ReceiveRequestAttemptId: 'another' })).toEqual([]);
    expect([bodies(standard, attempt), bodies(standard, attempt)]).toEqual([['x'], []]);
  });
});

describe('a receipt handle', () => {
  test('expires with its visibility timeout on a FIFO queue, and is refused by another queue', () => {
    const { create, send, receive, remove, pass } = createTestEngine();
    const [url, other] = [create('q.fifo', { VisibilityTimeout: '10' }), create('other.fifo')];
    send(url, 'x', 'g');
    const [first] = receive(url);
    expect(outcome(() => remove(other, first))).toBe('ReceiptHandleIsInvalid');
    pass(10);
    expect(outcome(() => remove(url, first))).toBe('InvalidParameterValue');
    const [second] = receive(url);
    expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
    expect(outcome(() => remove(url, first))).toBe('InvalidParameterValue');
    expect([outcome(() => remove(url, second)), outcome(() => remove(url, second))]).toEqual(['accepted', 'accepted']);
  });

  test.each(['q', 'q.fifo'])('belongs to one delivery on %s, however many there were', (name) => {
    const { create, send, receive, remove, counts } = createTestEngine();
    const url = create(name);
    send(url, 'x', 'g');
    const [first] = receive(url, { VisibilityTimeout: 0 });
    for (let received = 2; received < 40; received += 1) receive(url, { VisibilityTimeout: 0 });
    const [last] = receive(url);
    expect(last?.Attributes.ApproximateReceiveCount).toBe('40');
    expect(outcome(() => remove(url, first))).toBe(name === 'q' ? 'accepted' : 'InvalidParameterValue');
    expect(counts(url)).toEqual([0, 1, 0]);
    remove(url, last);
    expect(counts(url)).toEqual([0, 0, 0]);
  });

  test('has no effect once the message is visible again, and is an error on a FIFO queue only', () => {
    for (const [name, expected] of [
      ['q.fifo', 'InvalidParameterValue'],
      ['q', 'accepted'],
    ] as const) {
      const { engine, create, send, receive, counts, bodies, pass } = createTestEngine();
      const QueueUrl = create(name, { VisibilityTimeout: '10' });
      send(QueueUrl, 'x', 'g');
      const [message] = receive(QueueUrl);
      pass(10);
      for (const VisibilityTimeout of [0, 100]) {
        const change = { QueueUrl, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout };
        expect(outcome(() => engine.call('ChangeMessageVisibility', change))).toBe(expected);
        expect(counts(QueueUrl)).toEqual([1, 0, 0]);
      }
      expect(bodies(QueueUrl)).toEqual(['x']);
    }
  });

  test('cannot change a later receive’s visibility on a FIFO queue, but can on a standard queue', () => {
    for (const [name, expected, counted] of [
      ['q.fifo', 'InvalidParameterValue', [0, 1, 0]],
      ['q', 'accepted', [1, 0, 0]],
    ] as const) {
      const { engine, create, send, receive, counts, pass } = createTestEngine();
      const QueueUrl = create(name, { VisibilityTimeout: '10' });
      send(QueueUrl, 'x', 'g');
      const [{ ReceiptHandle } = {}] = receive(QueueUrl) as readonly { ReceiptHandle?: string }[];
      pass(10);
      receive(QueueUrl);
      const release = { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 };
      expect(outcome(() => engine.call('ChangeMessageVisibility', release))).toBe(expected);
      expect(counts(QueueUrl)).toEqual(counted);
    }
  });

  test('may extend visibility to twelve hours from the last receive, not from the first one', () => {
    const { engine, create, send, receive, pass } = createTestEngine();
    const url = create('q.fifo');
    send(url, 'x', 'g');
    receive(url, { VisibilityTimeout: 3600 });
    pass(3600);
    const [again] = receive(url);
    const change = (VisibilityTimeout: number) =>
      outcome(() =>
        engine.call('ChangeMessageVisibility', {
          QueueUrl: url,
          ReceiptHandle: again?.ReceiptHandle,
          VisibilityTimeout,
        }),
      );
    expect(change(43_200)).toBe('accepted');
    pass(1);
    expect([change(43_200), change(43_199)]).toEqual(['InvalidParameterValue', 'accepted']);
  });
});

test('a wait of 0 seconds is a short poll, also when the queue has a default wait', () => {
  const { engine, create } = createTestEngine();
  const queue = engine.queueByUrl(create('q', { ReceiveMessageWaitTimeSeconds: '20' }));
  expect([
    waitMsOf(queue, {}),
    waitMsOf(queue, { WaitTimeSeconds: 0 }),
    waitMsOf(queue, { WaitTimeSeconds: 3 }),
  ]).toEqual([20_000, 0, 3000]);
});

test('the caller’s user agent is known during its call only', () => {
  const callers: (string | undefined)[] = [];
  const setup = createTestEngine({ onEvent: () => void callers.push(setup.engine.userAgent) });
  const QueueUrl = setup.create('q');
  const send = (userAgent?: string) =>
    setup.engine.call('SendMessage', { QueueUrl, MessageBody: 'x' }, { origin: 'http://x', userAgent });
  send('one');
  expect(setup.engine.userAgent).toBeUndefined();
  expect(() => setup.engine.call('SendMessage', { QueueUrl }, { origin: 'http://x', userAgent: 'two' })).toThrow(
    'MessageBody',
  );
  expect(setup.engine.userAgent).toBeUndefined();
  send();
  send('three');
  expect(callers).toEqual(['one', undefined, 'three']);
});

test('a message received with visibility 0 is not hidden, and no later event says that it became visible', () => {
  const events: [string, number | undefined][] = [];
  const setup = createTestEngine({ onEvent: ({ kind, until }) => void events.push([kind, until]) });
  const url = setup.create('q.fifo');
  setup.send(url, 'x', 'g');
  setup.receive(url, { VisibilityTimeout: 0 });
  expect(setup.engine.queueByUrl(url).hasReceivable).toBe(true);
  setup.receive(url, { VisibilityTimeout: 1 });
  setup.pass(1);
  setup.counts(url);
  const hidden = setup.engine.now();
  expect(events).toEqual([
    ['sent', undefined],
    ['received', undefined],
    ['received', hidden],
    ['visible', undefined],
  ]);
});

test('a dead letter is moved out of one queue and arrives in the other; a move task sends it as a new message', () => {
  const events: string[] = [];
  const setup = createTestEngine({ onEvent: ({ kind, queue }) => void events.push(`${kind} ${queue.name}`) });
  setup.create('dead');
  const deadLetterTargetArn = 'arn:aws:sqs:us-east-1:000000000000:dead';
  const url = setup.create('q', {
    VisibilityTimeout: '5',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 }),
  });
  setup.send(url, 'x', 'g');
  setup.receive(url);
  setup.pass(5);
  setup.receive(url);
  expect(events.splice(0)).toEqual(['sent q', 'received q', 'visible q', 'moved q', 'arrived dead']);
  setup.engine.call('StartMessageMoveTask', { SourceArn: deadLetterTargetArn });
  setup.engine.moveTasks[0]?.step(setup.engine);
  expect(events).toEqual(['moved dead', 'sent q']);
});
