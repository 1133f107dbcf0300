// The event streams: limited in number, released at the end, each event once.
import { afterEach, expect, test } from '@jest/globals';
import { createVirtualClock, eventually } from '@movie-load/testing';
import { Hono } from 'hono';
import type { Overview } from '../src/api.ts';
import { errorResponse } from '../src/http-body.ts';
import { eventRoutes } from '../src/routes/events.ts';
import { Watch } from '../src/watch.ts';

const MAX_STREAMS = 50;
const stops: AbortController[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop.abort();
});

function start() {
  const clock = createVirtualClock();
  const stop = new AbortController();
  stops.push(stop);
  const watch = new Watch({
    sources: {
      overview: () => Promise.reject<Overview>(new Error('AWS is unreachable')),
      jobs: async () => ({ jobs: [], next: null }),
      progress: async () => undefined,
    },
    clock,
    everyMs: 1000,
    page: 'build 7',
    onError: () => {},
  });
  const app = new Hono();
  app.onError((error, c) => errorResponse(c, error) ?? c.text('failed', 500));
  app.route('/api', eventRoutes({ watch, signal: stop.signal }));
  const open = async () => {
    const response = await app.request('http://localhost/api/events');
    return { status: response.status, headers: response.headers, reader: response.body?.getReader() };
  };
  return { clock, stop, watch, open };
}

type Reader = ReadableStreamDefaultReader<Uint8Array> | undefined;
const textOf = async (reader: Reader) => new TextDecoder().decode((await reader?.read())?.value);

test('a page gets each event once, and nothing more while nothing happens', async () => {
  const { open } = start();
  const { reader, headers } = await open();
  expect(headers.get('content-type')).toBe('text/event-stream');
  expect(headers.get('x-accel-buffering')).toBe('no');
  let text = '';
  while (!text.includes('event: jobs')) text += await textOf(reader);
  let more: string | undefined;
  const next = textOf(reader).then((read) => {
    more = read;
  });
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  expect(more).toBeUndefined();
  expect(text.match(/^event: .*$/gm)?.sort()).toEqual(['event: hello', 'event: jobs']);
  expect(text).toContain('"page":"build 7"');
  await reader?.cancel();
  await next;
});

test('a page over the limit is refused; a page that closes makes room and ends the reads for it', async () => {
  const { open, watch } = start();
  const pages = await Promise.all(Array.from({ length: MAX_STREAMS }, open));
  expect(new Set(pages.map(({ status }) => status))).toEqual(new Set([200]));
  for (let time = 0; time < 2; time += 1) expect((await open()).status).toBe(429);
  expect(watch.running).toBe(true);
  await pages[0]?.reader?.cancel();
  const last = await eventually('there is room', async () => {
    const page = await open();
    return page.status === 200 && page;
  });
  for (const { reader } of [...pages.slice(1), last]) await reader?.cancel();
  await eventually('the watch has stopped', () => !watch.running);
});

test('the end of the server ends all streams', async () => {
  const { open, watch, stop } = start();
  const readers = [(await open()).reader, (await open()).reader];
  for (const reader of readers) expect(await textOf(reader)).toContain('event: hello');
  stop.abort();
  for (const reader of readers)
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read());
  await eventually('the watch has stopped', () => !watch.running);
});
