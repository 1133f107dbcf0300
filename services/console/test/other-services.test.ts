// The console's requests to the producer and to `movie-load up`, and its handling of their responses.
import http from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { closeServer, listenLocally } from '@movie-load/testing';
import { createControl } from '../src/control.ts';
import { startJob } from '../src/producer.ts';
import { readReport } from '../src/service-reports.ts';
import { createUp } from '../src/up.ts';

const TOKEN = 'a-token-that-is-not-guessed';
const REQUEST = { movies: 10, movies_per_message: 1, seed: 3 } as const;

let reply: { readonly status: number; readonly body: string };
const requests: { method?: string; path?: string; authorization?: string; type?: string; body: string }[] = [];
const server = http.createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const { method, url: path, headers } = request;
  requests.push(
    JSON.parse(
      JSON.stringify({ method, path, authorization: headers.authorization, type: headers['content-type'], body }),
    ),
  );
  response.writeHead(reply.status).end(reply.body);
});
let url: string;

beforeAll(async () => {
  ({ url } = await listenLocally(server));
});
beforeEach(() => {
  requests.length = 0;
});
afterAll(() => closeServer(server));

describe('a request to an unresponsive service:', () => {
  /** Each is called when a request arrives, the first for the first one. */
  const onRequests: (() => void)[] = [];
  const silent = http.createServer(() => onRequests.shift()?.());
  let silentUrl: string;
  beforeAll(async () => {
    ({ url: silentUrl } = await listenLocally(silent));
  });
  afterAll(() => closeServer(silent));
  const { timeout } = AbortSignal;
  afterEach(() => {
    AbortSignal.timeout = timeout;
  });

  const up = () => createUp({ url: silentUrl, token: TOKEN, endpoint: 'AWS' });
  test.each<[string, number, () => Promise<unknown>]>([
    ['up, for its consumers', 5000, () => createControl(silentUrl, TOKEN).list()],
    ['up, to act', 5000, () => createControl(silentUrl, TOKEN).act('add')],
    ['up, for its lessons', 20_000, () => up().lessons()],
    ['up, for the source of a lesson', 20_000, () => up().lessonSource('1')],
    ['up, for its lab', 20_000, () => up().lab()],
    ['the producer', 15_000, () => startJob(silentUrl, REQUEST)],
    ['a service, for its report', 1500, () => readReport(silentUrl)],
  ])('%s, ends after %d ms', async (_, limitMs, send) => {
    const limit = new AbortController();
    const limits: number[] = [];
    AbortSignal.timeout = (ms) => {
      limits.push(ms);
      return limit.signal;
    };
    const requestArrived = new Promise<void>((resolve) => onRequests.push(resolve));
    const answer = send().then(
      (value) => value,
      () => 'failed',
    );
    await requestArrived;
    limit.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    expect([null, 'failed']).toContain(await answer);
    expect(limits).toEqual([limitMs]);
  });
});

test('a report is read below the service’s address; an error status or another body counts as no report', async () => {
  const report = {
    ...{ kind: 'report', service: 'producer', instance: 'one', at: 1, peak_rss_bytes: 1, cpu_seconds: 0, final: false },
  };
  reply = { status: 200, body: JSON.stringify(report) };
  expect(await readReport(`${url}/below/`)).toMatchObject(report);
  expect(requests[0]?.path).toBe('/below/report');
  for (const other of [
    { status: 500, body: JSON.stringify(report) },
    { status: 200, body: '<html>' },
  ]) {
    reply = other;
    expect(await readReport(url)).toBeNull();
  }
});

describe('movie-load up', () => {
  const consumer = { name: 'consumer 1', instance: null, state: 'starting', url: null, ended: null };

  test('gets requests with its token: for all consumers, to add one, and to act on one by any name', async () => {
    const control = createControl(`${url}/`, TOKEN);
    reply = { status: 200, body: JSON.stringify({ consumers: [consumer] }) };
    expect(await control.list()).toEqual([consumer]);
    reply = { status: 201, body: '' };
    await control.act('add');
    await control.act('kill', 'consumer 1/../2');
    const authorization = `Bearer ${TOKEN}`;
    const type = 'application/json';
    expect(requests).toEqual([
      { method: 'GET', path: '/consumers', authorization, body: '' },
      { method: 'POST', path: '/consumers', authorization, type, body: '{"action":"add"}' },
      { method: 'POST', path: '/consumers/consumer%201%2F..%2F2', authorization, type, body: '{"action":"kill"}' },
    ]);
  });

  test('gets lesson requests below its address, also when its address ends with a slash', async () => {
    reply = { status: 200, body: '{"lessons":[]}' };
    for (const at of [url, `${url}/`]) {
      expect(await createUp({ url: at, token: TOKEN, endpoint: 'AWS' }).lessons()).toEqual({ lessons: [] });
      expect(requests.pop()).toMatchObject({ method: 'GET', path: '/lessons', authorization: `Bearer ${TOKEN}` });
    }
  });

  test('is reported in a sentence when it refuses, whatever its answer looks like', async () => {
    const control = createControl(url, undefined);
    reply = { status: 404, body: '{"error":"No running consumer is called x."}' };
    const refused = { code: 'control_refused', message: 'No running consumer is called x.' };
    await expect(control.act('kill', 'x')).rejects.toMatchObject(refused);
    expect(requests[0]).not.toHaveProperty('authorization');
    for (const body of ['', 'null', '<html>', '{"error":1}']) {
      reply = { status: 500, body };
      await expect(control.act('add')).rejects.toThrow('movie-load up answered 500.');
    }
  });
});

describe('the producer', () => {
  test('accepts a job, also below a path', async () => {
    reply = { status: 202, body: JSON.stringify({ job_id: 'an-id', plan: 'a-token', note: 'more' }) };
    expect(await startJob(`${url}/below/`, REQUEST)).toEqual({ job_id: 'an-id', plan_token: 'a-token' });
    expect(requests).toMatchObject([{ method: 'POST', path: '/below/jobs', type: 'application/json' }]);
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual(REQUEST);
    const all = { ...REQUEST, nonce: 'once', yes: true };
    await startJob(url, all);
    expect(JSON.parse(requests[1]?.body ?? '')).toEqual(all);
  });

  test.each([
    [400, 400],
    [429, 429],
    [503, 502],
    [500, 502],
  ])('has its answer %i passed on as %i, with its complete text', async (status, expected) => {
    const errors = [{ detail: 'is too large', pointer: '#/movies' }, { detail: 'is unknown' }];
    reply = { status, body: JSON.stringify({ title: 'Wrong input', detail: 'Two things are wrong.', errors }) };
    await expect(startJob(url, REQUEST)).rejects.toMatchObject({
      status: expected,
      title: 'Not started',
      message: 'Two things are wrong. movies is too large is unknown',
    });
  });

  test.each(['', 'null', '[]', '<html>', '{}'])('is reported by its status when it fails with %j', async (body) => {
    reply = { status: 500, body };
    await expect(startJob(url, REQUEST)).rejects.toMatchObject({ message: 'The producer answered 500.' });
  });

  test('is reported by its address, without the password, when it does not answer', async () => {
    const gone = startJob('http://user:secret@127.0.0.1:1', REQUEST);
    await expect(gone).rejects.toMatchObject({ status: 502, message: expect.stringContaining('127.0.0.1:1') });
    await expect(gone).rejects.not.toMatchObject({ message: expect.stringContaining('secret') });
    await expect(startJob(undefined, REQUEST)).rejects.toMatchObject({ status: 503, title: 'No producer' });
  });
});
