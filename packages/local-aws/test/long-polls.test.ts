// Waiting receives over HTTP: which client gets which messages, also when a client disconnects, and what ends them.

import { afterEach, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../src/index.ts';
import { call, openConnection, SIGNED, waitForPolls } from './support/server.ts';

let aws: LocalAws | undefined;
afterEach(async () => {
  await aws?.close();
  aws = undefined;
});

async function withQueue(): Promise<{ aws: LocalAws; url: string }> {
  aws = await startLocalAws();
  await call(aws, 'AmazonSQS.CreateQueue', { QueueName: 'q' });
  return { aws, url: `${aws.endpoint}/000000000000/q` };
}

const poll = (of: LocalAws, url: string, init: RequestInit = {}) =>
  call(of, 'AmazonSQS.ReceiveMessage', { QueueUrl: url, WaitTimeSeconds: 20, MaxNumberOfMessages: 10 }, init);

test('close() ends waiting polls with an empty answer', async () => {
  const { aws: running, url } = await withQueue();
  const polls = [poll(running, url), poll(running, url)];
  await waitForPolls(running, 2);
  await running.close();
  aws = undefined;
  for (const answer of await Promise.all(polls)) expect([answer.status, answer.body]).toEqual([200, '{}']);
});

test.each(['end', 'destroy', 'resetAndDestroy'] as const)(
  'a client that leaves by socket.%s() receives no message',
  async (leave) => {
    const { aws: running, url } = await withQueue();
    const body = JSON.stringify({ QueueUrl: url, WaitTimeSeconds: 20 });
    const { socket, serverClosed } = await openConnection(running);
    socket.write(
      `POST / HTTP/1.1\r\nhost: localhost\r\nauthorization: ${SIGNED.authorization}\r\nx-amz-target: AmazonSQS.ReceiveMessage\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await waitForPolls(running, 1);
    socket[leave]();
    await serverClosed;
    expect(running.waitingPolls).toBe(0);
    await call(running, 'AmazonSQS.SendMessage', { QueueUrl: url, MessageBody: 'x' });
    const answer = await poll(running, url);
    expect(JSON.parse(answer.body)).toMatchObject({ Messages: [{ Body: 'x' }] });
  },
);

test('a batch answers one poll with all of its messages', async () => {
  const { aws: running, url } = await withQueue();
  const waiting = poll(running, url);
  await waitForPolls(running, 1);
  await call(running, 'AmazonSQS.SendMessageBatch', {
    QueueUrl: url,
    Entries: ['1', '2', '3'].map((Id) => ({ Id, MessageBody: Id })),
  });
  const { Messages } = JSON.parse((await waiting).body) as { Messages: { Body: string }[] };
  expect(Messages.map((message) => message.Body)).toEqual(['1', '2', '3']);
});

test('a poll ends when its queue is deleted, and a new queue of the same name keeps its messages', async () => {
  const { aws: running, url } = await withQueue();
  const waiting = poll(running, url);
  await waitForPolls(running, 1);
  await call(running, 'AmazonSQS.DeleteQueue', { QueueUrl: url });
  expect(running.waitingPolls).toBe(0);
  await call(running, 'AmazonSQS.CreateQueue', { QueueName: 'q' });
  await call(running, 'AmazonSQS.SendMessage', { QueueUrl: url, MessageBody: 'x' });
  const ended = await waiting;
  expect([ended.status, ended.headers.get('x-amzn-query-error')]).toEqual([
    400,
    'AWS.SimpleQueueService.NonExistentQueue;Sender',
  ]);
  expect(JSON.parse((await poll(running, url)).body)).toMatchObject({ Messages: [{ Body: 'x' }] });
});
