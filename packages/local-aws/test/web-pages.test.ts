// Requests that a web page can make a browser send have no effect. In a real browser: tests/browser/web-pages.test.ts.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../src/index.ts';
import { call, exchange, query, SIGNED } from './support/server.ts';

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws();
});
afterAll(() => aws.close());

const isThere = async (name: string) => (await call(aws, 'AmazonSQS.GetQueueUrl', { QueueName: name })).status === 200;
const ask = async (path: string, init: RequestInit = {}) => (await fetch(`${aws.endpoint}${path}`, init)).status;
const NOW = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
const SIGNATURE = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0123&X-Amz-Date=${NOW}&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Credential=test/20260101/us-east-1/s3/aws4_request`;

/** Sends bytes unchanged: `fetch` chooses its own host. */
const raw = async (target: string, host: string, more = '') => {
  const hosts = host === '' ? '' : `host: ${host}\r\n`;
  const version = host === '' ? '1.0' : '1.1';
  return exchange(aws, `GET ${target} HTTP/${version}\r\n${hosts}${more}connection: close\r\n\r\n`);
};

describe('a request from a web page', () => {
  test.each([
    ['a form of another site', { origin: 'http://evil.example' }],
    ['a form of a page without an origin', { origin: 'null' }],
    ['a link or picture in a page', { 'sec-fetch-site': 'cross-site' }],
    ['a page of another port', { 'sec-fetch-site': 'same-site' }],
    ['a page stored in the bucket', { 'sec-fetch-site': 'same-origin' }],
    ['a prefetch', { 'sec-fetch-site': 'none', 'sec-purpose': 'prefetch' }],
    ['a prerender', { 'sec-fetch-site': 'none', 'sec-purpose': 'prefetch;prerender' }],
    ['a prefetch of an older browser', { purpose: 'prefetch' }],
  ])('(%s) has no effect, signed or not', async (_, headers: Record<string, string>) => {
    for (const signed of [{}, SIGNED]) {
      const all = { ...signed, ...headers };
      const body = new URLSearchParams({ Action: 'CreateQueue', QueueName: 'by-a-page' });
      expect(await ask('/', { method: 'POST', headers: all, body })).toBe(403);
      expect(await ask('/?Action=ListQueues', { headers: all })).toBe(403);
      expect(await ask('/bucket/key', { headers: all })).toBe(403);
      expect(await ask('/_aws/sqs/messages?QueueUrl=x', { headers: all })).toBe(403);
      expect(await ask('/_local-aws/health', { headers: all })).toBe(403);
    }
    expect(await isThere('by-a-page')).toBe(false);
  });
});

describe('an unsigned request', () => {
  test.each([
    ['GET', '/'],
    ['GET', '/?Action=CreateQueue&QueueName=unsigned'],
    ['GET', '/bucket/key'],
    ['POST', '/?Action=CreateQueue&QueueName=unsigned'],
    ['POST', `/?${SIGNATURE}&Action=CreateQueue&QueueName=unsigned`],
    ['POST', '/_aws/sqs/messages?QueueUrl=x'],
    ['PUT', '/unsigned-bucket'],
    ['DELETE', '/bucket/key'],
    ['OPTIONS', '/'],
  ])('is refused: %s %s', async (method, path) => {
    expect(await ask(path, { method })).toBe(403);
  });

  test.each(['Basic dGVzdDp0ZXN0', 'Bearer x', 'Negotiate x', 'AWS4-HMAC-SHA256x y'])(
    'is refused with the authorization "%s"',
    async (authorization) => {
      expect(await ask('/', { headers: { authorization } })).toBe(403);
    },
  );

  test('is refused in the format of its protocol', async () => {
    const headers = { 'x-amz-target': 'AmazonSQS.ListQueues' };
    const json = await fetch(aws.endpoint, { method: 'POST', headers, body: '{}' });
    expect(await json.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
    const xml = await (await fetch(`${aws.endpoint}/bucket/key`)).text();
    expect(xml).toContain('<Code>MissingAuthenticationToken</Code>');
  });
});

describe('a GET request', () => {
  test.each([
    '/?Action=CreateQueue&QueueName=by-get',
    '/?Action=ListQueues&Action=CreateQueue&QueueName=by-get',
    '/?%41ction=CreateQueue&Action=GetQueueUrl&QueueName=by-get',
    '/000000000000/by-get?Action=PurgeQueue',
    '/000000000000/by-get?Action=ReceiveMessage',
  ])('changes nothing without a signature, or with one that a link could have: %s', async (path) => {
    for (const target of [path, `${path}&${SIGNATURE}`]) expect(await ask(target)).toBe(403);
    expect(await ask('/', { headers: { ...SIGNED, 'x-amz-target': 'AmazonSQS.ListQueues' } })).toBe(403);
    expect(await isThere('by-get')).toBe(false);
  });

  test('may send and receive when it is signed in a header, which a link cannot be', async () => {
    await query(aws, { Action: 'CreateQueue', QueueName: 'gets' });
    const act = async (parameters: Record<string, string>) =>
      await ask(`/000000000000/gets?${new URLSearchParams(parameters)}`, { headers: SIGNED });
    expect(await act({ Action: 'SendMessage', MessageBody: 'x' })).toBe(200);
    expect(await act({ Action: 'ReceiveMessage' })).toBe(200);
    expect(await act({ Action: 'CreateQueue', QueueName: 'other' })).toBe(400);
    expect(await act({})).toBe(404);
  });

  test('may read when it is signed in a header or in its query', async () => {
    await query(aws, { Action: 'CreateQueue', QueueName: 'read' });
    expect(await ask('/?Action=ListQueues', { headers: SIGNED })).toBe(200);
    expect(await ask('/films', { method: 'PUT', headers: SIGNED })).toBe(200);
    expect(await ask(`/films/a.json?${SIGNATURE}`, { method: 'PUT', body: '[]' })).toBe(200);
    expect(await ask(`/films/a.json?${SIGNATURE}`)).toBe(200);
    expect(await ask(`/films/a.json?${SIGNATURE}`, { headers: { 'sec-fetch-site': 'none' } })).toBe(200);
    const inAnHour = Math.floor(Date.now() / 1000) + 3600;
    expect(await ask(`/films/a.json?AWSAccessKeyId=test&Signature=0&Expires=${inAnHour}`)).toBe(200);
  });

  test('needs no signature for the developer endpoints, also from the address bar', async () => {
    const QueueUrl = `${aws.endpoint}/000000000000/shown`;
    await query(aws, { Action: 'CreateQueue', QueueName: 'shown' });
    for (const headers of [{}, { 'sec-fetch-site': 'none' }]) {
      for (const path of ['/_aws/sqs/messages', '/_local-aws/queue']) {
        expect(await ask(`${path}?${new URLSearchParams({ QueueUrl })}`, { headers })).toBe(200);
      }
      expect(await ask('/_local-aws/health', { headers })).toBe(200);
    }
  });
});

describe('the host name of a request', () => {
  test.each([
    'localhost',
    'LOCALHOST:4566',
    'localhost.',
    '[::1]:4566',
    'bucket.localhost:4566',
    's3.localhost.localstack.cloud:4566',
    '127.0.0.1',
    '127.0.0.2',
  ])('%s is accepted as one of this machine', async (name) => {
    expect(await raw('/_local-aws/health', name)).toMatch(/^HTTP\/1.1 200 /);
  });

  test.each([
    'evil.example',
    'evil.example:4566',
    'localhost.evil.example',
    'evil.localstack.cloud',
    'localhost.localstack.cloud.evil.example',
    'evil-localhost',
    '127.0.0.1.evil.example',
    'localhost@evil.example',
    '0.0.0.0:4566',
    '[::]:4566',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]:4566',
    'host.docker.internal:4566',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '192.168.0.1',
    '',
  ])('"%s" is refused for any client', async (name) => {
    const signed = `authorization: ${SIGNED.authorization}\r\n`;
    for (const target of ['/_local-aws/health', '/?Action=ListQueues']) {
      expect(await raw(target, name, signed)).toMatch(/^HTTP\/1.1 403 /);
    }
  });

  test('is not checked when the server listens for other machines', async () => {
    await using open = await opened();
    const name = 'host.docker.internal';
    const bytes = `GET /_local-aws/health HTTP/1.1\r\nhost: ${name}\r\nconnection: close\r\n\r\n`;
    expect(await exchange(open.aws, bytes)).toMatch(/^HTTP\/1.1 200 /);
  });
});

async function opened() {
  const aws = await startLocalAws({ host: '0.0.0.0' });
  return { aws, [Symbol.asyncDispose]: () => aws.close() };
}
