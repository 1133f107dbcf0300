// Queues of SQS at their limits: the last accepted value of an attribute, a name or a page, and the first refused one.

import { describe, expect, test } from '@jest/globals';
import type { Input } from '../src/sqs/input.ts';
import { createTestEngine, outcome } from './support/engine.ts';

describe('the attributes of a queue', () => {
  test.each([
    ['DelaySeconds', 0, 900],
    ['MaximumMessageSize', 1024, 1_048_576],
    ['MessageRetentionPeriod', 60, 1_209_600],
    ['ReceiveMessageWaitTimeSeconds', 0, 20],
    ['VisibilityTimeout', 0, 43_200],
    ['KmsDataKeyReusePeriodSeconds', 60, 86_400],
  ])('accept %s from %d to %d', (name, least, most) => {
    const { engine, create } = createTestEngine();
    const QueueUrl = create('q');
    const set = (value: number | string) =>
      outcome(() => engine.call('SetQueueAttributes', { QueueUrl, Attributes: { [name]: String(value) } }));
    expect([least, most, least - 1, most + 1, '', '1.5', 'x'].map(set)).toEqual([
      'accepted',
      'accepted',
      ...Array(5).fill('InvalidAttributeValue'),
    ]);
    const { Attributes } = engine.call('GetQueueAttributes', { QueueUrl, AttributeNames: [name] });
    expect(Attributes).toEqual({ [name]: String(most) });
  });

  test.each([
    ['maxReceiveCount 1', { maxReceiveCount: 1 }, 'accepted'],
    ['maxReceiveCount 1000 as a text', { maxReceiveCount: '1000' }, 'accepted'],
    ['maxReceiveCount 0', { maxReceiveCount: 0 }, 'InvalidParameterValue'],
    ['maxReceiveCount 1001', { maxReceiveCount: 1001 }, 'InvalidParameterValue'],
    ['maxReceiveCount 1.5', { maxReceiveCount: 1.5 }, 'InvalidParameterValue'],
    ['no maxReceiveCount', { maxReceiveCount: undefined }, 'InvalidParameterValue'],
    ['a missing target', { deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:none' }, 'InvalidParameterValue'],
    ['a target that is not a queue', { deadLetterTargetArn: 'dead' }, 'InvalidParameterValue'],
  ])('with a redrive policy that has %s: %s', (_, more, expected) => {
    const { engine, create } = createTestEngine();
    create('dead');
    const QueueUrl = create('q');
    const deadLetterTargetArn = 'arn:aws:sqs:us-east-1:000000000000:dead';
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 5, ...more });
    expect(outcome(() => engine.call('SetQueueAttributes', { QueueUrl, Attributes: { RedrivePolicy } }))).toBe(
      expected,
    );
    expect(outcome(() => create('new', { RedrivePolicy }))).toBe(expected);
  });

  test.each([
    ['q.fifo', 'dead.fifo', 'accepted'],
    ['q.fifo', 'dead', 'InvalidParameterValue'],
    ['q', 'dead.fifo', 'InvalidParameterValue'],
  ])('allow dead letters of %s to go to %s: %s', (source, target, expected) => {
    const { engine, create } = createTestEngine();
    const { arn } = engine.queueByUrl(create(target));
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: 1 });
    expect(outcome(() => create(source, { RedrivePolicy }))).toBe(expected);
  });

  test.each([
    [{ redrivePermission: 'allowAll' }, 'accepted'],
    [{ redrivePermission: 'denyAll' }, 'InvalidParameterValue'],
    [{ redrivePermission: 'byQueue', sourceQueueArns: ['arn:aws:sqs:us-east-1:000000000000:q'] }, 'accepted'],
    [
      { redrivePermission: 'byQueue', sourceQueueArns: ['arn:aws:sqs:us-east-1:000000000000:other'] },
      'InvalidParameterValue',
    ],
  ])('allow a dead-letter queue with %j to receive from q: %s', (allow, expected) => {
    const { engine, create } = createTestEngine();
    const dead = create('dead', { RedriveAllowPolicy: JSON.stringify(allow) });
    const deadLetterTargetArn = engine.queueByUrl(dead).arn;
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 });
    expect(outcome(() => create('q', { RedrivePolicy }))).toBe(expected);
  });

  test('may be repeated with their values when the queue is created again, including absent ones', () => {
    const { create } = createTestEngine();
    create('q.fifo');
    const again = (attributes: Record<string, string>) => outcome(() => create('q.fifo', attributes));
    expect(again({ KmsMasterKeyId: '', RedrivePolicy: '', VisibilityTimeout: '30' })).toBe('accepted');
    expect(again({ KmsDataKeyReusePeriodSeconds: '300' })).toBe('accepted');
    expect(again({ KmsDataKeyReusePeriodSeconds: '301' })).toBe('QueueNameExists');
    expect(again({ KmsMasterKeyId: 'key' })).toBe('QueueNameExists');
    const others = {
      ...{ DelaySeconds: '1', MaximumMessageSize: '1024', MessageRetentionPeriod: '60', VisibilityTimeout: '31' },
      ...{ ReceiveMessageWaitTimeSeconds: '1', Policy: '{"a":1}', ContentBasedDeduplication: 'true' },
      ...{ DeduplicationScope: 'messageGroup', SqsManagedSseEnabled: 'false' },
    };
    for (const [name, value] of Object.entries(others))
      expect([name, again({ [name]: value })]).toEqual([name, 'QueueNameExists']);
    expect(again({})).toBe('accepted');
  });

  test.each(['q', 'q.fifo'])('are refused for %s by names that every object inherits', (name) => {
    const { create } = createTestEngine();
    for (const inherited of ['constructor', 'toString', '__proto__']) {
      expect(outcome(() => create(name, Object.fromEntries([[inherited, 'x']])))).toBe('InvalidAttributeName');
    }
  });

  test.each(['Policy', 'RedriveAllowPolicy', 'RedrivePolicy'])('require that %s is a JSON object or empty', (name) => {
    const { engine, create } = createTestEngine();
    const QueueUrl = create('q');
    const set = (value: string) =>
      outcome(() => engine.call('SetQueueAttributes', { QueueUrl, Attributes: { [name]: value } }));
    expect(['{', '[]', '1', 'null', '"text"'].map(set)).toEqual(Array(5).fill('InvalidAttributeValue'));
    expect(set('')).toBe('accepted');
  });

  test('show a redrive policy in one format, however it was given', () => {
    const { engine, create } = createTestEngine();
    create('dead');
    const deadLetterTargetArn = 'arn:aws:sqs:us-east-1:000000000000:dead';
    const given = JSON.stringify({ maxReceiveCount: '7', deadLetterTargetArn, more: true }, undefined, 2);
    const QueueUrl = create('q', { RedrivePolicy: given });
    const shown = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 7 });
    const { Attributes } = engine.call('GetQueueAttributes', { QueueUrl, AttributeNames: ['RedrivePolicy'] });
    expect(Attributes).toEqual({ RedrivePolicy: shown });
    expect(outcome(() => create('q', { RedrivePolicy: given }))).toBe('accepted');
    const emptied = { QueueUrl, Attributes: { RedrivePolicy: '' } };
    engine.call('SetQueueAttributes', emptied);
    expect(engine.call('GetQueueAttributes', { QueueUrl, AttributeNames: ['RedrivePolicy'] })).toEqual({});
  });

  test('can be requested one by one, with the same values as all together', () => {
    const { engine, create } = createTestEngine();
    const QueueUrl = create('q.fifo', { KmsDataKeyReusePeriodSeconds: '60', Policy: '{"Version":"2012-10-17"}' });
    const requested = (...AttributeNames: string[]) =>
      Object(engine.call('GetQueueAttributes', { QueueUrl, AttributeNames }).Attributes);
    const all = requested('All');
    // Those of the defaults (12, and 4 of FIFO queues: next test), and the two that are set here.
    expect(Object.keys(all)).toHaveLength(18);
    for (const name of Object.keys(all)) expect(requested(name)).toEqual({ [name]: all[name] });
    for (const name of ['KmsMasterKeyId', 'RedrivePolicy', 'RedriveAllowPolicy']) expect(requested(name)).toEqual({});
  });

  test.each<[string, Record<string, string>]>([
    ['q', {}],
    [
      'q.fifo',
      {
        FifoQueue: 'true',
        ContentBasedDeduplication: 'false',
        DeduplicationScope: 'queue',
        FifoThroughputLimit: 'perQueue',
      },
    ],
  ])('have AWS’s defaults for %s', (name, more) => {
    const { engine, create } = createTestEngine();
    const QueueUrl = create(name);
    const made = String(Date.UTC(2026, 0, 1) / 1000);
    expect(engine.call('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] }).Attributes).toEqual({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesDelayed: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
      CreatedTimestamp: made,
      DelaySeconds: '0',
      LastModifiedTimestamp: made,
      MaximumMessageSize: '1048576',
      MessageRetentionPeriod: '345600',
      QueueArn: `arn:aws:sqs:us-east-1:000000000000:${name}`,
      ReceiveMessageWaitTimeSeconds: '0',
      SqsManagedSseEnabled: 'true',
      VisibilityTimeout: '30',
      ...more,
    });
  });

  test('may have booleans in any case, and show them in lower case', () => {
    const { engine, create } = createTestEngine();
    const QueueUrl = create('q.fifo', { ContentBasedDeduplication: 'TRUE', SqsManagedSseEnabled: 'False' });
    const AttributeNames = ['ContentBasedDeduplication', 'SqsManagedSseEnabled'];
    expect(engine.call('GetQueueAttributes', { QueueUrl, AttributeNames }).Attributes).toEqual({
      ContentBasedDeduplication: 'true',
      SqsManagedSseEnabled: 'false',
    });
    expect(engine.call('SendMessage', { QueueUrl, MessageBody: 'x', MessageGroupId: 'g' })).toHaveProperty('MessageId');
    expect(outcome(() => create('other.fifo', { ContentBasedDeduplication: '1' }))).toBe('InvalidAttributeValue');
  });

  test('allow high throughput only with deduplication by group', () => {
    const { create } = createTestEngine();
    const make = (attributes: Record<string, string>) => outcome(() => create('q.fifo', attributes));
    expect(make({ FifoThroughputLimit: 'perMessageGroupId' })).toBe('InvalidAttributeValue');
    expect(make({ FifoThroughputLimit: 'perMessageGroupId', DeduplicationScope: 'queue' })).toBe(
      'InvalidAttributeValue',
    );
    expect(make({ FifoThroughputLimit: 'perMessageGroupId', DeduplicationScope: 'messageGroup' })).toBe('accepted');
  });

  test('include the times of the queue’s creation and last change', () => {
    const { engine, create, pass } = createTestEngine();
    const QueueUrl = create('q');
    pass(5);
    engine.call('SetQueueAttributes', { QueueUrl, Attributes: { DelaySeconds: '1' } });
    const AttributeNames = ['CreatedTimestamp', 'LastModifiedTimestamp'];
    const made = Date.UTC(2026, 0, 1) / 1000;
    expect(engine.call('GetQueueAttributes', { QueueUrl, AttributeNames }).Attributes).toEqual({
      CreatedTimestamp: String(made),
      LastModifiedTimestamp: String(made + 5),
    });
  });
});

