// The consumer in the test's own process: what it serves and reports from its start to its end, and that nothing of it
// remains.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { jobIdOf, serviceReportSchema } from '@movie-load/schema';
import { createLogger } from '@movie-load/service';
import { eventually, type ParentProcess, recordReportsToParent, recordSpans } from '@movie-load/testing';
import type { SpanSink } from '@movie-load/tracing';
import { consume } from '../src/consume.ts';
import { consumerEnvironment } from '../src/settings.ts';
import { type Environment, moviesOf, startEnvironment } from './environment.ts';
import { loadMessage, testPlan } from './support.ts';

let world: Environment;
let parent: ParentProcess;
const running: (() => Promise<unknown>)[] = [];
const { LEASE_SECONDS } = process.env;

beforeEach(async () => {
  world = await startEnvironment();
  parent = recordReportsToParent();
});
afterEach(async () => {
  world.faults = {};
  for (const end of running.splice(0)) await end();
  parent.restore();
  await world.close();
  delete process.env.LEASE_SECONDS;
  if (LEASE_SECONDS !== undefined) process.env.LEASE_SECONDS = LEASE_SECONDS;
});

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly port?: number;
  readonly queue?: string;
}

/** Starts a consumer as `runService` does. */
function start(extra: Readonly<Record<string, string>> = {}, sink?: SpanSink) {
  const lines: Line[] = [];
  const cleanUps: (() => unknown)[] = [];
  const stop = new AbortController();
  const log = createLogger({
    service: 'consumer',
    instance: 'in a test',
    destination: { write: (line: string) => void lines.push(JSON.parse(line)) },
  });
  const settings = consumerEnvironment.parse({
    ...world.env,
    WAIT_SECONDS: '1',
    DRAIN_SECONDS: '60',
    POLLERS: '4',
    ...extra,
  });
  const work = async () => {
    try {
      const defer = (cleanUp: () => unknown) => cleanUps.push(cleanUp);
      return await consume({ settings, log, instance: 'in a test', signal: stop.signal, sink, defer });
    } finally {
      for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
    }
  };
  const ended = work();
  ended.catch(() => {});
  running.push(() => {
    stop.abort(new Error('the test is over'));
    return ended.catch(() => {});
  });
  const lineWith = (text: string) => lines.find(({ msg }) => msg.includes(text));
  const address = async () => `http://127.0.0.1:${(await eventually('it receives', () => lineWith('receiving'))).port}`;
  return { stop, ended, lines, lineWith, address };
}

const complete = (plan: ReturnType<typeof testPlan>) =>
  eventually('the job is complete', async () => (await world.object(plan)) !== undefined);
const reportAt = async (address: string) => serviceReportSchema.parse(await (await fetch(`${address}/report`)).json());

