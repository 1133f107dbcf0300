// Spans as an OTLP receiver receives them, and a receiver that fails or hangs.
import { once } from 'node:events';
import http, { type ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@movie-load/testing';
import { createSpanSink } from '../src/index.ts';

interface Received {
  readonly name: string;
  /** Code 0: not set; 2: an error. */
  readonly status: { readonly code: number; readonly message?: string };
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

let bodies: string[];
let answer: (response: ServerResponse) => void;
const server = http.createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  bodies.push(body);
  answer(response);
});
const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT } = process.env;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = `http://127.0.0.1:${port}/v1/traces`;
});
beforeEach(() => {
  bodies = [];
  answer = (response) => response.setHeader('content-type', 'application/json').end('{}');
});
afterAll(() => {
  if (OTEL_EXPORTER_OTLP_TRACES_ENDPOINT === undefined) delete process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  else process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  server.close();
  server.closeAllConnections();
});

const TRACE = '1b72a7f0e9225f43bed44cd74a50d289';
/** The trace of another job. */
const OTHER_TRACE = 'fe72a7f0e9225f43bed44cd74a50d289';
const span = { name: 'a', kind: 'client', traceId: TRACE, attributes: {} } as const;

function start() {
  const errors: unknown[] = [];
  const failed = Promise.withResolvers<void>();
  const sink = createSpanSink({
    service: 'consumer',
    instance: 'host-1-ab',
    onError(error) {
      errors.push(error);
      failed.resolve();
    },
  });
  return { sink, errors, failed: failed.promise };
}

/** The timers of this process, without those that do not keep it running. */
const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

const attributesOf = ({ attributes }: Pick<Received, 'attributes'>) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

test('an exported span has the given ids, times, links, attributes and error, and the name of its process', async () => {
  const { sink, errors } = start();
  const root = sink.start({ ...span, name: 'job', spanId: '1b72a7f0e9225f43', kind: 'consumer', startMs: 1000 });
  expect(root.spanId).toBe('1b72a7f0e9225f43');
  const child = sink.start({
    ...span,
    name: 's3:PutObject',
    parentId: root.spanId,
    attributes: { 'movie_load.part': 3 },
    links: [{ traceId: OTHER_TRACE, spanId: '0123456789abcdef' }],
  });
  child.end({ error: new TypeError('no answer'), attributes: { 'movie_load.bytes': 7 } });
  root.end({ endMs: 2500 });
  await sink.close(60_000);
  expect([errors, bodies.length]).toEqual([[], 1]);
  const { resource, scopeSpans } = JSON.parse(bodies[0] ?? '').resourceSpans[0];
  expect(attributesOf(resource)).toMatchObject({
    'service.name': 'movie-load-consumer',
    'service.instance.id': 'host-1-ab',
  });
  const spans: Received[] = scopeSpans[0].spans;
  const [first, second] = spans.toSorted((first, second) => first.name.localeCompare(second.name));
  expect(first).toMatchObject({
    ...{ name: 'job', traceId: TRACE, spanId: '1b72a7f0e9225f43', kind: 5 },
    ...{ startTimeUnixNano: '1000000000', endTimeUnixNano: '2500000000' },
  });
  expect(first).not.toHaveProperty('parentSpanId');
  // It did not fail.
  expect([first?.status, first?.attributes]).toEqual([{ code: 0 }, []]);
  expect(second).toMatchObject({
    ...{ name: 's3:PutObject', traceId: TRACE, spanId: child.spanId, parentSpanId: root.spanId, kind: 3 },
    links: [{ traceId: OTHER_TRACE, spanId: '0123456789abcdef' }],
    status: { code: 2, message: 'no answer' },
  });
  expect(child.spanId).toMatch(/^[0-9a-f]{16}$/);
  expect(child.spanId).not.toBe(root.spanId);
  expect(attributesOf(second ?? { attributes: [] })).toEqual({
    'movie_load.part': 3,
    'movie_load.bytes': 7,
    'error.type': 'TypeError',
  });
});

