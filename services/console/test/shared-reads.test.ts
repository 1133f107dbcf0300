// Reads are shared and limited, and a failure keeps neither a slot nor a response.
import { describe, expect, test } from '@jest/globals';
import { Hono } from 'hono';
import { errorResponse } from '../src/http-body.ts';
import { type SharedReadsOptions, sharedReads } from '../src/shared-reads.ts';
import { silent } from './silent-log.ts';

/** An app whose reads end when the test lets them; `fail` makes them throw. */
function start(options: SharedReadsOptions = {}) {
  let now = 1000;
  const reads: { path: string; end: (text?: string) => void; fail: () => void }[] = [];
  const app = new Hono();
  app.onError((error, c) => {
    silent.debug({ err: error }, 'failed');
    return errorResponse(c, error) ?? c.text('failed', 502);
  });
  app.use(sharedReads({ maxConcurrent: 2, maxWaiting: 2, freshMs: 100, now: () => now, ...options }));
  app.get('*', async (c) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const { pathname, search } = new URL(c.req.url);
    reads.push({ path: pathname + search, end: (text = 'x') => resolve(text), fail: () => reject(new Error('no')) });
    return c.text(await promise, 200, { 'X-Kept': 'yes' });
  });
  const changes: Promise<void>[] = [];
  let changed = 0;
  app.post('*', async (c) => {
    await changes.shift();
    changed += 1;
    return c.text(`change ${changed}`);
  });
  const get = (path: string, method = 'GET') => app.request(`http://localhost${path}`, { method });
  return {
    reads,
    changes,
    get,
    change: () => app.request('http://localhost/change', { method: 'POST' }),
    pass: (ms: number) => {
      now += ms;
    },
    /** Resolves when everything that can run has run. */
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

describe('equal reads', () => {
  test('share one response with its headers, also those that arrive within its lifetime', async () => {
    const { reads, get, pass, settle } = start();
    const two = [get('/a?x=1')];
    await settle();
    // Shared also when the read takes long.
    pass(1000);
    two.push(get('/a?x=1'));
    await settle();
    reads[0]?.end('one');
    const answers = await Promise.all([...two]);
    pass(100);
    answers.push(await get('/a?x=1'));
    expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(['one', 'one', 'one']);
    expect(answers.map(({ headers }) => headers.get('x-kept'))).toEqual(['yes', 'yes', 'yes']);
    expect(reads).toHaveLength(1);
    pass(1);
    void get('/a?x=1');
    await settle();
    expect(reads).toHaveLength(2);
    reads[1]?.end();
  });

  test('have the same path and the same query', async () => {
    const { reads, get, settle } = start();
    const both = [get('/a?x=1'), get('/a?x=2')];
    await settle();
    expect(reads.map(({ path }) => path)).toEqual(['/a?x=1', '/a?x=2']);
    for (const read of reads) read.end();
    await Promise.all(both);
  });

  test('are made again after a change', async () => {
    const { reads, get, change, settle } = start();
    for (const before of [() => Promise.resolve(), change, change]) {
      await before();
      const answer = get('/a');
      await settle();
      reads.at(-1)?.end();
      await answer;
    }
    expect(reads).toHaveLength(3);
  });

  test('are made again after the end of a change, also those that arrived during it', async () => {
    const { reads, changes, get, change, settle } = start();
    const { promise, resolve } = Promise.withResolvers<void>();
    changes.push(promise);
    const changing = change();
    await settle();
    const during = get('/a');
    await settle();
    reads[0]?.end('before');
    expect(await (await during).text()).toBe('before');
    resolve();
    await changing;
    const after = get('/a');
    await settle();
    reads[1]?.end('after');
    expect(await (await after).text()).toBe('after');
  });

  test('share a failure too, so that an outage is not met again by each page', async () => {
    const { reads, get, pass, settle } = start();
    const both = [get('/a'), get('/a')];
    await settle();
    reads[0]?.fail();
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([502, 502]);
    expect(reads).toHaveLength(1);
    pass(101);
    const later = get('/a');
    await settle();
    reads[1]?.end();
    expect((await later).status).toBe(200);
  });

  test('do not share a refusal for lack of a slot', async () => {
    const { reads, get, settle } = start({ maxConcurrent: 1, maxWaiting: 0 });
    const first = get('/1');
    await settle();
    expect((await Promise.all([get('/2'), get('/2')])).map(({ status }) => status)).toEqual([429, 429]);
    reads[0]?.end();
    await first;
    const second = get('/2');
    await settle();
    reads[1]?.end();
    expect((await second).status).toBe(200);
  });
});

describe('different reads', () => {
  test('run two at a time, wait in line, and are refused when the line is full', async () => {
    const { reads, get, settle } = start();
    const four = ['/1', '/2', '/3', '/4'].map((path) => get(path));
    await settle();
    const refused = await get('/5');
    expect([refused.status, await refused.json()]).toMatchObject([429, { title: 'Busy' }]);
    const paths = () => reads.map(({ path }) => path);
    expect(paths()).toEqual(['/1', '/2']);
    reads[0]?.end();
    await settle();
    expect(paths()).toEqual(['/1', '/2', '/3']);
    reads[1]?.end();
    await settle();
    expect(paths()).toEqual(['/1', '/2', '/3', '/4']);
    for (const read of reads) read.end();
    await Promise.all(four);
    // Exactly two slots are free again.
    const three = ['/6', '/7', '/8'].map((path) => get(path));
    await settle();
    expect(paths().slice(4)).toEqual(['/6', '/7']);
    for (const read of reads) read.end();
    await settle();
    for (const read of reads) read.end();
    await Promise.all(three);
  });

  test('free their slots when they fail', async () => {
    const { reads, get, settle } = start();
    for (let time = 0; time < 5; time += 1) {
      const answer = get(`/${time}`);
      await settle();
      reads.at(-1)?.fail();
      expect((await answer).status).toBe(502);
    }
    expect(reads).toHaveLength(5);
  });

  test('are cached for the latest 32', async () => {
    const { reads, get, settle } = start({ freshMs: 1e6 });
    for (let number = 0; number < 34; number += 1) {
      const answer = get(`/${number}`);
      await settle();
      reads.at(-1)?.end();
      await answer;
    }
    const cached = [get('/2'), get('/33')];
    await settle();
    expect(reads).toHaveLength(34);
    await Promise.all(cached);
    const answer = get('/1');
    await settle();
    expect(reads).toHaveLength(35);
    reads.at(-1)?.end();
    await answer;
  });
});

test('streams use no slot, and changes are never shared', async () => {
  const { reads, get, change, settle } = start({ maxConcurrent: 1, maxWaiting: 0 });
  const streams = [get('/api/events'), get('/jobs/1/object'), get('/jobs/1/object', 'HEAD'), get('/a')];
  await settle();
  expect(reads).toHaveLength(4);
  const changes = await Promise.all([change(), change()]);
  expect(await Promise.all(changes.map((answer) => answer.text()))).toEqual(['change 1', 'change 2']);
  for (const read of reads) read.end();
  await Promise.all(streams);
});