describe('the consumer’s process', () => {
  test('stores a job, reports it to its parent and over HTTP, and ends by its signal with 0 and nothing in flight', async () => {
    const plan = testPlan(25, 1, 'whole');
    await world.send(plan);
    const { stop, ended, lineWith, address } = start({ HTTP_PORT: '0' });
    const at = await address();
    expect(lineWith('receiving')).toMatchObject({ queue: 'movie-load.fifo', pollers: 4 });
    await complete(plan);
    const report = await eventually('its parent knows', () => parent.reports.find(({ completed }) => completed === 1));
    // At once: the last messages are not deleted yet.
    expect(report.in_flight).toBeGreaterThan(0);
    await eventually('nothing is in its hands', async () => (await reportAt(at)).in_flight === 0);
    expect(JSON.parse((await world.object(plan)) ?? '')).toEqual(moviesOf(plan));

    expect(await (await fetch(`${at}/readyz`)).json()).toEqual({ ok: true, receiving: true, failing: [] });
    const live = await fetch(`${at}/livez`);
    const life = (await live.json()) as { pollers: Record<string, number> };
    expect([live.status, life]).toMatchObject([200, { ok: true, problems: [], heartbeat_overdue_ms: 0 }]);
    expect(Object.values(life.pollers).reduce((sum, count) => sum + count)).toBe(4);
    expect(await reportAt(at)).toMatchObject({
      service: 'consumer',
      instance: 'in a test',
      stored_movies: 25,
      completed: 1,
      completed_jobs: [jobIdOf(plan)],
      http_port: Number(new URL(at).port),
      oldest_message_seconds: 0,
      breakers_open: { sqs: 0, dynamodb: 0, s3: 0 },
      sent_to_stored: expect.arrayContaining([{ seconds: null, messages: 25 }]),
      final: false,
    });
    const metrics = await (await fetch(`${at}/metrics`)).text();
    for (const line of [
      'movie_load_messages_received_total 25',
      'movie_load_movies_stored_total 25',
      'movie_load_messages_redelivered_total 0',
      'movie_load_messages_in_flight 0',
      'movie_load_oldest_message_age_seconds 0',
      'movie_load_jobs_completed_total 1',
      'movie_load_breaker_open{dependency="dynamodb"} 0',
      'movie_load_sent_to_stored_seconds_count 25',
      'movie_load_message_receives_bucket{le="1"} 25',
    ])
      expect(metrics).toContain(`${line}\n`);
    expect(metrics).toMatch(/movie_load_dynamodb_write_units_total [1-9]/);
    expect(metrics).toMatch(/movie_load_aws_requests_total\{operation="sqs:ReceiveMessage"\} [1-9]/);

    stop.abort(new Error('SIGTERM'));
    expect(await ended).toBe(0);
    expect(lineWith('drained')).toMatchObject({ level: 'info' });
    expect(parent.reports.at(-1)).toMatchObject({ final: true, stored_movies: 25, in_flight: 0 });
    await expect(fetch(`${at}/livez`)).rejects.toThrow();
    expect(await world.queue.status()).toMatchObject({ waiting: 0, inFlight: 0 });
    // A long poll that remained would receive this message at once.
    await world.sendRaw([{ body: 'stays in the queue', groupId: 'later', deduplicationId: 'later' }]);
    expect(await world.queue.status()).toMatchObject({ waiting: 1, inFlight: 0 });
  });

  test('reports its messages in flight and their age, and waits for them at its end', async () => {
    const plan = testPlan(1, 1, 'old');
    // AWS's time has whole seconds, so a younger message may have the age 0.
    world.faults = { delayMs: (operation) => (operation === 'dynamodb:BatchWriteItem' ? 2000 : 0) };
    await world.send(plan);
    const { stop, ended } = start({ VISIBILITY_SECONDS: '3' });
    const report = await eventually('it reports the age', () =>
      parent.reports.find(({ oldest_message_seconds }) => oldest_message_seconds > 0),
    );
    expect(report.in_flight).toBe(1);
    expect(report.oldest_message_seconds).toBeLessThan(600);
    stop.abort(new Error('SIGTERM'));
    expect(await ended).toBe(0);
    expect(await world.object(plan)).toBeDefined();
    // A heartbeat is sent after a third of the visibility timeout, here after a second.
    expect(world.requests.get('sqs:ChangeMessageVisibilityBatch')).toBeGreaterThan(0);
    expect(parent.reports.at(-1)).toMatchObject({ oldest_message_seconds: 0, in_flight: 0 });
  });

  test('waits at its end for an unreachable table, and then stores what it has received', async () => {
    // Each job is a message group of its own, so one receive gets all ten; ten failing groups open the breaker.
    const plans = Array.from({ length: 10 }, (_, job) => testPlan(1, 1, `away-${job}`));
    world.faults = { before: (operation) => (operation.startsWith('dynamodb:') ? 'reset' : undefined) };
    for (const plan of plans) await world.send(plan);
    const { stop, ended } = start();
    await eventually('its breaker is open', () => parent.reports.at(-1)?.breakers_open.dynamodb === 1);
    stop.abort(new Error('SIGTERM'));
    world.faults = {};
    expect(await ended).toBe(0);
    expect(parent.reports.at(-1)).toMatchObject({
      received_messages: 10,
      stored_messages: 10,
      released: 0,
      in_flight: 0,
    });
  });

  test('ends with 70 when AWS calls a request invalid, and has released its messages', async () => {
    world.faults = {
      before: (operation) =>
        operation === 'dynamodb:BatchWriteItem' ? { status: 400, code: 'ValidationException' } : undefined,
    };
    await world.send(testPlan(10, 1, 'bug'));
    const { ended, lineWith } = start();
    expect(await ended).toBe(70);
    expect(lineWith('this is a bug')).toMatchObject({ level: 'fatal', err: { type: 'ValidationException' } });
    // The first message waits for its backoff, the others are visible.
    expect(await world.queue.status()).toMatchObject({ waiting: 9, inFlight: 1 });
  });

  test('ends with an error that names the missing queue', async () => {
    for (const name of ['MOVIE_LOAD_QUEUE', 'MOVIE_LOAD_DLQ']) {
      const { ended } = start({ [name]: 'not-there.fifo' });
      await expect(ended).rejects.toMatchObject({ code: 'queue_missing', details: { queue: 'not-there.fifo' } });
    }
  });

  test('is alive and not ready before the endpoint has answered, and can end with 0 then', async () => {
    world.faults = { before: () => 'reset' };
    const { ended, lineWith, lines, stop } = start({ HTTP_PORT: '0' });
    const port = await eventually('it listens', () => parent.reports.at(-1)?.http_port);
    const at = `http://127.0.0.1:${port}`;
    const waitsFor = (queue: string) =>
      lines.some((line) => line.queue === queue && line.msg.includes('waiting for it'));
    await eventually('it waits', () => waitsFor('movie-load.fifo') && waitsFor('movie-load-dlq.fifo'));
    expect((await fetch(`${at}/livez`)).status).toBe(200);
    expect((await fetch(`${at}/readyz`)).status).toBe(503);
    expect(await reportAt(at)).toMatchObject({ breakers_open: {}, oldest_message_seconds: 0 });
    stop.abort(new Error('SIGTERM'));
    expect(await ended).toBe(0);
    expect(lineWith('drained')).toBeUndefined();
  });

  test('reports times of messages by AWS’s clock on a machine that is an hour ahead, and sets the expiry of items', async () => {
    const HOUR = 3_600_000;
    const other = await startEnvironment({ clock: { now: () => Date.now() - HOUR } });
    try {
      const plan = testPlan(1, 1, 'hour');
      await other.send(plan);
      other.faults = { delayMs: (operation) => (operation === 'dynamodb:BatchWriteItem' ? 2000 : 0) };
      const { address } = start({ ...other.env, HTTP_PORT: '0', MOVIE_LOAD_RETENTION_DAYS: '20' });
      const at = await address();
      const report = await eventually('it reports the age', () =>
        parent.reports.find(({ oldest_message_seconds }) => oldest_message_seconds > 0),
      );
      expect(report.oldest_message_seconds).toBeLessThan(600);
      const buckets = await eventually('it has measured the latency of the message', async () => {
        const { sent_to_stored } = await reportAt(at);
        const all = sent_to_stored.at(-1);
        return all?.messages === 1 ? sent_to_stored : undefined;
      });
      expect(buckets).toContainEqual({ seconds: 600, messages: 1 });
      expect(await other.object(plan)).toBeDefined();
      const item = await other.jobItem(plan);
      const days = (Number(item?.expires_at?.N) - Date.now() / 1000) / 86_400;
      expect(days).toBeGreaterThan(19.9);
      expect(days).toBeLessThan(20.1);
    } finally {
      for (const end of running.splice(0)) await end();
      await other.close();
    }
  });

  test('warns of a setting that no longer has a meaning', async () => {
    process.env.LEASE_SECONDS = '30';
    const { lineWith, address } = start();
    await address();
    expect(lineWith('LEASE_SECONDS has no meaning')).toMatchObject({ level: 'warn' });
  });

  test('gives its calls spans when traces are exported', async () => {
    const plan = testPlan(3, 1, 'traced');
    const { groupId } = loadMessage(plan, 0);
    await world.sendRaw([{ body: 'no json', groupId, deduplicationId: 'poison' }]);
    await world.send(plan);
    const { sink, spans } = recordSpans();
    start({}, sink);
    await complete(plan);
    await eventually('the job has ended', () => spans.some(({ name, outcome }) => name === 'job' && outcome));
    const names = new Set(spans.map(({ name }) => name));
    for (const name of ['process movie-load.fifo', 'dynamodb:BatchWriteItem', 's3:PutObject', 'part', 'complete'])
      expect(names).toContain(name);
    await eventually('its messages are deleted', () => spans.some(({ name }) => name === 'sqs:DeleteMessageBatch'));
    await eventually('the poison is dead-lettered', () =>
      spans.some(({ name, outcome }) => name === 'sqs:SendMessageBatch' && outcome),
    );
    const [deadLetter] = await world.dlq.receive({ max: 1, waitSeconds: 0, visibilitySeconds: 60 });
    expect(deadLetter?.attributes).toMatchObject({ consumer: { StringValue: 'in a test' } });
  });
});
