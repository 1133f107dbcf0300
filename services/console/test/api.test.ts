// The console's API on the embedded AWS: what is stored, in flight and dead-lettered, and what may be changed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openQueue, provision, systemClock } from '@movie-load/aws';
import { startLocalAws } from '@movie-load/local-aws';
import { GENERATOR_VERSION, generateMovies } from '@movie-load/movies';
import { deadLetter, sendJob } from '@movie-load/queue';
import { jobIdOf, messagesOfGroup, planJob, shapeOf } from '@movie-load/schema';
import { createLogger } from '@movie-load/service';
import type { Hono } from 'hono';
import type {
  DeadLetters,
  Heat,
  JobProgress,
  JobsPage,
  Lanes,
  MessageView,
  MoviesPage,
  RedriveResult,
} from '../src/api.ts';
import { createConsoleApp } from '../src/app.ts';
import type { Control } from '../src/control.ts';
import { createParts } from '../src/parts.ts';
import { consoleEnvironment } from '../src/settings.ts';
import { loadPage } from '../src/static-files.ts';
import { Watch } from '../src/watch.ts';

const HOST = '127.0.0.1:8080';
const OWN = { host: HOST, origin: `http://${HOST}`, 'content-type': 'application/json' };

const plan = planJob({ nonce: 'api', movies: 100, movies_per_message: 1, seed: 3, generator: GENERATOR_VERSION });
const jobId = jobIdOf(plan);
const shape = shapeOf(plan); // 10 groups of 10

let app: Hono;
/** The same app at the end of its server, and one that can act on consumers. */
let ending: Hono;
let controlling: Hono;
const acted: unknown[] = [];
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  const aws = await startLocalAws();
  const stop = new AbortController();
  const parts = createParts({
    settings: consoleEnvironment.parse({ AWS_ENDPOINT_URL: aws.endpoint, AWS_REGION: 'us-east-1' }),
    instance: 'console-test',
    signal: stop.signal,
    defer: (end) => ends.push(end),
  });
  ends.unshift(() => aws.close());
  ends.push(() => stop.abort());
  await provision(parts.clients, parts.settings);
  const log = createLogger({ service: 'console', instance: 'test', level: 'silent' });
  const watch = new Watch({
    sources: parts.sources,
    clock: systemClock,
    everyMs: 50,
    page: 'test',
    onError: () => {},
  });
  const folder = mkdtempSync(join(tmpdir(), 'movie-load-page-'));
  ends.push(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'index.html'), 'the page');
  const page = loadPage(folder);
  const all = { log, parts, watch, page, signal: stop.signal, port: () => 8080, hosts: [] };
  app = createConsoleApp(all);
  ending = createConsoleApp({ ...all, signal: AbortSignal.abort() });
  const control: Control = { list: async () => [], act: async (...what) => void acted.push(what) };
  controlling = createConsoleApp({ ...all, parts: { ...parts, control } });

  const queue = await openQueue(parts.clients, parts.settings.queue);
  const dlq = await openQueue(parts.clients, parts.settings.dlq);
  const started_on = new Date().toISOString();
  // Group 0 is stored, the first messages of group 1 are in flight, one of group 2 is dead-lettered, the rest waits.
  const { first, count } = messagesOfGroup(shape, 0);
  await parts.store.store(
    {
      plan,
      job_id: jobId,
      group: 0,
      started_on,
      messages: [...generateMovies(plan.seed, { first, count })].map((movie, number) => ({
        number,
        movies: [movie],
        sent_on: Date.parse(started_on),
        received_on: Date.parse(started_on) + 5,
        receives: 2,
      })),
    },
    { signal: stop.signal },
  );
  const ports = {
    queue,
    plan,
    started_on,
    clock: systemClock,
    random: { next: Math.random, uuid: () => crypto.randomUUID() },
  };
  await sendJob({ ...ports, groups: [{ group: 1, numbers: [10, 11, 12] }] });
  const flying = await queue.receive({ max: 10, waitSeconds: 0, visibilitySeconds: 600 });
  expect(flying).toHaveLength(3);
  await sendJob({ ...ports, groups: [{ group: 2, numbers: [20] }] });
  const [doomed] = await queue.receive({ max: 1, waitSeconds: 0, visibilitySeconds: 600 });
  if (!doomed) throw new Error('nothing to dead-letter');
  await deadLetter({ dlq }, doomed, { reason: 'too_many_receives', detail: 'ten times', consumer: 'c' });
  await queue.delete([doomed.receiptHandle]);
}, 60_000);

afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

async function get<T>(path: string): Promise<T> {
  const response = await app.request(`http://${HOST}${path}`, { headers: { host: HOST } });
  expect(response.status).toBe(200);
  return response.json() as Promise<T>;
}

async function send(path: string, body: unknown): Promise<Response> {
  return app.request(`http://${HOST}${path}`, { method: 'POST', headers: OWN, body: JSON.stringify(body) });
}

