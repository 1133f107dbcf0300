// The traces of services: kept for the latest jobs, accepted from programs only, and drawn as a tree.
import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@movie-load/service';
import type { TraceSpan } from '../src/api.ts';
import { barStyle, childrenOf, rowsOf } from '../src/page/trace/rows.ts';
import { createTraceReceiver } from '../src/routes/traces.ts';
import { createTraces, exportSchema } from '../src/traces.ts';
import { silent } from './silent-log.ts';

const JOB = '1b72a7f0-e922-5f43-bed4-4cd74a50d289';
const digits = (number: number, length: number) => number.toString(16).padStart(length, '0');

interface SpanOptions {
  readonly traceId?: string;
  readonly parentSpanId?: string;
  readonly startMs?: number;
  readonly status?: object;
}

const span = (id: number, { traceId = JOB.replaceAll('-', ''), startMs = id, ...more }: SpanOptions = {}) => ({
  traceId,
  spanId: digits(id, 16),
  name: `span ${id}`,
  startTimeUnixNano: String(startMs * 1e6),
  endTimeUnixNano: String((startMs + 5) * 1e6),
  attributes: [{ key: 'movie_load.group', value: { intValue: '3' } }],
  ...more,
});

const exported = (...spans: object[]) => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'movie-load-consumer' } }] },
      scopeSpans: [{ spans }],
    },
  ],
});

