// The event stream of one page: events of its own job, the newest of each kind, and a beat when there are none.
import { getEventListeners } from 'node:events';
import { expect, test } from '@jest/globals';
import { eventually } from '@movie-load/testing';
import { Hono } from 'hono';
import { eventRoutes } from '../src/routes/events.ts';
import type { Send, Watch } from '../src/watch.ts';

const stop = new AbortController();

/** A watch whose events the test sends. */
function start({ beatMs, signal = stop.signal }: { readonly beatMs?: number; readonly signal?: AbortSignal } = {}) {
  const pages: { readonly send: Send; readonly jobId: string | undefined }[] = [];
  let closed = 0;
  const watch: Pick<Watch, 'subscribe'> = {
    subscribe(send, jobId) {
      pages.push({ send, jobId });
      return () => {
        closed += 1;
      };
    },
  };
  const options = { watch: watch as Watch, signal, ...(beatMs === undefined ? {} : { beatMs }) };
  const app = new Hono().route('/api', eventRoutes(options));
  const open = async (query = '') => (await app.request(`http://localhost/api/events${query}`)).body?.getReader();
  return { pages, open, closed: () => closed };
}

type Reader = Awaited<ReturnType<ReturnType<typeof start>['open']>>;
const textOf = async (reader: Reader) => new TextDecoder().decode((await reader?.read())?.value);

test.each([
  ['', undefined],
  ['?job=01234567-89ab-5cde-8f01-234567890abc', '01234567-89ab-5cde-8f01-234567890abc'],
  ['?job=01234567', undefined],
  ['?job=01234567-89ab-5cde-8f01-234567890abcd', undefined],
  ['?job=x01234567-89ab-5cde-8f01-234567890ab', undefined],
])('the query %j makes a page watch the job %s', async (query, jobId) => {
  const { pages, open } = start();
  const reader = await open(query);
  expect(pages).toMatchObject([{ jobId }]);
  await reader?.cancel();
});

test('a page that reads slowly gets the newest of each event, in their order', async () => {
  const { pages, open } = start();
  const reader = await open();
  const [page] = pages;
  page?.send('hello', '{"a":1}');
  expect(await textOf(reader)).toContain('event: hello\ndata: {"a":1}');
  for (const number of [1, 2, 3]) page?.send('overview', `{"number":${number}}`);
  page?.send('jobs', '{"b":1}');
  let text = '';
  while (!text.includes('event: jobs')) text += await textOf(reader);
  // One may already be in transit when the next ones are sent.
  expect(text.match(/"number":3/g)).toHaveLength(1);
  expect(text).not.toContain('"number":2');
  expect(text.indexOf('event: overview')).toBeLessThan(text.indexOf('event: jobs'));
  await reader?.cancel();
});

test('a beat is sent repeatedly while there are no events', async () => {
  const { pages, open } = start({ beatMs: 1 });
  const reader = await open();
  let text = '';
  while ((text.match(/event: beat\n/g) ?? []).length < 2) text += await textOf(reader);
  pages[0]?.send('jobs', '{}');
  while (!text.includes('event: jobs')) text += await textOf(reader);
  await reader?.cancel();
});

test('a closed page is unsubscribed, once', async () => {
  const { open, closed } = start();
  const reader = await open();
  await reader?.cancel();
  await eventually('the page is unsubscribed', () => closed() > 0);
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  expect(closed()).toBe(1);
  expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
});

test('the end of the server ends a stream at once, also while there are no events', async () => {
  const server = new AbortController();
  const { open, closed } = start({ beatMs: 1e9, signal: server.signal });
  const reader = await open();
  const next = reader?.read();
  server.abort();
  expect((await next)?.done).toBe(true);
  await eventually('the page is unsubscribed', () => closed() === 1);
});

test('a stream that is opened while the server ends is closed at once', async () => {
  const { open, closed } = start({ beatMs: 1e9, signal: AbortSignal.abort() });
  const reader = await open();
  for (let read = await reader?.read(); read?.done === false; read = await reader?.read());
  await eventually('the page is unsubscribed', () => closed() === 1);
});
