// Whatever a browser does with the download of an object, S3's stream is read or cancelled.
import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createApp, createLogger, listen, programsOnly, type RunningServer } from '@movie-load/service';
import { download } from '../src/routes/download.ts';

const MEBIBYTE = 1024 * 1024;
const BYTES = 64 * MEBIBYTE;
const lines: string[] = [];
const destination = { write: (line: string) => void lines.push(line) };
const log = createLogger({ service: 'console', instance: 'test', destination });

let server: RunningServer | undefined;
beforeEach(() => {
  lines.length = 0;
});
afterEach(() => server?.close());

/** A store whose object consists of `chunks`, or is a stream, and a record of what was opened. */
async function start(chunks: () => AsyncIterable<Buffer> | Readable) {
  const opened: Readable[] = [];
  const store = {
    objectBytes: async () => BYTES,
    openObject: async () => {
      const content = chunks();
      const body = content instanceof Readable ? content : Readable.from(content, { objectMode: false });
      opened.push(body.on('error', () => undefined));
      return { bytes: BYTES, body, discard: () => void body.destroy() };
    },
  };
  const app = createApp({ log, guard: programsOnly({ host: '127.0.0.1' }) });
  app.get('/object', (c) => download(c, 'a-job', { store, log }));
  server = await listen(app, { port: 0 });
  return { opened, port: server.port, url: `http://127.0.0.1:${server.port}/object` };
}

async function* wholeObject() {
  for (let at = 0; at < BYTES; at += MEBIBYTE) yield Buffer.alloc(MEBIBYTE, 'x');
}

async function sendRequest(port: number, method = 'GET') {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(`${method} /object HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  return socket;
}

const closed = (stream: Readable | undefined) =>
  stream?.closed ? undefined : once(stream ?? Readable.from([]), 'close');

test('a HEAD request returns the size and opens no object', async () => {
  const { opened, url } = await start(wholeObject);
  for (let time = 0; time < 3; time++) {
    const answer = await fetch(url, { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, String(BYTES)]);
  }
  expect(opened).toEqual([]);
});

test('a GET request returns the whole object', async () => {
  const { opened, url } = await start(wholeObject);
  const answer = await fetch(url);
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename="a-job.json"');
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(Buffer.from(await answer.arrayBuffer()).equals(Buffer.alloc(BYTES, 'x'))).toBe(true);
  await closed(opened[0]);
});

test('an empty chunk is not the end of the object', async () => {
  const { url } = await start(async function* () {
    yield* [Buffer.alloc(1000, 'x'), Buffer.alloc(0), Buffer.alloc(BYTES - 1000, 'y')];
  });
  expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(BYTES);
});

test('the object’s stream is cancelled when the client disconnects early, or during the body, reading or not', async () => {
  let read = 0;
  const { opened, port } = await start(async function* () {
    for await (const chunk of wholeObject()) {
      read += chunk.length;
      yield chunk;
    }
  });
  const atOnce = await sendRequest(port);
  atOnce.end();
  atOnce.resume();
  const early = await sendRequest(port);
  await once(early, 'data');
  early.destroy();
  const slow = await sendRequest(port);
  await once(slow, 'readable');
  // Chunks that are read ahead fit into the buffers of the connection.
  for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
  expect(read).toBeLessThan(BYTES / 2);
  slow.resetAndDestroy();
  while (opened.length < 3) await new Promise(setImmediate);
  for (const stream of opened) await closed(stream);
});

test('a client that disconnects while S3 sends nothing is not logged as an error of S3', async () => {
  const { opened, port } = await start(() => {
    const body = new Readable({ read: () => undefined });
    body.push(Buffer.alloc(1000, 'x'));
    return body;
  });
  const socket = await sendRequest(port);
  await once(socket, 'data');
  // By then the server waits for the next chunk.
  for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
  socket.destroy();
  await closed(opened[0]);
  for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
  expect(lines).toEqual([]);
});

test('an error of S3 during the body closes the connection, so that a part is not taken for the object', async () => {
  const { opened, url } = await start(async function* () {
    yield Buffer.alloc(MEBIBYTE, 'x');
    throw new Error('S3 hung up');
  });
  const answer = await fetch(url);
  await expect(answer.arrayBuffer()).rejects.toThrow();
  await closed(opened[0]);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'warn', job_id: 'a-job', err: { message: 'S3 hung up' } },
  ]);
});

test('a broken download closes its connection, so that no further response is taken for its rest', async () => {
  const { port } = await start(async function* () {
    yield Buffer.alloc(1000, 'x');
    throw new Error('S3 hung up');
  });
  const socket = await sendRequest(port);
  socket.write('HEAD /object HTTP/1.1\r\nhost: localhost\r\n\r\n');
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(1);
  expect(text).toContain(`content-length: ${BYTES}`);
});
