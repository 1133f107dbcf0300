// Queue attributes: defaults, changes, refusals, counts.

import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { expect } from '@jest/globals';
import { eventually, type Theme, type World } from '../case.ts';
import { expectError } from '../errors.ts';
import { fifoQueue, QUEUE_BASICS, standardQueue, type TestQueue } from '../test-queue.ts';

const set = (world: World, queue: TestQueue, Attributes: Record<string, string>) =>
  world.sqs.send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes }));

const get = async (world: World, queue: TestQueue, names: string[]) =>
  (
    await world.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queue.url, AttributeNames: names as QueueAttributeName[] }),
    )
  ).Attributes;

export const queueAttributes: Theme = {
  name: 'queue attributes',
  needs: [...QUEUE_BASICS, 'sqs:SetQueueAttributes'],
  cases: {
    'a new FIFO queue has these attributes': async (world) => {
      const name = world.unique('.fifo');
      const { QueueUrl: url = '' } = await world.sqs.send(
        new CreateQueueCommand({ QueueName: name, Attributes: { FifoQueue: 'true' } }),
      );
      world.afterwards(() => world.sqs.send(new DeleteQueueCommand({ QueueUrl: url })));
      const attributes = await world.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
      );
      const seconds = Number(attributes.Attributes?.CreatedTimestamp);
      expect(Math.abs(seconds - world.now() / 1000)).toBeLessThan(600);
      expect(attributes.Attributes).toEqual({
        ApproximateNumberOfMessages: '0',
        ApproximateNumberOfMessagesDelayed: '0',
        ApproximateNumberOfMessagesNotVisible: '0',
        ContentBasedDeduplication: 'false',
        CreatedTimestamp: expect.stringMatching(/^\d{10}$/),
        DeduplicationScope: 'queue',
        DelaySeconds: '0',
        FifoQueue: 'true',
        FifoThroughputLimit: 'perQueue',
        LastModifiedTimestamp: expect.stringMatching(/^\d{10}$/),
        MaximumMessageSize: '1048576',
        MessageRetentionPeriod: '345600',
        QueueArn: expect.stringMatching(new RegExp(`^arn:aws:sqs:[a-z0-9-]+:\\d{12}:${name}$`)),
        ReceiveMessageWaitTimeSeconds: '0',
        SqsManagedSseEnabled: 'true',
        VisibilityTimeout: '30',
      });
    },

    'attributes are read by name': async (world) => {
      const queue = await fifoQueue(world, { VisibilityTimeout: '17' });
      expect(await get(world, queue, ['VisibilityTimeout', 'RedrivePolicy'])).toEqual({ VisibilityTimeout: '17' });
      expect((await get(world, queue, [])) ?? {}).toEqual({});
      await expectError(get(world, queue, ['Colour']), 'InvalidAttributeName');
    },

    "attributes are changed, and returned in AWS's format": async (world) => {
      const queue = await fifoQueue(world);
      await set(world, queue, {
        VisibilityTimeout: '5',
        DelaySeconds: '900',
        MaximumMessageSize: '1024',
        MessageRetentionPeriod: '1209600',
        ReceiveMessageWaitTimeSeconds: '20',
        ContentBasedDeduplication: 'True',
        DeduplicationScope: 'messageGroup',
        FifoThroughputLimit: 'perMessageGroupId',
      });
      await eventually(world, async () =>
        expect(await queue.attributes()).toMatchObject({
          VisibilityTimeout: '5',
          DelaySeconds: '900',
          MaximumMessageSize: '1024',
          MessageRetentionPeriod: '1209600',
          ReceiveMessageWaitTimeSeconds: '20',
          ContentBasedDeduplication: 'true',
          DeduplicationScope: 'messageGroup',
          FifoThroughputLimit: 'perMessageGroupId',
        }),
      );
    },

    'queue attributes out of bounds are refused': async (world) => {
      const queue = await fifoQueue(world);
      for (const [name, value] of [
        ['VisibilityTimeout', '43201'],
        ['VisibilityTimeout', '-1'],
        ['VisibilityTimeout', 'soon'],
        ['DelaySeconds', '901'],
        ['MaximumMessageSize', '1023'],
        ['MaximumMessageSize', '1048577'],
        ['MessageRetentionPeriod', '59'],
        ['MessageRetentionPeriod', '1209601'],
        ['ReceiveMessageWaitTimeSeconds', '21'],
        ['ContentBasedDeduplication', 'perhaps'],
        ['DeduplicationScope', 'everywhere'],
        ['FifoThroughputLimit', 'none'],
      ] as const) {
        await expectError(set(world, queue, { [name]: value }), 'InvalidAttributeValue');
      }
      await expectError(set(world, queue, { Colour: 'blue' }), 'InvalidAttributeName');
      await expectError(set(world, queue, { QueueArn: 'x' }), 'InvalidAttributeName');
    },

    'high throughput needs deduplication per message group': async (world) => {
      const queue = await fifoQueue(world);
      await expectError(
        set(world, queue, { FifoThroughputLimit: 'perMessageGroupId' }),
        'InvalidAttributeValue',
        'InvalidParameterValue',
      );
    },

    'attributes of FIFO queues are refused on standard queues': async (world) => {
      const queue = await standardQueue(world);
      for (const name of ['ContentBasedDeduplication', 'FifoQueue']) {
        await expectError(set(world, queue, { [name]: 'true' }), 'InvalidAttributeName');
      }
      await expectError(set(world, queue, { DeduplicationScope: 'queue' }), 'InvalidAttributeName');
    },

    'the approximate numbers count waiting, in-flight and delayed messages': async (world) => {
      const queue = await fifoQueue(world);
      for (const body of ['1', '2', '3']) await queue.send(body, 'a');
      await queue.send('4', 'b');
      await eventually(world, async () => expect(await queue.counts()).toEqual([4, 0, 0]));
      const [first] = await queue.receiveAll(1, { MaxNumberOfMessages: 1 });
      await eventually(world, async () => expect(await queue.counts()).toEqual([3, 1, 0]));
      if (first !== undefined) await queue.delete(first);
      await eventually(world, async () => expect(await queue.counts()).toEqual([3, 0, 0]));
      await set(world, queue, { DelaySeconds: '900' });
      await queue.send('5', 'c');
      await eventually(world, async () => expect(await queue.counts()).toEqual([3, 0, 1]));
    },
  },
};
