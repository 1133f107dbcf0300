import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { eventually, listenLocally } from '@movie-load/testing';
import { awsSettingsFrom, createClients } from '../src/index.ts';
import { optimizeClient } from '../src/optimize-client.ts';
import { Sha256 } from '../src/sha256.ts';

interface RecordedRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

const open: { close(): void }[] = [];
afterEach(() => {
  for (const resource of open.splice(0)) resource.close();
});

/** An endpoint that records requests and returns empty answers; a request that waits is never answered. */
async function endpoint(waits: (request: RecordedRequest) => boolean = () => false) {
  const requests: RecordedRequest[] = [];
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const recorded = { method: request.method, url: request.url, headers: request.headers, body };
    requests.push(recorded);
    if (waits(recorded)) return;
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end('{}');
  });
  const { url } = await listenLocally(server);
  open.push({
    close() {
      server.closeAllConnections();
      server.close();
    },
  });
  const clients = createClients(awsSettingsFrom({ AWS_ENDPOINT_URL: url, AWS_REGION: 'us-east-1' }), { env: {} });
  open.push({ close: () => clients.destroy() });
  return { requests, url, clients };
}

const QueueUrl = 'http://elsewhere.invalid/1/movie-load.fifo';
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
/** Headers that differ in each request, or are for statistics only. */
const VARYING_HEADERS = new Set([
  'amz-sdk-invocation-id',
  'x-amz-date',
  'authorization',
  'user-agent',
  'x-amz-user-agent',
]);

const comparable = (
  { headers, ...rest }: RecordedRequest | undefined = { method: '', url: '', headers: {}, body: '' },
) => ({
  ...rest,
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !VARYING_HEADERS.has(name))),
  signed: headers.authorization?.replace(/Signature=\w+/, '').replace(/;?x-amz-user-agent/, ''),
});

