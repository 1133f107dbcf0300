import { expect, test } from '@jest/globals';
import { MovieLoadError } from '@movie-load/schema';
import { Hono } from 'hono';
import { answerError, HttpError } from '../src/http-body.ts';

const named = (name: string, message = 'x') => Object.assign(new Error(message), { name });

test.each([
  ['of its own', new HttpError(409, 'Busy', 'Wait for it.'), 409, 'Wait for it.'],
  ['of a time limit', named('TimeoutError'), 503, 'Try again in a moment.'],
  ['of a time limit as the SDK passes it on', named('AbortError'), 503, 'Try again in a moment.'],
  ['our own', new MovieLoadError('aws_refused', 'AWS refused it.'), 409, 'AWS refused it.'],
])('an error %s is told', async (_, error, status, detail) => {
  const app = new Hono();
  app.onError((thrown, c) => answerError(c, thrown) ?? c.text('unknown', 500));
  app.get('/', () => {
    throw error;
  });
  const answer = await app.request('http://localhost/');
  expect([answer.status, await answer.json()]).toMatchObject([status, { detail: expect.stringContaining(detail) }]);
});

test('any other error is for the log', async () => {
  const app = new Hono();
  app.onError((thrown, c) => answerError(c, thrown) ?? c.text('unknown', 500));
  app.get('/', () => {
    throw named('TypeError', 'a secret');
  });
  expect(await (await app.request('http://localhost/')).text()).toBe('unknown');
});
