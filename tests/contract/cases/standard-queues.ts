// Standard queues: the features that differ from the project's FIFO queues.

import { expect } from '@jest/globals';
import { eventually, type Theme } from '../case.ts';
import { expectError } from '../errors.ts';
import { bodies, QUEUE_BASICS, standardQueue } from '../test-queue.ts';

export const standardQueues: Theme = {
  name: 'standard queues',
  needs: QUEUE_BASICS,
  cases: {
    'a message is sent, received once, and deleted': async (world) => {
      const queue = await standardQueue(world);
      const sent = await queue.sendPlain('x');
      expect(sent.SequenceNumber).toBeUndefined();
      const message = await queue.receiveOne();
      expect(message.MessageId).toBe(sent.MessageId);
      expect(message.Attributes?.SequenceNumber).toBeUndefined();
      expect(await queue.receive({ WaitTimeSeconds: 0 })).toEqual([]);
      await queue.delete(message);
      await queue.delete(message);
      await eventually(world, async () => expect(await queue.counts()).toEqual([0, 0, 0]));
    },

    'two equal messages are stored as two messages': async (world) => {
      const queue = await standardQueue(world);
      await queue.sendPlain('same');
      await queue.sendPlain('same');
      expect(bodies(await queue.receiveAll(2))).toEqual(['same', 'same']);
    },

    'a message of a standard queue may have its own delay': async (world) => {
      const queue = await standardQueue(world);
      await queue.sendPlain('later', { DelaySeconds: 5 });
      expect(await queue.receive({ WaitTimeSeconds: 0 })).toEqual([]);
      expect((await queue.receiveOne()).Body).toBe('later');
      await expectError(queue.sendPlain('x', { DelaySeconds: 901 }), 'InvalidParameterValue');
    },

    'a standard queue accepts a message group and refuses a deduplication id': async (world) => {
      const queue = await standardQueue(world);
      await queue.sendPlain('fair', { MessageGroupId: 'tenant' });
      expect((await queue.receiveOne()).Attributes?.MessageGroupId).toBe('tenant');
      await expectError(queue.sendPlain('x', { MessageDeduplicationId: 'd' }), 'InvalidParameterValue');
    },

    'deleting with an older receipt handle succeeds in a standard queue': async (world) => {
      const queue = await standardQueue(world);
      await queue.sendPlain('x');
      const old = await queue.receiveOne({ VisibilityTimeout: 1 });
      await queue.receiveOne({ VisibilityTimeout: 600 });
      await queue.delete(old);
    },
  },
};
