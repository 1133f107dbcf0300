// Standard queues, as far as people meet them beside the project's FIFO queues.

import { expect } from '@jest/globals';
import type { Theme } from '../case.ts';
import { failing } from '../errors.ts';
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
    },

    'equal messages are different messages': async (world) => {
      const queue = await standardQueue(world);
      await queue.sendPlain('same');
      await queue.sendPlain('same');
      expect(bodies(await queue.receiveAll(2))).toEqual(['same', 'same']);
    },

    'a message may have a delay of its own': async (world) => {
      const queue = await standardQueue(world);
      await queue.sendPlain('later', { DelaySeconds: 5 });
      expect(await queue.receive({ WaitTimeSeconds: 0 })).toEqual([]);
      expect((await queue.receiveOne()).Body).toBe('later');
      await failing(queue.sendPlain('x', { DelaySeconds: 901 }), 'InvalidParameterValue');
    },

    'a message group is allowed, a deduplication id is not': async (world) => {
      const queue = await standardQueue(world);
      await queue.sendPlain('fair', { MessageGroupId: 'tenant' });
      expect((await queue.receiveOne()).Attributes?.MessageGroupId).toBe('tenant');
      await failing(queue.sendPlain('x', { MessageDeduplicationId: 'd' }), 'InvalidParameterValue');
    },

    'deleting with an older receipt handle succeeds': async (world) => {
      const queue = await standardQueue(world);
      await queue.sendPlain('x');
      const old = await queue.receiveOne({ VisibilityTimeout: 1 });
      await queue.receiveOne({ VisibilityTimeout: 600 });
      await queue.delete(old);
    },
  },
};
