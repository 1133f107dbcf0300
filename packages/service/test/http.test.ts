import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import {
  createApp,
  createLogger,
  health,
  listen,
  problem,
  problemErrors,
  programsOnly,
  type RunningServer,
} from '../src/index.ts';

const documentSchema = z.object({
  status: z.int(),
  title: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});
const log = createLogger({ service: 'test', instance: 'test', level: 'silent' });
let server: RunningServer | undefined;
let cancelled = 0;
afterEach(() => server?.close());

async function start(requestLimitMs?: number): Promise<string> {
  const app = createApp({ log, bodyLimitBytes: 100, guard: programsOnly({ host: '127.0.0.1' }) });
  app.get('/livez', (c) => health(c, { ok: false, last_poll_ms: 90_000 }));
  app.get('/healthy', (c) => health(c, { ok: true }));
  app.get('/stream', (c) => c.body(new ReadableStream({ cancel: () => void cancelled++ })));
  app.get('/fails', () => {
    throw new Error('a secret reason');
  });
  app.post('/echo', async (c) => {
    const body = z.strictObject({ movies: z.int(), seed: z.int() }).safeParse(await c.req.json());
    return body.success
      ? c.json(body.data)
      : problem(c, { status: 400, title: 'Wrong input', errors: problemErrors(body.error) });
  });
  server = await listen(app, { port: 0, ...(requestLimitMs && { requestLimitMs }) });
  return `http://127.0.0.1:${server.port}`;
}

/** Sends bytes, and returns the answer until the server closes the connection. */
async function exchange(url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(bytes);
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  return answer;
}

const post = (url: string, body: string) => fetch(`${url}/echo`, { method: 'POST', body });

