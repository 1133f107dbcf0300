// The real service as a child process: signals, kills, exit codes, and its calls when it is idle.

import { createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Faults } from '@movie-load/local-aws';
import { eventually, listenLocally } from '@movie-load/testing';
import { z } from 'zod';
import { type ConsumerProcess, type Environment, moviesOf, startEnvironment, startProcess } from './environment.ts';
import { testPlan } from './support.ts';

let world: Environment;
const started: ConsumerProcess[] = [];

beforeEach(async () => {
  world = await startEnvironment();
});
afterEach(async () => {
  for (const { child, exited } of started.splice(0)) {
    child.kill('SIGKILL');
    await exited;
  }
  await world.close();
});

function start(extra: Readonly<Record<string, string>> = {}): ConsumerProcess {
  const made = startProcess({ ...world.env, ...extra });
  started.push(made);
  return made;
}

let nonces = 0;
const newPlan = (movies: number) => {
  nonces++;
  return testPlan(movies, 1, `process-${nonces}`);
};
const complete = (plan: ReturnType<typeof newPlan>) =>
  eventually('the job is complete', async () => (await world.object(plan)) !== undefined);
const storedMovies = async (plan: ReturnType<typeof newPlan>) => JSON.parse((await world.object(plan)) ?? '[]');
const calls = (consumer: ConsumerProcess) =>
  Object.values(consumer.report()?.calls ?? {}).reduce((sum, count) => sum + count, 0);

/**
 * So slow that a job of 400 takes seconds, and a consumer that is stopped when it is at work never has all of it.
 * Its reports come only four times a second: by then a fast machine may have stored everything.
 */
const slowTable: Faults = { delayMs: (operation) => (operation === 'dynamodb:UpdateItem' ? 200 : 0) };
async function atWork(): Promise<void> {
  const updates = () => world.requests.get('dynamodb:UpdateItem') ?? 0;
  const before = updates();
  await eventually('it is at work', () => updates() >= before + 3);
}

const livezSchema = z.object({
  pollers: z.object({ receiving: z.number() }),
});

describe('a consumer process', () => {
  test('stores a job, reports it, and ends by SIGTERM with 0 and nothing in flight', async () => {
    const plan = newPlan(200);
    const consumer = start({ DRAIN_SECONDS: '60' });
    await world.send(plan);
    await complete(plan);
    expect(await storedMovies(plan)).toEqual(moviesOf(plan));
    await eventually('it has reported the job', () => consumer.report()?.completed_jobs.length === 1);
    consumer.child.kill('SIGTERM');
    expect(await consumer.exited).toBe(0);
    expect(consumer.report()).toMatchObject({
      service: 'consumer',
      received_messages: 200,
      stored_messages: 200,
      stored_movies: 200,
      assembled_movies: 200,
      redelivered: 0,
      dead_lettered: 0,
      in_flight: 0,
      final: true,
    });
    expect(await world.queue.status()).toMatchObject({ waiting: 0, inFlight: 0 });
  });

  test('that gets SIGTERM in the middle of a job leaves nothing in flight, and others continue at once', async () => {
    const plan = newPlan(600);
    await world.send(plan);
    world.faults = slowTable;
    for (let round = 0; round < 3; round++) {
      const consumer = start({ DRAIN_SECONDS: '60' });
      await atWork();
      consumer.child.kill('SIGTERM');
      expect(await consumer.exited).toBe(0);
      const { waiting, inFlight } = await world.queue.status();
      expect(inFlight).toBe(0);
      expect(waiting).toBeGreaterThan(0);
    }
    world.faults = {};
    start();
    await complete(plan);
    expect(await storedMovies(plan)).toEqual(moviesOf(plan));
  });

  test('that is killed loses nothing', async () => {
    const plan = newPlan(400);
    await world.send(plan);
    world.faults = slowTable;
    const killed = start({ VISIBILITY_SECONDS: '2' });
    await atWork();
    killed.child.kill('SIGKILL');
    expect(await killed.exited).toBe('SIGKILL');
    world.faults = {};
    const other = start();
    await complete(plan);
    expect(await storedMovies(plan)).toEqual(moviesOf(plan));
    // Messages that the killed one had received are delivered again; those of the other one are not.
    await eventually('the other one has reported them', () => (other.report()?.redelivered ?? 0) > 0);
    expect(other.report()?.redelivered).toBeGreaterThan(0);
    await eventually('nothing is left', async () => {
      const { waiting, inFlight } = await world.queue.status();
      return waiting + inFlight === 0;
    });
    expect(other.report()?.stored_movies).toBeGreaterThan(0);
  });

  test('continues when the endpoint answers again', async () => {
    const plan = newPlan(400);
    await world.send(plan);
    world.faults = slowTable;
    const consumer = start();
    await atWork();
    world.faults = { before: () => 'reset' };
    await eventually('it has noticed', () => consumer.log().includes('a dependency fails'));
    world.faults = {};
    await complete(plan);
    expect(await storedMovies(plan)).toEqual(moviesOf(plan));
    expect(consumer.report()?.dead_lettered).toBe(0);
  });

  test('ends with 70 when AWS calls a request invalid', async () => {
    await world.send(newPlan(10));
    world.faults = {
      before: (operation) =>
        operation === 'dynamodb:UpdateItem' ? { status: 400, code: 'ValidationException' } : undefined,
    };
    const consumer = start();
    expect(await consumer.exited).toBe(70);
    expect(consumer.log()).toContain('ValidationException');
    expect(await world.queue.status()).toMatchObject({ inFlight: 1 });
  });

  test('reports all wrong settings, and ends with 2', async () => {
    const consumer = start({ POLLERS: 'many', VISIBILITY_SECONDS: '0' });
    expect(await consumer.exited).toBe(2);
    expect(consumer.log()).toContain('POLLERS');
    expect(consumer.log()).toContain('VISIBILITY_SECONDS');
  });

  test('logs that the queue is missing, and ends with 1', async () => {
    const consumer = start({ MOVIE_LOAD_QUEUE: 'not-there.fifo' });
    expect(await consumer.exited).toBe(1);
    expect(consumer.log()).toContain('There is no queue \\"not-there.fifo\\"');
  });
});

