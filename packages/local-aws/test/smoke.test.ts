import { afterAll, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../src/index.ts';

let aws: LocalAws | undefined;
afterAll(() => aws?.close());

async function call(target: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(aws?.endpoint ?? '', {
    method: 'POST',
    headers: {
      'x-amz-target': target,
      'content-type': 'application/x-amz-json-1.0',
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/x/aws4_request, SignedHeaders=host, Signature=0',
      'x-amz-date': '20260101T000000Z',
    },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Record<string, unknown>;
}

test('one port answers for SQS, DynamoDB and S3', async () => {
  aws = await startLocalAws();
  const { QueueUrl } = await call('AmazonSQS.CreateQueue', { QueueName: 'a.fifo', Attributes: { FifoQueue: 'true' } });
  expect(QueueUrl).toBe(`${aws.endpoint}/000000000000/a.fifo`);
  expect(await call('DynamoDB_20120810.ListTables', {})).toEqual({ TableNames: [] });
  const buckets = await fetch(aws.endpoint);
  expect(await buckets.text()).toContain('<ListAllMyBucketsResult');
});

test('a waiting receive is woken by a send', async () => {
  const QueueUrl = `${aws?.endpoint}/000000000000/a.fifo`;
  const receiving = call('AmazonSQS.ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 });
  await call('AmazonSQS.SendMessage', { QueueUrl, MessageBody: 'x', MessageGroupId: 'g', MessageDeduplicationId: '1' });
  expect(await receiving).toMatchObject({ Messages: [{ Body: 'x' }] });
});
