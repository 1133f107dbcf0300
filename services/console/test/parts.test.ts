// The service's assembly: each part uses the queue, the address and the clock that are meant for it.
import http from 'node:http';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { createPeek, openQueue, provision } from '@movie-load/aws';
import { createLab, type LocalAws, startLocalAws } from '@movie-load/local-aws';
import { GENERATOR_VERSION, generateMovies } from '@movie-load/movies';
import { sendJob } from '@movie-load/queue';
import { type JobItem, jobIdOf, NO_COUNTS, planJob, shapeOf } from '@movie-load/schema';
import { listenLocally, sendMessages } from '@movie-load/testing';
import { startApp, type TestApp } from './console-app.ts';

const plan = planJob({ nonce: 'parts', movies: 60, movies_per_message: 1, seed: 3, generator: GENERATOR_VERSION });
const job_id = jobIdOf(plan);
const random = { next: Math.random, uuid: () => crypto.randomUUID() };
const report = { kind: 'report', at: 1, peak_rss_bytes: 1, cpu_seconds: 0, final: false, ...NO_COUNTS };
const lab = createLab();
let aws: LocalAws;
let withoutServices: TestApp;
let url: string;

/** Three services at one address: `up` at `/consumers`, the producer under the name `localhost`, else a consumer. */
const services = http.createServer((request, response) => {
  const one = { name: 'consumer 1', instance: 'c', state: 'working', url, ended: null };
  if (request.url === '/consumers') return void response.end(JSON.stringify({ consumers: [one] }));
  const isProducer = request.url === '/report' && request.headers.host?.startsWith('localhost');
  const answer = isProducer
    ? { ...report, service: 'producer', instance: 'p', calls: { 'sqs:SendMessageBatch': 3 } }
    : { ...report, service: 'consumer', instance: 'c', stored_movies: 7 };
  response.end(JSON.stringify(answer));
});

beforeAll(async () => {
  aws = await startLocalAws({ lab });
  ({ url } = await listenLocally(services));
  withoutServices = startApp(aws.endpoint);
  await provision(withoutServices.parts.clients, withoutServices.parts.settings);
});
afterAll(async () => {
  await withoutServices.end();
  services.close();
  services.closeAllConnections();
  await aws.close();
});

const started_on = () => new Date(lab.clock.now()).toISOString();
const itemOf = (of: typeof plan): JobItem => ({
  job_id: jobIdOf(of),
  kind: 'job',
  plan: of,
  status: 'RUNNING',
  started_on: started_on(),
  done: new Set(),
});

test('without other services nothing can be started or controlled; with them both can, and reports are shown', async () => {
  expect(await withoutServices.parts.sources.overview()).toMatchObject({
    can: { start: false, control: false, peek: true },
    consumers: [],
    calls: { producer: null },
    where: { endpoint: aws.endpoint },
  });
  expect(withoutServices.parts.traces).toBeUndefined();
  const environment = {
    PRODUCER_URL: url.replace('127.0.0.1', 'localhost'),
    CONSUMER_URLS: url,
    CONTROL_URL: url,
    CONTROL_TOKEN: 'a-token-that-is-not-guessed',
    CONSOLE_TRACES: 'true',
  };
  const { parts, end } = startApp(aws.endpoint, { environment });
  expect(await parts.sources.overview()).toMatchObject({
    can: { start: true, control: true, peek: true },
    consumers: [{ name: 'consumer 1', instance: 'c', stored_movies: 7, controllable: true }],
    problems: [],
    calls: { producer: { 'sqs:SendMessageBatch': 3 } },
  });
  expect(parts.producerUrl).toBe(environment.PRODUCER_URL);
  expect(parts.traces?.traceOfJob(job_id)).toEqual({ spans: [], left_out: 0 });
  await end();
});

test('the counts of the queue and the dead-letter queue are not mixed up', async () => {
  const { parts } = withoutServices;
  const queue = await openQueue(parts.clients, parts.settings.queue);
  const dlq = await openQueue(parts.clients, parts.settings.dlq);
  const deadLetters = ['a', 'b'].map((body) => ({ body, groupId: body, deduplicationId: body }));
  await sendMessages(dlq, deadLetters);
  await sendMessages(queue, [{ body: 'x', groupId: 'x', deduplicationId: 'x' }]);
  expect(await parts.sources.overview()).toMatchObject({ queue: { waiting: 1 }, dlq: { waiting: 2 } });
  expect(await parts.deadLetters.list()).toMatchObject({ total: 2, messages: { length: 2 } });
  const { body } = await parts.metrics.text();
  expect(body).toContain('movie_load_queue_messages{state="waiting"} 1');
  expect(body).toContain('movie_load_dead_letters 2');
});