describe('a job', () => {
  test('is listed, and found by the beginning of its id', async () => {
    const { jobs } = await get<JobsPage>('/api/jobs');
    expect(jobs).toMatchObject([{ job_id: jobId, state: 'RUNNING', percent: 10, messages: 100, groups: 10 }]);
    const progress = await get<JobProgress>(`/api/jobs/${jobId.slice(0, 8)}`);
    expect(progress).toMatchObject({ stored_messages: 10, exact: true, in_flight_messages: 3, dead_messages: 1 });
  });

  test('has lanes with the state of each message, and a heat map', async () => {
    const { lanes } = await get<Lanes>(`/api/jobs/${jobId}/lanes?first=0&count=3`);
    expect(lanes.map(({ states }) => states)).toEqual(['ssssssssss', 'fff.......', 'd.........']);
    const coloured = await get<Lanes>(`/api/jobs/${jobId}/lanes?first=0&count=2&by=consumer`);
    expect(coloured.consumers).toEqual(['console-test']);
    expect(coloured.lanes[0]?.by).toEqual(Array.from({ length: 10 }, () => 0));
    expect(coloured.lanes[1]?.by).toEqual(Array.from({ length: 10 }, () => -1));
    const heat = await get<Heat>(`/api/jobs/${jobId}/heat`);
    expect(heat).toEqual({ groups: 10, groups_per_bucket: 1, percent: [100, ...Array(9).fill(0)], dead: [2] });
  });

  test('tells of each message what became of it', async () => {
    const stored = await get<MessageView>(`/api/jobs/${jobId}/messages/4`);
    const [movie] = generateMovies(plan.seed, { first: 4, count: 1 });
    expect(stored).toMatchObject({ state: 'stored', stored_by: 'console-test', receives: 2, group: 0 });
    expect(stored.sample).toEqual([{ index: 4, ...movie }]);
    expect(stored.slices).toEqual([{ partition: `${jobId}#0`, part: 'movies#000000000000+10' }]);
    expect(await get<MessageView>(`/api/jobs/${jobId}/messages/11`)).toMatchObject({ state: 'in_flight', sample: [] });
    expect(await get<MessageView>(`/api/jobs/${jobId}/messages/20`)).toMatchObject({
      state: 'dead_lettered',
      sent_on: expect.stringMatching(/Z$/),
      receives: 1,
    });
    const none = await app.request(`http://${HOST}/api/jobs/${jobId}/messages/100`, { headers: { host: HOST } });
    expect(none.status).toBe(404);
  });

  test('gives its movies in pages, and those that a search finds', async () => {
    const page = await get<MoviesPage>(`/api/jobs/${jobId}/movies?from=0&limit=4`);
    expect(page).toMatchObject({ next: 4, looked_at: 4, total: 100 });
    expect(page.movies.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    const [, , wanted] = generateMovies(plan.seed, { first: 0, count: 3 });
    const found = await get<MoviesPage>(`/api/jobs/${jobId}/movies?search=${wanted?.movie_id.toUpperCase()}`);
    expect(found.movies.map(({ index }) => index)).toEqual([2]);
    expect(found.next).toBeNull();
  });

  test('that is not there, or has no object yet, is said to be so', async () => {
    const missing = await app.request(`http://${HOST}/api/jobs/ffffffff`, { headers: { host: HOST } });
    expect(missing.status).toBe(404);
    const object = await app.request(`http://${HOST}/api/jobs/${jobId}/object`, { headers: { host: HOST } });
    expect(object.status).toBe(404);
    expect(await object.json()).toMatchObject({ title: 'No object' });
    expect(object.headers.get('cache-control')).toBe('no-store');
    const head = await app.request(`http://${HOST}/api/jobs/${jobId}/object`, {
      method: 'HEAD',
      headers: { host: HOST },
    });
    expect(head.status).toBe(404);
  });
});

describe('the stream of events', () => {
  test('is not opened by a HEAD, however many come', async () => {
    for (let time = 0; time < 60; time++) {
      const head = await app.request(`http://${HOST}/api/events`, { method: 'HEAD', headers: { host: HOST } });
      expect([head.status, head.body]).toEqual([200, null]);
    }
    const stream = await app.request(`http://${HOST}/api/events`, { headers: { host: HOST } });
    expect(stream.status).toBe(200);
    await stream.body?.cancel();
  });
});

describe('dead letters', () => {
  test('are shown without taking them, and redriven after a dry run', async () => {
    const { messages, peeked } = await get<DeadLetters>('/api/dead-letters');
    expect(peeked).toBe(true);
    expect(messages).toMatchObject([{ reason: 'too_many_receives', job_id: jobId, original_group: `${jobId}#2` }]);
    const message_ids = messages.map(({ message_id }) => message_id);
    const redrive = async (dry_run: boolean) => {
      const response = await send('/api/dead-letters/redrive', { message_ids, dry_run });
      expect(response.status).toBe(200);
      return (await response.json()) as RedriveResult;
    };
    expect((await redrive(true)).redriven).toEqual([{ message_id: message_ids[0], to_group: `${jobId}#2` }]);
    expect((await get<DeadLetters>('/api/dead-letters')).messages).toHaveLength(1);
    expect((await redrive(false)).redriven).toHaveLength(1);
    expect((await get<DeadLetters>('/api/dead-letters')).messages).toEqual([]);
    expect(await redrive(false)).toMatchObject({ redriven: [], not_found: message_ids });
  });
});

describe('paths', () => {
  test('tell programs how the server is', async () => {
    const status = async (of: Hono, path: string) =>
      (await of.request(`http://${HOST}${path}`, { headers: { host: HOST } })).status;
    expect([await status(app, '/livez'), await status(app, '/readyz')]).toEqual([200, 200]);
    expect([await status(ending, '/livez'), await status(ending, '/readyz')]).toEqual([200, 503]);
  });

  test.each(['/', '/jobs', `/jobs/${jobId}`, '/nowhere'])('%s is the page', async (path) => {
    const response = await app.request(`http://${HOST}${path}`, { headers: { host: HOST } });
    expect([response.status, await response.text()]).toEqual([200, 'the page']);
  });

  test.each(['/api', '/api/', '/api/nothing', '/api/jobs/x/unknown', '/api/plan', '/assets/missing.js'])(
    '%s is not the page',
    async (path) => {
      const response = await app.request(`http://${HOST}${path}`, { headers: { host: HOST } });
      expect([response.status, await response.json()]).toMatchObject([404, { title: 'Not found' }]);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
    },
  );
});

describe('a body that is too large', () => {
  const body = 'x'.repeat(100_000);
  const sizes = { told: { 'content-length': String(body.length) }, untold: { 'transfer-encoding': 'chunked' } };

  test.each(Object.entries(sizes))('is refused, its size %s, with all headers', async (_, size) => {
    const response = await app.request(`http://${HOST}/api/plan`, {
      method: 'POST',
      headers: { ...OWN, ...size },
      body,
    });
    expect([response.status, await response.json()]).toMatchObject([413, { title: 'Body too large' }]);
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test.each(Object.entries(sizes))('of a stranger is not looked at, its size %s', async (_, size) => {
    const headers = { ...OWN, ...size, host: 'evil.example' };
    const response = await app.request(`http://${HOST}/api/plan`, { method: 'POST', headers, body });
    expect(response.status).toBe(421);
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('changes', () => {
  test.each([
    ['/api/plan', { movies: 0, movies_per_message: 1, seed: 1 }],
    ['/api/jobs', { movies: 0 }],
    ['/api/dead-letters/redrive', { message_ids: [], dry_run: false }],
    ['/api/dead-letters/redrive', { message_ids: ['x'] }],
    [`/api/jobs/${jobId}/verify`, { unknown: 1 }],
    [`/api/jobs/${jobId}/verify`, null],
    ['/api/plan', null],
    ['/api/plan', []],
    ['/api/consumers', { action: 'explode' }],
  ])('%s refuses %j, and names what is wrong', async (path, body) => {
    const response = await send(path, body);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });

  test('a plan comes with its list price', async () => {
    const response = await send('/api/plan', { movies: 1_000_000, movies_per_message: 1, seed: 1 });
    const { usd, groups } = (await response.json()) as { usd: number; groups: number };
    expect(groups).toBe(5000);
    expect(usd).toBeGreaterThan(0.2);
    expect(usd).toBeLessThan(0.6);
  });

  test('without a producer or a control server there is a sentence that says so', async () => {
    const started = await send('/api/jobs', { movies: 10, movies_per_message: 1, seed: 1 });
    expect([started.status, await started.json()]).toMatchObject([503, { title: 'No producer' }]);
    expect((await send('/api/consumers', { action: 'add' })).status).toBe(404);
  });

  test('to consumers name one, but for adding', async () => {
    const act = async (path: string, action: string) => {
      const body = JSON.stringify({ action });
      return (await controlling.request(`http://${HOST}/api/consumers${path}`, { method: 'POST', headers: OWN, body }))
        .status;
    };
    expect([await act('', 'add'), await act('/consumer%201', 'kill')]).toEqual([200, 200]);
    expect([await act('', 'kill'), await act('/consumer%201', 'add')]).toEqual([400, 400]);
    expect(acted).toEqual([
      ['add', undefined],
      ['kill', 'consumer 1'],
    ]);
  });

  test('verify finds what is missing, resume sends it', async () => {
    const verified = (await (await send(`/api/jobs/${jobId}/verify`, {})).json()) as { ok: boolean };
    expect(verified.ok).toBe(false);
    const resumed = (await (await send(`/api/jobs/${jobId}/resume`, {})).json()) as { summary: string };
    expect(resumed.summary).toBe(`sent: 90 missing messages, in 9 groups of job ${jobId}.`);
  });
});
