// How a waiting poll ends, and that nothing of it remains: no timer and no entry in a list.

import { afterEach, describe, expect, test } from '@jest/globals';
import { LongPolls } from '../src/sqs/long-polls.ts';

const openPolls: LongPolls[] = [];
afterEach(() => {
  for (const polls of openPolls.splice(0)) polls.close();
});

function start() {
  const clock = { ms: Date.UTC(2026, 0, 1), now: () => clock.ms };
  const polls = new LongPolls({ clock });
  openPolls.push(polls);
  const create = (QueueName: string, Attributes = {}) =>
    String(polls.engine.call('CreateQueue', { QueueName, Attributes }).QueueUrl);
  const answers: unknown[] = [];
  const poll = (QueueUrl: string, more: object = {}) =>
    polls.receive(
      { QueueUrl, WaitTimeSeconds: 20, ...more },
      (output) => answers.push(output),
      (error) => answers.push(error),
    );
  const send = (QueueUrl: string, MessageBody: string, more: object = {}) =>
    polls.engine.call('SendMessage', { QueueUrl, MessageBody, ...more });
  return { polls, engine: polls.engine, clock, create, poll, send, answers };
}

/** Timers of this process that are running. */
const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

describe('a poll leaves no timer behind', () => {
  test.each<[string, (of: ReturnType<typeof start>, url: string, cancel: () => void) => void]>([
    ['when it is served', ({ send }, url) => send(url, 'x')],
    ['when its client leaves', (_, __, cancel) => cancel()],
    ['when its queue is deleted', ({ engine }, QueueUrl) => engine.call('DeleteQueue', { QueueUrl })],
    ['when all polls are closed', (setup) => setup.polls.close()],
  ])('%s', async (_, end) => {
    const before = timers();
    const setup = start();
    const url = setup.create('q');
    // With a timer for the time at which the first message becomes visible.
    setup.send(url, 'later', { DelaySeconds: 900 });
    const cancel = setup.poll(url);
    expect(timers()).toBe(before + 2);
    end(setup, url, cancel);
    await Promise.resolve();
    expect([timers(), setup.polls.size]).toEqual([before, 0]);
  });
});

test('a poll whose message is moved to the dead-letter queue waits for the next message', async () => {
  const { polls, engine, clock, create, poll, send, answers } = start();
  create('dead');
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead',
    maxReceiveCount: 1,
  });
  const QueueUrl = create('q', { VisibilityTimeout: '5', RedrivePolicy });
  send(QueueUrl, 'poison');
  engine.call('ReceiveMessage', { QueueUrl });
  poll(QueueUrl);
  clock.ms += 5000;
  polls.clockMoved();
  await Promise.resolve();
  expect([answers, polls.size, engine.queueByName('dead').readyCount]).toEqual([[], 1, 1]);
  send(QueueUrl, 'good');
  await Promise.resolve();
  expect(answers).toMatchObject([{ Messages: [{ Body: 'good' }] }]);
});

test('a poll is answered by the services’ clock, however far that is from the machine’s', async () => {
  const { polls, clock, create, send } = start();
  clock.ms = Date.now() + 86_400_000;
  const QueueUrl = create('q');
  send(QueueUrl, 'x', { DelaySeconds: 1 });
  clock.ms += 999;
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  polls.receive({ QueueUrl, WaitTimeSeconds: 3 }, resolve, reject);
  clock.ms += 1;
  expect(await promise).toMatchObject({ Messages: [{ Body: 'x' }] });
});

test('polls are answered as each message becomes visible, also after the clock moved forward', async () => {
  const { polls, clock, create, send } = start();
  const QueueUrl = create('q');
  const began = clock.ms;
  for (const [at, body] of ['1', '2', '3'].entries()) {
    clock.ms = began + 5 * at;
    send(QueueUrl, body, { DelaySeconds: 1 });
  }
  const served = ['1', '2', '3'].map(() => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    polls.receive({ QueueUrl, WaitTimeSeconds: 20 }, resolve, reject);
    return promise;
  });
  clock.ms = began + 999;
  polls.clockMoved();
  for (const [at, waiting] of served.entries()) {
    clock.ms = began + 1000 + 5 * at;
    expect(await waiting).toMatchObject({ Messages: [{ Body: String(at + 1) }] });
  }
  expect(polls.size).toBe(0);
});

