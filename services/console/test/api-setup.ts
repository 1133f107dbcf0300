// The console's app on an embedded AWS in which a job is stored in part, in flight in part, and dead-lettered in part.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { openQueue, provision, systemClock } from '@movie-load/aws';
import { startLocalAws } from '@movie-load/local-aws';
import { GENERATOR_VERSION, generateMovies } from '@movie-load/movies';
import { deadLetter, sendJob } from '@movie-load/queue';
import { jobIdOf, messagesOfGroup, planJob, shapeOf } from '@movie-load/schema';
import type { Hono } from 'hono';
import type { Control } from '../src/control.ts';
import { loadPage } from '../src/static-files.ts';
import { createTraces } from '../src/traces.ts';
import { HOST, OWN, startApp } from './console-app.ts';

export const plan = planJob({
  nonce: 'api',
  movies: 100,
  movies_per_message: 1,
  seed: 3,
  generator: GENERATOR_VERSION,
});
export const jobId = jobIdOf(plan);
const shape = shapeOf(plan); // 10 groups of 10

export let app: Hono;
/** The same app at the end of its server. */
export let ending: Hono;
/** An app that can act on consumers, and accepts traces. */
export let controlling: Hono;
/** The actions on consumers that `up` got, with their arguments. */
export const acted: unknown[] = [];
let refusal: Error | undefined;
/** From now on `up` refuses every action with this error; undefined: it accepts them. */
export const setRefusal = (error: Error | undefined): void => {
  refusal = error;
};
/** The traces that services sent to that console. */
export const traces = createTraces();
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  const aws = await startLocalAws();
  ends.push(() => aws.close());
  const folder = mkdtempSync(join(tmpdir(), 'movie-load-page-'));
  ends.push(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'index.html'), 'the page');
  const started = startApp(aws.endpoint, { page: loadPage(folder) });
  ends.push(started.end);
  const { parts, withOptions, signal } = started;
  app = started.app;
  ending = withOptions({ signal: AbortSignal.abort() });
  const control: Control = {
    list: async () => [],
    act: async (...what) => {
      if (refusal !== undefined) throw refusal;
      acted.push(what);
    },
  };
  controlling = withOptions({ parts: { ...parts, control, traces } });
  await provision(parts.clients, parts.settings);

  const queue = await openQueue(parts.clients, parts.settings.queue);
  const dlq = await openQueue(parts.clients, parts.settings.dlq);
  const started_on = new Date().toISOString();
  // Group 0 is stored, the first messages of group 1 are in flight, one of group 2 is dead-lettered, the rest waits.
  const { first, count } = messagesOfGroup(shape, 0);
  await parts.store.store(
    {
      plan,
      job_id: jobId,
      group: 0,
      started_on,
      messages: [...generateMovies(plan.seed, { first, count })].map((movie, number) => ({
        number,
        movies: [movie],
        sent_on: Date.parse(started_on),
        received_on: Date.parse(started_on) + 5,
        receives: 2,
      })),
    },
    { signal },
  );
  const ports = {
    queue,
    plan,
    started_on,
    clock: systemClock,
    random: { next: Math.random, uuid: () => crypto.randomUUID() },
  };
  await sendJob({ ...ports, groups: [{ group: 1, numbers: [10, 11, 12] }] });
  const inFlight = await queue.receive({ max: 10, waitSeconds: 0, visibilitySeconds: 600 });
  expect(inFlight).toHaveLength(3);
  await sendJob({ ...ports, groups: [{ group: 2, numbers: [20] }] });
  const [received] = await queue.receive({ max: 1, waitSeconds: 0, visibilitySeconds: 600 });
  if (!received) throw new Error('nothing to dead-letter');
  await deadLetter({ dlq }, received, { reason: 'too_many_receives', detail: 'ten times', consumer: 'c' });
  await queue.delete([received.receiptHandle]);
});

afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

export async function get<T>(path: string): Promise<T> {
  const response = await app.request(`http://${HOST}${path}`, { headers: { host: HOST } });
  expect(response.status).toBe(200);
  return response.json() as Promise<T>;
}

export async function send(path: string, body: unknown): Promise<Response> {
  return app.request(`http://${HOST}${path}`, { method: 'POST', headers: OWN, body: JSON.stringify(body) });
}
