// Common parts of all responses: headers, sizes, and errors.
import { afterAll, expect, test } from '@jest/globals';
import { createLogger } from '@movie-load/service';
import { HOST, OWN, startApp } from './console-app.ts';

// Nothing listens there, and nothing calls it.
const { parts, withOptions, end } = startApp('http://127.0.0.1:1');
afterAll(end);

const lines: string[] = [];
const destination = { write: (line: string) => void lines.push(line) };
const log = createLogger({ service: 'console', instance: 'test', destination });

test('an unavailable AWS is answered with 502, and the log says why', async () => {
  const app = withOptions({
    log,
    parts: { ...parts, metrics: { text: () => Promise.reject(new Error('SQS is down')) } },
  });
  const answer = await app.request(`http://${HOST}/metrics`, { headers: { host: HOST } });
  expect([answer.status, await answer.json()]).toMatchObject([502, { title: 'No answer' }]);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'error', msg: 'a request failed', path: '/metrics', method: 'GET', err: { message: 'SQS is down' } },
  ]);
});

test('no response may be shown in a frame or load foreign code, and the API’s may not be cached', async () => {
  for (const path of ['/api/prices', '/api/nothing', '/livez']) {
    const answer = await withOptions({}).request(`http://${HOST}${path}`, { headers: { host: HOST } });
    if (path.startsWith('/api/')) expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
  }
});

test('a redrive accepts 500 messages with ids of the greatest length', async () => {
  const requests: unknown[] = [];
  const redrive = (request: unknown) => {
    requests.push(request);
    return Promise.reject(new Error('not here'));
  };
  const app = withOptions({ parts: { ...parts, deadLetters: { ...parts.deadLetters, redrive } } });
  const send = async (count: number) => {
    const message_ids = Array.from({ length: count }, (_, number) => String(number).padStart(128, 'm'));
    const body = JSON.stringify({ message_ids, dry_run: true });
    return app.request(`http://${HOST}/api/dead-letters/redrive`, { method: 'POST', headers: OWN, body });
  };
  // 502, because the redrive fails: the request was accepted.
  expect((await send(500)).status).toBe(502);
  expect(requests).toMatchObject([{ message_ids: { length: 500 }, dry_run: true }]);
  expect((await send(501)).status).toBe(400);
  expect(requests).toHaveLength(1);
});

test('pages that request the list of jobs at once cause one read of it', async () => {
  let reads = 0;
  const page = async () => {
    reads += 1;
    return { jobs: [], next: null };
  };
  const app = withOptions({ parts: { ...parts, jobs: { ...parts.jobs, page } } });
  const read = () => app.request(`http://${HOST}/api/jobs`, { headers: { host: HOST } });
  const answers = await Promise.all([read(), read(), read()]);
  expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual(Array(3).fill({ jobs: [], next: null }));
  expect(reads).toBe(1);
});
