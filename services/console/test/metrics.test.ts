// The console's metrics for Prometheus, and their cost.
import { describe, expect, test } from '@jest/globals';
import { QUEUE_MESSAGE_BYTES } from '@movie-load/aws';
import { type JobItem, jobIdOf, planJob } from '@movie-load/schema';
import { createConsoleMetrics } from '../src/metrics.ts';
import { app } from './api-setup.ts';
import { HOST, OWN } from './console-app.ts';

const NOW = Date.parse('2026-11-25T09:00:00Z');

function setUp(counts: readonly [waiting: number, inFlight: number, delayed: number] = [0, 0, 0]) {
  let uptime = 6000;
  let reads = 0;
  let isDown = false;
  const plan = planJob({ nonce: 'm', movies: 100, movies_per_message: 1, seed: 3, generator: 1 });
  const started_on = new Date(NOW - 600_000).toISOString();
  const job: JobItem = { job_id: jobIdOf(plan), kind: 'job', plan, status: 'RUNNING', started_on, done: new Set() };
  const opens = (waiting: number, inFlight: number, delayed: number) => async () => ({
    status: async (options?: { readonly signal?: AbortSignal | undefined }) => {
      if (isDown) throw new Error('SQS is down');
      reads += 1;
      expect(options?.signal).toBeInstanceOf(AbortSignal);
      return { waiting, inFlight, delayed, maximumMessageBytes: QUEUE_MESSAGE_BYTES, now: NOW };
    },
  });
  const metrics = createConsoleMetrics({
    store: {
      listJobs: async () => ({ jobs: [job], next: undefined, unreadable: 0 }),
      job: async () => job,
      lastStoredOn: async () => undefined,
    },
    queue: opens(...counts),
    dlq: opens(4, 2, 1),
    counters: {
      calls: new Map([['sqs:ReceiveMessage', 4]]),
      failures: new Map([['dynamodb:Query', 2]]),
      throttles: new Map([['dynamodb:Query', 1]]),
    },
    uptimeMs: () => uptime,
  });
  return {
    metrics,
    reads: () => reads,
    later: (ms: number) => {
      uptime += ms;
    },
    down: (down: boolean) => {
      isDown = down;
    },
  };
}

describe('the console’s metrics', () => {
  test('describe queues and jobs', async () => {
    const { body } = await setUp().metrics.text();
    expect(body.split('\n')).toEqual(
      expect.arrayContaining([
        'movie_load_queue_messages{state="waiting"} 0',
        'movie_load_dead_letters 7',
        'movie_load_unfinished_jobs{state="stalled"} 1',
        'movie_load_unfinished_jobs{state="running"} 0',
        'movie_load_aws_requests_total{operation="sqs:ReceiveMessage"} 4',
        'movie_load_aws_requests_failed_total{operation="dynamodb:Query"} 2',
        'movie_load_aws_requests_throttled_total{operation="dynamodb:Query"} 1',
      ]),
    );
  });

  test('distinguish the states of messages; a job is not stalled while its queue has some', async () => {
    const { body } = await setUp([3, 2, 1]).metrics.text();
    expect(body.split('\n')).toEqual(
      expect.arrayContaining([
        'movie_load_queue_messages{state="waiting"} 3',
        'movie_load_queue_messages{state="in_flight"} 2',
        'movie_load_queue_messages{state="delayed"} 1',
        'movie_load_unfinished_jobs{state="stalled"} 0',
      ]),
    );
  });

  test('are read once in ten seconds, however many scrapes arrive', async () => {
    const { metrics, reads, later } = setUp();
    const texts = await Promise.all([metrics.text(), metrics.text()]);
    expect(texts[0]).toBe(texts[1]);
    const once = reads();
    later(9999);
    await metrics.text();
    expect(reads()).toBe(once);
    later(1);
    await metrics.text();
    expect(reads()).toBe(2 * once);
  });

  test('are unavailable while AWS does not answer, and are read again by the next scrape', async () => {
    const { metrics, down } = setUp();
    down(true);
    await expect(metrics.text()).rejects.toThrow('SQS is down');
    down(false);
    expect((await metrics.text()).body).toContain('movie_load_dead_letters 7');
  });
});

describe('GET /metrics', () => {
  const request = (headers: Record<string, string>) => app.request(`http://${HOST}/metrics`, { headers });

  test('answers programs that use a name of this server', async () => {
    const answer = await request({ host: HOST });
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const lines = (await answer.text()).split('\n');
    expect(lines).toContain('movie_load_dead_letters 1');
    expect(lines).toContain('movie_load_queue_messages{state="in_flight"} 3');
    expect(lines).toContain('movie_load_unfinished_jobs{state="running"} 1');
  });

  test('refuses pages of other sites, whose requests would cost calls to AWS', async () => {
    expect((await request({ host: HOST, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await request({ ...OWN, origin: 'http://evil.example' })).status).toBe(403);
    expect((await request({ host: 'evil.example:8080' })).status).toBe(421);
  });
});
