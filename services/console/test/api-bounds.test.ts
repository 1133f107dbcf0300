// What the API accepts: paths, sizes, queries, and bodies of changes; and its answers to changes.
import { describe, expect, test } from '@jest/globals';
import { MovieLoadError } from '@movie-load/schema';
import type { Hono } from 'hono';
import type { ActionResult } from '../src/api.ts';
import { acted, app, controlling, ending, jobId, send, setRefusal } from './api-setup.ts';
import { HOST, OWN } from './console-app.ts';

describe('the server’s paths', () => {
  test('report that the server runs, and whether it is ready', async () => {
    const get = async (server: Hono, path: string) => {
      const answer = await server.request(`http://${HOST}${path}`, { headers: { host: HOST } });
      return [answer.status, await answer.json()];
    };
    expect(await get(app, '/livez')).toEqual([200, { ok: true }]);
    expect(await get(app, '/readyz')).toEqual([200, { ok: true }]);
    expect(await get(ending, '/livez')).toEqual([200, { ok: true }]);
    expect(await get(ending, '/readyz')).toEqual([503, { ok: false }]);
  });

  test.each(['/', '/jobs', `/jobs/${jobId}`, '/nowhere'])('serve the page at %s', async (path) => {
    const response = await app.request(`http://${HOST}${path}`, { headers: { host: HOST } });
    expect([response.status, await response.text()]).toEqual([200, 'the page']);
  });

  test.each(['/api', '/api/', '/api/nothing', '/api/jobs/x/unknown', '/api/plan', '/assets/missing.js'])(
    'do not serve the page at %s',
    async (path) => {
      const response = await app.request(`http://${HOST}${path}`, { headers: { host: HOST } });
      expect([response.status, await response.json()]).toMatchObject([404, { title: 'Not found' }]);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
    },
  );
});

describe('a body that is too large', () => {
  const body = 'x'.repeat(100_000);
  const sizes = { declared: { 'content-length': String(body.length) }, undeclared: { 'transfer-encoding': 'chunked' } };

  test.each(Object.entries(sizes))('is refused with all security headers, its size %s', async (_, size) => {
    const response = await app.request(`http://${HOST}/api/plan`, {
      method: 'POST',
      headers: { ...OWN, ...size },
      body,
    });
    expect([response.status, await response.json()]).toMatchObject([413, { title: 'Body too large' }]);
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test.each(Object.entries(sizes))('is not read if it comes from a foreign origin, its size %s', async (_, size) => {
    const headers = { ...OWN, ...size, host: 'evil.example' };
    const response = await app.request(`http://${HOST}/api/plan`, { method: 'POST', headers, body });
    expect(response.status).toBe(421);
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

test.each([
  ['lanes?count=200', 200],
  ['lanes?count=201', 400],
  ['lanes?count=0', 400],
  ['lanes?first=-1', 400],
  ['lanes?by=colour', 400],
  ['movies?limit=200', 200],
  ['movies?limit=201', 400],
  ['movies?limit=0', 400],
  ['movies?from=-1', 400],
  [`movies?search=${'x'.repeat(256)}`, 200],
  [`movies?search=${'x'.repeat(257)}`, 400],
  ['messages/x', 404],
  ['messages/-1', 404],
])('a job’s %s is answered with status %i', async (path, status) => {
  const answer = await app.request(`http://${HOST}/api/jobs/${jobId}/${path}`, { headers: { host: HOST } });
  expect(answer.status).toBe(status);
});

test.each([
  ['limit=100', 200],
  ['limit=101', 400],
  ['limit=0', 400],
  [`after=${'x'.repeat(2049)}`, 400],
])('a list of jobs with %s is answered with status %i', async (query, status) => {
  expect((await app.request(`http://${HOST}/api/jobs?${query}`, { headers: { host: HOST } })).status).toBe(status);
});

describe('the API for changes', () => {
  test.each([
    ['/api/plan', { movies: 0, movies_per_message: 1, seed: 1 }],
    ['/api/jobs', { movies: 0 }],
    ['/api/dead-letters/redrive', { message_ids: [], dry_run: false }],
    ['/api/dead-letters/redrive', { message_ids: ['x'] }],
    ['/api/dead-letters/redrive', { message_ids: ['x'], dry_run: true, all: true }],
    ['/api/dead-letters/redrive', { message_ids: ['x'.repeat(129)], dry_run: true }],
    ['/api/consumers', { action: 'add', name: 'x' }],
    [`/api/jobs/${jobId}/verify`, { unknown: 1 }],
    [`/api/jobs/${jobId}/verify`, null],
    ['/api/plan', null],
    ['/api/plan', []],
    ['/api/consumers', { action: 'explode' }],
  ])('rejects at %s the body %j with a problem document', async (path, body) => {
    const response = await send(path, body);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });

  test('returns a plan together with its list price', async () => {
    const response = await send('/api/plan', { movies: 1_000_000, movies_per_message: 1, seed: 1 });
    const { usd, groups } = (await response.json()) as { usd: number; groups: number };
    expect(groups).toBe(5000);
    const packed = await send('/api/plan', { movies: 1_000_000, movies_per_message: 'auto', seed: 1 });
    expect(await packed.json()).toMatchObject({ messages: 3077, plan: { movies_per_message: 325, seed: 1 } });
    expect(usd).toBeGreaterThan(0.2);
    expect(usd).toBeLessThan(0.6);
  });

  test('explains in a sentence that a producer or a control server is not configured', async () => {
    const started = await send('/api/jobs', { movies: 10, movies_per_message: 1, seed: 1 });
    expect([started.status, await started.json()]).toMatchObject([503, { title: 'No producer' }]);
    expect((await send('/api/consumers', { action: 'add' })).status).toBe(404);
  });

  test('passes on the reason when `up` refuses to change a consumer', async () => {
    const refused = new MovieLoadError('control_refused', 'No running consumer is called x.');
    setRefusal(refused);
    const body = JSON.stringify({ action: 'kill' });
    const answer = await controlling.request(`http://${HOST}/api/consumers/x`, { method: 'POST', headers: OWN, body });
    setRefusal(undefined);
    expect([answer.status, await answer.json()]).toMatchObject([409, { detail: refused.message }]);
  });

  test('requires a consumer’s name for every action except adding', async () => {
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

  test('finds missing messages by verify, and sends them by resume', async () => {
    const verified = (await (await send(`/api/jobs/${jobId}/verify`, {})).json()) as ActionResult;
    expect(verified.ok).toBe(false);
    expect(verified.details.filter((line) => / → resume$/.test(line)).length).toBeGreaterThan(0);
    const repaired = await send(`/api/jobs/${jobId}/repair`, {});
    expect([repaired.status, await repaired.json()]).toMatchObject([409, { detail: expect.stringMatching(/resume/) }]);
    const resumed = (await (await send(`/api/jobs/${jobId}/resume`, {})).json()) as { summary: string };
    expect(resumed.summary).toBe(`sent: 90 missing messages, in 9 groups of job ${jobId}.`);
  });
});
