// Requests become calls: bodies that are complete, late, too large or missing, and exceptions of handlers.

import http from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { type LocalAws, type LocalAwsOptions, startLocalAws } from '../src/index.ts';
import { call, exchange, openConnection, query, SIGNED } from './support/server.ts';

let aws: LocalAws | undefined;
afterEach(async () => {
  await aws?.close();
  aws = undefined;
});

async function start(options: LocalAwsOptions = {}): Promise<LocalAws> {
  aws = await startLocalAws(options);
  return aws;
}

const AUTHORIZATION = `host: localhost\r\nauthorization: ${SIGNED.authorization}\r\n`;

/** The headers of a CreateQueue, without its length. */
const CREATE = `POST / HTTP/1.1\r\n${AUTHORIZATION}x-amz-target: AmazonSQS.CreateQueue\r\n`;
const BODY = '{"QueueName":"q"}';

async function queues(of: LocalAws): Promise<unknown> {
  return JSON.parse((await call(of, 'AmazonSQS.ListQueues', {})).body);
}

test.each([
  ['ends in the middle of its body', `content-length: 17\r\n\r\n${BODY.slice(0, 9)}`],
  ['announces more than it sends', `content-length: 18\r\n\r\n${BODY}`],
  ['has no last chunk', `transfer-encoding: chunked\r\n\r\n11\r\n${BODY}\r\n`],
  ['expects 100-continue and disconnects', 'expect: 100-continue\r\ncontent-length: 17\r\n\r\n'],
])('a request that %s has no effect', async (_, rest) => {
  const running = await start();
  const { socket, serverClosed } = await openConnection(running);
  await new Promise<void>((resolve) => socket.write(CREATE + rest, () => resolve()));
  expect(await queues(running)).toEqual({});
  socket.resetAndDestroy();
  await serverClosed;
  expect(await queues(running)).toEqual({});
});

test('a call without a body has no parameters', async () => {
  const running = await start();
  for (const [target, answer] of Object.entries({
    'AmazonSQS.ListQueues': {},
    'DynamoDB_20120810.ListTables': { TableNames: [] },
  })) {
    const { status, body } = await call(running, target, '');
    expect([status, JSON.parse(body)]).toEqual([200, answer]);
    for (const wrong of ['[]', '1', 'null', '{', '"text"']) {
      const refused = await call(running, target, wrong);
      expect([refused.status, refused.body]).toEqual([400, expect.stringContaining('SerializationException')]);
    }
  }
});

test('chunked bodies and `Expect: 100-continue` are supported', async () => {
  const running = await start();
  const chunks = [...BODY].map((character) => `1\r\n${character}\r\n`).join('');
  const close = 'connection: close\r\n';
  expect(await exchange(running, `${CREATE}${close}transfer-encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`)).toContain(
    ' 200 ',
  );
  const expecting = await exchange(
    running,
    `${CREATE}${close}expect: 100-continue\r\ncontent-length: 17\r\n\r\n${BODY}`,
  );
  expect(expecting).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
});

test('a stalled body gets an error in the format of its service, and the connection closes', async () => {
  const running = await start({ bodyIdleMs: 50 });
  const started = 'content-length: 100\r\n\r\n{';
  expect(await exchange(running, CREATE + started)).toContain('"__type":"com.amazonaws.sqs#RequestTimeout"');
  const form = `POST / HTTP/1.1\r\n${AUTHORIZATION}content-type: application/x-www-form-urlencoded\r\n`;
  expect(await exchange(running, form + started)).toContain('<Code>RequestTimeout</Code>');
  expect(await exchange(running, `PUT /bucket/key HTTP/1.1\r\n${AUTHORIZATION}${started}`)).toContain(
    '<Code>RequestTimeout</Code>',
  );
});

