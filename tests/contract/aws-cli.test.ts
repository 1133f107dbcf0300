// The AWS CLI against the embedded AWS: a real client of the older Query protocol (version 2.9, as in Debian 12) or of
// the JSON protocol (from version 2.15).

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { type LocalAws, startLocalAws } from '@movie-load/local-aws';
import { clientEnvironment } from '../support/cli-environment.ts';
import { concurrentTests } from '../support/concurrent-tests.ts';
import { needs } from '../support/needs.ts';
import { findAwsCli, pathOf } from '../support/tools.ts';

const run = promisify(execFile);

needs('aws')('the AWS CLI', () => {
  let aws: LocalAws;
  let folder: string;

  beforeAll(async () => {
    aws = await startLocalAws();
    folder = await mkdtemp(join(tmpdir(), 'movie-load-cli-'));
  });
  afterAll(async () => {
    await aws.close();
    await rm(folder, { recursive: true, force: true });
  });
  const test = concurrentTests({ atOnce: 3 });

  async function cli(...args: string[]): Promise<string> {
    const { stdout } = await run(pathOf(findAwsCli()), ['--endpoint-url', aws.endpoint, ...args], {
      env: { ...clientEnvironment(folder), HOME: folder },
    });
    return stdout;
  }
  const json = async (...args: string[]): Promise<unknown> => JSON.parse((await cli(...args)) || '{}');
  /** The standard error of the CLI when AWS refuses a call. */
  const errorOutput = (...args: string[]): Promise<string> =>
    cli(...args).catch((error: { stderr?: string }) => error.stderr ?? String(error));
  const create = async (name: string, ...more: string[]): Promise<string> => {
    const created = (await json('sqs', 'create-queue', '--queue-name', name, ...more)) as { QueueUrl: string };
    return created.QueueUrl;
  };
  const FIFO = ['--attributes', 'FifoQueue=true,ContentBasedDeduplication=true'];

  describe('sqs', () => {
    test('lists queues, all or by prefix', async () => {
      const urls = [await create('list-a.fifo', ...FIFO), await create('list-b')];
      expect(await json('sqs', 'list-queues')).toEqual({ QueueUrls: expect.arrayContaining(urls) });
      expect(await json('sqs', 'list-queues', '--queue-name-prefix', 'list-')).toEqual({ QueueUrls: urls });
      expect(await cli('sqs', 'list-queues', '--queue-name-prefix', 'none-')).toBe('');
    });

    test('sends a message, shows the queue, receives and deletes it', async () => {
      const url = await create('one.fifo', ...FIFO);
      const attributes = {
        a: { DataType: 'String', StringValue: 'ü' },
        b: { DataType: 'Binary', BinaryValue: 'AAEC' },
      };
      const body = 'Öl & <b>"x"</b>\n';
      const sent = await json(
        'sqs',
        'send-message',
        '--queue-url',
        url,
        '--message-group-id',
        'g',
        '--message-body',
        body,
        '--message-attributes',
        JSON.stringify(attributes),
      );
      expect(sent).toMatchObject({ MessageId: expect.any(String), SequenceNumber: expect.any(String) });
      expect(await json('sqs', 'get-queue-attributes', '--queue-url', url, '--attribute-names', 'All')).toMatchObject({
        Attributes: { ApproximateNumberOfMessages: '1', FifoQueue: 'true' },
      });
      const received = (await json(
        'sqs',
        'receive-message',
        '--queue-url',
        url,
        '--attribute-names',
        'All',
        '--message-attribute-names',
        'All',
      )) as { Messages: { ReceiptHandle: string }[] };
      expect(received.Messages).toMatchObject([
        {
          Body: body,
          Attributes: { MessageGroupId: 'g', ApproximateReceiveCount: '1' },
          // Version 1 of the CLI reads a binary value as plain bytes, version 2 as base64.
          MessageAttributes: { a: attributes.a, b: { DataType: 'Binary' } },
        },
      ]);
      const handle = received.Messages[0]?.ReceiptHandle ?? '';
      await cli('sqs', 'delete-message', '--queue-url', url, '--receipt-handle', handle);
      expect(
        await json(
          'sqs',
          'get-queue-attributes',
          '--queue-url',
          url,
          '--attribute-names',
          'ApproximateNumberOfMessagesNotVisible',
        ),
      ).toEqual({ Attributes: { ApproximateNumberOfMessagesNotVisible: '0' } });
    });

    test('sends, hides and deletes in batches, with answers per entry', async () => {
      const url = await create('batch.fifo', ...FIFO);
      const entries = ['1', '2'].map((Id) => ({ Id, MessageBody: `b${Id}`, MessageGroupId: Id }));
      expect(
        await json('sqs', 'send-message-batch', '--queue-url', url, '--entries', JSON.stringify(entries)),
      ).toMatchObject({ Successful: [{ Id: '1' }, { Id: '2' }] });
      const handles = (
        (await json('sqs', 'receive-message', '--queue-url', url, '--max-number-of-messages', '10')) as {
          Messages: { ReceiptHandle: string }[];
        }
      ).Messages.map((message) => message.ReceiptHandle);
      const both = handles.map((ReceiptHandle, i) => ({ Id: `m${i}`, ReceiptHandle }));
      expect(
        await json(
          'sqs',
          'change-message-visibility-batch',
          '--queue-url',
          url,
          '--entries',
          JSON.stringify(both.map((entry) => ({ ...entry, VisibilityTimeout: 60 }))),
        ),
      ).toEqual({ Successful: [{ Id: 'm0' }, { Id: 'm1' }] });
      expect(
        await json(
          'sqs',
          'delete-message-batch',
          '--queue-url',
          url,
          '--entries',
          JSON.stringify([...both, { Id: 'bad', ReceiptHandle: 'garbage' }]),
        ),
      ).toMatchObject({
        Successful: [{ Id: 'm0' }, { Id: 'm1' }],
        Failed: [{ Id: 'bad', Code: 'ReceiptHandleIsInvalid', SenderFault: true }],
      });
    });

    test('changes the attributes of a queue, and lists its tags', async () => {
      const url = await create('attributes', '--tags', 'team=films');
      await cli('sqs', 'set-queue-attributes', '--queue-url', url, '--attributes', 'VisibilityTimeout=7');
      expect(
        await json('sqs', 'get-queue-attributes', '--queue-url', url, '--attribute-names', 'VisibilityTimeout'),
      ).toEqual({ Attributes: { VisibilityTimeout: '7' } });
      expect(await json('sqs', 'list-queue-tags', '--queue-url', url)).toEqual({ Tags: { team: 'films' } });
    });

    test("gets AWS's error codes for wrong requests", async () => {
      const url = await create('errors');
      const sqsError = (...args: string[]) => errorOutput('sqs', ...args);
      expect(await sqsError('get-queue-url', '--queue-name', 'nowhere')).toContain(
        '(AWS.SimpleQueueService.NonExistentQueue) when calling the GetQueueUrl operation',
      );
      expect(await sqsError('delete-message', '--queue-url', url, '--receipt-handle', 'garbage')).toContain(
        '(ReceiptHandleIsInvalid)',
      );
      expect(await sqsError('create-queue', '--queue-name', 'errors', '--attributes', 'DelaySeconds=1')).toContain(
        '(QueueAlreadyExists)',
      );
      expect(await sqsError('receive-message', '--queue-url', url, '--max-number-of-messages', '11')).toContain(
        '(InvalidParameterValue)',
      );
      expect(await sqsError('delete-message-batch', '--queue-url', url, '--entries', '[]')).toContain(
        '(AWS.SimpleQueueService.EmptyBatchRequest)',
      );
    });
  });

  test('scans a table', async () => {
    await cli(
      'dynamodb',
      'create-table',
      '--table-name',
      'films',
      '--billing-mode',
      'PAY_PER_REQUEST',
      '--attribute-definitions',
      'AttributeName=id,AttributeType=S',
      '--key-schema',
      'AttributeName=id,KeyType=HASH',
    );
    await cli('dynamodb', 'put-item', '--table-name', 'films', '--item', '{"id":{"S":"1"},"year":{"N":"1999"}}');
    expect(await json('dynamodb', 'scan', '--table-name', 'films')).toMatchObject({
      Count: 1,
      Items: [{ id: { S: '1' }, year: { N: '1999' } }],
    });
  });

  test('creates a bucket, copies a file there in parts and back, and moves, lists and removes the object', async () => {
    const file = join(folder, 'file');
    const content = Buffer.alloc(20 * 1024 * 1024, 'movie ');
    await writeFile(file, content);
    await cli('s3', 'mb', 's3://cli-bucket');
    expect(await cli('s3', 'ls')).toContain('cli-bucket');
    await cli('s3', 'cp', file, 's3://cli-bucket/a.json', '--no-progress');
    const head = ['s3api', 'head-object', '--bucket', 'cli-bucket', '--key'];
    // The CLI makes parts of 8 MiB.
    expect(await json(...head, 'a.json')).toMatchObject({ ETag: expect.stringMatching(/-3"$/) });
    await cli('s3', 'mv', 's3://cli-bucket/a.json', 's3://cli-bucket/sub/b.json', '--no-progress');
    expect(await cli('s3', 'ls', 's3://cli-bucket', '--recursive')).toMatch(/ 20971520 sub\/b\.json\n$/);
    await cli('s3', 'cp', 's3://cli-bucket/sub/b.json', `${file}-back`, '--no-progress');
    expect(content.equals(await readFile(`${file}-back`))).toBe(true);
    await cli('s3', 'rm', 's3://cli-bucket/sub/b.json');
    for (const key of ['a.json', 'sub/b.json']) expect(await errorOutput(...head, key)).toContain('(404)');
    expect(await errorOutput('s3', 'ls', 's3://cli-nowhere')).toContain('(NoSuchBucket)');
  });

  test('synchronises a folder there and back, with empty files and any names', async () => {
    const names = ['empty', 'a b+c.txt', 'sub/ü🎬.json', 'sub/deep/x'];
    const from = join(folder, 'from');
    for (const name of names) {
      await mkdir(dirname(join(from, name)), { recursive: true });
      await writeFile(join(from, name), name === 'empty' ? '' : name);
    }
    await cli('s3', 'mb', 's3://cli-sync');
    await cli('s3', 'sync', from, 's3://cli-sync/all', '--no-progress');
    expect(await cli('s3', 'sync', from, 's3://cli-sync/all', '--no-progress')).toBe('');
    await cli('s3', 'sync', 's3://cli-sync/all', join(folder, 'back'), '--no-progress');
    const back = await Promise.all(names.map((name) => readFile(join(folder, 'back', name), 'utf8')));
    expect(back).toEqual(['', ...names.slice(1)]);
    await rm(join(from, 'sub'), { recursive: true });
    await cli('s3', 'sync', from, 's3://cli-sync/all', '--delete', '--no-progress');
    expect(await cli('s3', 'ls', 's3://cli-sync/all/')).toMatch(/ a b\+c\.txt\n.* empty\n$/);
    expect(await cli('s3', 'rm', 's3://cli-sync', '--recursive')).toContain('delete:');
    expect(await cli('s3', 'rb', 's3://cli-sync')).toContain('remove_bucket');
  });

  test('presigns a URL that is readable without credentials until it expires', async () => {
    await cli('s3', 'mb', 's3://cli-signed');
    const file = join(folder, 'signed');
    await writeFile(file, 'signed content');
    await cli('s3', 'cp', file, 's3://cli-signed/k');
    const url = (await cli('s3', 'presign', 's3://cli-signed/k', '--expires-in', '300')).trim();
    expect(await (await fetch(url)).text()).toBe('signed content');
    // Version 2 of the CLI signs the date of the request, version 1 the time at which the URL expires.
    const expired = url
      .replace(/X-Amz-Date=\d{8}/, 'X-Amz-Date=20200101')
      .replace(/&Expires=\d+/, '&Expires=1577836800');
    expect((await fetch(expired)).status).toBe(403);
  });

  test('gets the error of a put whose MD5 is wrong', async () => {
    await cli('s3', 'mb', 's3://cli-digest');
    const file = join(folder, 'digest');
    await writeFile(file, 'x');
    const output = await errorOutput(
      's3api',
      'put-object',
      '--bucket',
      'cli-digest',
      '--key',
      'k',
      '--body',
      file,
      '--content-md5',
      'AAAAAAAAAAAAAAAAAAAAAA==',
    );
    expect(output).toContain('(BadDigest)');
  });

  test('returns the identity of the caller', async () => {
    expect(await json('sts', 'get-caller-identity')).toMatchObject({ Account: '000000000000' });
  });
});
