// Receiving: the attributes of a message, and refused requests.

import type { QueueAttributeName } from '@aws-sdk/client-sqs';
import { expect } from '@jest/globals';
import type { Theme } from '../case.ts';
import { expectError } from '../errors.ts';
import { bodies, fifoQueue, QUEUE_BASICS } from '../test-queue.ts';

export const receiving: Theme = {
  name: 'receiving',
  needs: QUEUE_BASICS,
  cases: {
    'a message shows the system attributes that were asked for': async (world) => {
      const queue = await fifoQueue(world);
      const sent = await queue.send('x', 'g', { MessageDeduplicationId: 'd' });
      const all = await queue.receiveOne({ VisibilityTimeout: 0 });
      expect(all.Attributes).toEqual({
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        ApproximateReceiveCount: '1',
        MessageDeduplicationId: 'd',
        MessageGroupId: 'g',
        SenderId: expect.any(String),
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
        SequenceNumber: sent.SequenceNumber,
      });
      const some = await queue.receiveOne({
        VisibilityTimeout: 0,
        MessageSystemAttributeNames: ['ApproximateReceiveCount', 'MessageGroupId'],
      });
      expect(some.Attributes).toEqual({ ApproximateReceiveCount: '2', MessageGroupId: 'g' });
      const older = await queue.receiveOne({
        VisibilityTimeout: 0,
        MessageSystemAttributeNames: undefined,
        AttributeNames: ['SentTimestamp'] as unknown as QueueAttributeName[],
      });
      expect(older.Attributes).toEqual({ SentTimestamp: all.Attributes?.SentTimestamp });
      const none = await queue.receiveOne({ MessageSystemAttributeNames: undefined });
      expect(none.Attributes).toBeUndefined();
    },

    'a message keeps its sent time and first receive time, and counts its receives': async (world) => {
      const queue = await fifoQueue(world);
      await queue.send('x', 'g');
      const first = await queue.receiveOne({ VisibilityTimeout: 0 });
      const second = await queue.receiveOne();
      expect(second.MessageId).toBe(first.MessageId);
      expect(second.ReceiptHandle).not.toBe(first.ReceiptHandle);
      expect(second.Attributes).toEqual({ ...first.Attributes, ApproximateReceiveCount: '2' });
    },

    'a receive returns message attributes by name, by prefix or all, with the MD5 of those': async (world) => {
      const queue = await fifoQueue(world);
      await queue.send('msg', 'g', {
        MessageAttributes: {
          'Help.Me': { DataType: 'String', StringValue: 'Me' },
          Hello: { DataType: 'String', StringValue: 'There' },
          General: { DataType: 'String', StringValue: 'Kenobi' },
        },
      });
      const receive = async (names: string[]) => {
        const message = await queue.receiveOne({ VisibilityTimeout: 0, MessageAttributeNames: names });
        return [Object.keys(message.MessageAttributes ?? {}).toSorted(), message.MD5OfMessageAttributes];
      };
      // The MD5s were recorded on AWS.
      expect(await receive([])).toEqual([[], undefined]);
      const everything = [['General', 'Hello', 'Help.Me'], '4c360f3fdafd970e05fae2f149d997f5'];
      expect(await receive(['All'])).toEqual(everything);
      expect(await receive(['.*'])).toEqual(everything);
      expect(await receive(['Hello', 'General'])).toEqual([['General', 'Hello'], 'fca026605781cb4126a1e9044df24232']);
      expect(await receive(['Hello', 'Foo'])).toEqual([['Hello'], 'a311262e065454b75da111d535b8dacd']);
      expect(await receive(['Hel.*'])).toEqual([['Hello', 'Help.Me'], '83fee93c1bcd8b9a5a923ffacdc636c7']);
      expect(await receive(['Foo'])).toEqual([[], undefined]);
    },

    'a receive returns one message unless it requests more': async (world) => {
      const queue = await fifoQueue(world);
      for (const body of ['1', '2']) await queue.send(body, 'g');
      expect(bodies(await queue.receive({ MaxNumberOfMessages: undefined }))).toEqual(['1']);
    },

    'a receive with numbers out of bounds is refused': async (world) => {
      const queue = await fifoQueue(world);
      const expectRefused = (options: object) =>
        expectError(queue.receive({ WaitTimeSeconds: 0, ...options }), 'InvalidParameterValue');
      await expectRefused({ MaxNumberOfMessages: 0 });
      await expectRefused({ MaxNumberOfMessages: 11 });
      await expectRefused({ WaitTimeSeconds: -1 });
      await expectRefused({ WaitTimeSeconds: 21 });
      await expectRefused({ VisibilityTimeout: -1 });
      await expectRefused({ VisibilityTimeout: 43_201 });
    },

    'a receive that repeats an attempt id gets the same messages and receipt handles': async (world) => {
      const queue = await fifoQueue(world);
      for (const body of ['1', '2', '3']) await queue.send(body, 'g');
      const attempt = { ReceiveRequestAttemptId: 'attempt-1', MaxNumberOfMessages: 2 };
      const first = await queue.receive(attempt);
      expect(bodies(first)).toEqual(['1', '2']);
      expect(await queue.receive({ WaitTimeSeconds: 0 })).toEqual([]);
      const repeated = await queue.receive(attempt);
      expect(repeated.map((message) => message.ReceiptHandle)).toEqual(first.map((message) => message.ReceiptHandle));
      for (const message of repeated) await queue.delete(message);
      expect(bodies(await queue.receive())).toEqual(['3']);
    },
  },
};
