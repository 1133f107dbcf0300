// Provisioning the queue and its dead-letter queue: what is created, what is changed, and what is not.
import { describe, expect, test } from '@jest/globals';
import { awsSettingsFrom, resourceDefinitions } from '../src/index.ts';
import { findQueues, provisionQueues } from '../src/provision-queues.ts';
import type { Provisioning } from '../src/provisioning.ts';
import { fakeAws, refusal } from './fake-aws.ts';

const settings = awsSettingsFrom({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
const definitions = resourceDefinitions(settings);
const { queue, dlq } = settings;
const REDRIVE = { deadLetterTargetArn: `arn:${dlq}`, maxReceiveCount: 10 };
const ALLOW = { redrivePermission: 'byQueue', sourceQueueArns: [`arn:${queue}`] };
type Attributes = Readonly<Record<string, string>>;
const CORRECT_QUEUES: Readonly<Record<string, Attributes>> = {
  [queue]: { ...definitions.queue.attributes, QueueArn: `arn:${queue}`, RedrivePolicy: JSON.stringify(REDRIVE) },
  [dlq]: { ...definitions.dlq.attributes, QueueArn: `arn:${dlq}`, RedriveAllowPolicy: JSON.stringify(ALLOW) },
};
const { signal } = new AbortController();

/** A fake SQS with these queues, by name; and `run`, which provisions the project's two queues in it. */
function start(existing: Readonly<Record<string, Attributes>>, isDry = false) {
  const queues = new Map(Object.entries(existing));
  const nameOf = (url: unknown) => String(url).slice('url/'.length);
  const world = fakeAws({
    GetQueueUrl: ({ QueueName }) =>
      queues.has(String(QueueName)) ? { QueueUrl: `url/${String(QueueName)}` } : refusal('QueueDoesNotExist'),
    CreateQueue: ({ QueueName, Attributes }) => {
      queues.set(String(QueueName), { ...(Attributes as Attributes), QueueArn: `arn:${String(QueueName)}` });
      return { QueueUrl: `url/${String(QueueName)}` };
    },
    GetQueueAttributes: ({ QueueUrl }) => ({ Attributes: queues.get(nameOf(QueueUrl)) }),
    SetQueueAttributes: ({ QueueUrl, Attributes }) => {
      queues.set(nameOf(QueueUrl), { ...queues.get(nameOf(QueueUrl)), ...(Attributes as Attributes) });
      return {};
    },
  });
  const reported: string[] = [];
  const provisioning: Provisioning = {
    definitions,
    settings,
    options: { dryRun: isDry, signal },
    apply: async (call) => (isDry ? undefined : call()),
    created: (name) => reported.push(`created ${name}`),
    changed: (change) => reported.push(`changed ${change}`),
    pause: async () => undefined,
  };
  const run = async () => {
    const found = await findQueues(world.clients.sqs, provisioning);
    await provisionQueues(world.clients.sqs, provisioning, found);
    return found;
  };
  const changes = () =>
    world.requested
      .filter(({ name }) => name === 'CreateQueue' || name === 'SetQueueAttributes')
      .map(({ name, input }) => [name, input]);
  return { ...world, reported, run, changes, queues };
}

describe('provisioning queues', () => {
  test('creates missing queues, the dead-letter queue first, and nothing the second time', async () => {
    const { run, reported, changes, queues, requested } = start({});
    expect(await run()).toEqual({ queue: undefined, dlq: undefined });
    expect(reported).toEqual([`created ${dlq}`, `created ${queue}`]);
    const RedrivePolicy = JSON.stringify(REDRIVE);
    expect(changes()).toEqual([
      ['CreateQueue', { QueueName: dlq, Attributes: definitions.dlq.attributes }],
      ['CreateQueue', { QueueName: queue, Attributes: { ...definitions.queue.attributes, RedrivePolicy } }],
      ['SetQueueAttributes', { QueueUrl: `url/${dlq}`, Attributes: { RedriveAllowPolicy: JSON.stringify(ALLOW) } }],
    ]);
    expect(Object.fromEntries(queues)).toEqual(CORRECT_QUEUES);
    expect(requested.every(({ options }) => options.abortSignal === signal)).toBe(true);
    const before = changes().length;
    expect(await run()).toEqual({ queue: `url/${queue}`, dlq: `url/${dlq}` });
    expect([reported.length, changes().length]).toEqual([2, before]);
  });

  test('leaves correct queues unchanged, in each form in which endpoints report the same settings', async () => {
    const reportedForms = [
      CORRECT_QUEUES,
      {
        ...CORRECT_QUEUES,
        [queue]: {
          ...CORRECT_QUEUES[queue],
          RedrivePolicy: `{"maxReceiveCount":"10", "deadLetterTargetArn":"arn:${dlq}"}`,
        },
      },
      {
        ...CORRECT_QUEUES,
        [queue]: { ...CORRECT_QUEUES[queue], FifoQueue: 'True', DeduplicationScope: 'MessageGroup' },
      },
      { ...CORRECT_QUEUES, [queue]: { ...CORRECT_QUEUES[queue], FifoQueue: 'maybe' } },
      {
        ...CORRECT_QUEUES,
        [dlq]: {
          ...CORRECT_QUEUES[dlq],
          RedriveAllowPolicy: JSON.stringify({ sourceQueueArns: [`arn:${queue}`], redrivePermission: 'byQueue' }),
        },
      },
    ];
    for (const existing of reportedForms) {
      const { run, reported, changes } = start(existing);
      await run();
      expect([reported, changes()]).toEqual([[], []]);
    }
  });

  test.each([
    [queue, 'VisibilityTimeout', '5', definitions.queue.attributes.VisibilityTimeout],
    [queue, 'RedrivePolicy', JSON.stringify({ ...REDRIVE, maxReceiveCount: 3 }), JSON.stringify(REDRIVE)],
    [queue, 'RedrivePolicy', JSON.stringify({ ...REDRIVE, deadLetterTargetArn: 'arn:other' }), JSON.stringify(REDRIVE)],
    [queue, 'RedrivePolicy', '', JSON.stringify(REDRIVE)],
    [queue, 'RedrivePolicy', undefined, JSON.stringify(REDRIVE)],
    [dlq, 'MessageRetentionPeriod', '60', definitions.dlq.attributes.MessageRetentionPeriod],
    [dlq, 'RedriveAllowPolicy', JSON.stringify({ redrivePermission: 'allowAll' }), JSON.stringify(ALLOW)],
    [dlq, 'RedriveAllowPolicy', JSON.stringify({ ...ALLOW, sourceQueueArns: ['arn:other'] }), JSON.stringify(ALLOW)],
    [dlq, 'RedriveAllowPolicy', '', JSON.stringify(ALLOW)],
    [dlq, 'RedriveAllowPolicy', undefined, JSON.stringify(ALLOW)],
  ])('changes of %s only the attribute %s (%s), and reports it', async (name, attribute, found, wanted) => {
    const { [attribute]: _, ...rest } = CORRECT_QUEUES[name] ?? {};
    const { run, reported, changes } = start({
      ...CORRECT_QUEUES,
      [name]: found === undefined ? rest : { ...rest, [attribute]: found },
    });
    await run();
    expect(reported).toEqual([`changed ${name} ${attribute}`]);
    expect(changes()).toEqual([
      ['SetQueueAttributes', { QueueUrl: `url/${name}`, Attributes: { [attribute]: wanted } }],
    ]);
  });

  test('changes the existing queue if its attributes must name the queue that was created', async () => {
    const withoutDlq = start({ [queue]: CORRECT_QUEUES[queue] ?? {} });
    await withoutDlq.run();
    expect(withoutDlq.reported).toEqual([`created ${dlq}`]);
    const { RedrivePolicy: _, ...dlqAttributes } = CORRECT_QUEUES[dlq] ?? {};
    const withoutQueue = start({ [dlq]: { ...dlqAttributes, RedriveAllowPolicy: '' } });
    await withoutQueue.run();
    expect(withoutQueue.reported).toEqual([`created ${queue}`, `changed ${dlq} RedriveAllowPolicy`]);
  });

  test('reports all changes and makes none in a dry run, whichever queue exists', async () => {
    const expected: readonly [object, string[]][] = [
      [{}, [`created ${dlq}`, `created ${queue}`]],
      [{ [dlq]: CORRECT_QUEUES[dlq] }, [`created ${queue}`]],
      [{ [queue]: CORRECT_QUEUES[queue] }, [`created ${dlq}`, `changed ${queue} RedrivePolicy`]],
      [CORRECT_QUEUES, []],
    ];
    for (const [existing, report] of expected) {
      const { run, reported, changes } = start(existing as Readonly<Record<string, Attributes>>, true);
      await run();
      expect([reported, changes()]).toEqual([report, []]);
    }
  });

  test('stops looking up queues when one look-up is refused', async () => {
    const { clients } = fakeAws({ GetQueueUrl: () => refusal('AccessDenied') });
    const lookup = findQueues(clients.sqs, { definitions, options: {} } as Provisioning);
    await expect(lookup).rejects.toThrow('AccessDenied');
  });
});
