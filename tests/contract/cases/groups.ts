// Message groups: in order inside a group, independent between groups.

import { expect } from '@jest/globals';
import { eventually, type Theme } from '../case.ts';
import { bodies, fifoQueue, QUEUE_BASICS, type TestQueue } from '../test-queue.ts';

async function fill(queue: TestQueue, group: string, from: number, to: number): Promise<void> {
  for (let i = from; i <= to; i += 1) await queue.send(`${group}${i}`, group);
}

const expectNoMessage = async (queue: TestQueue) =>
  expect(bodies(await queue.receive({ WaitTimeSeconds: 0 }))).toEqual([]);

export const groups: Theme = {
  name: 'message groups',
  needs: QUEUE_BASICS,
  cases: {
    'a receive returns the messages of a group in order, at most ten': async (world) => {
      const queue = await fifoQueue(world);
      await fill(queue, 'a', 1, 12);
      const first = await queue.receive();
      expect(bodies(first)).toEqual(Array.from({ length: 10 }, (_, i) => `a${i + 1}`));
      await expectNoMessage(queue);
      for (const message of first) await queue.delete(message);
      expect(bodies(await queue.receive())).toEqual(['a11', 'a12']);
    },

    'a receive may mix groups, each in order': async (world) => {
      const queue = await fifoQueue(world);
      for (const i of [1, 2, 3]) for (const group of ['a', 'b', 'c']) await queue.send(`${group}${i}`, group);
      const messages = await queue.receiveAll(9);
      for (const group of ['a', 'b', 'c']) {
        expect(bodies(messages).filter((body) => body.startsWith(group))).toEqual([1, 2, 3].map((i) => `${group}${i}`));
      }
    },

    'a receive returns as many messages of one group as it may': async (world) => {
      const queue = await fifoQueue(world);
      for (const i of [1, 2, 3]) for (const group of ['a', 'b']) await queue.send(`${group}${i}`, group);
      const messages = await queue.receive({ MaxNumberOfMessages: 3 });
      expect(new Set(messages.map((message) => message.Attributes?.MessageGroupId)).size).toBe(1);
      expect(messages).toHaveLength(3);
    },

    'a group whose first message is in flight delivers nothing, and other groups continue': async (world) => {
      const queue = await fifoQueue(world);
      await fill(queue, 'a', 1, 3);
      const [first] = await queue.receive({ MaxNumberOfMessages: 1 });
      expect(first?.Body).toBe('a1');
      await expectNoMessage(queue);
      await queue.send('a4', 'a');
      await expectNoMessage(queue);
      await queue.send('b1', 'b');
      expect(bodies(await queue.receive())).toEqual(['b1']);
      if (first !== undefined) await queue.delete(first);
      expect(bodies(await queue.receive())).toEqual(['a2', 'a3', 'a4']);
    },

    'a message of a group is not delivered until all earlier received ones are deleted': async (world) => {
      const queue = await fifoQueue(world);
      await fill(queue, 'a', 1, 4);
      const [first, second] = await queue.receiveAll(2, { MaxNumberOfMessages: 2 });
      if (second !== undefined) await queue.delete(second);
      await expectNoMessage(queue);
      if (first !== undefined) await queue.delete(first);
      expect(bodies(await queue.receive())).toEqual(['a3', 'a4']);
    },

    'deleting the first message unlocks the group up to the next message in flight': async (world) => {
      const queue = await fifoQueue(world);
      await fill(queue, 'a', 1, 4);
      const [first, second] = await queue.receiveAll(2, { MaxNumberOfMessages: 2 });
      if (first !== undefined) await queue.delete(first);
      await expectNoMessage(queue);
      if (second !== undefined) await queue.delete(second);
      expect(bodies(await queue.receive())).toEqual(['a3', 'a4']);
    },

    'a released first message is delivered again, alone, while later ones are in flight': async (world) => {
      const queue = await fifoQueue(world);
      await fill(queue, 'a', 1, 4);
      const [first, second, third] = await queue.receiveAll(3, { MaxNumberOfMessages: 3 });
      expect([first, second, third].map((message) => message?.Body)).toEqual(['a1', 'a2', 'a3']);
      if (first !== undefined) await queue.changeVisibility(first, 0);
      const redelivered = await eventually(world, async () => {
        const messages = await queue.receive();
        expect(messages.length).toBeGreaterThan(0);
        return messages;
      });
      expect(bodies(redelivered)).toEqual(['a1']);
      await expectNoMessage(queue);
    },

    'a released later message waits for the earlier ones': async (world) => {
      const queue = await fifoQueue(world);
      await fill(queue, 'a', 1, 3);
      const [first, second] = await queue.receiveAll(2, { MaxNumberOfMessages: 2 });
      if (second !== undefined) await queue.changeVisibility(second, 0);
      await expectNoMessage(queue);
      if (first !== undefined) await queue.delete(first);
      expect(bodies(await queue.receiveAll(2))).toEqual(['a2', 'a3']);
    },

    'after the visibility timeout a group continues from its first undeleted message': async (world) => {
      const queue = await fifoQueue(world, { VisibilityTimeout: '5' });
      await fill(queue, 'a', 1, 4);
      const messages = await queue.receiveAll(3, { MaxNumberOfMessages: 3 });
      if (messages[0] !== undefined) await queue.delete(messages[0]);
      const redelivered = await queue.receiveAll(3, { VisibilityTimeout: 60 });
      expect(bodies(redelivered)).toEqual(['a2', 'a3', 'a4']);
      expect(redelivered.map((message) => message.Attributes?.ApproximateReceiveCount)).toEqual(['2', '2', '1']);
    },

    'two receives at once never get the same group': async (world) => {
      const queue = await fifoQueue(world);
      for (const group of ['a', 'b', 'c', 'd']) await fill(queue, group, 1, 5);
      const receives = await Promise.all(
        Array.from({ length: 8 }, () => queue.receive({ MaxNumberOfMessages: 3, WaitTimeSeconds: 0 })),
      );
      const receivedGroups = receives.flatMap((messages) => [
        ...new Set(messages.map((message) => message.Attributes?.MessageGroupId)),
      ]);
      expect(receivedGroups.length).toBeGreaterThan(0);
      expect(new Set(receivedGroups).size).toBe(receivedGroups.length);
    },
  },
};