describe('an idle consumer', () => {
  test('has one long poll at a time after the load has ended, and health checks cost no call', async () => {
    const plan = newPlan(300);
    await world.send(plan);
    const consumer = start({ HTTP_PORT: '0' });
    await complete(plan);
    await eventually('it has nothing in its hands', () => {
      const report = consumer.report();
      return report?.completed_jobs.length === 1 && report.in_flight === 0 && report.http_port !== undefined;
    });
    const address = `http://127.0.0.1:${consumer.report()?.http_port}`;
    const before = calls(consumer);
    const startedAt = performance.now();
    let checks = 0;
    let receiving = 0;
    await eventually('every long poll that was begun under load has ended', async () => {
      await fetch(`${address}/readyz`);
      receiving = livezSchema.parse(await (await fetch(`${address}/livez`)).json()).pollers.receiving;
      checks++;
      return performance.now() > startedAt + 21_000;
    });
    const elapsedMs = performance.now() - startedAt;
    expect(receiving).toBe(1);
    expect(checks).toBeGreaterThan(10);
    // A long poll takes 20 s: three calls a minute.
    expect(calls(consumer) - before).toBeLessThanOrEqual(1 + Math.floor(elapsedMs / 20_000));
  });
});

describe('a server that accepts connections and never answers', () => {
  let hung: Server;
  let env: Readonly<Record<string, string>>;

  beforeAll(async () => {
    hung = createServer((socket) => socket.on('error', () => undefined));
    const { port } = await listenLocally(hung);
    env = { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` };
  });
  afterAll(() => void hung.close());

  test('does not prevent the end by SIGTERM during the start', async () => {
    const connected = new Promise((resolve) => hung.once('connection', resolve));
    const consumer = start(env);
    await connected;
    consumer.child.kill('SIGTERM');
    // Ten seconds after the signal it would end with 1.
    expect(await consumer.exited).toBe(0);
  });
});

describe('a running consumer whose endpoint hangs', () => {
  test('releases its messages and ends by SIGTERM nevertheless', async () => {
    const plan = newPlan(50);
    // Work may finish for 21 s, two calls that hang take longer; then a busy machine has 7 s for the release.
    const consumer = start({ DRAIN_SECONDS: '28' });
    await eventually('it polls', () => calls(consumer) > 2);
    world.faults = { delayMs: (operation) => (operation.startsWith('dynamodb:') ? 12_000 : 0) };
    await world.send(plan);
    await eventually('it has received', () => (consumer.report()?.received_messages ?? 0) > 0);
    await eventually('it reports the age of its messages', () => (consumer.report()?.oldest_message_seconds ?? 0) > 0);
    consumer.child.kill('SIGTERM');
    expect(await consumer.exited).toBe(0);
    expect(await world.inFlight()).toBe(0);
  });

  test('ends at once by a second signal', async () => {
    const consumer = start({ DRAIN_SECONDS: '600' });
    await eventually('it polls', () => calls(consumer) > 2);
    world.faults = { delayMs: (operation) => (operation.startsWith('dynamodb:') ? 5000 : 0) };
    await world.send(newPlan(10));
    await eventually('it has received', () => (consumer.report()?.received_messages ?? 0) > 0);
    // Signals that a busy process reads within a second of each other count as one: then a third one is the second.
    while (consumer.child.exitCode === null && consumer.child.signalCode === null) {
      consumer.child.kill('SIGTERM');
      await Promise.race([delay(1100), consumer.exited]);
    }
    expect(await consumer.exited).toBe(143);
  });
});
