// Dead letters: SQS moves a message that was received too often to the dead-letter queue.

import { ListDeadLetterSourceQueuesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { expect } from '@jest/globals';
import { eventually, type Theme, type World } from '../case.ts';
import { expectError } from '../errors.ts';
import { bodies, fifoQueue, QUEUE_BASICS, standardQueue, type TestQueue } from '../test-queue.ts';

/** A queue with a dead-letter queue. */
async function createQueues(
  world: World,
  createQueue: typeof fifoQueue,
  maxReceiveCount: number,
): Promise<{ queue: TestQueue; dead: TestQueue }> {
  const dead = await createQueue(world);
  const deadLetterTargetArn = await dead.arn();
  const queue = await createQueue(world, {
    VisibilityTimeout: '1',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount }),
  });
  return { queue, dead };
}

const DEAD_LETTER_TIMEOUT_MS = 25_000;

/** Receives until SQS has moved the dead letters, because it moves them only during a receive. */
async function waitForDeadLetters(world: World, queue: TestQueue, dead: TestQueue, deadLetters = 1): Promise<void> {
  const check = async () => {
    expect(await queue.receive({ WaitTimeSeconds: 0 })).toEqual([]);
    expect((await dead.counts())[0]).toBe(deadLetters);
  };
  await eventually(world, check, DEAD_LETTER_TIMEOUT_MS);
}

export const deadLetters: Theme = {
  name: 'dead letters',
  needs: QUEUE_BASICS,
  cases: {
    'a message received maxReceiveCount times moves to the dead-letter queue, and its group continues': async (
      world,
    ) => {
      const { queue, dead } = await createQueues(world, fifoQueue, 2);
      const sent = await queue.send('bad', 'g', { MessageDeduplicationId: 'd' });
      await queue.send('good', 'g');
      const receiveFirst = () => queue.receiveOne({ MaxNumberOfMessages: 1 });
      expect((await receiveFirst()).Body).toBe('bad');
      expect((await receiveFirst()).Attributes?.ApproximateReceiveCount).toBe('2');
      expect((await queue.receiveOne({ MaxNumberOfMessages: 1, VisibilityTimeout: 60 })).Body).toBe('good');
      const deadLetter = await dead.receiveOne();
      expect(deadLetter).toMatchObject({
        Body: 'bad',
        MessageId: sent.MessageId,
        Attributes: {
          MessageGroupId: 'g',
          MessageDeduplicationId: 'd',
          DeadLetterQueueSourceArn: await queue.arn(),
        },
      });
    },

    'a dead letter keeps its receive count': async (world) => {
      const { queue, dead } = await createQueues(world, fifoQueue, 1);
      await queue.send('bad', 'g');
      await queue.receiveOne();
      await waitForDeadLetters(world, queue, dead);
      const deadLetter = await dead.receiveOne();
      // One receive was from the queue, this one is from the dead-letter queue.
      expect(deadLetter.Attributes?.ApproximateReceiveCount).toBe('2');
    },

    'deduplication does not drop a message that SQS dead-letters': async (world) => {
      const { queue, dead } = await createQueues(world, fifoQueue, 1);
      await dead.send('there before', 'other', { MessageDeduplicationId: 'same' });
      await queue.send('bad', 'g', { MessageDeduplicationId: 'same' });
      await queue.receiveOne();
      await waitForDeadLetters(world, queue, dead, 2);
    },

    'standard queues have dead-letter queues too': async (world) => {
      const { queue, dead } = await createQueues(world, standardQueue, 1);
      await queue.sendPlain('bad');
      await queue.receiveOne();
      await waitForDeadLetters(world, queue, dead);
      const deadLetter = await dead.receiveOne();
      expect(deadLetter.Body).toBe('bad');
    },

    'a redrive policy is returned with maxReceiveCount as a number': async (world) => {
      const dead = await fifoQueue(world);
      const arn = await dead.arn();
      const queue = await fifoQueue(world, {
        RedrivePolicy: JSON.stringify({ maxReceiveCount: '7', deadLetterTargetArn: arn }),
      });
      const policy: unknown = JSON.parse((await queue.attributes()).RedrivePolicy ?? '{}');
      expect(policy).toEqual({ deadLetterTargetArn: arn, maxReceiveCount: 7 });
    },

    'an empty redrive policy removes the policy': {
      needs: ['sqs:SetQueueAttributes'],
      run: async (world) => {
        const { queue } = await createQueues(world, fifoQueue, 3);
        await world.sqs.send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes: { RedrivePolicy: '' } }));
        await eventually(world, async () => expect((await queue.attributes()).RedrivePolicy).toBeUndefined());
      },
    },

    'a redrive policy needs an existing queue': {
      needs: ['sqs:SetQueueAttributes'],
      run: async (world) => {
        const queue = await fifoQueue(world);
        const deadLetterTargetArn = `${await queue.arn()}`.replace('.fifo', '-nowhere.fifo');
        await expectError(
          world.sqs.send(
            new SetQueueAttributesCommand({
              QueueUrl: queue.url,
              Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 3 }) },
            }),
          ),
          'InvalidParameterValue',
        );
      },
    },

    'a redrive policy needs a queue of the same type': {
      needs: ['sqs:SetQueueAttributes'],
      run: async (world) => {
        const [queue, standard] = await Promise.all([fifoQueue(world), standardQueue(world)]);
        await expectError(
          world.sqs.send(
            new SetQueueAttributesCommand({
              QueueUrl: queue.url,
              Attributes: {
                RedrivePolicy: JSON.stringify({ deadLetterTargetArn: await standard.arn(), maxReceiveCount: 3 }),
              },
            }),
          ),
          'InvalidParameterValue',
        );
      },
    },

    'a redrive policy needs a maxReceiveCount from 1 to 1000': {
      needs: ['sqs:SetQueueAttributes'],
      run: async (world) => {
        const { queue, dead } = await createQueues(world, fifoQueue, 3);
        const deadLetterTargetArn = await dead.arn();
        const set = (maxReceiveCount: number | string) =>
          world.sqs.send(
            new SetQueueAttributesCommand({
              QueueUrl: queue.url,
              Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount }) },
            }),
          );
        for (const wrong of [0, 1001, 'many']) await expectError(set(wrong), 'InvalidParameterValue');
        for (const right of [1, 1000]) await set(right);
      },
    },

    'the sources of a dead-letter queue are listed': {
      needs: ['sqs:ListDeadLetterSourceQueues'],
      run: async (world) => {
        const { queue, dead } = await createQueues(world, fifoQueue, 3);
        const sources = async (target: TestQueue) =>
          (await world.sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: target.url }))).queueUrls ?? [];
        await eventually(world, async () => expect(await sources(dead)).toEqual([queue.url]));
        expect(await sources(queue)).toEqual([]);
      },
    },

    'ten messages of one receive are not dead-lettered before all of them were received': async (world) => {
      const { queue } = await createQueues(world, fifoQueue, 2);
      const sent = Array.from({ length: 10 }, (_, i) => String(i + 1));
      for (const body of sent) await queue.send(body, 'g');
      expect(bodies(await queue.receiveAll(10))).toEqual(sent);
      const second = await queue.receiveAll(10, { VisibilityTimeout: 60 });
      expect(bodies(second)).toEqual(sent);
      expect(second.map((message) => message.Attributes?.ApproximateReceiveCount)).toEqual(Array(10).fill('2'));
    },
  },
};