test('a queue has at most 50 tags, whether they are added at once or later', () => {
  const { engine, create } = createTestEngine();
  const QueueUrl = create('q');
  const tags = (from: number, to: number) =>
    Object.fromEntries(Array.from({ length: to - from }, (_, at) => [`t${from + at}`, 'v']));
  const tag = (Tags: object) => outcome(() => engine.call('TagQueue', { QueueUrl, Tags }));
  expect([tag(tags(0, 49)), tag(tags(49, 50)), tag({ t0: 'again' }), tag(tags(50, 51))]).toEqual([
    'accepted',
    'accepted',
    'accepted',
    'InvalidParameterValue',
  ]);
  expect(engine.call('ListQueueTags', { QueueUrl }).Tags).toEqual({ ...tags(0, 50), t0: 'again' });
});

test('a purge is allowed 60 seconds after the last one, to the millisecond', () => {
  const { engine, create, pass } = createTestEngine();
  const QueueUrl = create('q');
  const purge = () => outcome(() => engine.call('PurgeQueue', { QueueUrl }));
  expect(purge()).toBe('accepted');
  pass(59.999);
  expect(purge()).toBe('PurgeQueueInProgress');
  pass(0.001);
  expect(purge()).toBe('accepted');
});

describe('a list of queues', () => {
  const listed = (of: ReturnType<typeof createTestEngine>, more: Input) => {
    const { QueueUrls = [], NextToken } = of.engine.call('ListQueues', more);
    const names = (QueueUrls as string[]).map((url) => url.split('/').at(-1));
    return [names, NextToken] as const;
  };

  test('has the queues with a prefix, in order, and a token when there are more', () => {
    const of = createTestEngine();
    for (const name of ['b1', 'a2', 'a1', 'xa']) of.create(name);
    expect(listed(of, {})).toEqual([['a1', 'a2', 'b1', 'xa'], undefined]);
    expect(listed(of, { QueueNamePrefix: 'a' })).toEqual([['a1', 'a2'], undefined]);
    expect(listed(of, { MaxResults: 4 })).toEqual([['a1', 'a2', 'b1', 'xa'], undefined]);
    const [first, NextToken] = listed(of, { MaxResults: 3 });
    expect([first, listed(of, { MaxResults: 3, NextToken })]).toEqual([
      ['a1', 'a2', 'b1'],
      [['xa'], undefined],
    ]);
  });

  test('has at most 1,000 names, and no token unless a maximum was requested', () => {
    const of = createTestEngine();
    for (let number = 0; number < 1001; number += 1) of.create(`q${number}`);
    const [all, token] = listed(of, {});
    expect([all.length, token]).toEqual([1000, undefined]);
    expect(listed(of, { MaxResults: 1000 })[1]).toEqual(expect.any(String));
  });

  test('with a certain dead-letter queue has only these, in pages', () => {
    const { engine, create } = createTestEngine();
    const QueueUrl = create('dead');
    const deadLetterTargetArn = engine.queueByUrl(QueueUrl).arn;
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 });
    const urls = ['a', 'b'].map((name) => create(name, { RedrivePolicy }));
    create('other');
    expect(engine.call('ListDeadLetterSourceQueues', { QueueUrl })).toEqual({ queueUrls: urls });
    const { queueUrls, NextToken } = engine.call('ListDeadLetterSourceQueues', { QueueUrl, MaxResults: 1 });
    expect(queueUrls).toEqual(urls.slice(0, 1));
    expect(engine.call('ListDeadLetterSourceQueues', { QueueUrl, MaxResults: 1, NextToken })).toEqual({
      queueUrls: urls.slice(1),
    });
  });
});

