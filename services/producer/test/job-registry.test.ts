// The jobs that a producer sends, over a queue that the test answers: jobs that fail, stop or are sent again.
import { describe, expect, test } from '@jest/globals';
import { type OutgoingMessage, QUEUE_MESSAGE_BYTES, type QueuePort } from '@movie-load/aws';
import { GENERATOR_VERSION } from '@movie-load/movies';
import { jobIdOf, MovieLoadError, planJob } from '@movie-load/schema';
import { createLogger } from '@movie-load/service';
import { connectionReset, createInstantClock, recordSpans, seededRandom } from '@movie-load/testing';
import { createJobRegistry } from '../src/job-registry.ts';
import { createProducerSpans, type ProducerSpans } from '../src/spans.ts';

type Send = (batch: readonly OutgoingMessage[]) => Promise<[]>;

const planOf = (nonce: string, movies = 20) =>
  planJob({ nonce, movies, movies_per_message: 1, seed: 1, generator: GENERATOR_VERSION });
const bug = Object.assign(new Error('bad request'), { name: 'ValidationException' });

function setUp(spans?: ProducerSpans) {
  const stop = new AbortController();
  const sent: string[] = [];
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const world: { send: Send; find: () => Promise<void> } = { send: async () => [], find: async () => {} };
  const unused = () => Promise.reject(new Error('not used here'));
  const queue: QueuePort = {
    name: 'fake.fifo',
    send: async (batch, options) => {
      options?.signal?.throwIfAborted();
      await world.send(batch);
      sent.push(...batch.map(({ body }) => body));
      return [];
    },
    status: async () => ({
      ...{ waiting: 0, inFlight: 0, delayed: 0 },
      maximumMessageBytes: QUEUE_MESSAGE_BYTES,
      now: 0,
    }),
    receive: unused,
    delete: unused,
    changeVisibility: unused,
  };
  const registry = createJobRegistry({
    queue: async () => {
      await world.find();
      return queue;
    },
    clock: createInstantClock(),
    random: seededRandom(),
    log: createLogger({ service: 'producer', instance: 'test', destination, secrets: [] }),
    signal: stop.signal,
    spans,
  });
  const all = () => lines.map((line): Record<string, unknown> => JSON.parse(line));
  /** Level and text of the log lines from `warn` on. */
  const logged = () =>
    all()
      .filter(({ level }) => level !== 'info')
      .map(({ level, msg }) => [level, msg]);
  return { registry, world, sent, stop, logged, all };
}

