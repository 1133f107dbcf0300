// All four resources, with the test's answers: what is created and reported, in which order, and how it ends.
import { describe, expect, test } from '@jest/globals';
import { connectionReset } from '@movie-load/testing';
import { provision, resourceNames } from '../src/index.ts';
import {
  ACTIVE_TABLE,
  type Answers,
  definitions,
  fakeAws,
  inTurn,
  NO_TABLE,
  refusal,
  settings,
  TTL_ENABLED,
} from './fake-aws.ts';

const { queue, dlq, table, bucket } = settings;

describe('provision', () => {
  const NOTHING: Answers = {
    HeadBucket: () => refusal('NotFound', { $metadata: { httpStatusCode: 404 } }),
    GetQueueUrl: () => refusal('QueueDoesNotExist'),
    DescribeTable: () => NO_TABLE,
  };
  /** Of the operations, those that create, change or delete something. */
  const changesOf = (names: readonly string[]) => names.filter((name) => /^(Create|Put|Set|Update|Delete)/.test(name));

  test('lists every missing resource as it finds it, and creates nothing, in a dry run', async () => {
    const { clients, names } = fakeAws(NOTHING);
    const reported: string[] = [];
    const options = { dryRun: true, onCreated: (what: string) => reported.push(what) };
    const { created, changed } = await provision(clients, settings, options);
    expect(new Set(created)).toEqual(new Set(resourceNames(settings)));
    expect([reported, changed]).toEqual([created, []]);
    expect(changesOf(names())).toEqual([]);
    expect(created[0]).toBe(bucket);
  });

  test('lists every setting that differs, and changes none, in a dry run', async () => {
    const queues: Record<string, object> = {
      [`url/${queue}`]: { ...definitions.queue.attributes, VisibilityTimeout: '5', QueueArn: 'arn:queue' },
      [`url/${dlq}`]: { ...definitions.dlq.attributes, QueueArn: 'arn:dlq', RedriveAllowPolicy: '' },
    };
    const { clients, names } = fakeAws({
      HeadBucket: () => ({}),
      GetBucketLifecycleConfiguration: () => ({ Rules: definitions.bucket.lifecycleRules }),
      GetPublicAccessBlock: () => refusal('NoSuchPublicAccessBlockConfiguration'),
      GetQueueUrl: ({ QueueName }) => ({ QueueUrl: `url/${String(QueueName)}` }),
      GetQueueAttributes: ({ QueueUrl }) => ({ Attributes: queues[String(QueueUrl)] }),
      DescribeTable: () => ({ Table: ACTIVE_TABLE }),
      DescribeTimeToLive: () => ({ TimeToLiveDescription: TTL_ENABLED }),
    });
    const reported: string[] = [];
    const { created, changed } = await provision(clients, settings, {
      dryRun: true,
      onChanged: (what) => reported.push(what),
    });
    expect(created).toEqual([]);
    expect(reported).toEqual(changed);
    expect(new Set(changed)).toEqual(
      new Set([
        `${queue} VisibilityTimeout`,
        `${queue} RedrivePolicy`,
        `${dlq} RedriveAllowPolicy`,
        `${bucket} public access block`,
      ]),
    );
    expect(changesOf(names())).toEqual([]);
  });

  test('throws a failure only when everything that it began has ended', async () => {
    const ended: string[] = [];
    const { clients } = fakeAws({
      ...NOTHING,
      HeadBucket: () => ({}),
      CreateQueue: () => refusal('AccessDenied'),
      CreateTable: async () => {
        for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
        ended.push('table');
        return refusal('AccessDeniedException');
      },
      GetBucketLifecycleConfiguration: () => ({ Rules: definitions.bucket.lifecycleRules }),
      GetPublicAccessBlock: () => ({ PublicAccessBlockConfiguration: definitions.bucket.publicAccessBlock }),
    });
    await expect(provision(clients, settings)).rejects.toThrow('AccessDenied');
    expect(ended).toEqual(['table']);
  });

  test('reports each resource once when it is created, retries transient errors, and passes its signal', async () => {
    const { signal } = new AbortController();
    const { clients, requested, names } = fakeAws({
      HeadBucket: inTurn(connectionReset, NOTHING.HeadBucket?.({}, {})),
      GetQueueUrl: inTurn(connectionReset, refusal('QueueDoesNotExist')),
      DescribeTable: inTurn(
        connectionReset,
        NO_TABLE,
        { Table: { ...ACTIVE_TABLE, TableStatus: 'CREATING' } },
        { Table: ACTIVE_TABLE },
      ),
      CreateBucket: () => ({}),
      CreateQueue: ({ QueueName }) => ({ QueueUrl: `url/${String(QueueName)}` }),
      GetQueueAttributes: ({ QueueUrl }) => ({
        Attributes: {
          ...(String(QueueUrl).endsWith(dlq) ? definitions.dlq : definitions.queue).attributes,
          RedrivePolicy: JSON.stringify({ deadLetterTargetArn: `arn:url/${dlq}`, maxReceiveCount: 10 }),
          QueueArn: `arn:${String(QueueUrl)}`,
        },
      }),
      SetQueueAttributes: () => ({}),
      CreateTable: () => ({}),
      UpdateTimeToLive: () => ({}),
      GetBucketLifecycleConfiguration: () => ({ Rules: definitions.bucket.lifecycleRules }),
      GetPublicAccessBlock: () => ({ PublicAccessBlockConfiguration: definitions.bucket.publicAccessBlock }),
    });
    const reported: string[] = [];
    const { created, changed } = await provision(clients, settings, {
      signal,
      onCreated: (what) => reported.push(what),
      onChanged: (what) => reported.push(`changed ${what}`),
    });
    expect(reported).toEqual(created);
    expect([created.toSorted(), changed]).toEqual([resourceNames(settings).toSorted(), []]);
    expect(resourceNames(settings)).toEqual([bucket, dlq, queue, table]);
    expect(names().indexOf('CreateBucket')).toBeLessThan(names().indexOf('CreateQueue'));
    expect(names().indexOf('CreateBucket')).toBeLessThan(names().indexOf('CreateTable'));
    expect(requested.filter(({ options }) => options.abortSignal !== signal)).toEqual([]);
  });

  test('stops waiting for a table when its signal aborts, with the signal’s reason', async () => {
    const stop = new AbortController();
    const { clients } = fakeAws({
      ...NOTHING,
      HeadBucket: () => ({}),
      GetQueueUrl: () => ({ QueueUrl: 'url' }),
      GetQueueAttributes: () => ({ Attributes: {} }),
      SetQueueAttributes: () => ({}),
      DescribeTable: () => ({ Table: { ...ACTIVE_TABLE, TableStatus: 'UPDATING' } }),
      DescribeTimeToLive: () => {
        setImmediate(() => stop.abort(new Error('Ctrl-C')));
        return { TimeToLiveDescription: TTL_ENABLED };
      },
      GetBucketLifecycleConfiguration: () => ({ Rules: definitions.bucket.lifecycleRules }),
      GetPublicAccessBlock: () => ({ PublicAccessBlockConfiguration: definitions.bucket.publicAccessBlock }),
    });
    await expect(provision(clients, settings, { signal: stop.signal })).rejects.toThrow('Ctrl-C');
  });
});