test.each([
  ['a'.repeat(80), {}, 'accepted'],
  ['a'.repeat(81), {}, 'InvalidParameterValue'],
  [`${'a'.repeat(75)}.fifo`, { FifoQueue: 'true' }, 'accepted'],
  [`${'a'.repeat(76)}.fifo`, { FifoQueue: 'true' }, 'InvalidParameterValue'],
  ['.fifo', { FifoQueue: 'true' }, 'InvalidParameterValue'],
  ['a.fifo', {}, 'InvalidParameterValue'],
  ['a', { FifoQueue: 'true' }, 'InvalidParameterValue'],
  ['a.FIFO', { FifoQueue: 'true' }, 'InvalidParameterValue'],
  ['a.fifo', { FifoQueue: 'TRUE' }, 'accepted'],
  ['a', { FifoQueue: 'false' }, 'InvalidAttributeName'],
  ['a.fifo', { FifoQueue: 'maybe' }, 'InvalidAttributeValue'],
  ['a', { ContentBasedDeduplication: 'true' }, 'InvalidAttributeName'],
  ['a', { DeduplicationScope: 'queue' }, 'InvalidAttributeName'],
])('CreateQueue of %s with %j: %s', (QueueName, Attributes, expected) => {
  const { engine } = createTestEngine();
  expect(outcome(() => engine.call('CreateQueue', { QueueName, Attributes }))).toBe(expected);
});
