// The control server of `up`: what it answers to the console, and what it refuses.
import { describe, expect, test } from '@jest/globals';
import { awsSettingsFrom, createClients } from '@movie-load/aws';
import type { ControlledConsumer } from '@movie-load/operations/control';
import type { LessonLine } from '@movie-load/operations/lessons';
import { MovieLoadError } from '@movie-load/schema';
import { z } from 'zod';
import type { ConsumerPool } from '../src/commands/up/consumer-pool.ts';
import { createControlApp, startControl } from '../src/commands/up/control.ts';

const TOKEN = 'a-token-that-is-not-guessed';
const consumer: ControlledConsumer = {
  name: 'consumer 1',
  instance: 'host-1-ab',
  state: 'working',
  url: 'http://127.0.0.1:9',
  ended: null,
};

const pool = (acted: string[]): ConsumerPool => ({
  add: () => consumer,
  act(name, action) {
    if (name !== consumer.name)
      throw new MovieLoadError('no_such_consumer', `No running consumer is called "${name}".`);
    acted.push(action);
    return consumer;
  },
  list: () => [consumer],
  processes: () => [],
  failed: new Promise<never>(() => undefined),
  urls: async () => [],
});

/** No test here calls a queue: nothing listens at the endpoint. */
const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_REGION: 'us-east-1' };
const settings = awsSettingsFrom(env);
const queue = { settings, clients: createClients(settings, { env }) };

