// Peeking at the embedded AWS, and at endpoints that answer as LocalStack does or in another way.
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sendMessages, startTestAws, type TestAws } from '@movie-load/testing';
import { createPeek, createSummarise, type Peek, type PeekOptions } from '../src/index.ts';
import { collected, withEndpoint } from './peek-support.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.close());

const outgoing = (groupId: string, deduplicationId: string) => ({ body: deduplicationId, groupId, deduplicationId });

const peekAll = (peek: Peek, options: PeekOptions = {}) => collected(peek(aws.queue.url, options));

test('peek shows all messages, the oldest few, or those in flight, and receives none', async () => {
  const before = Date.now();
  const summarise = createSummarise(aws.endpoint);
  expect(await summarise(aws.queue.url)).toEqual({ oldestSentOn: null, messageGroups: 0 });
  await sendMessages(aws.queue, [outgoing('a', '1'), outgoing('a', '2'), outgoing('b', '3')]);
  await aws.queue.receive({ max: 1, waitSeconds: 0, visibilitySeconds: 60 });

  const peek = createPeek(aws.endpoint);
  const bodies = async (options = {}) => (await peekAll(peek, options)).map(({ body }) => body);
  expect(await bodies()).toEqual(['1', '2', '3']);
  expect(await bodies({ max: 2 })).toEqual(['1', '2']);
  expect(await bodies({ onlyInFlight: true })).toEqual(['1']);
  const [inFlight] = await peekAll(peek, { onlyReceived: true });
  expect(inFlight).toMatchObject({ body: '1', visible: false, receivedBy: expect.stringMatching(/^aws-sdk-js/) });
  expect(inFlight?.visibleAt).toBeGreaterThanOrEqual(before + 60_000);
  expect((await peekAll(peek)).map(({ visibleAt, receivedBy }) => [typeof visibleAt, typeof receivedBy])).toEqual([
    ['number', 'string'],
    ['undefined', 'undefined'],
    ['undefined', 'undefined'],
  ]);
  const summary = await summarise(aws.queue.url);
  expect(summary?.messageGroups).toBe(2);
  expect(summary?.oldestSentOn).toBeGreaterThanOrEqual(before);
  expect((await peekAll(peek)).map(({ receiveCount }) => receiveCount)).toEqual([1, 0, 0]);
  expect(await bodies({ newestFirst: true, max: 2 })).toEqual(['3', '2']);
  const [, second] = await peekAll(peek);
  expect(await bodies({ messageId: second?.messageId ?? '' })).toEqual(['2']);
});

test.each([
  ['404', 404, '<Error/>'],
  ['400', 400, '{}'],
  ['200 with something else', 200, '<html></html>'],
  ['200 with other JSON', 200, '{"status":"ok"}'],
])('an endpoint that answers %s does not support peeking', async (_, status, body) => {
  await withEndpoint(
    (_request, response) => response.writeHead(status).end(body),
    async (endpoint) => {
      expect(await createPeek(endpoint)(aws.queue.url)).toBeUndefined();
      expect(await createPeek(endpoint)(aws.queue.url, { onlyInFlight: true })).toBeUndefined();
      expect(await createSummarise(endpoint)(aws.queue.url)).toBeUndefined();
    },
  );
});

test('AWS, which has no endpoint in the settings, does not support peeking', async () => {
  expect(await createPeek(undefined)(aws.queue.url)).toBeUndefined();
  expect(await createSummarise(undefined)(aws.queue.url)).toBeUndefined();
});

test('an endpoint that supports peeking and fails causes an error', async () => {
  await withEndpoint(
    (_request, response) => response.writeHead(500).end(),
    async (endpoint) => {
      const peeking = createPeek(endpoint)(aws.queue.url);
      await expect(peeking).rejects.toMatchObject({
        code: 'peek_failed',
        message: expect.stringContaining('status 500'),
      });
    },
  );
  await withEndpoint(
    (request) => request.socket.destroy(),
    (endpoint) => expect(createPeek(endpoint)(aws.queue.url)).rejects.toMatchObject({ code: 'peek_failed' }),
  );
});