test('polls are answered in the order of their arrival, each up to its own maximum', async () => {
  const { engine, create, poll, answers } = start();
  const QueueUrl = create('q');
  poll(QueueUrl);
  poll(QueueUrl, { MaxNumberOfMessages: 10 });
  const Entries = ['1', '2', '3'].map((Id) => ({ Id, MessageBody: Id }));
  engine.call('SendMessageBatch', { QueueUrl, Entries });
  await Promise.resolve();
  expect(answers).toMatchObject([{ Messages: [{ Body: '1' }] }, { Messages: [{ Body: '2' }, { Body: '3' }] }]);
});

test('the number of waiting polls includes all queues', () => {
  const { polls, create, poll } = start();
  const cancels = ['a', 'a', 'b', 'c'].map((name) => poll(create(name)));
  expect(polls.size).toBe(4);
  for (const cancel of cancels.slice(1)) cancel();
  expect(polls.size).toBe(1);
});

test('a waiting poll is answered on behalf of its caller', async () => {
  const clock = { now: () => Date.UTC(2026, 0, 1) };
  const callers: unknown[] = [];
  const polls = new LongPolls({ clock, onEvent: ({ kind }) => void callers.push([kind, polls.engine.userAgent]) });
  openPolls.push(polls);
  const QueueUrl = String(polls.engine.call('CreateQueue', { QueueName: 'q' }).QueueUrl);
  const context = { origin: 'http://x', userAgent: 'receiver' };
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  polls.receive({ QueueUrl, WaitTimeSeconds: 20 }, resolve, reject, context);
  polls.engine.call('SendMessage', { QueueUrl, MessageBody: 'x' }, { origin: 'http://x', userAgent: 'sender' });
  await promise;
  expect(callers).toEqual([
    ['sent', 'sender'],
    ['received', 'receiver'],
  ]);
});

test('a cancelled poll gets no answer and receives no message', async () => {
  const { create, poll, send, engine, answers } = start();
  const QueueUrl = create('q');
  const cancel = poll(QueueUrl);
  send(QueueUrl, 'x');
  // Cancelled between the send and its delivery.
  cancel();
  await Promise.resolve();
  expect([answers, engine.queueByName('q').readyCount]).toEqual([[], 1]);
});

test('polls whose wait is over end when the clock moves forward, and no others do', () => {
  const { polls, clock, create, poll, answers } = start();
  const QueueUrl = create('q');
  poll(QueueUrl, { WaitTimeSeconds: 10 });
  poll(QueueUrl, { WaitTimeSeconds: 11 });
  clock.ms += 9999;
  polls.clockMoved();
  expect(answers).toEqual([]);
  clock.ms += 1;
  polls.clockMoved();
  expect([answers, polls.size]).toEqual([[{}], 1]);
});

test('after close() no poll waits and no move task moves', () => {
  const { polls, engine, create, poll, send, answers } = start();
  const dead = create('dead');
  const SourceArn = engine.queueByUrl(dead).arn;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: SourceArn, maxReceiveCount: 1 });
  const DestinationArn = engine.queueByUrl(create('q', { RedrivePolicy })).arn;
  send(dead, 'x');
  polls.close();
  engine.call('StartMessageMoveTask', { SourceArn, DestinationArn });
  expect([engine.queueByName('dead').readyCount, engine.moveTasks[0]?.status]).toEqual([1, 'RUNNING']);
  poll(create('empty'));
  expect([answers, polls.size]).toEqual([[{}], 0]);
});

test('a move task continues without calls until everything is moved', async () => {
  const { engine, create, send } = start();
  const dead = create('dead');
  const SourceArn = engine.queueByUrl(dead).arn;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: SourceArn, maxReceiveCount: 1 });
  const DestinationArn = engine.queueByUrl(create('q', { RedrivePolicy })).arn;
  for (let number = 0; number < 501; number += 1) send(dead, 'x');
  engine.call('StartMessageMoveTask', { SourceArn, DestinationArn });
  expect(engine.queueByName('q').readyCount).toBe(500);
  while (engine.moveTasks[0]?.status === 'RUNNING') await new Promise(setImmediate);
  expect([engine.queueByName('q').readyCount, engine.queueByName('dead').readyCount]).toEqual([501, 0]);
});