const linesOf = async (response: Response): Promise<LessonLine[]> =>
  (await response.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

function setUp() {
  const acted: string[] = [];
  const app = createControlApp(TOKEN, { pool: pool(acted), queue });
  const call = (path: string, body?: string, headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` }) =>
    app.request(path, { headers, ...(body === undefined ? {} : { method: 'POST', body }) });
  return { acted, call };
}

describe('the control server', () => {
  test('lists consumers, adds one, and acts on one by its name', async () => {
    const { acted, call } = setUp();
    expect(await (await call('/consumers')).json()).toEqual({ consumers: [consumer] });
    const added = await call('/consumers', '{"action":"add"}');
    expect([added.status, await added.json()]).toEqual([201, consumer]);
    for (const action of ['pause', 'resume', 'kill']) {
      expect((await call('/consumers/consumer%201', JSON.stringify({ action }))).status).toBe(200);
    }
    expect(acted).toEqual(['pause', 'resume', 'kill']);
  });

  test('returns the address of the lab, if there is a lab', async () => {
    const { call } = setUp();
    expect(await (await call('/lab')).json()).toEqual({ lab: null });
    expect((await call('/lab', undefined, {})).status).toBe(401);
    const lab = { url: 'http://127.0.0.1:9/_local-aws/lab/', token: 'of-the-lab' };
    const app = createControlApp(TOKEN, { pool: pool([]), lab, queue });
    const answer = await app.request('/lab', { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(await answer.json()).toEqual({ lab });
  });

  test('returns the lessons and their code, runs one with and without its cause, and refuses other runs', async () => {
    const { call } = setUp();
    const { lessons } = z
      .object({ lessons: z.array(z.looseObject({ lesson: z.number() })) })
      .parse(await (await call('/lessons')).json());
    expect(lessons[0]).toMatchObject({ lesson: 1, right: 'b', answers: { a: expect.any(String) }, broken: null });
    const source = await call('/lessons/1/source');
    expect(await source.text()).toContain('visibilityTimeout: shared.visibilitySeconds,');
    const runs = await Promise.all(
      ['lesson', 'without_cause'].map(async (run) => linesOf(await call('/lessons/1', JSON.stringify({ run })))),
    );
    expect(runs.map((lines) => lines.at(-1))).toMatchObject([
      { event: 'ended', result: { lesson: 1, shown: 'b' } },
      { event: 'ended', result: { lesson: 1, shown: 'a' } },
    ]);
    expect(runs[0]).toContainEqual(expect.objectContaining({ event: 'message', run: 'lesson', by: 'consumer 2' }));
    // Lesson 1 breaks no rule.
    const refused = [
      await call('/lessons/99', '{"run":"lesson"}'),
      await call('/lessons/1', '{"run":"broken"}'),
      await call('/lessons/1', '{"run":"all"}'),
      await call('/lessons/1', '{"run":"lesson"}', {}),
    ];
    expect(refused.map(({ status }) => status)).toEqual([404, 404, 400, 401]);
  });

  test('reports a run while it runs, and refuses more runs than may wait', async () => {
    const { call } = setUp();
    const answers = await Promise.all(Array.from({ length: 9 }, () => call('/lessons/1', '{"run":"lesson"}')));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array(6).fill(200), ...Array(3).fill(429)]);
    const [first, ...others] = answers.filter(({ ok }) => ok);
    const reader = first?.body?.getReader();
    const parts: string[] = [];
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
      parts.push(Buffer.from(next.value).toString());
    }
    await Promise.all(others.map((one) => one.text()));
    // The first chunk does not contain the end.
    expect(parts[0]).toContain('"event":"call"');
    expect(parts[0]).not.toContain('"event":"ended"');
    expect(parts.at(-1)).toContain('"event":"ended"');
    // Ended runs have made room for others.
    const next = await call('/lessons/1', '{"run":"lesson"}');
    expect([next.status, (await linesOf(next)).at(-1)?.event]).toEqual([200, 'ended']);
  });

  test('refuses a lab queue of the pipeline, and an invalid call, before it calls SQS', async () => {
    const { call } = setUp();
    const bodies = [
      { action: 'status', queue: 'movie-load.fifo' },
      { action: 'explode', queue: 'lab' },
      { action: 'receive', queue: 'lab', max: 11, wait: 0 },
      { action: 'status', queue: '../lab' },
      { action: 'extend', queue: 'lab', receipt_handle: 'x', visibility: 0 },
      { action: 'extend', queue: 'lab', receipt_handle: 'x', visibility: 43_201 },
    ];
    const answers = await Promise.all(bodies.map((body) => call('/lab-queue', JSON.stringify(body))));
    expect(answers.map(({ status }) => status)).toEqual([404, 400, 400, 400, 400, 400]);
    expect((await call('/lab-queue', 'x'.repeat(20_000))).status).toBe(413);
    expect((await call('/lab-queue', '{}', {})).status).toBe(401);
  });

  test('listens on the loopback address only, until it is disposed', async () => {
    const control = await startControl({ pool: pool([]), queue });
    const { hostname, port } = new URL(control.url);
    expect(hostname).toBe('127.0.0.1');
    const answer = await fetch(`${control.url}/consumers`, { headers: { authorization: `Bearer ${control.token}` } });
    expect(await answer.json()).toEqual({ consumers: [consumer] });
    // Other machines could reach another address of this machine.
    if (process.platform === 'linux') await expect(fetch(`http://127.0.0.2:${port}/lab`)).rejects.toThrow();
    await control[Symbol.asyncDispose]();
    await expect(fetch(control.url)).rejects.toThrow();
  });

  test('refuses every call without the token', async () => {
    const { acted, call } = setUp();
    const tries: Record<string, string>[] = [{}, { authorization: 'Bearer x' }, { authorization: TOKEN }];
    for (const headers of tries) {
      expect((await call('/consumers', undefined, headers)).status).toBe(401);
      expect((await call('/consumers/consumer%201', '{"action":"kill"}', headers)).status).toBe(401);
      expect((await call('/consumers', '{"action":"add"}', headers)).status).toBe(401);
      expect((await call('/lab-queue', '{"action":"status","queue":"lab"}', headers)).status).toBe(401);
      expect((await call('/lessons/1', '{"run":"lesson"}', headers)).status).toBe(401);
      for (const path of ['/lab', '/lessons', '/lessons/1/source', '/nothing'])
        expect((await call(path, undefined, headers)).status).toBe(401);
    }
    expect(acted).toEqual([]);
  });

  test('refuses an unknown action and an unknown consumer', async () => {
    const { call } = setUp();
    for (const body of ['', 'x', '{}', '{"action":"add"}', '{"action":"add","more":1}', '{"action":"explode"}', '[]']) {
      expect((await call('/consumers/consumer%201', body)).status).toBe(400);
    }
    const missing = await call('/consumers/other', '{"action":"kill"}');
    expect(missing.status).toBe(404);
    expect(await missing.json()).toEqual({ error: 'No running consumer is called "other".' });
    expect((await call('/consumers/consumer%201', `{"action":"${'k'.repeat(5000)}"}`)).status).toBe(413);
  });
});
