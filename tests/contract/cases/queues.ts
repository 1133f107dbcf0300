// Queues: creating, finding, listing, purging, deleting and tagging them.

import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import { expect } from '@jest/globals';
import { eventually, type Theme } from '../case.ts';
import { expectError } from '../errors.ts';
import { fifoQueue, QUEUE_BASICS, standardQueue } from '../test-queue.ts';

const FIFO = { FifoQueue: 'true' };

export const queues: Theme = {
  name: 'queues',
  needs: QUEUE_BASICS,
  cases: {
    'creating a queue again with the same attributes gives the same URL': async (world) => {
      const name = world.unique('.fifo');
      const create = (attributes: Record<string, string>) =>
        world.sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: { ...FIFO, ...attributes } }));
      const first = await create({ VisibilityTimeout: '45', DelaySeconds: '1' });
      world.afterwards(() => world.sqs.send(new DeleteQueueCommand({ QueueUrl: first.QueueUrl })));
      expect((await create({ VisibilityTimeout: '45', DelaySeconds: '1' })).QueueUrl).toBe(first.QueueUrl);
      expect((await create({ DelaySeconds: '1' })).QueueUrl).toBe(first.QueueUrl);
      expect((await create({})).QueueUrl).toBe(first.QueueUrl);
    },

    'creating a queue again with another attribute value is refused': async (world) => {
      const name = world.unique('.fifo');
      const create = (seconds: string) =>
        world.sqs.send(
          new CreateQueueCommand({ QueueName: name, Attributes: { ...FIFO, VisibilityTimeout: seconds } }),
        );
      const first = await create('45');
      world.afterwards(() => world.sqs.send(new DeleteQueueCommand({ QueueUrl: first.QueueUrl })));
      await expectError(create('46'), 'QueueNameExists');
    },

    'queue names have at most 80 letters, digits, hyphens and underscores': async (world) => {
      const create = (QueueName: string) =>
        world.sqs.send(new CreateQueueCommand({ QueueName, Attributes: QueueName.endsWith('.fifo') ? FIFO : {} }));
      for (const name of [world.unique().padEnd(80, '_Z'), `${world.unique().padEnd(75, '_Z')}.fifo`]) {
        const { QueueUrl } = await create(name);
        world.afterwards(() => world.sqs.send(new DeleteQueueCommand({ QueueUrl })));
      }
      for (const name of ['with space', 'with.dot', 'x'.repeat(81), `${'x'.repeat(76)}.fifo`, '.fifo']) {
        await expectError(create(name), 'InvalidParameterValue');
      }
    },

    'the name ends in .fifo exactly when the queue is FIFO': async (world) => {
      const create = (QueueName: string, Attributes: Record<string, string>) =>
        world.sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
      await expectError(create(world.unique(), FIFO), 'InvalidParameterValue');
      await expectError(create(world.unique('.fifo'), {}), 'InvalidParameterValue');
    },

    'a queue is found by its name': {
      needs: ['sqs:GetQueueUrl'],
      run: async (world) => {
        const queue = await fifoQueue(world);
        const name = queue.url.split('/').at(-1) ?? '';
        const response = await eventually(world, () => world.sqs.send(new GetQueueUrlCommand({ QueueName: name })));
        expect(response.QueueUrl).toBe(queue.url);
        await expectError(world.sqs.send(new GetQueueUrlCommand({ QueueName: world.unique() })), 'QueueDoesNotExist');
      },
    },

    'queues are listed by prefix and in pages': {
      needs: ['sqs:ListQueues'],
      run: async (world) => {
        const prefix = world.unique('-p');
        const urls: string[] = [];
        for (const letter of ['a', 'b', 'c']) {
          const created = await world.sqs.send(new CreateQueueCommand({ QueueName: `${prefix}-${letter}` }));
          world.afterwards(() => world.sqs.send(new DeleteQueueCommand({ QueueUrl: created.QueueUrl })));
          urls.push(created.QueueUrl ?? '');
        }
        const list = (more: object) => world.sqs.send(new ListQueuesCommand({ QueueNamePrefix: prefix, ...more }));
        await eventually(world, async () => expect((await list({})).QueueUrls?.toSorted()).toEqual(urls));
        const first = await list({ MaxResults: 2 });
        expect(first.QueueUrls).toHaveLength(2);
        expect(first.NextToken).toBeTruthy();
        const second = await list({ MaxResults: 2, NextToken: first.NextToken });
        expect([...(first.QueueUrls ?? []), ...(second.QueueUrls ?? [])].toSorted()).toEqual(urls);
        expect(second.NextToken).toBeUndefined();
        expect((await list({ QueueNamePrefix: world.unique() })).QueueUrls ?? []).toEqual([]);
      },
    },

    'a deleted queue does not exist for any call': async (world) => {
      const queue = await fifoQueue(world);
      await world.sqs.send(new DeleteQueueCommand({ QueueUrl: queue.url }));
      await eventually(world, () => expectError(queue.send('x', 'g'), 'QueueDoesNotExist'), 90_000);
      await eventually(world, () => expectError(queue.attributes(), 'QueueDoesNotExist'), 90_000);
      await eventually(world, () => expectError(queue.receive({ WaitTimeSeconds: 0 }), 'QueueDoesNotExist'), 90_000);
    },

    'a purge empties the queue, forgets deduplication ids, and is allowed once a minute': {
      needs: ['sqs:PurgeQueue'],
      run: async (world) => {
        const queue = await fifoQueue(world);
        await queue.send('waiting', 'a', { MessageDeduplicationId: 'same' });
        await queue.send('in flight', 'b');
        const [inFlight] = await queue.receive({ MaxNumberOfMessages: 1 });
        expect(inFlight).toBeDefined();
        const purge = () => world.sqs.send(new PurgeQueueCommand({ QueueUrl: queue.url }));
        await purge();
        await expectError(purge(), 'PurgeQueueInProgress');
        await eventually(world, async () => expect(await queue.counts()).toEqual([0, 0, 0]), 90_000);
        await queue.send('again', 'a', { MessageDeduplicationId: 'same' });
        expect((await queue.receiveOne()).Body).toBe('again');
      },
    },

    'tags are added, replaced, removed and listed': {
      needs: ['sqs:TagQueue', 'sqs:UntagQueue', 'sqs:ListQueueTags'],
      run: async (world) => {
        const queue = await standardQueue(world);
        const tag = (Tags: Record<string, string>) =>
          world.sqs.send(new TagQueueCommand({ QueueUrl: queue.url, Tags }));
        const tags = async () => (await world.sqs.send(new ListQueueTagsCommand({ QueueUrl: queue.url }))).Tags ?? {};
        expect(await tags()).toEqual({});
        await tag({ team: 'films', stage: 'test' });
        await tag({ stage: 'production' });
        await eventually(world, async () => expect(await tags()).toEqual({ team: 'films', stage: 'production' }));
        await world.sqs.send(new UntagQueueCommand({ QueueUrl: queue.url, TagKeys: ['team', 'unknown'] }));
        await eventually(world, async () => expect(await tags()).toEqual({ stage: 'production' }));
      },
    },
  },
};
