// The producer in the test's own process: what it sends, prints, reports and answers from its start to its end.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { jobIdOf, planFromToken } from '@movie-load/schema';
import { createLogger, readSettings } from '@movie-load/service';
import { readArguments, withOptions } from '@movie-load/service/arguments';
import {
  eventually,
  type ParentProcess,
  recordReportsToParent,
  recordSpans,
  startTestAws,
  type TestAws,
} from '@movie-load/testing';
import type { SpanSink } from '@movie-load/tracing';
import { hostNonce, produce } from '../src/produce.ts';
import { HELP, OPTIONS, producerSettings } from '../src/settings.ts';
import { drain, numbers, upTo } from './support.ts';

let aws: TestAws;
let parent: ParentProcess;
const running: (() => Promise<unknown>)[] = [];
const write = process.stdout.write.bind(process.stdout);

beforeEach(async () => {
  aws = await startTestAws();
  parent = recordReportsToParent();
});
afterEach(async () => {
  aws.faults = {};
  for (const end of running.splice(0)) await end();
  parent.restore();
  process.stdout.write = write;
  await aws.close();
});

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly port?: number;
  readonly job_id?: string;
}

/** Starts a producer as `runService` does. */
function start(args: readonly string[], extra: Readonly<Record<string, string>> = {}, sink?: SpanSink) {
  const lines: Line[] = [];
  const printed: string[] = [];
  const beforeCleanUp: string[] = [];
  const cleanUps: (() => unknown)[] = [];
  const stop = new AbortController();
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = createLogger({ service: 'producer', instance: 'in a test', destination });
  const env = { ...aws.env, ...extra };
  const values = readArguments({ help: HELP, options: OPTIONS, args, env });
  const settings = readSettings(producerSettings, withOptions(env, values));
  Object.assign(process.stdout, {
    write: (text: unknown) => {
      printed.push(String(text));
      return true;
    },
  });
  const work = async () => {
    try {
      const defer = (cleanUp: () => unknown) => cleanUps.push(cleanUp);
      const code = await produce({ settings, log, instance: 'in a test', signal: stop.signal, sink, defer });
      beforeCleanUp.push(...lines.map(({ msg }) => msg));
      return code;
    } finally {
      for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
    }
  };
  const ended = work();
  ended.catch(() => undefined);
  running.push(() => {
    stop.abort(new Error('the test is over'));
    return ended.catch(() => undefined);
  });
  const logged = (text: string) => lines.find(({ msg }) => msg.includes(text));
  const address = async () => `http://127.0.0.1:${(await eventually('it listens', () => logged('taking jobs'))).port}`;
  return { stop, ended, lines, logged, beforeCleanUp, printed: () => printed.join(''), address };
}