describe('a response of LocalStack, which has each message in full,', () => {
  const message = (number: number, body: string) => ({
    MessageId: `m${number}`,
    Body: body,
    Attribute: [{ Name: 'SentTimestamp', Value: String(number) }],
    MessageAttribute: { Name: 'own', Value: { DataType: 'String', StringValue: body } },
  });
  const answerOf = (messages: unknown) => ({
    ReceiveMessageResponse: {
      ReceiveMessageResult: messages === null ? null : { Message: messages },
      ResponseMetadata: { RequestId: 'r' },
    },
  });
  const answering = (json: string, chunkBytes: number) => (_: unknown, response: ServerResponse) => {
    const bytes = Buffer.from(json);
    response.writeHead(200, { 'content-type': 'application/json' });
    for (let from = 0; from < bytes.length; from += chunkBytes) response.write(bytes.subarray(from, from + chunkBytes));
    response.end();
  };
  // JSON syntax inside of texts, and characters of several bytes that are split between chunks.
  const hostile = 'a"b\\"{[}]\\\u0000ü🎬,"Message":[{';

  test.each([1, 7, 4096])('is read message by message, in chunks of %d bytes', async (chunkBytes) => {
    const threeMessages = [message(1, hostile), message(2, ''), message(3, hostile)];
    for (const sentMessages of [threeMessages, threeMessages.slice(0, 1)[0], [], null]) {
      await withEndpoint(answering(JSON.stringify(answerOf(sentMessages)), chunkBytes), async (endpoint) => {
        const messages = await collected(createPeek(endpoint)(aws.queue.url));
        const expected = [sentMessages ?? []].flat();
        expect(messages.map(({ messageId, body }) => [messageId, body])).toEqual(
          expected.map(({ MessageId, Body }) => [MessageId, Body]),
        );
      });
    }
  });

  test('is cut to the requested length, and reports the size of the bodies', async () => {
    const json = JSON.stringify(answerOf([message(1, 'ü'.repeat(5000)), message(2, 'short')]));
    await withEndpoint(answering(json, 4096), async (endpoint) => {
      const messages = await collected(createPeek(endpoint)(aws.queue.url, { characters: 10 }));
      expect(messages).toMatchObject([
        { body: 'ü'.repeat(10), bodyBytes: 10_000, attributes: { own: { StringValue: `${'ü'.repeat(10)}…` } } },
        { body: 'short', bodyBytes: 5, attributes: { own: { StringValue: 'short' } } },
      ]);
    });
  });

  test('is read up to the byte budget, and reports that something was left out', async () => {
    const messages = Array.from({ length: 100 }, (_, number) => message(number, 'x'.repeat(1000)));
    await withEndpoint(answering(JSON.stringify(answerOf(messages)), 4096), async (endpoint) => {
      const cut = await createPeek(endpoint)(aws.queue.url, { maxBytes: 100_000 });
      const messages = await collected(Promise.resolve(cut));
      expect(messages.length).toBeGreaterThan(0);
      expect(messages.length).toBeLessThan(60);
      expect(cut?.isCut).toBe(true);
      const whole = await createPeek(endpoint)(aws.queue.url, { maxBytes: 1_000_000 });
      expect(await collected(Promise.resolve(whole))).toHaveLength(100);
      expect(whole?.isCut).toBe(false);
    });
  });

  test('causes an error when it ends too early', async () => {
    const json = JSON.stringify(answerOf([message(1, 'x'), message(2, 'y')])).slice(0, -60);
    await withEndpoint(answering(json, 4096), async (endpoint) => {
      await expect(collected(createPeek(endpoint)(aws.queue.url))).rejects.toMatchObject({ code: 'peek_failed' });
    });
  });
});