test('spans without a given id get distinct ids, and a thrown value need not be an Error', async () => {
  const { sink } = start();
  const [first, second] = [sink.start(span), sink.start(span)];
  expect(first.spanId).not.toBe(second.spanId);
  first.end({ error: 'thrown' });
  second.end();
  await sink.close(60_000);
  expect(bodies[0]).toContain('"message":"thrown"');
});

test('more spans than one export holds are all sent, and no timer remains', async () => {
  const before = timers();
  const { sink, errors } = start();
  for (let index = 0; index < 3000; index += 1) sink.start(span).end();
  await sink.close(60_000);
  const spanCounts = bodies.map((body) => JSON.parse(body).resourceSpans[0].scopeSpans[0].spans.length);
  expect(spanCounts.length).toBeGreaterThan(1);
  expect([errors, spanCounts.reduce((sum, count) => sum + count, 0)]).toEqual([[], 3000]);
  expect(timers()).toBe(before);
});

test('the resource has the attributes of the environment, and each kind of span its own number', async () => {
  process.env.OTEL_RESOURCE_ATTRIBUTES = 'deployment.environment.name=staging';
  try {
    const { sink } = start();
    for (const kind of ['internal', 'client', 'producer', 'consumer'] as const) {
      sink.start({ ...span, name: kind, kind }).end();
    }
    await sink.close(60_000);
  } finally {
    delete process.env.OTEL_RESOURCE_ATTRIBUTES;
  }
  const { resource, scopeSpans } = JSON.parse(bodies[0] ?? '').resourceSpans[0];
  expect(attributesOf(resource)).toMatchObject({ 'deployment.environment.name': 'staging' });
  const kinds = scopeSpans[0].spans.map(({ name, kind }: { name: string; kind: number }) => [name, kind]);
  expect(kinds).toEqual([
    ['internal', 1],
    ['client', 3],
    ['producer', 4],
    ['consumer', 5],
  ]);
});

test('a receiver that fails, succeeds and fails again is reported twice', async () => {
  const { sink, errors } = start();
  const exportWith = async (status: number) => {
    const before = bodies.length;
    answer = (response) => response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    // One full export, which is sent without waiting for more spans.
    for (let index = 0; index < 512; index += 1) sink.start(span).end();
    await eventually('the spans arrive', () => bodies.length > before);
  };
  await exportWith(400);
  await eventually('the first failure is reported', () => errors.length === 1);
  await exportWith(400);
  await exportWith(200);
  await exportWith(400);
  await eventually('the second failure is reported', () => errors.length === 2);
  await sink.close(60_000);
  expect(errors).toHaveLength(2);
});

test('a receiver that fails is reported once, and `close` does not wait for it', async () => {
  const { sink, errors, failed } = start();
  answer = (response) => response.writeHead(400).end();
  sink.start(span).end();
  await failed;
  sink.start(span).end();
  await sink.close(60_000);
  expect([errors, bodies.length]).toEqual([[expect.objectContaining({ code: 400 })], 1]);
});

test('`close` waits for the receiver’s answer, at most for the caller’s limit', async () => {
  const hanging: ServerResponse[] = [];
  answer = (response) => void hanging.push(response);
  const { sink } = start();
  sink.start(span).end();
  let isClosed = false;
  const closing = sink.close(60_000).then(() => {
    isClosed = true;
  });
  await eventually('the export arrives', () => hanging.length === 1);
  expect(isClosed).toBe(false);
  hanging[0]?.end('{}');
  await closing;

  const { sink: other } = start();
  other.start(span).end();
  await other.close(100);
  // The exporter's own timeout is later: it did not end the request.
  await eventually('the second export arrives', () => hanging.length === 2);
  expect([hanging[1]?.writableEnded, hanging[1]?.destroyed]).toEqual([false, false]);
  hanging[1]?.end('{}');
});
