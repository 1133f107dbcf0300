// Long polls: they wait, end when a message arrives, and receive nothing after the client has closed the connection.

import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect } from '@jest/globals';
import { eventually, type Theme } from '../case.ts';
import { bodies, fifoQueue, QUEUE_BASICS, type TestQueue, within } from '../test-queue.ts';

/** Much less than the wait time of a poll, much more than a busy machine needs. */
const SOON_MS = 15_000;
/** `eventually` waits 250 ms between two receives. */
const EIGHT_RECEIVES_MS = 8 * 250;
const poll = (queue: TestQueue, extra: object = {}) => queue.receive({ WaitTimeSeconds: 20, ...extra });

export const longPolls: Theme = {
  name: 'long polls',
  needs: QUEUE_BASICS,
  cases: {
    'a long poll returns no message after its wait': async (world) => {
      const queue = await fifoQueue(world);
      const started = world.now();
      expect(await queue.receive({ WaitTimeSeconds: 1 })).toEqual([]);
      expect(world.now() - started).toBeGreaterThan(900);
    },

    'a long poll waits for the time that the queue sets': async (world) => {
      const queue = await fifoQueue(world, { ReceiveMessageWaitTimeSeconds: '1' });
      const started = world.now();
      expect(await queue.receive({ WaitTimeSeconds: undefined })).toEqual([]);
      expect(world.now() - started).toBeGreaterThan(900);
    },

    'a send wakes a poll': async (world) => {
      const queue = await fifoQueue(world);
      const polling = poll(queue);
      await world.sleep(300);
      await queue.send('x', 'g');
      expect(await within(SOON_MS, polling.then(bodies))).toEqual(['x']);
    },

    'a release wakes a poll': async (world) => {
      const queue = await fifoQueue(world);
      await queue.send('x', 'g');
      const message = await queue.receiveOne();
      const polling = poll(queue);
      await world.sleep(300);
      await queue.changeVisibility(message, 0);
      expect(await within(SOON_MS, polling.then(bodies))).toEqual(['x']);
    },

    'the end of a visibility timeout wakes a poll': async (world) => {
      const queue = await fifoQueue(world);
      await queue.send('x', 'g');
      await queue.receiveOne({ VisibilityTimeout: 2 });
      expect(await within(SOON_MS, poll(queue).then(bodies))).toEqual(['x']);
    },

    'a visibility timeout that is set while a poll waits wakes the poll at its end': async (world) => {
      const queue = await fifoQueue(world);
      await queue.send('x', 'g');
      const message = await queue.receiveOne();
      const polling = poll(queue);
      await world.sleep(300);
      await queue.changeVisibility(message, 1);
      expect(await within(SOON_MS, polling.then(bodies))).toEqual(['x']);
    },

    'a deletion that unlocks a group wakes a poll': async (world) => {
      const queue = await fifoQueue(world);
      for (const body of ['1', '2']) await queue.send(body, 'g');
      const message = await queue.receiveOne({ MaxNumberOfMessages: 1 });
      const polling = poll(queue);
      await world.sleep(300);
      await queue.delete(message);
      expect(await within(SOON_MS, polling.then(bodies))).toEqual(['2']);
    },

    'the end of a delay wakes a poll': async (world) => {
      const queue = await fifoQueue(world, { DelaySeconds: '1' });
      await queue.send('x', 'g');
      expect(await within(SOON_MS, poll(queue).then(bodies))).toEqual(['x']);
    },

    'polls that wait concurrently share the arriving messages': async (world) => {
      const queue = await fifoQueue(world);
      const polling = ['a', 'b', 'c'].map(() => poll(queue, { MaxNumberOfMessages: 1 }));
      await world.sleep(300);
      for (const group of ['a', 'b', 'c']) await queue.send(group, group);
      const received = await within(SOON_MS, Promise.all(polling));
      expect(received === 'late' ? received : bodies(received.flat()).toSorted()).toEqual(['a', 'b', 'c']);
    },

    'a poll whose client hung up receives no message': async (world) => {
      const queue = await fifoQueue(world, { VisibilityTimeout: '600' });
      const hangUp = new AbortController();
      const polling = world.sqs
        .send(new ReceiveMessageCommand({ QueueUrl: queue.url, WaitTimeSeconds: 20 }), { abortSignal: hangUp.signal })
        .catch(() => 'aborted');
      await world.sleep(500);
      hangUp.abort();
      expect(await polling).toBe('aborted');
      await world.sleep(500);
      await queue.send('x', 'g');
      // If the poll of the client that hung up received it, it is invisible for ten minutes.
      const message = await eventually(
        world,
        async () => {
          const [first] = await queue.receive({ WaitTimeSeconds: 2 });
          expect(first).toBeDefined();
          return first;
        },
        EIGHT_RECEIVES_MS,
      );
      expect(message?.Attributes?.ApproximateReceiveCount).toBe('1');
    },
  },
};