test('a request that is too large is refused: at once when it expects 100-continue, else after it was read', async () => {
  const running = await start();
  const tooMuch = 9 * 1024 * 1024;
  const expecting = `${CREATE}expect: 100-continue\r\ncontent-length: ${tooMuch}\r\n\r\n`;
  expect(await exchange(running, expecting)).toMatch(/^HTTP\/1\.1 413 .*"com\.amazonaws\.sqs#RequestEntityTooLarge"/s);
  const sent = await call(running, 'AmazonSQS.CreateQueue', ' '.repeat(tooMuch));
  expect([sent.status, sent.body]).toEqual([413, expect.stringContaining('larger than 8388608 bytes')]);
});

test('an exception during a call is answered in the format of its service, and logged with its stack the first and tenth time', async () => {
  const lines: string[] = [];
  const running = await start({
    writeLog: (line) => lines.push(line),
    faults: {
      before: () => {
        throw new TypeError('a broken invariant');
      },
    },
  });
  const json = await call(running, 'AmazonSQS.ListQueues', {});
  expect([json.status, JSON.parse(json.body).__type]).toEqual([500, 'com.amazonaws.sqs#InternalFailure']);
  expect(json.body).not.toContain('a broken invariant');
  expect((await query(running, { Action: 'ListQueues' })).body).toContain('<Code>InternalFailure</Code>');
  for (let i = 0; i < 8; i += 1) await call(running, 'AmazonSQS.ListQueues', {});
  const logged = lines.map((line) => JSON.parse(line) as { times: number; err: string; operation: string });
  expect(logged.map(({ times }) => times)).toEqual([1, 10]);
  for (const { err } of logged) expect(err).toMatch(/^TypeError: a broken invariant\n\s+at /);
});

test('a connection that cannot be accepted is logged, and the server continues', async () => {
  const lines: string[] = [];
  const servers: http.Server[] = [];
  const { createServer } = http;
  http.createServer = (...given: unknown[]) => {
    const server = Reflect.apply(createServer, http, given);
    servers.push(server);
    return server;
  };
  const running = await start({ writeLog: (line) => lines.push(line) }).finally(() => {
    http.createServer = createServer;
  });
  servers[0]?.emit('error', new Error('too many open files'));
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ operation: 'accept', times: 1 }]);
  expect(await queues(running)).toEqual({});
});

test('close() leaves no timer and no connection open', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  const running = await startLocalAws();
  await queues(running);
  const { socket, serverClosed } = await openConnection(running);
  await running.close();
  await serverClosed;
  socket.destroy();
  expect(timers()).toBe(before);
  await expect(queues(running)).rejects.toThrow();
});

test('a request that is not HTTP is refused, and the server continues', async () => {
  const running = await start();
  for (const bytes of [
    '\0\0\0\r\n\r\n',
    'GET\r\n\r\n',
    `${CREATE}content-length: x\r\n\r\n`,
    `${CREATE}\r\nhost: a\r\n`,
  ]) {
    expect(await exchange(running, bytes)).toMatch(/^HTTP\/1\.1 4\d\d /);
  }
  expect(await queues(running)).toEqual({});
});

test('a refusal names the unknown service, and an unknown path that begins with /_ is not treated as a bucket', async () => {
  const running = await start();
  const logs = await call(running, 'Logs_20140328.DescribeLogGroups', {});
  expect([logs.status, JSON.parse(logs.body)]).toEqual([
    400,
    {
      __type: 'com.amazon.coral.service#UnknownOperationException',
      message: expect.stringContaining('does not know Logs_20140328.DescribeLogGroups'),
    },
  ]);
  const nothing = await fetch(`${running.endpoint}/_nothing`, { headers: SIGNED });
  expect(nothing.status).toBe(404);
});

test('scripts that wait for LocalStack get the answers that they expect', async () => {
  const running = await start();
  const ask = async (path: string) => await (await fetch(running.endpoint + path)).json();
  expect(await ask('/_localstack/health')).toMatchObject({
    services: { sqs: 'running', dynamodb: 'running', s3: 'running' },
    edition: 'community',
  });
  expect(await ask('/_localstack/init')).toMatchObject({ completed: { READY: true }, scripts: [] });
});
