// Batches: ten entries, a result for each entry, and refusals of a whole batch.

import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
} from '@aws-sdk/client-sqs';
import { expect } from '@jest/globals';
import { eventually, type Theme, type World } from '../case.ts';
import { expectError } from '../errors.ts';
import { bodies, fifoQueue, QUEUE_BASICS, type TestQueue } from '../test-queue.ts';

function entries(count: number, body = 'x'): SendMessageBatchRequestEntry[] {
  return Array.from({ length: count }, (_, i) => ({
    Id: `entry-${i}`,
    MessageBody: `${body}${i}`,
    MessageGroupId: 'g',
    MessageDeduplicationId: `d${i}`,
  }));
}

const send = (world: World, queue: TestQueue, Entries: SendMessageBatchRequestEntry[]) =>
  world.sqs.send(new SendMessageBatchCommand({ QueueUrl: queue.url, Entries }));

export const batches: Theme = {
  name: 'batches',
  needs: [...QUEUE_BASICS, 'sqs:SendMessageBatch', 'sqs:DeleteMessageBatch', 'sqs:ChangeMessageVisibilityBatch'],
  cases: {
    'a batch of ten messages keeps its order and returns a result for each entry': async (world) => {
      const queue = await fifoQueue(world);
      const answer = await send(world, queue, entries(10));
      expect(answer.Failed ?? []).toEqual([]);
      expect(answer.Successful?.map((entry) => entry.Id)).toEqual(entries(10).map((entry) => entry.Id));
      for (const entry of answer.Successful ?? []) {
        expect(entry).toMatchObject({
          MessageId: expect.any(String),
          MD5OfMessageBody: expect.stringMatching(/^[0-9a-f]{32}$/),
          SequenceNumber: expect.stringMatching(/^\d+$/),
        });
      }
      expect(bodies(await queue.receive())).toEqual(entries(10).map((entry) => entry.MessageBody));
    },

    'an invalid entry of a batch fails alone, the others are sent': async (world) => {
      const queue = await fifoQueue(world);
      const [first, second, third] = entries(3);
      const batch = [first, { ...second, MessageBody: 'bell \u0007' }, third] as SendMessageBatchRequestEntry[];
      const answer = await send(world, queue, batch);
      expect(answer.Successful?.map((entry) => entry.Id)).toEqual(['entry-0', 'entry-2']);
      expect(answer.Failed).toEqual([
        { Id: 'entry-1', Code: 'InvalidMessageContents', SenderFault: true, Message: expect.any(String) },
      ]);
      expect(bodies(await queue.receiveAll(2))).toEqual(['x0', 'x2']);
    },

    'the same deduplication id twice in a batch makes one message': async (world) => {
      const queue = await fifoQueue(world);
      const batch = entries(2).map((entry) => ({ ...entry, MessageDeduplicationId: 'same' }));
      const answer = await send(world, queue, batch);
      expect(answer.Successful).toHaveLength(2);
      expect(answer.Successful?.[1]?.MessageId).toBe(answer.Successful?.[0]?.MessageId);
      expect(bodies(await queue.receive())).toEqual(['x0']);
    },

    'a batch is refused as a whole if an entry has no group or no deduplication id': async (world) => {
      const queue = await fifoQueue(world);
      const [first, second] = entries(2);
      for (const missing of ['MessageGroupId', 'MessageDeduplicationId']) {
        const batch = [first, { ...second, [missing]: undefined }] as SendMessageBatchRequestEntry[];
        await expectError(send(world, queue, batch), 'InvalidParameterValue', 'MissingParameter');
      }
      expect(await queue.receive()).toEqual([]);
    },

    'a batch is refused as a whole if it is empty, too long, or has wrong ids': async (world) => {
      const queue = await fifoQueue(world);
      await expectError(send(world, queue, []), 'EmptyBatchRequest', 'MissingParameter');
      await expectError(send(world, queue, entries(11)), 'TooManyEntriesInBatchRequest');
      await expectError(
        send(
          world,
          queue,
          entries(2).map((entry) => ({ ...entry, Id: 'same' })),
        ),
        'BatchEntryIdsNotDistinct',
      );
      for (const Id of ['', 'with space', 'x'.repeat(81)]) {
        await expectError(
          send(
            world,
            queue,
            entries(1).map((entry) => ({ ...entry, Id })),
          ),
          'InvalidBatchEntryId',
        );
      }
      const deletes = (Entries: { Id: string; ReceiptHandle: string }[]) =>
        world.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queue.url, Entries }));
      await expectError(deletes([]), 'EmptyBatchRequest', 'MissingParameter');
      await expectError(
        deletes(Array.from({ length: 11 }, (_, i) => ({ Id: `${i}`, ReceiptHandle: 'x' }))),
        'TooManyEntriesInBatchRequest',
      );
      expect(await queue.receive()).toEqual([]);
      const longestId = entries(1).map((entry) => ({ ...entry, Id: 'x'.repeat(80) }));
      expect((await send(world, queue, longestId)).Successful).toHaveLength(1);
    },

    'all entries of a batch together have at most 1 MiB': async (world) => {
      const queue = await fifoQueue(world);
      const half = 524_288;
      const batch = (more: number) =>
        entries(2).map((entry, i) => ({ ...entry, MessageBody: 'x'.repeat(half + (i === 0 ? more : 0)) }));
      await expectError(send(world, queue, batch(1)), 'BatchRequestTooLong');
      expect((await send(world, queue, batch(0))).Successful).toHaveLength(2);
    },

    'a batch deletes the valid entries and names the others': async (world) => {
      const queue = await fifoQueue(world);
      await send(world, queue, entries(3));
      const [first, second] = await queue.receiveAll(3);
      const answer = await world.sqs.send(
        new DeleteMessageBatchCommand({
          QueueUrl: queue.url,
          Entries: [
            { Id: 'a', ReceiptHandle: first?.ReceiptHandle },
            { Id: 'b', ReceiptHandle: 'garbage' },
            { Id: 'c', ReceiptHandle: second?.ReceiptHandle },
          ],
        }),
      );
      expect(answer.Successful?.map((entry) => entry.Id)).toEqual(['a', 'c']);
      expect(answer.Failed).toMatchObject([{ Id: 'b', Code: 'ReceiptHandleIsInvalid', SenderFault: true }]);
      // The third message is still in flight.
      await eventually(world, async () => expect(await queue.counts()).toEqual([0, 1, 0]));
    },

    'an expired receipt handle fails in a batch as in a single call': async (world) => {
      const queue = await fifoQueue(world);
      await queue.send('x', 'g');
      const old = await queue.receiveOne({ VisibilityTimeout: 1 });
      await queue.receiveOne();
      const answer = await world.sqs.send(
        new DeleteMessageBatchCommand({
          QueueUrl: queue.url,
          Entries: [{ Id: 'a', ReceiptHandle: old.ReceiptHandle }],
        }),
      );
      expect(answer.Failed).toMatchObject([
        { Id: 'a', Code: expect.stringMatching(/^InvalidParameterValue(Exception)?$/), SenderFault: true },
      ]);
    },

    'a batch changes visibility entry by entry': async (world) => {
      const queue = await fifoQueue(world);
      for (const group of ['a', 'b']) await queue.send(group, group);
      const messages = await queue.receiveAll(2);
      const answer = await world.sqs.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: queue.url,
          Entries: [
            { Id: 'bad', ReceiptHandle: 'garbage', VisibilityTimeout: 0 },
            ...messages.map((message, i) => ({
              Id: `m${i}`,
              ReceiptHandle: message.ReceiptHandle,
              VisibilityTimeout: i === 0 ? 0 : 120,
            })),
          ],
        }),
      );
      expect(answer.Successful?.map((entry) => entry.Id)).toEqual(['m0', 'm1']);
      expect(answer.Failed).toMatchObject([{ Id: 'bad', Code: 'ReceiptHandleIsInvalid', SenderFault: true }]);
      expect(bodies(await queue.receiveAll(1))).toEqual([messages[0]?.Body]);
      expect(await queue.receive({ WaitTimeSeconds: 0 })).toEqual([]);
    },
  },
};
