import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Hono } from 'hono';
import { loadPage } from '../src/static-files.ts';

let folder: string;
const app = new Hono();
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'movie-load-page-'));
  for (const [name, text] of [
    ['index.html', 'plain'],
    ['index.html.br', 'brotli'],
    ['index.html.gz', 'gzip'],
  ] as const) {
    writeFileSync(join(folder, name), text);
  }
  const page = loadPage(folder);
  app.get('/', (c) => page.index(c));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['gzip, deflate, br, zstd', 'brotli'],
  ['br', 'brotli'],
  ['BR;q=1.0', 'brotli'],
  ['*', 'brotli'],
  ['gzip', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['br;q=0.5, gzip;q=0.8', 'gzip'],
  ['br;q=0, *', 'gzip'],
  ['br;q=0', 'plain'],
  ['br; q=0.000, gzip; q=0', 'plain'],
  ['*;q=0', 'plain'],
  ['identity', 'plain'],
  ['brotli', 'plain'],
  ['', 'plain'],
])('who accepts "%s" gets %s', async (accepted, body) => {
  const response = await app.request('/', { headers: accepted === '' ? {} : { 'accept-encoding': accepted } });
  expect(await response.text()).toBe(body);
  expect(response.headers.get('content-encoding')).toBe({ brotli: 'br', gzip: 'gzip' }[body] ?? null);
  expect(response.headers.get('vary')).toBe('Accept-Encoding');
});
