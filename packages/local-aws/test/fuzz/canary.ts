// The resources of a run: a queue with messages, a table with items and a bucket with objects for the canary, which must
// not change, and the same for all other requests.

import type { Names } from './inputs.ts';
import { type ServiceName, signed } from './request.ts';

export const CANARY: Names = { queue: 'canary-queue', table: 'canary-table', bucket: 'canary-bucket' };
/** Resources that hostile requests may use freely. */
export const SCRATCH: Names = { queue: 'scratch-queue', table: 'scratch-table', bucket: 'scratch-bucket' };

const COUNT = 10;

async function ask(port: number, service: ServiceName, path: string, init: RequestInit = {}): Promise<string> {
  const { host: _, ...headers } = signed(service);
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers: { ...headers, ...init.headers } });
  const body = await answer.text();
  if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${path} was answered with ${answer.status}: ${body}`);
  return body;
}

async function json(port: number, target: string, input: object): Promise<string> {
  const service = target.startsWith('AmazonSQS') ? 'sqs' : 'dynamodb';
  const headers = { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0' };
  return await ask(port, service, '/', { method: 'POST', headers, body: JSON.stringify(input) });
}

const queueUrl = (port: number, queue: string): string => `http://127.0.0.1:${port}/000000000000/${queue}`;

async function createNamed(port: number, { queue, table, bucket }: Names): Promise<void> {
  await json(port, 'AmazonSQS.CreateQueue', { QueueName: queue });
  await json(port, 'DynamoDB_20120810.CreateTable', {
    TableName: table,
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  await ask(port, 's3', `/${bucket}`, { method: 'PUT' });
  for (let i = 0; i < COUNT; i += 1) {
    await json(port, 'AmazonSQS.SendMessage', { QueueUrl: queueUrl(port, queue), MessageBody: `message ${i}` });
    await json(port, 'DynamoDB_20120810.PutItem', {
      TableName: table,
      Item: { id: { S: `item ${i}` }, n: { N: String(i) } },
    });
    await ask(port, 's3', `/${bucket}/${i}`, { method: 'PUT', body: `object ${i} `.repeat(1000) });
  }
  await ask(port, 's3', `/${bucket}/a.json`, { method: 'PUT', body: '[]' });
}

export async function createResources(port: number): Promise<void> {
  await createNamed(port, CANARY);
  await createNamed(port, SCRATCH);
}

/** All contents of the canary, as text for comparison. */
export async function canaryContents(port: number): Promise<string> {
  const { queue, table, bucket } = CANARY;
  const QueueUrl = queueUrl(port, queue);
  const messages = await ask(
    port,
    'sqs',
    `/_aws/sqs/messages?${new URLSearchParams({ QueueUrl, ShowInvisible: 'true' })}`,
  );
  const bodies = [...messages.matchAll(/<Body>([^<]*)/g)].map(([, body]) => body);
  const { Attributes } = JSON.parse(
    await json(port, 'AmazonSQS.GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] }),
  );
  const { Items } = JSON.parse(await json(port, 'DynamoDB_20120810.Scan', { TableName: table })) as { Items: object[] };
  const keys = [...(await ask(port, 's3', `/${bucket}?list-type=2`)).matchAll(/<Key>([^<]*)/g)].map(
    ([, key]) => key ?? '',
  );
  const objects = await Promise.all(keys.map((key) => ask(port, 's3', `/${bucket}/${key}`)));
  const items = Items.map((item) => JSON.stringify(item)).toSorted();
  return JSON.stringify({ bodies, Attributes, items, keys, objects }, null, 1);
}
