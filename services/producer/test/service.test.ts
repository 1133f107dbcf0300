import { afterEach, describe, expect, test } from '@jest/globals';
import { jobIdOf, planFromToken } from '@movie-load/schema';
import { eventually, type TestAws } from '@movie-load/testing';
import { z } from 'zod';
import { drain, numbers, type Started, startAws, startProducer, upTo } from './support.ts';

let aws: TestAws | undefined;
let producer: Started | undefined;
afterEach(async () => {
  producer?.kill('SIGKILL');
  await producer?.exit();
  await aws?.close();
});

const jobSchema = z.object({
  job_id: z.string(),
  plan: z.string(),
  status: z.string(),
  movies: z.number(),
  messages: z.number(),
  groups: z.number(),
  sent_movies: z.number(),
  sent_messages: z.number(),
  note: z.string().optional(),
});
const problemSchema = z.object({
  title: z.string(),
  status: z.number(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).default([]),
});

/** Starts the service; the port is the one that it reports. */
async function startService(endpoint: string, env: Record<string, string> = {}) {
  const started = startProducer([], { AWS_ENDPOINT_URL: endpoint, HTTP_PORT: '0', ...env });
  producer = started;
  await eventually('the producer listens', () => {
    if (started.stderr().includes('settings are wrong')) throw new Error(started.stderr());
    return started.reports.at(-1)?.http_port !== undefined;
  });
  const url = `http://127.0.0.1:${started.reports.at(-1)?.http_port}`;
  return {
    started,
    url,
    post: (body: unknown, type = 'application/json') =>
      fetch(`${url}/jobs`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    job: async (id: string) => jobSchema.parse(await (await fetch(`${url}/jobs/${id}`)).json()),
  };
}

describe('the producer as a service', () => {
  test('accepts a job with a note, sends it and reports what it has sent', async () => {
    aws = await startAws();
    const { post, job, url } = await startService(aws.endpoint);
    const answer = await post({ movies: 1234, movies_per_message: 10, seed: 5 });
    expect(answer.status).toBe(202);
    const accepted = jobSchema.parse(await answer.json());
    expect(accepted).toMatchObject({ movies: 1234, messages: 124, status: 'SENDING' });
    expect(accepted.note).toContain('ends before it has sent every message, the rest is lost');
    expect(answer.headers.get('location')).toBe(`/jobs/${accepted.job_id}`);
    expect(jobIdOf(planFromToken(accepted.plan))).toBe(accepted.job_id);
    await eventually('the job is sent', async () => (await job(accepted.job_id)).status === 'SENT');
    expect(await job(accepted.job_id)).toMatchObject({ sent_movies: 1234, sent_messages: 124 });
    expect(numbers(await drain(aws.queue))).toEqual(upTo(124));
    expect((await fetch(`${url}/jobs/none`)).status).toBe(404);
  });

  test('sends a job of MOVIES, which is the same job after a restart', async () => {
    aws = await startAws();
    const jobs: string[] = [];
    for (let start = 0; start < 2; start++) {
      const { started } = await startService(aws.endpoint, { MOVIES: '30' });
      await eventually('30 movies are sent', () => started.reports.at(-1)?.sent_movies === 30);
      started.kill('SIGTERM');
      expect(await started.exit()).toBe(0);
      const messages = await drain(aws.queue);
      expect(numbers(messages)).toEqual(upTo(30));
      jobs.push(messages[0]?.job_id ?? '');
    }
    expect(jobs[0]).toBe(jobs[1]);
  });

  test('names all problems of a job in one problem document', async () => {
    aws = await startAws();
    const { post } = await startService(aws.endpoint);
    const answer = await post({ movies: 2_000_000, movies_per_message: 0, seed: 'x', film: 1 });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const { errors } = problemSchema.parse(await answer.json());
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual(['#/film', '#/movies_per_message', '#/seed', '#/yes']);
    expect(await drain(aws.queue)).toEqual([]);
  });

  test('refuses what is not a job, is not JSON by its type, or is too long', async () => {
    aws = await startAws();
    const { post } = await startService(aws.endpoint);
    for (const body of ['', 'x', '[]', '1', 'null', '{}', '{"movies":0}', '{"movies":1.5}', '{"movies":"5"}']) {
      expect([body, (await post(body)).status]).toEqual([body, 400]);
    }
    expect((await post({ movies: 5 }, 'text/plain')).status).toBe(415);
    expect((await post(`{"movies":5,"x":"${'x'.repeat(5000)}"}`)).status).toBe(413);
    expect(await drain(aws.queue)).toEqual([]);
  });

  test('accepts no job from a web page, whatever its origin', async () => {
    aws = await startAws();
    const { url } = await startService(aws.endpoint);
    for (const origin of [url, 'http://rebound.example:8081', 'null']) {
      const headers = { 'content-type': 'application/json', origin };
      const answer = await fetch(`${url}/jobs`, { method: 'POST', headers, body: '{"movies":5}' });
      expect([origin, answer.status]).toEqual([origin, 403]);
    }
    expect(await drain(aws.queue)).toEqual([]);
  });

  test('accepts four jobs at once and answers 429 to the fifth, but 202 to one that it is sending', async () => {
    const down = { status: 503, code: 'ServiceUnavailable' };
    aws = await startAws({ before: (operation) => (operation === 'sqs:SendMessageBatch' ? down : undefined) });
    const { post, started } = await startService(aws.endpoint);
    for (const nonce of ['a', 'b', 'c', 'd']) expect((await post({ movies: 5, nonce })).status).toBe(202);
    const fifth = await post({ movies: 5, nonce: 'e' });
    expect([fifth.status, problemSchema.parse(await fifth.json()).title]).toEqual([429, 'Too many jobs']);
    expect(fifth.headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await post({ movies: 5, nonce: 'a' })).status).toBe(202);
    started.kill('SIGTERM');
    expect(await started.exit()).toBe(0);
    expect(started.stderr().match(/stopped before the job was sent/g)).toHaveLength(4);
  });

  test('is alive without AWS, and ready when its last call succeeded, without extra calls', async () => {
    aws = await startAws();
    const { url } = await startService('http://127.0.0.1:1');
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    producer?.kill('SIGTERM');
    expect(await producer?.exit()).toBe(0);

    const { url: second, started } = await startService(aws.endpoint);
    await eventually('the producer is ready', async () => (await fetch(`${second}/readyz`)).status === 200);
    const reports = started.reports.length;
    await eventually('it reports again', () => started.reports.length > reports + 3);
    expect(started.reports.at(-1)?.calls).toEqual({ 'sqs:GetQueueUrl': 1 });
  });
});
