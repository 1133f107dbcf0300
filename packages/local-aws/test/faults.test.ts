// The interface for injected faults: calls that are late, fail before their effect, or lose their answer.

import { afterEach, expect, test } from '@jest/globals';
import { type Fault, type Faults, type LocalAws, startLocalAws } from '../src/index.ts';
import { call, exchange, get, query, SIGNED } from './support/server.ts';

let aws: LocalAws | undefined;
afterEach(async () => {
  await aws?.close();
  aws = undefined;
});

async function withQueue(faults: Faults): Promise<{ aws: LocalAws; url: string }> {
  aws = await startLocalAws({ faults });
  await call(aws, 'AmazonSQS.CreateQueue', { QueueName: 'q' });
  return { aws, url: `${aws.endpoint}/000000000000/q` };
}

async function visibleCount(of: LocalAws, url: string): Promise<string> {
  const body = { QueueUrl: url, AttributeNames: ['ApproximateNumberOfMessages'] };
  return JSON.parse((await call(of, 'AmazonSQS.GetQueueAttributes', body)).body).Attributes.ApproximateNumberOfMessages;
}

const on =
  (operation: string, fault: Fault) =>
  (called: string): Fault | undefined =>
    called === operation ? fault : undefined;
const BUSY: Fault = { status: 503, code: 'ServiceUnavailable' };

test('a fault before the effect fails the call, which has no effect', async () => {
  const { aws, url } = await withQueue({ before: on('sqs:SendMessage', BUSY) });
  const answer = await call(aws, 'AmazonSQS.SendMessage', { QueueUrl: url, MessageBody: 'x' });
  expect(answer.status).toBe(503);
  expect(answer.headers.get('x-amzn-query-error')).toBe('ServiceUnavailable;Receiver');
  expect(await visibleCount(aws, url)).toBe('0');
});

test('a fault after the effect fails the call, which has its effect', async () => {
  const { aws, url } = await withQueue({ after: on('sqs:SendMessage', BUSY) });
  const answer = await call(aws, 'AmazonSQS.SendMessage', { QueueUrl: url, MessageBody: 'x' });
  expect([answer.status, JSON.parse(answer.body)]).toMatchObject([
    503,
    { __type: expect.stringMatching(/#ServiceUnavailable$/) },
  ]);
  expect(await visibleCount(aws, url)).toBe('1');
});

test('a connection can break before or after the effect', async () => {
  const shouldFail = { before: true };
  const { aws, url } = await withQueue({
    before: (operation) => (operation === 'sqs:SendMessage' && shouldFail.before ? 'reset' : undefined),
    after: on('sqs:SendMessage', 'reset'),
  });
  const send = () => call(aws, 'AmazonSQS.SendMessage', { QueueUrl: url, MessageBody: 'x' });
  await expect(send()).rejects.toThrow();
  expect(await visibleCount(aws, url)).toBe('0');
  shouldFail.before = false;
  await expect(send()).rejects.toThrow();
  expect(await visibleCount(aws, url)).toBe('1');
});

test('a broken connection is reset: its client gets an error, not the end of an answer', async () => {
  const { aws } = await withQueue({ before: (operation) => (operation === 'sqs:ListQueues' ? 'reset' : undefined) });
  const head = `host: localhost\r\nauthorization: ${SIGNED.authorization}\r\nx-amz-target: AmazonSQS.ListQueues\r\n`;
  await expect(exchange(aws, `POST / HTTP/1.1\r\n${head}content-length: 2\r\n\r\n{}`)).rejects.toThrow('ECONNRESET');
});

test('faults reach every service under the names of its operations', async () => {
  const operations: string[] = [];
  const fault: Faults = {
    before: (operation) => {
      operations.push(operation);
      return BUSY;
    },
  };
  aws = await startLocalAws({ faults: fault });
  expect(JSON.parse((await call(aws, 'DynamoDB_20120810.UpdateItem', {})).body)).toMatchObject({
    __type: expect.stringMatching(/#ServiceUnavailable$/),
  });
  expect((await query(aws, { Action: 'ListQueues' })).body).toContain('<Code>ServiceUnavailable</Code>');
  const s3 = async (method: string, path: string, headers: Record<string, string> = {}) =>
    (await fetch(`${aws?.endpoint}${path}`, { method, headers: { ...SIGNED, ...headers } })).text();
  expect(await s3('PUT', '/b/k')).toContain('<Code>ServiceUnavailable</Code>');
  await s3('GET', '/');
  await s3('GET', '/b?list-type=2');
  await s3('PUT', '/b/k', { 'x-amz-copy-source': '/b/x' });
  await s3('POST', '/b/k?uploads');
  await s3('PUT', '/b/k?partNumber=1&uploadId=u');
  await s3('POST', '/b/k?uploadId=u');
  await s3('DELETE', '/b/k?uploadId=u');
  expect(operations).toEqual([
    'dynamodb:UpdateItem',
    'sqs:ListQueues',
    's3:PutObject',
    's3:ListBuckets',
    's3:ListObjectsV2',
    's3:CopyObject',
    's3:CreateMultipartUpload',
    's3:UploadPart',
    's3:CompleteMultipartUpload',
    's3:AbortMultipartUpload',
  ]);
});

test('a fault after the effect works for DynamoDB and S3 too', async () => {
  const failingOperations = /CreateTable|CreateBucket/;
  aws = await startLocalAws({
    faults: { after: (operation) => (failingOperations.test(operation) ? BUSY : undefined) },
  });
  const table = {
    TableName: 'films',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  };
  expect((await call(aws, 'DynamoDB_20120810.CreateTable', table)).status).toBe(503);
  expect(JSON.parse((await call(aws, 'DynamoDB_20120810.ListTables', {})).body)).toEqual({ TableNames: ['films'] });
  expect((await fetch(`${aws.endpoint}/films-bucket`, { method: 'PUT', headers: SIGNED })).status).toBe(503);
  expect((await get(aws, '/')).body).toContain('<Name>films-bucket</Name>');
});

test('a delay postpones a call', async () => {
  const { aws, url } = await withQueue({ delayMs: (operation) => (operation === 'sqs:SendMessage' ? 300 : 0) });
  const started = performance.now();
  await call(aws, 'AmazonSQS.SendMessage', { QueueUrl: url, MessageBody: 'x' });
  // A little less than the delay, because timers round; a slow machine only makes it longer.
  expect(performance.now() - started).toBeGreaterThan(290);
});

test('a call that is still delayed when the server closes does not keep the process running', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  let delayed = (): void => {};
  const isDelayed = new Promise<void>((resolve) => {
    delayed = resolve;
  });
  const { aws: running, url } = await withQueue({
    delayMs(operation) {
      if (operation !== 'sqs:SendMessage') return 0;
      delayed();
      return 60_000;
    },
  });
  const answer = call(running, 'AmazonSQS.SendMessage', { QueueUrl: url, MessageBody: 'x' }).catch(() => 'closed');
  await isDelayed;
  await running.close();
  expect(await answer).toBe('closed');
  expect(timers()).toBe(before);
});
