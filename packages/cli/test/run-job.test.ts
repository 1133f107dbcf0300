// A complete job with services that only report: what `start` waits for, downloads and summarises, and how it fails.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { messagesOfGroup, shapeOf } from '@movie-load/schema';
import type { ProgressState } from '../src/commands/start/progress.ts';
import { readRequest } from '../src/commands/start/request.ts';
import { runJob } from '../src/commands/start/run-job.ts';
import type { Summary } from '../src/commands/start/summary.ts';
import { Interrupted } from '../src/exit.ts';
import { replaceServices, reportCommand, serviceEnvironmentFor, untilSigterm } from './fake-service.ts';
import { aws, storeMessages, storeOf } from './stored-jobs.ts';

replaceServices();

let folder: string;
const before = { ...process.env };
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'movie-load-run-'));
});
afterEach(() => {
  process.env = { ...before };
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a job whose producer and consumers run these commands. */
function start({ producer, consumer }: { producer: readonly string[]; consumer: readonly string[] }, consumers = 2) {
  const options = { movies: '20', moviesPerMessage: '1', consumers: String(consumers), seed: '3', out: folder };
  const request = readRequest(options);
  const script = (commands: readonly string[]) => commands.join('\n').replaceAll('JOB', request.jobId);
  Object.assign(
    process.env,
    { SENT: join(folder, `sent ${request.jobId}`) },
    serviceEnvironmentFor('case "$*" in', '*producer*)', script(producer), ';;', '*)', script(consumer), ';;', 'esac'),
  );
  const stop = new AbortController();
  const summaries: Summary[] = [];
  const states: ProgressState[] = [];
  let ends = 0;
  const awsExited = Promise.withResolvers<void>();
  const run = () =>
    runJob(request, {
      embedded: Promise.resolve({
        endpoint: aws.endpoint,
        labToken: undefined,
        exited: awsExited.promise,
        close: async () => {},
        kill: () => {},
      }),
      interrupt: { signal: stop.signal, exitCode: 130, onForce: () => () => {}, [Symbol.dispose]() {} },
      progress: {
        update: (state) => states.push(state),
        end: () => {
          ends += 1;
        },
      },
      onSummary: (summary) => summaries.push(summary),
    });
  return { request, run, summaries, states, ended: () => ends, stop, awsExited };
}

const COUNTS = { calls: { 'sqs:ReceiveMessage': 4 }, write_units: 7, redelivered: 3, dead_lettered: 1 };
const SENT = [
  reportCommand({ service: 'producer', sent_movies: 20, calls: { 'sqs:SendMessageBatch': 2 } }),
  ': > "$SENT"',
];
/** The consumer reports only after the producer's report, so that the summary has both. */
const WHEN_SENT = 'while [ ! -e "$SENT" ]; do sleep 0.02; done';

test('a job that a consumer reports as COMPLETE is downloaded and summarised', async () => {
  const { request, run, summaries, states, ended } = start(
    {
      producer: SENT,
      consumer: [
        WHEN_SENT,
        reportCommand({ stored_movies: 20, completed_jobs: ['JOB'], ...COUNTS }),
        ...untilSigterm(0),
      ],
    },
    1,
  );
  const { plan, jobId } = request;
  await storeMessages(storeOf('consumer-one'), plan, (group) => messagesOfGroup(shapeOf(plan), group).count);
  await run();
  const [summary] = summaries;
  expect(summaries).toHaveLength(1);
  expect(summary).toMatchObject({
    job_id: jobId,
    movies: 20,
    consumers: 1,
    seed: 3,
    file: join(folder, `${jobId}.json`),
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    aws_calls: { total: 6, by_operation: { 'sqs:ReceiveMessage': 4, 'sqs:SendMessageBatch': 2 } },
    dynamodb_write_units: 7,
    redelivered: 3,
    dead_lettered: 1,
  });
  expect(summary?.setup_calls.by_operation['s3:GetObject']).toBe(1);
  expect(readFileSync(summary?.file ?? '').length).toBe(summary?.object_bytes);
  expect(states.at(-1)).toMatchObject({ movies: 20, parts: 1, totals: { sent_movies: 20, stored_movies: 20 } });
  expect(ended()).toBe(1);
});

test('a job that fails has a summary of what is known, and no file', async () => {
  const { request, run, summaries, ended } = start({
    producer: [`echo '{"level":"error","msg":"The job was not sent"}' >&2`, 'exit 1'],
    consumer: [reportCommand(COUNTS), ...untilSigterm(0)],
  });
  await expect(run()).rejects.toMatchObject({
    code: 'job_failed',
    message: 'The producer ended with code 1: The job was not sent',
  });
  expect(summaries).toMatchObject([
    { job_id: request.jobId, status: 'FAILED', movies: 20, file: null, sha256: null, movies_per_second: 0 },
  ]);
  expect(summaries[0]?.seconds.total).toBeGreaterThan(0);
  expect(ended()).toBe(1);
  expect(readdirSync(folder).filter((name) => name.includes(request.jobId))).toEqual([]);
});

test('a run ends by Ctrl-C, by the end of the embedded AWS, and by a missing object', async () => {
  const waiting = { producer: untilSigterm(0), consumer: [reportCommand({}), ...untilSigterm(0)] };
  const interrupted = start(waiting);
  const first = interrupted.run();
  interrupted.stop.abort(new Interrupted());
  await expect(first).rejects.toBeInstanceOf(Interrupted);
  const lost = start(waiting);
  const second = lost.run();
  lost.awsExited.resolve();
  await expect(second).rejects.toThrow('The embedded AWS ended');
  const missing = start({ producer: SENT, consumer: [reportCommand({ completed_jobs: ['JOB'] }), ...untilSigterm(0)] });
  await expect(missing.run()).rejects.toMatchObject({ code: 'object_missing' });
});