const postJob = (url: string, job: object) =>
  fetch(`${url}/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(job),
  });
const malformed = { status: 400, code: 'ValidationException' };
const unavailable = { status: 503, code: 'ServiceUnavailable' };

describe('one job', () => {
  test('is sent, printed as JSON and reported; then the producer ends with 0', async () => {
    const { ended, printed, logged } = start([
      '--movies',
      '35',
      '--movies-per-message',
      '2',
      '--nonce',
      'n',
      '--seed',
      '7',
      '--json',
    ]);
    expect(await ended).toBe(0);
    const job = JSON.parse(printed());
    expect(job).toMatchObject({ status: 'SENT', movies: 35, messages: 18, sent_movies: 35, sent_messages: 18 });
    expect(planFromToken(job.plan)).toMatchObject({ nonce: 'n', movies_per_message: 2, seed: 7 });
    expect(numbers(await drain(aws.queue))).toEqual(upTo(18));
    expect(parent.reports.at(-1)).toMatchObject({
      ...{ service: 'producer', instance: 'in a test', final: true, sent_movies: 35, sent_messages: 18 },
      calls: { 'sqs:GetQueueUrl': 1, 'sqs:SendMessageBatch': expect.any(Number) },
    });
    expect(logged('job sent')).toMatchObject({ level: 'info', job_id: job.job_id });
  });

  test('without a nonce is another job each time, and is printed only on request', async () => {
    for (let time = 0; time < 2; time++) {
      const { ended, printed } = start(['--movies', '3']);
      expect([await ended, printed()]).toEqual([0, '']);
    }
    expect(new Set((await drain(aws.queue)).map(({ job_id }) => job_id)).size).toBe(2);
  });

  test('has about the requested number of groups', async () => {
    const { ended, printed } = start(['--movies', '40', '--groups', '4', '--json']);
    await ended;
    expect(JSON.parse(printed()).groups).toBe(4);
  });

  test('ends with 1 if the queue is missing, and its plan is printed for a resume', async () => {
    const { ended, printed, logged } = start(['--movies', '3', '--json'], { MOVIE_LOAD_QUEUE: 'other.fifo' });
    expect(await ended).toBe(1);
    const job = JSON.parse(printed());
    expect(job).toMatchObject({ status: 'FAILED', sent_movies: 0 });
    expect(jobIdOf(planFromToken(job.plan))).toBe(job.job_id);
    expect(logged('The job was not sent: There is no queue "other.fifo"')).toMatchObject({ level: 'error' });
  });

  test('ends with 70 if AWS calls its request malformed', async () => {
    aws.faults = { before: (name) => (name === 'sqs:SendMessageBatch' ? malformed : undefined) };
    expect(await start(['--movies', '3']).ended).toBe(70);
  });

  test('ends with 130 when it is stopped, and its status is printed', async () => {
    let batches = 0;
    // After three batches SQS accepts no more, so that the job cannot end before the producer is stopped.
    aws.faults = { before: (name) => (name === 'sqs:SendMessageBatch' && ++batches > 3 ? unavailable : undefined) };
    const { ended, printed, stop } = start(['--movies', '3000', '--json']);
    await eventually('three batches are sent', () => batches > 3);
    stop.abort(new Error('SIGTERM'));
    expect(await ended).toBe(130);
    expect(JSON.parse(printed())).toMatchObject({ status: 'STOPPED', movies: 3000 });
  });

  test('makes no request with --dry-run', async () => {
    const before = new Map(aws.requests);
    const { ended, printed } = start(['--movies', '1000', '--dry-run', '--json', '--nonce', 'dry', '--seed', '7']);
    expect(await ended).toBe(0);
    expect(JSON.parse(printed())).toMatchObject({ plan: { movies: 1000, nonce: 'dry', seed: 7 }, messages: 1000 });
    const text = start(['--movies', '1000', '--dry-run']);
    await text.ended;
    expect(text.printed()).toMatch(/^The plan\. Nothing was sent/);
    expect([aws.requests, parent.reports]).toEqual([before, []]);
  });

  test('has spans when traces are exported', async () => {
    const { sink, spans } = recordSpans();
    await start(['--movies', '20'], {}, sink).ended;
    const names = new Set(spans.map(({ name }) => name));
    expect(names).toEqual(new Set(['send movie-load.fifo', 'sqs:SendMessageBatch']));
  });
});

describe('a producer service', () => {
  test('sends its first job by the host name, accepts others, and ends when it has sent all', async () => {
    const { stop, ended, address } = start([], { HTTP_PORT: '0', MOVIES: '30', MESSAGE_GROUPS: '2' });
    const url = await address();
    await eventually('the report has its port', () => parent.reports.at(-1)?.http_port === Number(new URL(url).port));
    await eventually('the first job is sent', () => parent.reports.at(-1)?.sent_movies === 30);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    // Until it has been asked for its report, the second job is not sent.
    aws.faults = { before: (operation) => (operation === 'sqs:SendMessageBatch' ? unavailable : undefined) };
    const answer = await postJob(url, { movies: 40 });
    expect(answer.status).toBe(202);
    const { job_id, groups } = (await answer.json()) as { job_id: string; groups: number };
    expect(groups).toBe(2);
    expect(await (await fetch(`${url}/report`)).json()).toMatchObject({ service: 'producer', sent_movies: 30 });
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('movie_load_movies_sent_total 30\n');
    aws.faults = {};
    await eventually('it is sent', async () => {
      const job = (await (await fetch(`${url}/jobs/${job_id}`)).json()) as { status: string };
      return job.status === 'SENT';
    });
    stop.abort(new Error('SIGTERM'));
    expect(await ended).toBe(0);
    expect(parent.reports.at(-1)).toMatchObject({ final: true, sent_movies: 70 });
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
    const jobs = Map.groupBy(await drain(aws.queue), ({ job_id: id }) => id);
    const plans = [...jobs.values()].flatMap(([message]) => message?.plan ?? []);
    expect(plans.map(({ movies }) => movies)).toEqual([30, 40]);
    expect(plans[0]?.nonce).toBe(hostNonce());
    expect(plans.map(jobIdOf)[1]).toBe(job_id);
  });

  test('without MOVIES sends no job at its start, and ends with 0', async () => {
    const { stop, ended, address } = start([], { HTTP_PORT: '0' });
    await address();
    stop.abort(new Error('SIGTERM'));
    expect(await ended).toBe(0);
    expect(parent.reports.at(-1)?.sent_messages).toBe(0);
  });

  test('waits for its jobs to stop before it ends', async () => {
    aws.faults = { before: (name) => (name === 'sqs:SendMessageBatch' ? unavailable : undefined) };
    const { stop, ended, address, logged, beforeCleanUp } = start([], { HTTP_PORT: '0' });
    expect((await postJob(await address(), { movies: 5 })).status).toBe(202);
    stop.abort(new Error('SIGTERM'));
    expect(await ended).toBe(0);
    expect(logged('stopped before the job was sent')).toMatchObject({ level: 'warn' });
    // Logged before the clean-ups: `produce` itself waits for the jobs.
    expect(beforeCleanUp).toContainEqual(expect.stringContaining('stopped before the job was sent'));
  });

  test('waits for its AWS and logs that; it is alive and not ready meanwhile', async () => {
    aws.faults = { before: () => 'reset' };
    const { address, logged } = start([], { HTTP_PORT: '0', MOVIES: '5' });
    const url = await address();
    await eventually('the log has the wait', () => logged('Is it running? AWS_ENDPOINT_URL says where it is.'));
    expect([(await fetch(`${url}/livez`)).status, (await fetch(`${url}/readyz`)).status]).toEqual([200, 503]);
    aws.faults = {};
    await eventually('the job is sent', () => parent.reports.at(-1)?.sent_movies === 5);
  });

  test('accepts the names of HTTP_NAMES, and listens where HTTP_HOST says', async () => {
    const { address } = start([], { HTTP_PORT: '0', HTTP_NAMES: 'producer' });
    const url = await address();
    // `fetch` does not let a caller set `Host`.
    const { get } = await import('node:http');
    const status = (host: string) =>
      new Promise((resolve) =>
        get(`${url}/livez`, { headers: { host } }, (answer) => resolve(answer.resume().statusCode)),
      );
    expect([await status('producer:80'), await status('other:80')]).toEqual([200, 421]);
    const elsewhere = start([], { HTTP_PORT: '0', HTTP_HOST: '192.0.2.1' });
    await expect(elsewhere.ended).rejects.toThrow('Cannot listen on 192.0.2.1:0.');
  });
});

test.each([
  ['producer-7f9c', 'producer-7f9c'],
  ['a.b_c', 'a.b_c'],
  ['Machine of Jürgen', 'Machine-of-J-rgen'],
  ['x'.repeat(65), 'x'.repeat(64)],
  ['', 'producer'],
])('the host name %j makes the nonce %s', (name, nonce) => {
  expect(hostNonce(name)).toBe(nonce);
});