test('the missing messages of a job are sent to the queue', async () => {
  const { parts } = withoutServices;
  const small = planJob({ nonce: 'resumed', movies: 3, movies_per_message: 1, seed: 3, generator: GENERATOR_VERSION });
  const before = await parts.sources.overview();
  expect((await parts.act('resume', itemOf(small))).summary).toMatch(/^sent: 3 missing messages/);
  const after = await parts.sources.overview();
  expect([after.queue?.waiting, after.dlq?.waiting]).toEqual([(before.queue?.waiting ?? 0) + 3, before.dlq?.waiting]);
});

/** Stores and sends a part of a job that began ten minutes ago, and receives a message, which is hidden for a minute. */
async function hideMessage(nonce: string) {
  // Its own app, because reads of a queue are shared for a while.
  const { parts, signal, end } = startApp(aws.endpoint);
  const ownPlan = planJob({ nonce, movies: 60, movies_per_message: 1, seed: 3, generator: GENERATOR_VERSION });
  const [ownJobId, { groupSize }] = [jobIdOf(ownPlan), shapeOf(ownPlan)];
  const began = new Date(lab.clock.now() - 600_000).toISOString();
  const movies = [...generateMovies(ownPlan.seed, { first: 0, count: 1 })];
  const message = { number: 0, movies, sent_on: lab.clock.now(), received_on: lab.clock.now(), receives: 1 };
  const batch = { plan: ownPlan, job_id: ownJobId, group: 0, started_on: began, messages: [message] };
  await parts.store.store(batch, { signal });
  const queue = await openQueue(parts.clients, parts.settings.queue);
  await sendJob({ queue, plan: ownPlan, started_on: began, random, groups: [{ group: 1, numbers: [groupSize] }] });
  await queue.receive({ max: 10, waitSeconds: 0, visibilitySeconds: 60 });
  const watched = await parts.progress.read(ownJobId);
  const visibleAt: (number | undefined)[] = [];
  for await (const one of (await createPeek(aws.endpoint)(queue.url, {})) ?? [])
    if (one.groupId?.startsWith(ownJobId)) visibleAt.push(one.visibleAt);
  await end();
  return { took_ms: watched?.progress.job.took_ms, until: watched?.progress.receivers.at(-1)?.until, visibleAt };
}

test('a hidden message is visible again at AWS’s time if AWS’s clock equals this machine’s', async () => {
  const { until, visibleAt } = await hideMessage('same-clock');
  expect([until]).toEqual(visibleAt);
});

test('a job’s duration is measured by AWS’s clock; a visibility timeout ends by this machine’s', async () => {
  lab.clock.forward(3_600_000);
  const before = Date.now();
  const { took_ms, until } = await hideMessage('other-clock');
  const after = Date.now();
  // The job began ten minutes before; by this machine's clock, it has not begun yet.
  expect(took_ms).toBeGreaterThan(590_000);
  expect(took_ms).toBeLessThan(1_200_000);
  // The difference of the clocks is known to some seconds: AWS's dates have no fractions.
  expect(until).toBeGreaterThan(before + 60_000 - 5000);
  expect(until).toBeLessThan(after + 60_000 + 5000);
});

test('a list has the latest 25 jobs and the token of the next page', async () => {
  const { parts, signal } = withoutServices;
  const stored: string[] = [];
  for (let job = 0; job < 26; job += 1) {
    const of = planJob({
      nonce: `list-${job}`,
      movies: 2,
      movies_per_message: 1,
      seed: 1,
      generator: GENERATOR_VERSION,
    });
    const movies = [...generateMovies(of.seed, { first: 0, count: 1 })];
    const message = { number: 0, movies, sent_on: lab.clock.now(), received_on: lab.clock.now(), receives: 1 };
    const began = new Date(lab.clock.now() - 60_000 + 1000 * job).toISOString();
    const batch = { plan: of, job_id: jobIdOf(of), group: 0, started_on: began, messages: [message] };
    await parts.store.store(batch, { signal });
    stored.unshift(jobIdOf(of));
  }
  const { jobs, next } = await parts.sources.jobs();
  expect(jobs.map(({ job_id }) => job_id)).toEqual(stored.slice(0, 25));
  expect(next).toEqual(expect.any(String));
});

test('the server ends only after a running redrive has ended, which hides no message any more', async () => {
  const { parts, end } = startApp(aws.endpoint);
  const { messages } = await parts.deadLetters.list();
  let isOver = false;
  const message_ids = messages.map(({ message_id }) => message_id);
  const redriving = parts.deadLetters.redrive({ message_ids, dry_run: true });
  redriving
    .catch(() => undefined)
    .finally(() => {
      isOver = true;
    });
  await end();
  expect(isOver).toBe(true);
  // The server was stopped above.
  await expect(redriving).rejects.toThrow();
  const dlq = await openQueue(withoutServices.parts.clients, parts.settings.dlq);
  expect(await dlq.status()).toMatchObject({ waiting: messages.length, inFlight: 0 });
});

test('the server closes its connections at its end', async () => {
  const { parts, end } = startApp(aws.endpoint);
  const destroy = jest.spyOn(parts.clients, 'destroy');
  await end();
  expect(destroy).toHaveBeenCalledTimes(1);
});
