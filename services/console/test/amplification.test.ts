// Pages can cause only a limited number of calls to AWS: reads are shared, and all reads together have a rate limit.
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { provision } from '@movie-load/aws';
import { startLocalAws } from '@movie-load/local-aws';
import { GENERATOR_VERSION, generateMovies } from '@movie-load/movies';
import { jobIdOf, messagesOfGroup, planJob, shapeOf } from '@movie-load/schema';
import type { Hono } from 'hono';
import type { Parts } from '../src/parts.ts';
import { HOST, startApp } from './console-app.ts';

const PAGES = 300;
const EVERY_MS = 1000;
/** The limits of calls for all reads together: see docs/console.md. */
const MAX_CALLS_PER_SECOND = 400;
const MAX_CALL_BURST = 400;
const JOBS = 6;
/**
 * To find out whether a job has stalled costs a read of the queue and one of each of up to 64 ledgers. That is done for
 * two jobs at a time.
 */
const STALL_CALLS = 2 * (1 + 64);

let app: Hono;
let parts: Parts;
const jobIds: string[] = [];
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  const aws = await startLocalAws();
  ends.push(() => aws.close());
  const started = startApp(aws.endpoint, { everyMs: EVERY_MS });
  ends.push(started.end);
  ({ app, parts } = started);
  await provision(parts.clients, parts.settings);
  for (let number = 0; number < JOBS; number += 1) jobIds.push(await storeGroup(`job-${number}`, started.signal));
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

/** A job of 100 groups of which one is stored, so that there is much to read. */
async function storeGroup(nonce: string, signal: AbortSignal): Promise<string> {
  const plan = planJob({ nonce, movies: 20_000, movies_per_message: 1, seed: 3, generator: GENERATOR_VERSION });
  const started_on = new Date(Date.now() - 600_000).toISOString();
  const { first, count } = messagesOfGroup(shapeOf(plan), 0);
  const messages = [...generateMovies(plan.seed, { first, count })].map((movie, number) => ({
    number,
    movies: [movie],
    sent_on: Date.now(),
    received_on: Date.now(),
    receives: 1,
  }));
  await parts.store.store({ plan, job_id: jobIdOf(plan), group: 0, started_on, messages }, { signal });
  return jobIdOf(plan);
}

let before: number;
let began: number;
const calls = () => [...parts.clients.counters.calls.values()].reduce((sum, count) => sum + count, 0);
beforeEach(() => {
  before = calls();
  began = Date.now();
});

function expectBounded(): void {
  const seconds = (Date.now() - began) / 1000;
  expect(calls() - before).toBeLessThanOrEqual(MAX_CALL_BURST + MAX_CALLS_PER_SECOND * seconds + 1);
}

const request = (path: string, options: RequestInit = {}) =>
  app.request(`http://${HOST}${path}`, { ...options, headers: { host: HOST } });

/** Opens a page's stream, reads its first data, and closes it. Returns the status of the response. */
async function openAndClose(query = ''): Promise<number> {
  const response = await request(`/api/events${query}`);
  const reader = response.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  return response.status;
}

test('pages opened and closed one after the other cause one read per second', async () => {
  for (let page = 0; page < PAGES; page += 1) expect(await openAndClose()).toBe(200);
  const reads = 1 + Math.floor((Date.now() - began) / EVERY_MS);
  // Two queues, the list, each of its jobs, and the reads for whether two of them have stalled.
  expect(calls() - before).toBeLessThanOrEqual((reads + 1) * (3 + JOBS + STALL_CALLS));
  expectBounded();
});

test('pages that show different or unknown jobs cause a bounded number of calls', async () => {
  for (let page = 0; page < PAGES; page += 1) expect(await openAndClose(`?job=${jobIds[page % JOBS]}`)).toBe(200);
  await Promise.all(Array.from({ length: 50 }, () => openAndClose(`?job=${crypto.randomUUID()}`)));
  expectBounded();
});

test('many pages that read at once cause a bounded number of calls', async () => {
  const paths = (page: number) => {
    const job = `/api/jobs/${jobIds[page % JOBS]}`;
    return [
      `/api/jobs?limit=${1 + (page % 100)}`,
      `${job}?page=${page}`,
      `${job}/heat`,
      `${job}/lanes?first=${page}&count=50`,
      `${job}/lanes?first=${page}&count=20&by=consumer`,
      `${job}/messages/${page}`,
      `${job}/movies?from=${page}&limit=50`,
      `${job}/movies?from=${page}&search=nothing`,
      `/api/jobs/${crypto.randomUUID()}`,
      `/api/jobs/${crypto.randomUUID().slice(0, 4)}`,
      '/api/dead-letters',
      `/api/dead-letters/${page}/body`,
    ];
  };
  const statuses = new Set<number>();
  const send = async (path: string, method: string) => {
    const response = await request(path, { method });
    await response.arrayBuffer();
    statuses.add(response.status);
  };
  await Promise.all(
    Array.from({ length: PAGES / 2 }, async (_, page) => {
      const all = paths(page);
      await send(all[page % all.length] ?? '', page % 10 === 0 ? 'HEAD' : 'GET');
    }),
  );
  expectBounded();
  // Each request is answered or refused; a page that reads again later gets an answer.
  expect([...statuses].filter((status) => ![200, 404, 429, 503].includes(status))).toEqual([]);
  expect((await request('/api/jobs')).status).toBe(200);
});

test('a read by many pages at once costs no more than a read by one page', async () => {
  const read = async () => (await request('/api/jobs?limit=7')).json();
  const answers = await Promise.all(Array.from({ length: PAGES }, read));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  // The list of up to seven jobs, and each of them.
  expect(calls() - before).toBeLessThanOrEqual(1 + 7 + STALL_CALLS);
});

test('a HEAD request opens no stream', async () => {
  const streams = await Promise.all(Array.from({ length: PAGES }, () => request('/api/events', { method: 'HEAD' })));
  expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]));
  // With as many open streams, another one would be refused.
  expect(await openAndClose()).toBe(200);
});