describe('optimized clients', () => {
  // `optimize-client.ts` uses internals of the SDK. After an update: do the tests below pass, and is each part still
  // worth it?
  test.each([
    ['@aws-sdk/client-sqs', '3.1175.0'],
    ['@aws-sdk/client-dynamodb', '3.1169.0'],
    ['@smithy/core', '3.41.0'],
  ])('are tested with version %s %s', (name, version) => {
    const catalog = readFileSync(new URL('../../../pnpm-workspace.yaml', import.meta.url), 'utf8');
    expect(catalog).toContain(`"${name}": ${version}\n`);
  });

  test('send the same requests as the SDK’s own clients, the first and the second time', async () => {
    const { requests, url, clients } = await endpoint();
    const config = { endpoint: url, region: 'us-east-1', credentials: CREDENTIALS, maxAttempts: 1 };
    const sqs = new SQSClient({ ...config, useQueueUrlAsEndpoint: false });
    const dynamodb = new DynamoDBClient(config);
    open.push({ close: () => sqs.destroy() }, { close: () => dynamodb.destroy() });
    const entry = { Id: '0', MessageBody: 'b', MessageGroupId: 'g', MessageDeduplicationId: 'd' };
    const send = () => new SendMessageBatchCommand({ QueueUrl, Entries: [entry] });
    const update = () =>
      new UpdateItemCommand({
        TableName: 't',
        Key: { job_id: { S: 'ä' } },
        UpdateExpression: 'ADD #n :n',
        ExpressionAttributeNames: { '#n': 'stored' },
        ExpressionAttributeValues: { ':n': { NS: ['1', '2'] } },
      });
    for (let time = 0; time < 2; time++) {
      await sqs.send(send());
      await clients.sqs.send(send(), { abortSignal: new AbortController().signal });
      await dynamodb.send(update());
      await clients.dynamodb.send(update(), { abortSignal: new AbortController().signal });
    }
    expect(requests).toHaveLength(8);
    for (let index = 0; index < 8; index += 2) {
      expect(comparable(requests[index + 1])).toEqual(comparable(requests[index]));
      const words = requests[index + 1]?.headers['user-agent']?.split(' ') ?? [];
      expect(words[0]).toMatch(/^aws-sdk-js\/3\.[\d.]+$/);
      expect(words.filter((word) => /undefined|,/.test(word))).toEqual([]);
      expect(words.map((word) => word.split('/')[0])).toEqual(expect.arrayContaining(['os', 'lang', 'md', 'api']));
    }
  });

  test('abort only the aborted call, though calls share the SDK’s middleware', async () => {
    const { requests, clients } = await endpoint(({ body }) => body.includes('20'));
    const stop = new AbortController();
    const poll = (WaitTimeSeconds: number, abortSignal: AbortSignal) =>
      clients.poll.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds }), { abortSignal });
    const first = poll(20, stop.signal);
    const second = poll(20, new AbortController().signal);
    second.catch(() => undefined);
    await eventually('both calls have arrived', () => requests.length >= 2);
    stop.abort();
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    await expect(Promise.race([second, Promise.resolve('still waiting')])).resolves.toBe('still waiting');
    await expect(poll(1, stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
    await expect(poll(1, new AbortController().signal)).resolves.toBeDefined();
  });

  test('use the signal of the second send when a command is sent twice, or none', async () => {
    const { clients } = await endpoint();
    const command = new ReceiveMessageCommand({ QueueUrl });
    const stop = new AbortController();
    await clients.sqs.send(command, { abortSignal: stop.signal });
    stop.abort();
    await expect(clients.sqs.send(command)).resolves.toBeDefined();
    await expect(clients.sqs.send(command, { abortSignal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
    await expect(clients.sqs.send(command, {})).resolves.toBeDefined();
  });

  test('sign with the credentials that are current', async () => {
    const { requests, url } = await endpoint();
    let turn = 0;
    const credentials = async () => ({
      accessKeyId: `KEY${++turn}`,
      secretAccessKey: 'secret',
      expiration: new Date(Date.now() + 1000),
    });
    const sqs = new SQSClient({ endpoint: url, region: 'us-east-1', credentials, cacheMiddleware: true });
    open.push({ close: () => sqs.destroy() });
    optimizeClient(sqs);
    for (let time = 0; time < 2; time++) await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    const [first, second] = requests.map(({ headers }) => /Credential=(\w+)/.exec(headers.authorization ?? '')?.[1]);
    expect(first).toMatch(/^KEY\d+$/);
    expect(second).toMatch(/^KEY\d+$/);
    expect(second).not.toBe(first);
  });
});

describe('Sha256', () => {
  const data = Buffer.from('what is signed');

  test.each([
    ['text', 'key ä'],
    ['bytes', new Uint8Array([1, 2, 3])],
    ['bytes within a larger buffer', new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4)],
    ['an ArrayBuffer', new Uint8Array([1, 2, 3]).buffer],
    ['a view of two bytes each', new Uint16Array([513, 1027]).subarray(0, 1)],
  ])('computes the HMAC with a key of %s, repeatedly', async (_, key) => {
    const bytes =
      typeof key === 'string'
        ? Buffer.from(key)
        : ArrayBuffer.isView(key)
          ? Buffer.from(key.buffer, key.byteOffset, key.byteLength)
          : Buffer.from(key);
    const expected = createHmac('sha256', bytes).update(data).digest('hex');
    const hmac = new Sha256(key);
    for (let time = 0; time < 3; time++) {
      hmac.update(data);
      expect(Buffer.from(await hmac.digest()).toString('hex')).toBe(expected);
      hmac.reset();
    }
  });

  test('hashes without a key', async () => {
    const hash = new Sha256();
    hash.update(data.subarray(0, 4));
    hash.update(data.subarray(4));
    expect(Buffer.from(await hash.digest()).toString('hex')).toBe(createHash('sha256').update(data).digest('hex'));
  });
});
