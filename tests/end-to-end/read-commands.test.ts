// The commands that only read: each on a job of 1,000 movies, for people and for programs.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openQueue, systemRandom } from '@movie-load/aws';
import { sendJob } from '@movie-load/queue';
import type { ServiceReport } from '@movie-load/schema';
import { startCommand, startService } from '@movie-load/testing';
import { cli } from '../support/cli.ts';
import { expectedObject, orderJob, sha256, startWorld, type World } from '../support/world.ts';

const complete = orderJob({ movies: 1000, seed: 5, nonce: 'look' });
const waiting = orderJob({ movies: 40, seed: 6, nonce: 'waiting' });
const short = complete.jobId.slice(0, 8);

let world: World;
let folder: string;
let finalReports: Record<'consumer' | 'producer', ServiceReport | undefined>;

const run = (...args: string[]) => cli(args, { env: world.env });
const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await run(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
};

beforeAll(async () => {
  world = await startWorld();
  folder = await mkdtemp(join(tmpdir(), 'movie-load-look-'));
  // So long that no message is delivered twice: the tests expect exact numbers of calls.
  const consumer = startService('consumer', { env: { ...world.env, VISIBILITY_SECONDS: '60' } });
  const producer = startService('producer', { env: world.env, args: complete.args });
  await producer.ended;
  await world.untilComplete(complete.jobId);
  await world.untilQueueIsEmpty();
  consumer.kill('SIGTERM');
  await consumer.ended;
  finalReports = { consumer: consumer.report(), producer: producer.report() };
  // No consumer stores these messages: the commands show them in the queue.
  const queue = await openQueue(world.clients, world.settings.queue);
  const started_on = new Date().toISOString();
  await sendJob({ queue, plan: waiting.plan, started_on, random: systemRandom });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe('jobs', () => {
  test('shows state, size and object', async () => {
    expect(await json('jobs')).toMatchObject({
      jobs: [{ job_id: complete.jobId, state: 'COMPLETE', movies: 1000, percent: 100 }],
    });
    const { stdout } = await run('jobs');
    expect(stdout).toContain(complete.jobId);
    expect(stdout).toContain('40 messages wait and none is in flight: are consumers running?');
    expect(stdout).not.toContain('\u001b');
  });
});

describe('job', () => {
  test('shows plan, groups, exact counts and consumers for a prefix of the id', async () => {
    const job = await json('job', short);
    expect(job).toMatchObject({ job_id: complete.jobId, messages_stored: 1000, plan: complete.plan });
    expect(job.groups).toHaveLength(50);
    const counts = { group: 1, first_movie: 20, movies: 20, stored: 20, expected: 20, missing: [] };
    expect(job.groups[1]).toEqual({ ...counts, stored_on: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(job.consumers.map(({ messages }: { messages: number }) => messages)).toEqual([1000]);
    const { stdout } = await run('job', short);
    expect(stdout).toContain('1,000 of 1,000 stored, in 50 groups');
    expect(stdout).toMatch(/^used {7}about \d.* AWS calls, \d+ write units, \d+ read units: \$0\.000\d+ \(list price/m);
  });

  test('shows the calls and units that it used, within a tenth of what the services counted', async () => {
    const { used } = await json('job', short);
    const { consumer, producer } = finalReports;
    const calls = { ...consumer?.calls, ...producer?.calls };
    const countOf = (...operations: string[]) => operations.reduce((sum, name) => sum + (calls[name] ?? 0), 0);
    const counted = {
      // The estimate does not count empty receives: each batch was received once.
      sqs_requests: countOf('sqs:SendMessageBatch', 'sqs:DeleteMessageBatch') + used.batches,
      dynamodb_requests: countOf(...Object.keys(calls).filter((name) => name.startsWith('dynamodb:'))),
      write_units: consumer?.write_units ?? 0,
      read_units: consumer?.read_units ?? 0,
    };
    const deviations = Object.entries(counted).filter(([name, count]) => Math.abs(used[name] - count) > count / 10);
    expect({ deviations, used }).toMatchObject({ deviations: [] });
    expect(used).toMatchObject({ messages: 1000, deliveries: 1000, s3_requests: countOf('s3:PutObject') });
  });

  test('reports that no job has the id', async () => {
    expect(await run('job', 'ffffffff')).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no job') });
    expect(await run('job', 'hello')).toMatchObject({ code: 2, stderr: expect.stringContaining('is not a job id') });
  });
});

describe('movies', () => {
  test('streams a range, both ends included', async () => {
    const { stdout } = await run('movies', short, '--range', '100..199', '--json');
    const movies = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(movies.map(({ index }) => index)).toEqual(Array.from({ length: 100 }, (_, i) => 100 + i));
    const allMovies = JSON.parse(expectedObject(complete.plan).toString());
    expect(movies.map(({ index, ...movie }) => movie)).toEqual(allMovies.slice(100, 200));
  });

  test('finds movies by a pattern, ignoring case', async () => {
    const allMovies: { title: string }[] = JSON.parse(expectedObject(complete.plan).toString());
    const word = allMovies[500]?.title.split(' ').at(-1) ?? '';
    const { stdout } = await run('movies', short, '--grep', word.toUpperCase());
    expect(stdout).toContain(allMovies[500]?.title);
    expect(stdout.trim().split('\n').length).toBeLessThan(200);
  });

  test('reports on standard error that nothing matches', async () => {
    const nothing = { code: 0, stdout: '', stderr: 'No movie matches.\n' };
    expect(await run('movies', short, '--grep', 'zzzqq')).toMatchObject(nothing);
    expect(await run('movies', short, '--grep', 'zzzqq', '--json')).toMatchObject(nothing);
  });

  test.each([
    [['--range', '9..2'], '--range takes two movie numbers'],
    [['--range', '1000'], 'movies are 0 to 999'],
    [['--grep', '('], 'is not a regular expression'],
  ])('refuses %j', async (options, words) => {
    expect(await run('movies', short, ...options)).toMatchObject({ code: 2, stderr: expect.stringContaining(words) });
  });

  test('ends without an error when the reader closes the pipe', async () => {
    await using reader = startCommand(
      'bash',
      ['-c', `set -o pipefail; "${process.execPath}" packages/cli/src/main.ts movies ${short} | head -1; echo "$?"`],
      { env: world.env },
    );
    await reader.ended;
    expect(reader.stderr()).toBe('');
    expect(reader.stdout().trim().split('\n').at(-1)).toBe('0');
  });
});

describe('download', () => {
  test('saves the object byte for byte and leaves nothing beside it', async () => {
    const saved = await json('download', short, '--out', folder);
    const bytes = await readFile(join(folder, `${complete.jobId}.json`));
    expect(bytes).toEqual(expectedObject(complete.plan));
    expect(saved).toMatchObject({ bytes: bytes.length, sha256: sha256(bytes) });
    expect(await readdir(folder)).toEqual([`${complete.jobId}.json`]);
  });
});

describe('queue', () => {
  test('counts waiting messages, and their groups if the endpoint reports them', async () => {
    const { queues } = await json('queue');
    expect(queues[0]).toMatchObject({
      queue: 'movie-load.fifo',
      waiting: 40,
      in_flight: 0,
      delayed: 0,
      message_groups: 4,
    });
    expect(queues[1]).toMatchObject({ queue: 'movie-load-dlq.fifo', waiting: 0, oldest_seconds: null });
  });

  test('peek leaves every message in the queue', async () => {
    const { stdout } = await run('queue', 'peek', '--max', '3', '--json');
    const messages = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(messages).toHaveLength(3);
    expect(JSON.parse(messages[0].body)).toMatchObject({ job_id: waiting.jobId });
    expect(messages.every(({ receives }) => receives === 0)).toBe(true);
    expect((await json('queue')).queues[0].waiting).toBe(40);
  });

  test('purge deletes only with --yes', async () => {
    const refused = await run('queue', 'purge');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('about 40 messages') });
    expect((await json('queue')).queues[0].waiting).toBe(40);
    expect(await json('queue', 'purge', '--yes')).toEqual({ queue: 'movie-load.fifo', purged: 40 });
    expect((await json('queue')).queues[0].waiting).toBe(0);
  });
});

describe('tables, buckets and watch', () => {
  test('tables lists the table and its index', async () => {
    expect((await json('tables')).tables).toMatchObject([
      { name: 'movie-job-information', status: 'ACTIVE', indexes: ['jobs'] },
    ]);
  });

  test('buckets lists the objects of the jobs', async () => {
    const { buckets, objects } = await json('buckets');
    expect(buckets).toEqual(['movie-bucket']);
    expect(objects).toMatchObject([{ key: `${complete.jobId}.json`, bytes: expectedObject(complete.plan).length }]);
  });

  test('watch prints a JSON line each time', async () => {
    const { stdout } = await run('watch', '--times', '2', '--every', '1', '--json');
    const reads = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(reads).toHaveLength(2);
    expect(reads[1]).toMatchObject({ jobs: [{ job_id: complete.jobId }], queues: [{}, {}] });
  });
});
