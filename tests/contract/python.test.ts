// Clients in Python against the embedded AWS: boto3, and the AWS CLI 1.45 that comes with it.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '@movie-load/local-aws';
import { clientEnvironment } from '../support/cli-environment.ts';
import { needs } from '../support/needs.ts';
import { findPython, pathOf } from '../support/tools.ts';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('./python/clients.py', import.meta.url));

needs('python')('Python', () => {
  let aws: LocalAws;
  let folder: string;

  beforeAll(async () => {
    aws = await startLocalAws();
    folder = await mkdtemp(join(tmpdir(), 'movie-load-python-'));
  });
  afterAll(async () => {
    await aws.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function python(...args: string[]): Promise<string> {
    const { stdout } = await run(pathOf(findPython()), args, {
      cwd: folder,
      maxBuffer: 50_000_000,
      // Python's `site-packages` may be below the user's home.
      env: { ...clientEnvironment(folder), HOME: process.env.HOME ?? folder, PYTHONUTF8: '1' },
    });
    return stdout;
  }

  test.each([
    ['sqs', 4],
    ['dynamodb', 4],
    ['s3', 4],
    ['sts', 1],
  ])('boto3: %s, %i cases', async (service, cases) => {
    const lines = (await python(SCRIPT, aws.endpoint, service)).trim().split('\n');
    expect(lines).toEqual(Array.from({ length: cases }, () => expect.stringMatching(/^ok /)));
  });

  describe('the AWS CLI 1.45', () => {
    const cli = (...args: string[]): Promise<string> => python('-m', 'awscli', '--endpoint-url', aws.endpoint, ...args);
    const json = async (...args: string[]): Promise<unknown> => JSON.parse((await cli(...args)) || '{}');

    test('sqs: sends, receives and deletes a message', async () => {
      const created = (await json('sqs', 'create-queue', '--queue-name', 'cli')) as { QueueUrl: string };
      const url = ['--queue-url', created.QueueUrl];
      await cli('sqs', 'send-message', ...url, '--message-body', 'Öl & <b>\n');
      const received = (await json('sqs', 'receive-message', ...url, '--attribute-names', 'All')) as {
        Messages: { Body: string; ReceiptHandle: string }[];
      };
      expect(received.Messages.map(({ Body }) => Body)).toEqual(['Öl & <b>\n']);
      await cli('sqs', 'delete-message', ...url, '--receipt-handle', received.Messages[0]?.ReceiptHandle ?? '');
      expect(await cli('sqs', 'receive-message', ...url)).toBe('');
    });

    test('dynamodb: creates a table, waits for it, and writes items with and without expressions', async () => {
      const table = ['--table-name', 'cli-table'];
      const key = [
        '--attribute-definitions',
        'AttributeName=id,AttributeType=S',
        '--key-schema',
        'AttributeName=id,KeyType=HASH',
      ];
      await cli('dynamodb', 'create-table', ...table, ...key, '--billing-mode', 'PAY_PER_REQUEST');
      await cli('dynamodb', 'wait', 'table-exists', ...table);
      await cli('dynamodb', 'put-item', ...table, '--item', '{"id":{"S":"a"},"n":{"N":"1"}}');
      const updated = await json(
        'dynamodb',
        'update-item',
        ...table,
        '--key',
        '{"id":{"S":"a"}}',
        '--update-expression',
        'SET n = n + :one',
        '--expression-attribute-values',
        '{":one":{"N":"1"}}',
        '--return-values',
        'ALL_NEW',
      );
      expect(updated).toEqual({ Attributes: { id: { S: 'a' }, n: { N: '2' } } });
      expect(await json('dynamodb', 'scan', ...table)).toMatchObject({ Count: 1, Items: [{ n: { N: '2' } }] });
      const missing = cli(
        'dynamodb',
        'put-item',
        ...table,
        '--item',
        '{"id":{"S":"a"}}',
        '--condition-expression',
        'attribute_not_exists(id)',
      );
      await expect(missing).rejects.toThrow('ConditionalCheckFailedException');
      await cli('dynamodb', 'delete-table', ...table);
      await cli('dynamodb', 'wait', 'table-not-exists', ...table);
    });

    test('s3: copies, moves, syncs, lists, presigns and removes objects, also one of 20 MB', async () => {
      const big = Buffer.alloc(20_000_000, 'movie ');
      await writeFile(join(folder, 'big.bin'), big);
      await writeFile(join(folder, 'ü 1.txt'), 'small');
      await cli('s3', 'mb', 's3://cli-bucket');
      await cli('s3', 'cp', 'big.bin', 's3://cli-bucket/in/');
      await cli('s3', 'cp', 's3://cli-bucket/in/big.bin', 'back.bin');
      expect((await readFile(join(folder, 'back.bin'))).equals(big)).toBe(true);
      await cli('s3', 'mv', 's3://cli-bucket/in/big.bin', 's3://cli-bucket/moved.bin');
      await cli('s3', 'sync', '.', 's3://cli-bucket/all/', '--exclude', '*.bin');
      const listed = await cli('s3', 'ls', 's3://cli-bucket', '--recursive');
      // Date, time and size take 31 characters of a line.
      expect(
        listed
          .trim()
          .split('\n')
          .map((line) => line.slice(31)),
      ).toEqual(['all/ü 1.txt', 'moved.bin']);
      const url = (await cli('s3', 'presign', 's3://cli-bucket/all/ü 1.txt')).trim();
      expect(await (await fetch(url)).text()).toBe('small');
      await cli('s3', 'rb', 's3://cli-bucket', '--force');
      expect(await cli('s3', 'ls')).toBe('');
    });

    test('sts: returns the identity of the caller', async () => {
      expect(await json('sts', 'get-caller-identity')).toMatchObject({ Account: '000000000000' });
    });
  });
});