function receiver() {
  const traces = createTraces();
  const app = createTraceReceiver({ traces, own: { host: '127.0.0.1' }, log: silent });
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    app.request('/v1/traces', {
      method: 'POST',
      headers: { host: '127.0.0.1:8080', 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { traces, post };
}

describe('the trace receiver', () => {
  it('keeps spans by job, each once, in the order in which they began', async () => {
    const { traces, post } = receiver();
    expect((await post(exported(span(2), span(1, { status: { code: 2, message: 'no' } })))).status).toBe(200);
    await post(exported(span(2)));
    const { spans, left_out } = traces.traceOfJob(JOB);
    expect(spans).toMatchObject([
      {
        id: digits(1, 16),
        parent: null,
        error: 'no',
        service: 'consumer',
        start_ms: 1,
        end_ms: 6,
        facts: { group: '3' },
      },
      { id: digits(2, 16), error: null },
    ]);
    expect(spans).toHaveLength(2);
    expect(left_out).toBe(0);
    expect(traces.traceOfJob('00000000-0000-5000-8000-000000000000').spans).toEqual([]);
  });

  it('accepts the largest export of a service, which is larger than what a page may send', async () => {
    const { traces, post } = receiver();
    // The SDK of the services sends at most 512 spans at once.
    const many = Array.from({ length: 512 }, (_, at) => ({ ...span(at + 1), name: 'x'.repeat(1000) }));
    expect((await post(exported(...many))).status).toBe(200);
    expect(traces.traceOfJob(JOB).spans).toHaveLength(512);
  });

  it('answers with 500, and logs the error, when it cannot keep spans', async () => {
    const failing = {
      add() {
        throw new Error('no memory');
      },
      traceOfJob: () => ({ spans: [], left_out: 0 }),
    };
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const log = createLogger({ service: 'console', instance: 'test', destination });
    const app = createTraceReceiver({ traces: failing, own: { host: '127.0.0.1' }, log });
    const headers = { host: '127.0.0.1:8080', 'content-type': 'application/json' };
    const answer = await app.request('/v1/traces', {
      method: 'POST',
      headers,
      body: JSON.stringify(exported(span(1))),
    });
    expect([answer.status, await answer.json()]).toMatchObject([500, { title: 'Internal error' }]);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'error', msg: 'a request failed', path: '/v1/traces', err: { message: 'no memory' } },
    ]);
  });

  it('keeps for each span its parent, service, error and own attributes, each text cut', () => {
    const traces = createTraces();
    const values = {
      text: { stringValue: 'x'.repeat(201) },
      share: { doubleValue: 0.5 },
      full: { boolValue: false },
    };
    const attributes = Object.entries(values).map(([key, value]) => ({ key: `movie_load.${key}`, value }));
    const from = [
      { key: 'service.instance.id', value: { stringValue: 'host-1' } },
      { key: 'service.name', value: { stringValue: 'other' } },
    ];
    const one = span(1, { status: { code: 2 }, parentSpanId: '' });
    const other = { ...span(2, { status: { code: 1, message: 'fine' }, parentSpanId: digits(1, 16) }), name: 'span 1' };
    const spans = [
      { ...one, attributes: [...attributes, { key: 'other.attribute', value: {} }] },
      { ...other, attributes: [] },
    ];
    traces.add(exportSchema.parse({ resourceSpans: [{ resource: { attributes: from }, scopeSpans: [{ spans }] }] }));
    expect(traces.traceOfJob(JOB).spans).toEqual([
      {
        ...{ id: digits(1, 16), parent: null, name: 'span 1', service: 'other', instance: 'host-1' },
        ...{ start_ms: 1, end_ms: 6, error: 'failed', facts: { text: 'x'.repeat(200), share: '0.5', full: 'false' } },
      },
      {
        ...{ id: digits(2, 16), parent: digits(1, 16), name: 'span 1', service: 'other', instance: 'host-1' },
        ...{ start_ms: 2, end_ms: 7, error: null, facts: {} },
      },
    ]);
  });

  it.each([
    ['no JSON', 'no', 400],
    ['another shape', { resourceSpans: 'no' }, 400],
    ['an invalid trace id', exported(span(1, { traceId: 'no' })), 400],
    ['an invalid time', exported({ ...span(1), startTimeUnixNano: 'yesterday' }), 400],
    ['too much', exported({ ...span(1), name: 'x'.repeat(1024 * 1024) }), 413],
  ])('refuses %s', async (_, body, status) => {
    const { traces, post } = receiver();
    expect((await post(body)).status).toBe(status);
    expect(traces.traceOfJob(JOB).spans).toEqual([]);
  });

  it.each([
    [{ origin: 'http://127.0.0.1:8080' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ host: 'localhost.evil.example:8080' }, 421],
  ])('refuses web pages and foreign host names: %j', async (headers, status) => {
    const { traces, post } = receiver();
    expect((await post(exported(span(1)), headers)).status).toBe(status);
    expect(traces.traceOfJob(JOB).spans).toEqual([]);
  });

  it('forgets only the oldest of 21 jobs, and counts the spans beyond 5,000 of a job', () => {
    const traces = createTraces();
    const take = (...spans: object[]) => traces.add(exportSchema.parse(exported(...spans)));
    take(...Array.from({ length: 5001 }, (_, index) => span(index + 1)));
    expect(traces.traceOfJob(JOB)).toMatchObject({ spans: { length: 5000 }, left_out: 1 });
    for (let other = 1; other <= 19; other++) take(span(1, { traceId: digits(other, 32) }));
    expect(traces.traceOfJob(JOB).spans).toHaveLength(5000);
    take(span(1, { traceId: digits(20, 32) }));
    expect(traces.traceOfJob(JOB).spans).toEqual([]);
    // A trace id is the id of its job without hyphens.
    for (let other = 1; other <= 20; other++) expect(traces.traceOfJob(digits(other, 32)).spans).toHaveLength(1);
  });
});

describe('the rows of a trace', () => {
  const shown = (id: string, parent: string | null): TraceSpan => ({
    id,
    parent,
    name: id,
    service: 'consumer',
    instance: 'one',
    start_ms: 100,
    end_ms: 150,
    error: null,
    facts: {},
  });
  const children = childrenOf([
    shown('job', null),
    shown('process', 'job'),
    shown('call', 'process'),
    shown('lost', 'gone'),
  ]);
  const names = (open: string[]) => rowsOf(children, new Set(open)).map(({ span: { id }, depth }) => `${depth} ${id}`);

  it('show calls when their parent is opened; a span without its parent is at the top', () => {
    expect(names([])).toEqual(['0 job', '1 process', '0 lost']);
    expect(names(['process'])).toEqual(['0 job', '1 process', '2 call', '0 lost']);
  });

  it('have their place in the time of the job', () => {
    expect(barStyle(shown('job', null), 50, 250)).toEqual({ left: '25.000%', width: 'max(2px, 25.000%)' });
    // A job that began and ended at the same time counts as one millisecond long: nothing is divided by zero.
    expect(barStyle(shown('job', null), 100, 100)).toEqual({ left: '0.000%', width: 'max(2px, 5000.000%)' });
  });
});
