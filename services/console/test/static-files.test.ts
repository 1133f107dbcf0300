import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Hono } from 'hono';
import { loadPage } from '../src/static-files.ts';

let root: string;
/** The folder of the page, below `root`. */
let folder: string;
const app = new Hono();
const get = (path: string, accepted = '') =>
  app.request(path, { headers: accepted === '' ? {} : { 'accept-encoding': accepted } });

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'movie-load-page-'));
  folder = join(root, 'page');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  for (const [name, text] of [
    ['index.html', 'plain'],
    ['index.html.br', 'brotli'],
    ['index.html.gz', 'gzip'],
    ['assets/app-1a2b.js', 'code'],
    ['assets/app-1a2b.js.br', 'brotli'],
  ] as const) {
    writeFileSync(join(folder, name), text);
  }
  writeFileSync(join(root, 'movie-load-outside.txt'), 'outside');
  app.route('/', loadPage(folder).routes);
});
afterAll(() => rmSync(root, { recursive: true }));

test.each([
  ['gzip, deflate, br, zstd', 'brotli'],
  ['br', 'brotli'],
  ['gzip', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['br;q=0', 'plain'],
  ['br; q=0.000, gzip; q=0', 'plain'],
  ['*;q=0', 'plain'],
  ['identity', 'plain'],
  ['', 'plain'],
])('a request that accepts "%s" gets %s', async (accepted, body) => {
  const response = await get('/', accepted);
  expect(await response.text()).toBe(body);
  expect(response.headers.get('content-encoding')).toBe({ brotli: 'br', gzip: 'gzip' }[body] ?? null);
  expect(response.headers.get('vary')).toBe('Accept-Encoding');
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-cache');
});

test('every view is the page, and a file with a hash in its name may be cached for ever', async () => {
  const view = await get('/jobs/3f2a/movies');
  expect([view.status, await view.text()]).toEqual([200, 'plain']);
  const asset = await get('/assets/app-1a2b.js', 'br');
  expect(await asset.text()).toBe('brotli');
  expect(asset.headers.get('content-type')).toContain('text/javascript');
  expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
});

test('a missing asset is not answered with the page, and not cached', async () => {
  const gone = await get('/assets/app-old.js');
  expect(gone.status).toBe(404);
  expect(await gone.text()).not.toContain('plain');
  expect(gone.headers.get('cache-control')).toBe('no-cache');
});

test.each(['/../movie-load-outside.txt', '/%2e%2e/movie-load-outside.txt', '/assets/..%2f..%2fmovie-load-outside.txt'])(
  '%s does not reach a file outside of the page',
  async (path) => {
    expect(await (await get(path)).text()).not.toContain('outside');
  },
);

test('each build of the page has its own name', () => {
  const other = mkdtempSync(join(tmpdir(), 'movie-load-page-'));
  const nameOf = (text: string) => {
    writeFileSync(join(other, 'index.html'), text);
    return loadPage(other).build;
  };
  const names = ['plain', 'another', 'plain'].map(nameOf);
  rmSync(other, { recursive: true });
  expect(names).toEqual([loadPage(folder).build, expect.not.stringMatching(names[0] ?? ''), names[0]]);
  expect(names[0]).toMatch(/^[\w-]{16}$/);
});

test('a missing build is answered with how to build the page', async () => {
  const { build, routes } = loadPage(join(folder, 'nothing'));
  const response = await routes.request('/');
  expect([build, response.status, await response.text()]).toEqual(['none', 503, expect.stringContaining('build.ts')]);
});