describe('a job', () => {
  test('is SENT when the queue has all of it, and is counted', async () => {
    const { registry, sent } = setUp();
    const plan = planOf('sent');
    const { job, done } = registry.start(plan);
    expect([job.status, registry.sending(), registry.isSending(plan)]).toEqual(['SENDING', 1, true]);
    expect(await done).toEqual({});
    expect(job).toMatchObject({ status: 'SENT', sent_messages: 20, sent_movies: 20 });
    // Nothing waits here, so the clock stays as it is.
    expect(job.ended_on).toBe(job.started_on);
    // Its messages have its start by the producer's clock.
    expect(new Set(sent.map((body) => JSON.parse(body).started_on))).toEqual(new Set([job.started_on]));
    expect(job.started_on).toBe(new Date(1_700_000_000_000).toISOString());
    expect([sent.length, registry.sending(), registry.isSending(plan)]).toEqual([20, 0, false]);
    expect(registry.find(jobIdOf(plan))).toBe(job);
    expect(registry.totals).toEqual({ sent_messages: 20, sent_movies: 20 });
  });

  test('is logged at its start and at its end, with its id, plan and sizes', async () => {
    const { registry, all } = setUp();
    const { job, done } = registry.start(planOf('logged'));
    await done;
    const facts = { level: 'info', job_id: job.job_id, plan: job.plan, movies: 20, messages: 20, groups: job.groups };
    expect(all()).toMatchObject([
      { ...facts, msg: 'sending a job' },
      { ...facts, msg: 'job sent' },
    ]);
  });

  test('is tried again without a limit, and each failed attempt is logged', async () => {
    const { registry, world, all, sent } = setUp();
    let failures = 15;
    world.send = async () => {
      failures -= 1;
      if (failures >= 0) throw connectionReset;
      return [];
    };
    const { job, done } = registry.start(planOf('again-and-again', 1));
    expect(await done).toEqual({});
    expect([job.status, sent.length]).toEqual(['SENT', 1]);
    const retries = all().filter(({ msg }) => msg === 'sending failed and will be tried again');
    expect(retries).toHaveLength(15);
    expect(retries[1]).toMatchObject({
      ...{ level: 'warn', job_id: job.job_id, attempt: 2, wait_ms: expect.any(Number) },
      err: { code: 'ECONNRESET' },
    });
    const waits = retries.map(({ wait_ms }) => Number(wait_ms));
    expect(waits.every(Number.isInteger)).toBe(true);
    // The waits are in milliseconds, and no other time passes here.
    const tookMs = Date.parse(job.ended_on ?? '') - Date.parse(job.started_on);
    expect(Math.abs(waits.reduce((sum, ms) => sum + ms, 0) - tookMs)).toBeLessThanOrEqual(15);
  });

  test('has a span for each batch and each attempt when traces are exported', async () => {
    const { sink, spans } = recordSpans();
    const { registry, world } = setUp(createProducerSpans(sink));
    let isFirst = true;
    world.send = async () => {
      if (isFirst) {
        isFirst = false;
        throw connectionReset;
      }
      return [];
    };
    await registry.start(planOf('traced', 10)).done;
    expect(spans.map(({ name, outcome }) => [name, outcome?.error === undefined])).toEqual([
      ['send fake.fifo', true],
      ['sqs:SendMessageBatch', false],
      ['sqs:SendMessageBatch', true],
    ]);
  });

  test('with ten movies a message is counted in movies and in messages', async () => {
    const { registry } = setUp();
    const plan = planJob({ nonce: 'ten', movies: 25, movies_per_message: 10, seed: 1, generator: GENERATOR_VERSION });
    const { job, done } = registry.start(plan);
    await done;
    expect(job).toMatchObject({ movies: 25, messages: 3, sent_messages: 3, sent_movies: 25 });
    expect(registry.totals).toEqual({ sent_messages: 3, sent_movies: 25 });
    await registry.start(planOf('another')).done;
    expect(registry.totals).toEqual({ sent_messages: 23, sent_movies: 45 });
  });

  test('is not started twice at the same time', async () => {
    const { registry, sent } = setUp();
    const first = registry.start(planOf('once'));
    const second = registry.start(planOf('once'));
    expect(second.job).toBe(first.job);
    expect(second.done).toBe(first.done);
    expect(registry.sending()).toBe(1);
    await registry.idle();
    expect(sent).toHaveLength(20);
  });

  test('is sent again on request after it FAILED or was SENT', async () => {
    const { registry, world, sent, logged, all } = setUp();
    const plan = planOf('again');
    world.send = () => Promise.reject(bug);
    const failed = registry.start(plan);
    expect(await failed.done).toEqual({ error: bug });
    expect(failed.job).toMatchObject({ status: 'FAILED', error: expect.stringContaining('bad request') });
    expect(logged()).toEqual([['error', expect.stringMatching(/^The job was not sent: .*bad request/)]]);
    // No movie of it was sent, and an error that is not an answer of AWS is logged with its stack.
    expect(all().at(-1)).toMatchObject({ plan: failed.job.plan, sent_movies: 0, err: { type: 'ValidationException' } });
    expect(registry.isSending(plan)).toBe(false);
    world.send = async () => [];
    for (const messages of [20, 40]) {
      const again = registry.start(plan);
      expect(await again.done).toEqual({});
      expect(registry.find(jobIdOf(plan))).toBe(again.job);
      expect([again.job.status, again.job.error, sent.length]).toEqual(['SENT', undefined, messages]);
    }
  });

  test('is FAILED if its queue does not exist, and is not counted', async () => {
    const { registry, world } = setUp();
    world.find = () => Promise.reject(new Error('no such queue'));
    const { job, done } = registry.start(planOf('nowhere'));
    expect((await done).error).toMatchObject({ message: 'no such queue' });
    expect([job.status, registry.totals.sent_messages, registry.sending()]).toEqual(['FAILED', 0, 0]);
  });

  test('is STOPPED, not FAILED, when the process ends', async () => {
    const { registry, world, stop, logged } = setUp();
    world.send = async () => {
      stop.abort(new Error('the process ends'));
      throw new Error('aborted');
    };
    const { job, done } = registry.start(planOf('stopped'));
    expect((await done).error).toMatchObject({ message: 'the process ends' });
    expect(job.status).toBe('STOPPED');
    expect(logged().at(-1)).toEqual(['warn', 'stopped before the job was sent: send it again, or resume it']);
    await registry.idle();
  });
});

