// Problem documents, and which failed requests are errors of the service.
import { afterEach, describe, expect, test } from '@jest/globals';
import { Hono } from 'hono';
import { z } from 'zod';
import { createApp, createLogger, problem, problemErrors, programsOnly } from '../src/index.ts';

const { AWS_SECRET_ACCESS_KEY } = process.env;
afterEach(() => {
  // An assigned `undefined` would become the text "undefined".
  if (AWS_SECRET_ACCESS_KEY === undefined) delete process.env.AWS_SECRET_ACCESS_KEY;
  else process.env.AWS_SECRET_ACCESS_KEY = AWS_SECRET_ACCESS_KEY;
});

describe('a problem document', () => {
  test('is never cached, has its type, and no credential', async () => {
    process.env.AWS_SECRET_ACCESS_KEY = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
    const detail = `refused with ${process.env.AWS_SECRET_ACCESS_KEY}`;
    const app = new Hono().get('/', (c) => problem(c, { status: 409, title: 'Not possible', detail }));
    const answer = await app.request('/');
    expect(answer.status).toBe(409);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toEqual({
      type: 'about:blank',
      status: 409,
      title: 'Not possible',
      detail: 'refused with [removed]',
    });
  });

  test('points at each wrong field, whatever its name', () => {
    const parsed = z
      .strictObject({ 'a/b': z.strictObject({ 'c~d': z.int() }) })
      .safeParse({ 'a/b': { 'c~d': 'x', 'e f': 1, g: 2 } });
    const errors = problemErrors(parsed.error ?? new z.ZodError([]));
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual(['#/a~1b/c~0d', '#/a~1b/e%20f', '#/a~1b/g']);
    expect(errors).toContainEqual({ pointer: '#/a~1b/e%20f', detail: 'is not known here' });
  });
});

describe('a request that fails is', () => {
  test.each([
    [
      'no error of the service when the client hung up before it was complete',
      { destroyed: true, complete: false },
      400,
      [],
    ],
    ['an error when the client hung up after it was complete', { destroyed: true, complete: true }, 500, ['error']],
    ['an error when the client waits', { destroyed: false, complete: true }, 500, ['error']],
    ['an error when the client is still sending', { destroyed: false, complete: false }, 500, ['error']],
  ])('%s', async (_, incoming, status, levels) => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const log = createLogger({ service: 'test', instance: 'test', destination, secrets: [] });
    const app = createApp({ log, guard: programsOnly({ host: '127.0.0.1' }) });
    app.get('/', () => {
      throw new Error('no');
    });
    const answer = await app.request('/', { headers: { host: '127.0.0.1' } }, { incoming });
    expect(answer.status).toBe(status);
    const logged = lines.map((line) => JSON.parse(line));
    expect(logged.map(({ level }) => level)).toEqual(levels);
    for (const line of logged)
      expect(line).toMatchObject({ msg: 'a request failed', path: '/', method: 'GET', err: { message: 'no' } });
  });
});
