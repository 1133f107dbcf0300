import { expect, test } from '@jest/globals';
import { MovieLoadError } from '@movie-load/schema';
import { Hono } from 'hono';
import { z } from 'zod';
import { errorResponse, HttpError, parseBody, parseQuery } from '../src/http-body.ts';

const named = (name: string, message = 'x') => Object.assign(new Error(message), { name });

test.each([
  ['of the route', new HttpError(429, 'Too many', 'Wait for it.'), 429, 'Too many', /^Wait for it\.$/],
  ['of a time limit', named('TimeoutError'), 503, 'Busy', /^Reading took too long.*Try again in a moment\.$/],
  ['of a time limit as the SDK passes it on', named('AbortError'), 503, 'Busy', /^Reading took too long/],
  ['of the project', new MovieLoadError('aws_refused', 'No.'), 409, 'Not possible', /^No\.$/],
])('an error %s becomes a problem document', async (_, error, status, title, detail) => {
  const app = new Hono();
  app.onError((thrown, c) => errorResponse(c, thrown) ?? c.text('unknown', 500));
  app.get('/', () => {
    throw error;
  });
  const answer = await app.request('http://localhost/');
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect([answer.status, await answer.json()]).toEqual([
    status,
    { type: 'about:blank', status, title, detail: expect.stringMatching(detail) },
  ]);
});

test('any other error has no response of its own', async () => {
  const app = new Hono();
  app.onError((thrown, c) => errorResponse(c, thrown) ?? c.text('unknown', 500));
  app.get('/', () => {
    throw named('TypeError', 'a secret');
  });
  expect(await (await app.request('http://localhost/')).text()).toBe('unknown');
});

test('an invalid request is refused with 400; its problem document names each wrong field', async () => {
  const app = new Hono();
  app.onError((thrown, c) => errorResponse(c, thrown) ?? c.text('unknown', 500));
  app.get('/', (c) => c.json(parseQuery(c, z.object({ limit: z.coerce.number().max(5) }))));
  const bodySchema = z.strictObject({ movies: z.number('must be a number'), seed: z.number('must be a number') });
  app.post('/', async (c) => c.json(await parseBody(c, bodySchema)));
  // Of a repeated parameter only the first value counts.
  expect(await (await app.request('http://localhost/?limit=5&limit=9')).json()).toEqual({ limit: 5 });
  const query = await app.request('http://localhost/?limit=6');
  expect([query.status, await query.json()]).toMatchObject([400, { errors: [{ pointer: '#/limit' }] }]);
  const body = await app.request('http://localhost/', { method: 'POST', body: '{"movies":"x"}' });
  expect(body.status).toBe(400);
  expect(await body.json()).toEqual({
    ...{ type: 'about:blank', status: 400, title: 'Wrong request' },
    detail: '#/movies: must be a number; #/seed: must be a number',
    errors: [
      { detail: 'must be a number', pointer: '#/movies' },
      { detail: 'must be a number', pointer: '#/seed' },
    ],
  });
  expect((await app.request('http://localhost/', { method: 'POST', body: 'no JSON' })).status).toBe(400);
});