test.each([
  [
    'an answer of AWS',
    Object.assign(new Error('no'), { name: 'AccessDenied', $fault: 'client', $metadata: { httpStatusCode: 403 } }),
    'AccessDenied: no (HTTP 403)',
  ],
  ['an error of our own', new MovieLoadError('queue_missing', 'There is no queue.'), 'There is no queue.'],
])('a job that fails by %s is logged as a sentence, without a stack', async (_, error, text) => {
  const { registry, world, all } = setUp();
  world.find = () => Promise.reject(error);
  const { job, done } = registry.start(planOf('refused'));
  await done;
  expect(job.error).toBe(text);
  expect(all().at(-1)).toMatchObject({ level: 'error', msg: `The job was not sent: ${text}` });
  expect(all().at(-1)).not.toHaveProperty('err');
});

test('after a thousand jobs, a FAILED job is forgotten like a SENT one', async () => {
  const { registry, world } = setUp();
  world.find = () => Promise.reject(bug);
  for (let job = 0; job < 1001; job += 1) await registry.start(planOf(`job-${job}`, 1)).done;
  const has = (nonce: string) => registry.find(jobIdOf(planOf(nonce, 1))) !== undefined;
  expect([has('job-0'), has('job-1')]).toEqual([false, true]);
});

test('`idle` waits for all jobs, also for those that begin meanwhile', async () => {
  const { registry, world } = setUp();
  const gate = Promise.withResolvers<void>();
  world.send = async () => {
    await gate.promise;
    return [];
  };
  const first = registry.start(planOf('first'));
  let isIdle = false;
  const idle = registry.idle().then(() => {
    isIdle = true;
  });
  void first.done.then(() => registry.start(planOf('second')));
  await new Promise(setImmediate);
  expect(isIdle).toBe(false);
  gate.resolve();
  await idle;
  expect(registry.find(jobIdOf(planOf('second')))?.status).toBe('SENT');
});

test('after a thousand jobs, the oldest one that has ended is forgotten first, and none that is being sent', async () => {
  const { registry, world } = setUp();
  const gate = Promise.withResolvers<void>();
  world.find = () => gate.promise;
  registry.start(planOf('slow', 1));
  world.find = async () => {};
  for (let job = 0; job < 1000; job += 1) await registry.start(planOf(`job-${job}`, 1)).done;
  // A job that is sent again is forgotten last.
  await registry.start(planOf('job-1', 1)).done;
  await registry.start(planOf('job-1000', 1)).done;
  const has = (nonce: string) => registry.find(jobIdOf(planOf(nonce, 1))) !== undefined;
  const known = ['slow', 'job-0', 'job-1', 'job-2', 'job-3', 'job-999', 'job-1000'].map(has);
  expect(known).toEqual([true, false, true, false, true, true, true]);
  gate.resolve();
  await registry.idle();
});
