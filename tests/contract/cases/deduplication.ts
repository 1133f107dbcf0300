// Deduplication: five minutes by id or content, per queue or per message group.

import { createHash } from 'node:crypto';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { expect } from '@jest/globals';
import { eventually, type Theme } from '../case.ts';
import { bodies, fifoQueue, QUEUE_BASICS } from '../test-queue.ts';

export const deduplication: Theme = {
  name: 'deduplication',
  needs: QUEUE_BASICS,
  cases: {
    'the same deduplication id is accepted once, and each send gets the same answer': async (world) => {
      const queue = await fifoQueue(world);
      const first = await queue.send('one', 'g', { MessageDeduplicationId: 'd' });
      const second = await queue.send('two', 'g', { MessageDeduplicationId: 'd' });
      expect(second.MessageId).toBe(first.MessageId);
      expect(second.SequenceNumber).toBe(first.SequenceNumber);
      expect(bodies(await queue.receive())).toEqual(['one']);
    },

    'a deduplication id counts for the whole queue by default': async (world) => {
      const queue = await fifoQueue(world);
      await queue.send('one', 'a', { MessageDeduplicationId: 'd' });
      await queue.send('two', 'b', { MessageDeduplicationId: 'd' });
      expect(bodies(await queue.receive())).toEqual(['one']);
      expect(bodies(await queue.receive())).toEqual([]);
    },

    'a deduplication id counts for its message group if DeduplicationScope is messageGroup': async (world) => {
      const queue = await fifoQueue(world, { DeduplicationScope: 'messageGroup' });
      await queue.send('one', 'a', { MessageDeduplicationId: 'd' });
      await queue.send('two', 'b', { MessageDeduplicationId: 'd' });
      await queue.send('three', 'a', { MessageDeduplicationId: 'd' });
      expect(bodies(await queue.receiveAll(2)).toSorted()).toEqual(['one', 'two']);
      expect(bodies(await queue.receive())).toEqual([]);
    },

    'a deduplication id counts while its message is in flight and after it is deleted': async (world) => {
      const queue = await fifoQueue(world);
      const first = await queue.send('one', 'g', { MessageDeduplicationId: 'd' });
      const message = await queue.receiveOne();
      expect((await queue.send('two', 'g', { MessageDeduplicationId: 'd' })).MessageId).toBe(first.MessageId);
      await queue.delete(message);
      const third = await queue.send('three', 'g', { MessageDeduplicationId: 'd' });
      expect(third.MessageId).toBe(first.MessageId);
      expect(third.SequenceNumber).toBe(first.SequenceNumber);
      expect(bodies(await queue.receive())).toEqual([]);
    },

    'content-based deduplication compares the body and ignores attributes': async (world) => {
      const queue = await fifoQueue(world, { ContentBasedDeduplication: 'true' });
      const send = (body: string, value: string) =>
        queue.sendPlain(body, {
          MessageGroupId: 'g',
          MessageAttributes: { x: { DataType: 'String', StringValue: value } },
        });
      const first = await send('same', '1');
      expect((await send('same', '2')).MessageId).toBe(first.MessageId);
      expect((await send('other', '1')).MessageId).not.toBe(first.MessageId);
      const [message] = await queue.receiveAll(2);
      expect(message?.Attributes?.MessageDeduplicationId).toBe(createHash('sha256').update('same').digest('hex'));
    },

    'an explicit deduplication id overrides content-based deduplication': async (world) => {
      const queue = await fifoQueue(world, { ContentBasedDeduplication: 'true' });
      await queue.send('same', 'g', { MessageDeduplicationId: '1' });
      await queue.send('same', 'g', { MessageDeduplicationId: '2' });
      expect(bodies(await queue.receiveAll(2))).toEqual(['same', 'same']);
    },

    'a later change of the scope does not affect existing deduplication ids': {
      needs: ['sqs:SetQueueAttributes'],
      run: async (world) => {
        const queue = await fifoQueue(world);
        await queue.send('one', 'a', { MessageDeduplicationId: 'd' });
        await world.sqs.send(
          new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes: { DeduplicationScope: 'messageGroup' } }),
        );
        await eventually(world, async () => expect((await queue.attributes()).DeduplicationScope).toBe('messageGroup'));
        await queue.send('two', 'b', { MessageDeduplicationId: 'd' });
        expect(bodies(await queue.receive())).toEqual(['one']);
      },
    },
  },
};
