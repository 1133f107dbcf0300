// Inspects a queue: its messages in LocalStack's three formats, and the requests of scripts that wait for the server.

import { describe, expect, test } from '@jest/globals';
import { createDeveloperService } from '../../src/http/developer-endpoints.ts';
import { RequestFailure } from '../../src/http/service.ts';
import { createTestEngine } from '../support/engine.ts';

function start() {
  const setup = createTestEngine();
  const service = createDeveloperService(setup.engine);
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const [before = '', query = ''] = path.split('?');
    const head = { method: 'GET', path: before, query, headers };
    const call = service.receive(head).complete({ ...head, isDisconnected: () => false, onDisconnect: () => {} });
    const answer = await call.run();
    const chunks = typeof answer.body === 'string' ? [answer.body] : Array.from(answer.body as Iterable<Uint8Array>);
    const text = chunks.map((one) => (typeof one === 'string' ? one : Buffer.from(one).toString())).join('');
    return { type: answer.headers['content-type'], status: answer.status, chunks: chunks.length, text };
  };
  return { ...setup, ask };
}

const AWS_JSON = { 'content-type': 'application/x-amz-json-1.0' };
const JSON_OF_XML = { accept: 'application/json' };

describe('GET /_aws/sqs/messages', () => {
  test.each([0, 1, 2, 3])('shows %d messages as XML, as JSON of that XML, and as AWS’s JSON', async (count) => {
    const { create, send, ask } = start();
    create('q');
    const bodies = Array.from({ length: count }, (_, at) => `<${at}>`);
    for (const body of bodies) send('http://x/0/q', body, 'g');
    const path = '/_aws/sqs/messages?QueueUrl=http://x/0/q';
    const xml = await ask(path);
    expect(xml.type).toBe('text/xml');
    expect(xml.text).toMatch(/^<\?xml version="1.0"\?><ReceiveMessageResponse xmlns="[^"]+"><ReceiveMessageResult>/);
    expect(xml.text).toMatch(
      /<\/ReceiveMessageResult><ResponseMetadata>.*<\/ResponseMetadata><\/ReceiveMessageResponse>$/,
    );
    expect(
      Array.from(xml.text.matchAll(/<Message>.*?<Body>&lt;(\d)&gt;<\/Body>.*?<\/Message>/g), ([, at]) => `<${at}>`),
    ).toEqual(bodies);
    const { ReceiveMessageResponse } = JSON.parse((await ask(path, JSON_OF_XML)).text);
    expect(ReceiveMessageResponse.ResponseMetadata).toEqual({ RequestId: expect.any(String) });
    const { ReceiveMessageResult: result } = ReceiveMessageResponse;
    if (count === 0) expect(result).toBeNull();
    else expect([result.Message].flat().map(({ Body }: { Body: string }) => Body)).toEqual(bodies);
    if (count > 0) expect(Array.isArray(result.Message)).toBe(count > 1);
    expect((await ask(path, { accept: 'text/html, application/json;q=0.9, */*' })).type).toBe('application/json');
    expect((await ask(path, { accept: '*/*' })).type).toBe('text/xml');
    const aws = await ask(path, { ...AWS_JSON, ...JSON_OF_XML });
    expect(aws.type).toBe('application/json');
    const { Messages } = JSON.parse(aws.text);
    expect(Messages?.map(({ Body }: { Body: string }) => Body)).toEqual(count === 0 ? undefined : bodies);
    expect(aws.text.startsWith(count === 0 ? '{}' : '{"Messages":[{')).toBe(true);
  });

  test('sends many messages in several chunks, without cutting any', async () => {
    const { create, send, ask } = start();
    create('q');
    for (let at = 0; at < 300; at += 1) send('http://x/0/q', 'x'.repeat(500), 'g');
    const { text, chunks } = await ask('/_aws/sqs/messages/us-east-1/000000000000/q', AWS_JSON);
    const bodies: string[] = JSON.parse(text).Messages.map(({ Body }: { Body: string }) => Body);
    expect(bodies).toEqual(Array(300).fill('x'.repeat(500)));
    expect(chunks).toBeGreaterThan(2);
    expect(chunks).toBeLessThan(6);
  });

  test('refuses a missing queue as SQS does', async () => {
    const answer = await start().ask('/_aws/sqs/messages?QueueUrl=http://x/0/none');
    expect([answer.status, answer.text]).toEqual([
      400,
      expect.stringContaining('<Code>AWS.SimpleQueueService.NonExistentQueue</Code>'),
    ]);
  });
});

test('the developer endpoint summarises a queue: its oldest message and its number of groups with messages', async () => {
  const { create, send, receive, remove, pass, ask, engine } = start();
  const url = create('q.fifo', { MessageRetentionPeriod: '60' });
  const summary = async () => JSON.parse((await ask('/_local-aws/queue?QueueUrl=http://x/0/q.fifo')).text);
  expect(await summary()).toEqual({ oldest_sent_on: null, message_groups: 0 });
  const first = engine.now();
  for (const group of ['a', 'a', 'b']) {
    send(url, 'x', group);
    pass(1);
  }
  expect(await summary()).toEqual({ oldest_sent_on: first, message_groups: 2 });
  for (const message of receive(url).slice(0, 2)) remove(url, message);
  expect(await summary()).toEqual({ oldest_sent_on: first + 2000, message_groups: 1 });
  pass(60);
  expect(await summary()).toEqual({ oldest_sent_on: null, message_groups: 0 });
});

test.each<[string, object]>([
  ['/_local-aws/health', { status: 'ok', services: { sqs: 'running', dynamodb: 'running', s3: 'running' } }],
  ['/_localstack/health', { edition: 'community', services: { dynamodb: 'running', s3: 'running', sqs: 'running' } }],
  ['/_localstack/info', { edition: 'community', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) }],
  ['/_localstack/init', { completed: { BOOT: true, START: true, READY: true, SHUTDOWN: false }, scripts: [] }],
  ['/_localstack/init/ready', { completed: true, scripts: [] }],
])('GET %s returns the state of the services', async (path, expected) => {
  const { type, text } = await start().ask(path);
  expect([type, JSON.parse(text)]).toMatchObject(['application/json', expected]);
});

test.each(['/_nothing', '/_localstack', '/_aws/sqs/messagesx', '/_local-aws/health/'])(
  'GET %s is answered with status 404',
  async (path) => {
    await expect(start().ask(path)).rejects.toThrow(RequestFailure);
    await expect(start().ask(path)).rejects.toMatchObject({ status: 404, message: expect.stringContaining(path) });
  },
);
