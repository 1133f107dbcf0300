// Requests to an emulator's developer endpoint: which answers are accepted, how much of one is read, and how it ends.
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { eventually, listenLocally, manualTimers } from '@movie-load/testing';
import { type PageResponse, requestPage } from '../src/emulator-page.ts';

const open: http.Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(answer: (response: ServerResponse, request: IncomingMessage) => void) {
  const requests: IncomingMessage[] = [];
  const responses: ServerResponse[] = [];
  const server = http.createServer((request, response) => {
    requests.push(request);
    responses.push(response);
    answer(response, request);
  });
  open.push(server);
  const { url: endpoint } = await listenLocally(server);
  const request = (signal?: AbortSignal) => requestPage(endpoint, '/a/page', { QueueUrl: 'http://h/1/q.fifo' }, signal);
  return {
    endpoint,
    requests,
    request,
    connectionClosed: () => eventually('hung up', () => responses.at(-1)?.destroyed),
  };
}

async function read(answer: PageResponse | undefined, maxBytes = 1e6): Promise<{ text: string; isCut: boolean }> {
  let text = '';
  let isCut = false;
  const chunks = answer?.chunks(maxBytes, () => {
    isCut = true;
  });
  for await (const chunk of chunks ?? []) text += Buffer.from(chunk).toString();
  return { text, isCut };
}

/** The pauses between the pieces make most of them arrive alone. */
async function sendInPieces(response: ServerResponse, text: string, bytes: number): Promise<void> {
  for (let offset = 0; offset < text.length; offset += bytes) {
    response.write(text.slice(offset, offset + bytes));
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  }
  response.end();
}

const LONG = `{"a":"${'x'.repeat(92)}"}`;

describe('requestPage', () => {
  test('requests path and parameters, and accepts JSON', async () => {
    const { requests, request } = await serve((response) => response.end('{}'));
    expect((await read(await request())).text).toBe('{}');
    expect(requests[0]).toMatchObject({
      method: 'GET',
      url: '/a/page?QueueUrl=http%3A%2F%2Fh%2F1%2Fq.fifo',
      headers: { accept: 'application/json' },
    });
  });

  test.each([1, 7, 63, 64, 65, 100])(
    'returns the whole answer and its beginning when it arrives in pieces of %d bytes',
    async (bytes) => {
      const { request } = await serve((response) => void sendInPieces(response, LONG, bytes));
      const answer = await request();
      expect(answer?.start.length).toBeGreaterThanOrEqual(64);
      expect(LONG.startsWith(answer?.start ?? 'none')).toBe(true);
      expect(await read(answer)).toEqual({ text: LONG, isCut: false });
    },
  );

  test('cuts an answer that is one byte longer than allowed, and returns one of exactly the allowed length', async () => {
    const { request } = await serve((response) => response.end(LONG));
    expect(await read(await request(), LONG.length)).toEqual({ text: LONG, isCut: false });
    expect(await read(await request(), LONG.length - 1)).toEqual({ text: '', isCut: true });
    // Also where a piece ends exactly at the limit. If the two pieces arrive as one, none of it is returned.
    const { request: inPieces } = await serve((response) => void sendInPieces(response, LONG, 64));
    const cut = await read(await inPieces(), 64);
    expect([cut.isCut, ['', LONG.slice(0, 64)].includes(cut.text)]).toEqual([true, true]);
  });

  test.each([
    ['an answer without a JSON object', 200, '[1]'],
    ['a missing page', 404, '{}'],
    ['a redirect', 302, '{}'],
    ['a bad request', 499, '{}'],
    ['an empty answer', 200, ''],
  ])('returns nothing for %s, and closes the connection', async (_, status, text) => {
    const { request, connectionClosed } = await serve((response) => {
      response.writeHead(status);
      if (text === '') response.end();
      else response.write(text.padEnd(100));
    });
    expect(await request()).toBeUndefined();
    await connectionClosed();
  });

  test('throws when the server answers with status 5xx, and closes the connection', async () => {
    for (const status of [500, 503]) {
      const { request, connectionClosed } = await serve((response) => response.writeHead(status).write('no'));
      await expect(request()).rejects.toMatchObject({
        code: 'peek_failed',
        message: `The endpoint did not show what is in the queue: status ${status}.`,
      });
      await connectionClosed();
    }
  });

  test('reports why no answer arrived', async () => {
    const { request } = await serve((response) => void response.socket?.destroy());
    await expect(request()).rejects.toMatchObject({
      message: 'The endpoint did not show what is in the queue: socket hang up.',
      cause: { code: 'ECONNRESET' },
    });
    await expect(requestPage('http://127.0.0.1:1', '/a', {}, undefined)).rejects.toThrow(
      /: connect ECONNREFUSED 127\.0\.0\.1:1\.$/,
    );
  });

  test('closes the connection of an answer that is read half-way or not at all', async () => {
    const { request, connectionClosed } = await serve((response) => response.write(LONG));
    const response = await request();
    for await (const chunk of response?.chunks(1e6) ?? []) if (chunk.length > 0) break;
    await connectionClosed();
    (await request())?.end();
    await connectionClosed();
  });

  test('sends nothing to AWS, nor without an endpoint', async () => {
    using timers = manualTimers();
    const { signal } = new AbortController();
    for (const endpoint of [undefined, 'https://sqs.eu-west-1.amazonaws.com']) {
      const requesting = requestPage(endpoint, '/a', {}, signal);
      // Each request begins with a time limit.
      expect(timers.running()).toEqual([]);
      expect(await requesting).toBeUndefined();
    }
  });
});

describe('the signal of requestPage', () => {
  test('ends the request with its reason: before it is sent, before the answer arrives, and half-way', async () => {
    const reason = new Error('the page was left');
    const silent = await serve(() => undefined);
    await expect(silent.request(AbortSignal.abort(reason))).rejects.toBe(reason);
    const waiting = new AbortController();
    const requested = silent.request(waiting.signal);
    await eventually('the request arrives', () => silent.requests.length > 0);
    waiting.abort(reason);
    await expect(requested).rejects.toBe(reason);
    const reading = new AbortController();
    const stalled = await serve((response) => response.write(LONG));
    const body = read(await stalled.request(reading.signal));
    reading.abort(reason);
    await expect(body).rejects.toBe(reason);
    await stalled.connectionClosed();
  });
});

describe('a silent endpoint', () => {
  const SILENT = 'The endpoint did not show what is in the queue: it was silent for 30 s.';

  test('fails the request after 30 seconds, before the answer and half-way', async () => {
    using timers = manualTimers();
    const silent = await serve(() => undefined);
    const requested = expect(silent.request()).rejects.toMatchObject({ code: 'peek_failed', message: SILENT });
    expect(timers.running()).toEqual([30_000]);
    timers.runOut(30_000);
    await requested;
    const stalled = await serve((response) => response.write(LONG));
    const chunks = (await stalled.request())?.chunks(1e6);
    await chunks?.next();
    const next = expect(chunks?.next()).rejects.toMatchObject({ code: 'peek_failed', message: SILENT });
    timers.runOut(30_000);
    await next;
  });

  test('is not assumed while the caller pauses: no timer runs between two reads', async () => {
    using timers = manualTimers();
    const { request } = await serve((response) => response.end(LONG));
    const answer = await request();
    expect(timers.running()).toEqual([]);
    expect((await read(answer)).text).toBe(LONG);
    expect(timers.running()).toEqual([]);
  });
});
