// Visibility timeouts and receipt handles.

import { expect } from '@jest/globals';
import type { Theme } from '../case.ts';
import { expectError } from '../errors.ts';
import { bodies, fifoQueue, QUEUE_BASICS, type TestQueue } from '../test-queue.ts';

/** Waits until the only message of the queue is delivered again, and returns it. */
async function receiveAgain(queue: TestQueue) {
  return await queue.receiveOne({ VisibilityTimeout: 60 });
}

export const visibility: Theme = {
  name: 'visibility',
  needs: QUEUE_BASICS,
  cases: {
    'a message is delivered again after the visibility timeout, not before': async (world) => {
      const queue = await fifoQueue(world, { VisibilityTimeout: '5' });
      await queue.send('x', 'g');
      const started = world.now();
      await queue.receiveOne();
      expect(await queue.receive({ WaitTimeSeconds: 0 })).toEqual([]);
      const second = await receiveAgain(queue);
      expect(world.now() - started).toBeGreaterThan(4900);
      expect(second.Attributes?.ApproximateReceiveCount).toBe('2');
    },

    'a receive can set its own visibility timeout': async (world) => {
      const queue = await fifoQueue(world);
      await queue.send('x', 'g');
      await queue.receiveOne({ VisibilityTimeout: 1 });
      expect((await receiveAgain(queue)).Attributes?.ApproximateReceiveCount).toBe('2');
    },

    'a visibility timeout is prolonged': async (world) => {
      const queue = await fifoQueue(world);
      await queue.send('x', 'g');
      const message = await queue.receiveOne({ VisibilityTimeout: 5 });
      await queue.changeVisibility(message, 60);
      await world.sleep(5000 + world.slackMs);
      expect(await queue.receive({ WaitTimeSeconds: 0 })).toEqual([]);
      await queue.delete(message);
    },

    'a visibility timeout is shortened': async (world) => {
      const queue = await fifoQueue(world);
      await queue.send('x', 'g');
      await queue.changeVisibility(await queue.receiveOne(), 1);
      expect(bodies([await receiveAgain(queue)])).toEqual(['x']);
    },

    'a visibility timeout of 0 releases the message at once': async (world) => {
      const queue = await fifoQueue(world);
      await queue.send('x', 'g');
      await queue.changeVisibility(await queue.receiveOne(), 0);
      expect(bodies(await queue.receiveAll(1))).toEqual(['x']);
    },

    'a visibility timeout may not exceed 12 hours': async (world) => {
      const queue = await fifoQueue(world);
      await queue.send('x', 'g');
      const message = await queue.receiveOne();
      await expectError(queue.changeVisibility(message, 43_201), 'InvalidParameterValue');
      await expectError(queue.changeVisibility(message, -1), 'InvalidParameterValue');
    },

    'an expired receipt handle can neither delete a message nor prolong its timeout': async (world) => {
      const queue = await fifoQueue(world);
      await queue.send('x', 'g');
      const old = await queue.receiveOne({ VisibilityTimeout: 1 });
      await world.sleep(1000 + world.slackMs);
      await expectError(queue.delete(old), 'InvalidParameterValue');
      await expectError(queue.changeVisibility(old, 60), 'InvalidParameterValue', 'MessageNotInflight');
      expect(bodies(await queue.receiveAll(1))).toEqual(['x']);
    },

    'an older receipt handle can neither delete a message nor prolong its timeout': async (world) => {
      const queue = await fifoQueue(world);
      await queue.send('x', 'g');
      const old = await queue.receiveOne({ VisibilityTimeout: 1 });
      const current = await receiveAgain(queue);
      await expectError(queue.delete(old), 'InvalidParameterValue');
      await expectError(queue.changeVisibility(old, 0), 'InvalidParameterValue', 'MessageNotInflight');
      expect(await queue.receive({ WaitTimeSeconds: 0 })).toEqual([]);
      await queue.delete(current);
    },

    'a deleted message stays deleted, and deleting it again succeeds': async (world) => {
      const queue = await fifoQueue(world);
      await queue.send('x', 'g');
      const message = await queue.receiveOne();
      await queue.delete(message);
      await queue.delete(message);
      await expectError(queue.changeVisibility(message, 0), 'InvalidParameterValue');
      expect(await queue.receive()).toEqual([]);
    },

    'a text that is not a receipt handle is refused': async (world) => {
      const queue = await fifoQueue(world);
      for (const handle of ['garbage', 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a']) {
        await expectError(queue.delete({ ReceiptHandle: handle }), 'ReceiptHandleIsInvalid');
        await expectError(queue.changeVisibility({ ReceiptHandle: handle }, 0), 'ReceiptHandleIsInvalid');
      }
    },

    'a receipt handle of another queue is refused': async (world) => {
      const [queue, other] = await Promise.all([fifoQueue(world), fifoQueue(world)]);
      await other.send('x', 'g');
      const message = await other.receiveOne();
      await expectError(queue.delete(message), 'ReceiptHandleIsInvalid', 'InvalidParameterValue');
      await other.delete(message);
    },
  },
};
