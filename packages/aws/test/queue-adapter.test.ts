// The requests of the queue adapter, and how it reads the answers, with a client that records requests.
import { describe, expect, test } from '@jest/globals';
import { receivedMessage } from '../src/index.ts';
import { openQueue, queueAt, queueUrl } from '../src/queue.ts';

import { client, named } from './recording-client.ts';

const { signal } = new AbortController();

describe('the queue', () => {
  function open(...answers: unknown[]) {
    const sqs = client(...answers);
    const poll = client(...answers);
    const clients = { sqs: sqs.sender, poll: poll.sender, queueTime: { now: () => 7, observe: () => undefined } };
    return { sqs, poll, queue: queueAt(clients as Parameters<typeof queueAt>[0], 'q.fifo', 'url') };
  }
  /** An answer of which entry 0 failed, and the port's result for it. */
  const partialAnswer = {
    Successful: [{ Id: '1' }],
    Failed: [{ Id: '0', Code: 'Throttled', Message: 'slow', SenderFault: true }],
  };
  const failures = [{ index: 0, code: 'Throttled', message: 'slow', senderFault: true }];
  /** The failure of an entry that the answer does not name. */
  const unanswered = (index: number) => ({ index, code: 'NotAnswered', message: '', senderFault: false });

  test('sends the given messages, and names failed entries by their index', async () => {
    const { queue, sqs } = open(partialAnswer);
    const attributes = { a: { DataType: 'String', StringValue: 'x' } };
    const messages = [
      { body: 'one', groupId: 'g', deduplicationId: 'd1' },
      { body: 'two', groupId: 'h', deduplicationId: 'd2', attributes },
    ];
    expect(await queue.send(messages, { signal })).toEqual(failures);
    expect(sqs.last()).toEqual({
      name: 'SendMessageBatch',
      signal,
      input: {
        QueueUrl: 'url',
        Entries: [
          { Id: '0', MessageBody: 'one', MessageGroupId: 'g', MessageDeduplicationId: 'd1' },
          {
            Id: '1',
            MessageBody: 'two',
            MessageGroupId: 'h',
            MessageDeduplicationId: 'd2',
            MessageAttributes: attributes,
          },
        ],
      },
    });
    expect(await queue.send(messages)).toEqual([unanswered(0), unanswered(1)]);
    expect(sqs.last().signal).toBeUndefined();
  });

  test('deletes and changes visibility entry by entry', async () => {
    const { queue, sqs } = open(partialAnswer, partialAnswer);
    expect(await queue.delete(['h0', 'h1', 'h2'], { signal })).toEqual([...failures, unanswered(2)]);
    const entries = ['h0', 'h1', 'h2'].map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
    expect(sqs.last()).toEqual({ name: 'DeleteMessageBatch', signal, input: { QueueUrl: 'url', Entries: entries } });
    const changes = [
      { receiptHandle: 'h0', seconds: 0 },
      { receiptHandle: 'h1', seconds: 60 },
    ];
    expect(await queue.changeVisibility(changes, { signal })).toEqual(failures);
    expect(sqs.last()).toEqual({
      name: 'ChangeMessageVisibilityBatch',
      signal,
      input: {
        QueueUrl: 'url',
        Entries: [
          { Id: '0', ReceiptHandle: 'h0', VisibilityTimeout: 0 },
          { Id: '1', ReceiptHandle: 'h1', VisibilityTimeout: 60 },
        ],
      },
    });
  });

  test.each<[string, object, number[]]>([
    ['that all succeeded', { Successful: [{ Id: '1' }, { Id: '0' }] }, []],
    [
      'that all succeeded, next to an unknown one',
      { Successful: [{ Id: '0' }, { Id: '1' }], Failed: [{ Id: 'x' }] },
      [],
    ],
    ['that the answer does not list', { Successful: [{ Id: '2' }, {}], Failed: [{ Id: '00' }, {}] }, [0, 1]],
    ['of which one is in neither list', { Successful: [{ Id: '1' }] }, [0]],
    ['of which one is in both lists', { Successful: [{ Id: '0' }, { Id: '1' }], Failed: [{ Id: '0' }] }, [0]],
    ['that are in no list', {}, [0, 1]],
  ])('counts as done exactly what the answer lists as successful: entries %s', async (_, answer, left) => {
    const { queue } = open(answer, answer, answer);
    const message = { body: 'b', groupId: 'g', deduplicationId: 'd' };
    const change = { receiptHandle: 'h', seconds: 0 };
    for (const failed of [
      await queue.send([message, message]),
      await queue.delete(['h0', 'h1']),
      await queue.changeVisibility([change, change]),
    ]) {
      expect(failed).toEqual(left.map((index) => unanswered(index)));
    }
  });

  test('receives through the polling client when it waits, and through the other client when not', async () => {
    const { queue, sqs, poll } = open({ Messages: [{ MessageId: 'm' }] });
    expect(await queue.receive({ max: 3, waitSeconds: 1, visibilitySeconds: 9, signal })).toMatchObject([
      { messageId: 'm' },
    ]);
    expect([sqs.requested.length, poll.requested.length]).toEqual([0, 1]);
    expect(poll.last()).toEqual({
      name: 'ReceiveMessage',
      signal,
      input: {
        QueueUrl: 'url',
        MaxNumberOfMessages: 3,
        WaitTimeSeconds: 1,
        VisibilityTimeout: 9,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      },
    });
    await queue.receive({ max: 3, waitSeconds: 0, visibilitySeconds: 9 });
    expect([sqs.requested.length, poll.requested.length]).toEqual([1, 1]);
    expect(await queue.receive({ max: 3, waitSeconds: 0, visibilitySeconds: 9 })).toEqual([]);
  });

  test('reports its status, also where the answer misses an attribute', async () => {
    const { queue, sqs } = open({
      Attributes: {
        ApproximateNumberOfMessages: '1',
        ApproximateNumberOfMessagesNotVisible: '2',
        ApproximateNumberOfMessagesDelayed: '3',
        MaximumMessageSize: '4',
      },
    });
    expect(await queue.status({ signal })).toEqual({
      waiting: 1,
      inFlight: 2,
      delayed: 3,
      maximumMessageBytes: 4,
      now: 7,
    });
    expect(sqs.last()).toEqual({
      name: 'GetQueueAttributes',
      signal,
      input: {
        QueueUrl: 'url',
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesNotVisible',
          'ApproximateNumberOfMessagesDelayed',
          'MaximumMessageSize',
        ],
      },
    });
    // An older queue accepts 256 KiB.
    expect(await queue.status()).toEqual({ waiting: 0, inFlight: 0, delayed: 0, maximumMessageBytes: 262_144, now: 7 });
  });

  test('reports no time at SQS before an answer with a date, nor where clients do not read dates', async () => {
    const sqs = client().sender;
    for (const queueTime of [undefined, { now: () => undefined, observe: () => undefined }]) {
      const queue = queueAt({ sqs, poll: sqs, queueTime } as Parameters<typeof queueAt>[0], 'q.fifo', 'url');
      expect((await queue.status()).now).toBeUndefined();
    }
  });

  test('has a URL, or undefined when it does not exist', async () => {
    const urlOf = (...answers: unknown[]) => queueUrl(client(...answers).sender as Parameters<typeof queueUrl>[0], 'q');
    expect(await urlOf({ QueueUrl: 'url' })).toBe('url');
    expect(await urlOf(named('QueueDoesNotExist'))).toBeUndefined();
    expect(await urlOf(named('AWS.SimpleQueueService.NonExistentQueue'))).toBeUndefined();
    await expect(urlOf(named('AccessDenied'))).rejects.toThrow('AccessDenied');
  });

  test('opens by name with the caller’s signal; the error for a missing queue names the command that creates it', async () => {
    const sqs = client({ QueueUrl: 'url' }, named('QueueDoesNotExist'));
    const clients = { sqs: sqs.sender, poll: sqs.sender } as Parameters<typeof openQueue>[0];
    expect(await openQueue(clients, 'q.fifo', { signal })).toMatchObject({ name: 'q.fifo', url: 'url' });
    expect(sqs.last()).toEqual({ name: 'GetQueueUrl', signal, input: { QueueName: 'q.fifo' } });
    await expect(openQueue(clients, 'q.fifo')).rejects.toMatchObject({
      code: 'queue_missing',
      message: 'There is no queue "q.fifo". Create it with `movie-load setup`.',
      details: { queue: 'q.fifo' },
    });
  });

  test('parses a message with all attributes, and one with none', () => {
    const MessageAttributes = {
      a: { DataType: 'String', StringValue: 'x' },
      b: { DataType: 'Binary', BinaryValue: new Uint8Array([1]) },
    };
    const complete = receivedMessage({
      MessageId: 'm',
      ReceiptHandle: 'h',
      Body: 'b',
      Attributes: {
        MessageGroupId: 'g',
        MessageDeduplicationId: 'd',
        SequenceNumber: '9',
        ApproximateReceiveCount: '3',
        SentTimestamp: '5',
        DeadLetterQueueSourceArn: 'arn',
      },
      MessageAttributes,
    });
    expect(complete).toEqual({
      messageId: 'm',
      receiptHandle: 'h',
      body: 'b',
      groupId: 'g',
      deduplicationId: 'd',
      sequenceNumber: '9',
      receiveCount: 3,
      sentOn: 5,
      movedFrom: 'arn',
      attributes: MessageAttributes,
    });
    expect(receivedMessage({})).toMatchObject({
      messageId: '',
      receiptHandle: '',
      body: '',
      receiveCount: 1,
      sentOn: 0,
      attributes: {},
    });
  });
});
