// Message move tasks: SQS moves dead letters to their source queues, or to another queue.

import {
  CancelMessageMoveTaskCommand,
  ListMessageMoveTasksCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { expect } from '@jest/globals';
import { eventually, type Theme, type World } from '../case.ts';
import { expectError } from '../errors.ts';
import { bodies, QUEUE_BASICS, standardQueue, type TestQueue } from '../test-queue.ts';

/** A queue and its dead-letter queue, with one dead letter. */
async function createDeadLetter(world: World, body: string): Promise<{ queue: TestQueue; dead: TestQueue }> {
  const dead = await standardQueue(world);
  const policy = { deadLetterTargetArn: await dead.arn(), maxReceiveCount: 1 };
  const queue = await standardQueue(world, { VisibilityTimeout: '1', RedrivePolicy: JSON.stringify(policy) });
  await queue.sendPlain(body);
  await queue.receiveOne();
  await eventually(world, async () => {
    expect(await queue.receive({ WaitTimeSeconds: 0 })).toEqual([]);
    expect((await dead.counts())[0]).toBe(1);
  });
  return { queue, dead };
}

export const moveTasks: Theme = {
  name: 'message move tasks',
  needs: [...QUEUE_BASICS, 'sqs:StartMessageMoveTask', 'sqs:ListMessageMoveTasks', 'sqs:CancelMessageMoveTask'],
  cases: {
    'a move task returns dead letters to the queues that they came from': async (world) => {
      const { queue, dead } = await createDeadLetter(world, 'bad');
      const SourceArn = await dead.arn();
      const { TaskHandle } = await world.sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
      expect(TaskHandle).toBeTruthy();
      const message = await queue.receiveOne({ VisibilityTimeout: 60 });
      expect(message.Body).toBe('bad');
      expect(message.Attributes?.ApproximateReceiveCount).toBe('1');
      await eventually(world, async () => {
        const tasks = await world.sqs.send(new ListMessageMoveTasksCommand({ SourceArn }));
        expect(tasks.Results?.[0]).toMatchObject({
          SourceArn,
          Status: 'COMPLETED',
          ApproximateNumberOfMessagesMoved: 1,
        });
      });
    },

    'a move task moves dead letters to another queue': async (world) => {
      const { dead } = await createDeadLetter(world, 'bad');
      const other = await standardQueue(world);
      await world.sqs.send(
        new StartMessageMoveTaskCommand({ SourceArn: await dead.arn(), DestinationArn: await other.arn() }),
      );
      expect(bodies(await other.receiveAll(1))).toEqual(['bad']);
    },

    'a move task needs a dead-letter queue as its source': async (world) => {
      const queue = await standardQueue(world);
      await expectError(
        world.sqs.send(new StartMessageMoveTaskCommand({ SourceArn: await queue.arn() })),
        'InvalidParameterValue',
      );
      const missing = `${await queue.arn()}-missing`;
      await expectError(world.sqs.send(new StartMessageMoveTaskCommand({ SourceArn: missing })), 'ResourceNotFound');
    },

    'a move task that is not running cannot be cancelled': async (world) => {
      await expectError(
        world.sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle: 'nonsense' })),
        'InvalidParameterValue',
        'ResourceNotFound',
      );
    },
  },
};