describe('the HTTP server of a service', () => {
  test('names all problems of a body in one problem document', async () => {
    const answer = await post(await start(), '{"movies":"x","seeds":1}');
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const { status, errors } = documentSchema.parse(await answer.json());
    expect(status).toBe(400);
    expect(errors?.map(({ pointer }) => pointer).sort()).toEqual(['#/movies', '#/seed', '#/seeds']);
  });

  test('refuses a body over the limit', async () => {
    const answer = await post(await start(), `{"movies":1,"seed":1,"x":"${'x'.repeat(100)}"}`);
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({
      title: 'Body too large',
      detail: 'A body may have at most 100 bytes.',
    });
  });

  test('answers an unknown path and an error with problem documents that reveal nothing', async () => {
    const url = await start();
    const missing = await fetch(`${url}/nowhere`);
    expect(await missing.json()).toEqual({
      ...{ type: 'about:blank', status: 404, title: 'Not found' },
      detail: 'There is nothing at this path.',
    });
    const failed = await fetch(`${url}/fails`);
    expect([missing.status, failed.status]).toEqual([404, 500]);
    expect(await failed.json()).toEqual({
      ...{ type: 'about:blank', status: 500, title: 'Internal error' },
      detail: 'The log of this service says more.',
    });
  });

  test('ends an incomplete request with 408, before a server of Node with the same limit does', async () => {
    // By default, Node checks only every half a minute whether requests exceed their limit.
    const nodes = createServer({ requestTimeout: 100 });
    await once(nodes.listen(0, '127.0.0.1'), 'listening');
    const { port } = nodes.address() as AddressInfo;
    const app = createApp({ log, guard: programsOnly({ host: '127.0.0.1' }) });
    app.post('/', async (c) => c.text(await c.req.text()));
    server = await listen(app, { port: 0, requestLimitMs: 100 });
    const url = `http://127.0.0.1:${server.port}`;
    const head = 'POST / HTTP/1.1\r\nhost: localhost\r\n';
    const answers = [exchange(url, head), exchange(`http://127.0.0.1:${port}`, head).then(() => 'Node’s')];
    const first = await Promise.race(answers);
    nodes.closeAllConnections();
    nodes.close();
    expect(first).toMatch(/^HTTP\/1.1 408 /);
    // The head is complete, the body is not.
    const half = 'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{';
    expect(await exchange(url, half)).toMatch(/HTTP\/1.1 408 /);
  });

  test('accepts bodies of 16 KiB by default', async () => {
    const app = createApp({ log, guard: programsOnly({ host: '127.0.0.1' }) });
    app.post('/', async (c) => c.text(String((await c.req.text()).length)));
    const status = async (bytes: number) => {
      const headers = { host: 'localhost', 'content-length': String(bytes) };
      return (await app.request('/', { method: 'POST', headers, body: 'x'.repeat(bytes) })).status;
    };
    expect([await status(16 * 1024), await status(16 * 1024 + 1)]).toEqual([200, 413]);
  });

  test('answers health with 503 when it is not ok, with its details, and is never cached', async () => {
    const url = await start();
    const answer = await fetch(`${url}/livez`);
    expect([answer.status, await answer.json()]).toEqual([503, { ok: false, last_poll_ms: 90_000 }]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((await fetch(`${url}/healthy`)).status).toBe(200);
  });

  test('answers HEAD like GET, and cancels the source of the body', async () => {
    const answer = await fetch(`${await start()}/stream`, { method: 'HEAD' });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(cancelled).toBe(1);
  });

  test('reports a port that is taken, and what to do', async () => {
    const { port } = new URL(await start());
    const app = createApp({ log, guard: programsOnly({ host: '127.0.0.1' }) });
    await expect(listen(app, { port: Number(port) })).rejects.toMatchObject({
      code: 'port_taken',
      details: { reason: expect.stringContaining('EADDRINUSE') },
      message: `Cannot listen on 127.0.0.1:${port}. Is another program using the port? Choose another one (HTTP_PORT).`,
    });
  });

  test('answers a pending request before it closes', async () => {
    const arrived = Promise.withResolvers<void>();
    const work = Promise.withResolvers<void>();
    const app = createApp({ log, guard: programsOnly({ host: '127.0.0.1' }) });
    app.get('/', async (c) => {
      arrived.resolve();
      await work.promise;
      return c.text('done');
    });
    const listening = await listen(app, { port: 0 });
    const answer = fetch(`http://127.0.0.1:${listening.port}`).then((response) => response.text());
    await arrived.promise;
    let isClosed = false;
    const closed = listening.close().then(() => {
      isClosed = true;
    });
    await new Promise(setImmediate);
    expect(isClosed).toBe(false);
    work.resolve();
    expect(await answer).toBe('done');
    await closed;
  });

  test('cuts a request that is not answered within half a second of closing', async () => {
    const arrived = Promise.withResolvers<void>();
    const app = createApp({ log, guard: programsOnly({ host: '127.0.0.1' }) });
    app.get('/', () => {
      arrived.resolve();
      return new Promise<Response>(() => undefined);
    });
    const listening = await listen(app, { port: 0 });
    const answer = fetch(`http://127.0.0.1:${listening.port}`).catch(() => 'cut');
    await arrived.promise;
    await listening.close();
    expect(await answer).toBe('cut');
  });

  test('listens on the given address, by default on 127.0.0.1 alone', async () => {
    const app = createApp({ log, guard: programsOnly({ host: '127.0.0.1' }) });
    await expect(listen(app, { host: '192.0.2.1', port: 0 })).rejects.toThrow('Cannot listen on 192.0.2.1:0.');
    const url = await start();
    const { port } = new URL(url);
    await expect(listen(app, { port: Number(port) })).rejects.toThrow('Cannot listen on 127.0.0.1:');
    // A server that listened on all addresses would answer here, too.
    await expect(fetch(`http://127.0.0.2:${port}/livez`)).rejects.toThrow();
  });

  test('closes also while a client keeps its connection open, idle or in the middle of a request', async () => {
    const url = await start(10_000);
    const idle = connect(Number(new URL(url).port), '127.0.0.1');
    idle.write('GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await once(idle, 'data');
    const half = connect(Number(new URL(url).port), '127.0.0.1');
    let answer = '';
    half.on('data', (chunk) => {
      answer += chunk;
    });
    half.write('POST /echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{');
    await once(half, 'connect');
    // This answer shows that the server has both connections.
    await fetch(`${url}/livez`);
    const closed = [idle, half].map((socket) => once(socket, 'close'));
    await server?.close();
    await Promise.all(closed);
    // The request was cut before its time limit.
    expect(answer).toBe('');
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
    server = undefined;
  });
});
