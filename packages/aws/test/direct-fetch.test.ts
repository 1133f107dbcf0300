// Requests to emulators: the bytes that are sent and received, and how requests end.
import http from 'node:http';
import net from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { listenLocally } from '@movie-load/testing';
import { directFetch } from '../src/index.ts';

const open: http.Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(answer: (body: string, request: http.IncomingMessage, response: http.ServerResponse) => void) {
  const server = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => answer(body, request, response));
  });
  open.push(server);
  const { url } = await listenLocally(server);
  return `${url}/path?q=1`;
}

test('directFetch sends method, headers and the whole body, and returns status, headers and the whole body', async () => {
  const url = await serve((body, { method, url: path, headers }, response) => {
    response.writeHead(201, { 'x-one': 'a', 'set-cookie': ['b=1', 'c=2'] });
    response.end(JSON.stringify([method, path, headers['content-length'], headers['x-mine'], body]));
  });
  const options = { method: 'POST', headers: { 'x-mine': 'yes' }, body: 'Amélie 🎬' };
  const response = await directFetch(url, options);
  expect(response.status).toBe(201);
  expect([response.headers.get('x-one'), response.headers.getSetCookie()]).toEqual(['a', ['b=1', 'c=2']]);
  expect(await response.json()).toEqual(['POST', '/path?q=1', '12', 'yes', 'Amélie 🎬']);
});

test('directFetch without options sends a GET without a body', async () => {
  const url = await serve((body, { method, headers }, response) => {
    response.end(JSON.stringify([method, headers['content-length'] ?? 'none', body]));
  });
  expect(await (await directFetch(url)).json()).toEqual(['GET', 'none', '']);
});

test.each([204, 205, 304])('directFetch returns no body for status %i', async (status) => {
  const url = await serve((_, __, response) => response.writeHead(status).end());
  const response = await directFetch(url);
  expect([response.status, response.body]).toEqual([status, null]);
});

test('directFetch rejects with its signal’s reason: before sending, while waiting, and while the answer arrives', async () => {
  const reason = new Error('the page was left');
  await expect(directFetch('http://127.0.0.1:1/', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  for (const begins of [false, true]) {
    const stop = new AbortController();
    const url = await serve((_, __, response) => {
      if (begins) response.write('half');
      setImmediate(() => stop.abort(reason));
    });
    await expect(directFetch(url, { signal: stop.signal })).rejects.toBe(reason);
  }
});

test('directFetch uses TLS for an https address, with its port and host name', async () => {
  const first = Promise.withResolvers<Buffer>();
  const server = net.createServer((socket) => {
    socket.once('data', (hello) => {
      first.resolve(hello);
      socket.destroy();
    });
  });
  const { port } = await listenLocally(server);
  await expect(directFetch(`https://localhost:${port}/`)).rejects.toMatchObject({ code: 'ECONNRESET' });
  const hello = await first.promise;
  // A handshake record with a client's hello, which names the server.
  expect([hello[0], hello[5], hello.includes('localhost')]).toEqual([22, 1, true]);
  server.close();
});

test('directFetch returns a redirect instead of following it', async () => {
  let requests = 0;
  const url = await serve((_, __, response) => {
    requests += 1;
    response.writeHead(302, { location: '/other' }).end();
  });
  const response = await directFetch(url);
  expect([response.status, response.headers.get('location'), requests]).toEqual([302, '/other', 1]);
});

test('directFetch opens no connection when its signal is aborted already', async () => {
  const url = await serve((_, __, response) => response.end());
  let connections = 0;
  open[0]?.on('connection', () => {
    connections += 1;
  });
  await expect(directFetch(url, { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
  await directFetch(url);
  expect(connections).toBe(1);
});

test('directFetch rejects for an error below HTTP', async () => {
  const url = await serve((_, __, response) => void response.socket?.destroy());
  await expect(directFetch(url)).rejects.toMatchObject({ code: 'ECONNRESET' });
});
