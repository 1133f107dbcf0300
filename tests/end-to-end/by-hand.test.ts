// `up`, `setup`, `produce` and `consume`, as a user runs them in several shells.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openQueue } from '@movie-load/aws';
import { planToToken } from '@movie-load/schema';
import type { RunningProcess } from '@movie-load/testing';
import { eventually } from '@movie-load/testing';
import { cli, groupIsGone, signalGroup, startCli } from '../support/cli.ts';
import { expectedObject, orderJob, startWorld, type World } from '../support/world.ts';

let world: World;
let running: RunningProcess | undefined;

beforeEach(async () => {
  world = await startWorld();
});
afterEach(async () => {
  if (running && !groupIsGone(running)) signalGroup(running, 'SIGKILL');
  await running?.ended;
  running = undefined;
  await world[Symbol.asyncDispose]();
});

describe('commands against the endpoint of the environment', () => {
  test('setup reports that all resources exist, or which ones it created', async () => {
    const again = await cli(['setup', '--json'], { env: world.env });
    expect(JSON.parse(again.stdout)).toMatchObject({ created: [], changed: [] });

    const env = { ...world.env, MOVIE_LOAD_QUEUE: 'other.fifo', MOVIE_LOAD_DLQ: 'other-dlq.fifo' };
    const first = await cli(['setup'], { env });
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout.split('\n').sort()).toEqual(['', 'created  other-dlq.fifo', 'created  other.fifo']);
  });

  test('commands report an empty queue and an empty list', async () => {
    expect((await cli(['buckets'], { env: world.env })).stdout).toBe('BUCKET\nmovie-bucket\n\nNo objects yet.\n');
    expect((await cli(['dlq', 'ls'], { env: world.env })).stdout).toBe('The dead-letter queue is empty.\n');
  });

  test('produce refuses a queue that does not exist, and explains how to create it', async () => {
    const ended = await cli(['produce'], { env: { ...world.env, MOVIE_LOAD_QUEUE: 'missing.fifo' } });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('There is no queue "missing.fifo". Create it with `movie-load setup`.');
  });

  test('produce sends a job, consume stores it and drains on Ctrl-C', async () => {
    const { plan, jobId } = orderJob({ movies: 120, seed: 3, nonce: 'by-hand' });
    const options = ['--movies', '120', '--seed', '3', '--nonce', 'by-hand'];
    const produced = await cli(['produce', ...options], { env: { ...world.env, LOG_LEVEL: 'info' } });
    expect(produced.code).toBe(0);
    expect(produced.stderr).toContain(jobId);

    const consumer = startCli(['consume', '--consumers', '2'], { env: world.env });
    running = consumer;
    await world.untilComplete(jobId);
    expect(await world.object(jobId)).toEqual(expectedObject(plan));
    await world.untilQueueIsEmpty();
    signalGroup(consumer, 'SIGINT');
    expect(await consumer.ended).toEqual({ code: 130, signal: null });
    await eventually('no process is left', () => groupIsGone(consumer));
  });

  test('produce --json prints the job as one line on standard output, and nothing else', async () => {
    const { jobId } = orderJob({ movies: 12, seed: 5, nonce: 'json' });
    const options = ['--movies', '12', '--seed', '5', '--nonce', 'json', '--json'];
    const sent = await cli(['produce', ...options], { env: world.env });
    expect(sent.code).toBe(0);
    expect(JSON.parse(sent.stdout)).toMatchObject({ job_id: jobId, status: 'SENT', movies: 12, sent_movies: 12 });
    const planned = await cli(['produce', ...options, '--dry-run']);
    expect(JSON.parse(planned.stdout)).toMatchObject({ plan: { nonce: 'json', movies: 12 }, messages: 12 });
  });

  test('produce prints what was sent and what to do next, and the log only on request', async () => {
    const { jobId, plan } = orderJob({ movies: 1200, seed: 5, nonce: 'people' });
    const options = ['--movies', '1,200', '--seed', '5', '--nonce', 'people'];
    const sent = await cli(['produce', ...options], { env: { ...world.env, LOG_LEVEL: '' } });
    expect(sent).toMatchObject({ code: 0, stderr: '' });
    expect(sent.stdout.replace(/sent in .*/, 'sent in …').split('\n')).toEqual([
      `job        ${jobId}`,
      'movies     1,200, sent in …',
      'messages   1,200 in 60 message groups',
      `plan token ${planToToken(plan)}`,
      '',
      `Next: npm run movie-load -- job ${jobId.slice(0, 8)}`,
      '',
    ]);
  });

  test('a stopped produce explains how to continue', async () => {
    const options = ['--movies', '1000000', '--nonce', 'stopped'];
    const producer = startCli(['produce', ...options], { env: { ...world.env, LOG_LEVEL: '' } });
    running = producer;
    const queue = await openQueue(world.clients, world.settings.queue);
    await eventually('a message is sent', async () => (await queue.status()).waiting > 0);
    signalGroup(producer, 'SIGINT');
    expect(await producer.ended).toEqual({ code: 130, signal: null });
    expect(producer.stdout()).toBe('');
    expect(producer.stderr()).toMatch(
      /^movie-load: interrupted\n[\d,]+ of 1,000,000 movies are sent\. The rest: npm run movie-load -- resume --plan \S+\n$/,
    );
  });

  test('a dry run needs no endpoint, no --yes, and sends nothing', async () => {
    const ended = await cli(['produce', '--dry-run', '--movies', '2000000', '--movies-per-message', 'auto']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toContain('6,154');
  });
});

describe('up', () => {
  test('stores what is sent, reports a COMPLETE job, and reports a consumer that died', async () => {
    const home = mkdtempSync(join(tmpdir(), 'movie-load-home-'));
    const free = ['--port', '0', '--console-port', '0', '--producer-port', '0'];
    const up = startCli(['up', ...free, '--lab', '--visibility', '10'], { env: { HOME: home } });
    running = up;
    await eventually('everything is up', () => up.stdout().includes('Ctrl-C stops everything'));
    // Versions of the AWS CLI that do not read the variable would call AWS itself.
    expect(up.stdout()).toContain('aws --endpoint-url "$AWS_ENDPOINT_URL" sqs list-queues');
    const env = Object.fromEntries(
      up
        .stdout()
        .matchAll(/export (\w+)=(\S+)/g)
        .map(([, name, value]) => [name, value]),
    );
    expect(env).toMatchObject({ AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1' });
    const { jobId } = orderJob({ movies: 50, seed: 4, nonce: 'up' });
    await cli(['produce', '--movies', '50', '--seed', '4', '--nonce', 'up'], { env });
    await eventually('the job is shown', () => up.stdout().includes(`COMPLETE  ${jobId}.json`));

    const token = join(home, '.movie-load', `lab-${new URL(env.AWS_ENDPOINT_URL ?? '').port}`);
    expect(statSync(token).mode & 0o777).toBe(0o600);
    const message = await cli(['message', jobId.slice(0, 8), '7'], { env: { ...env, HOME: home } });
    // Hidden for the ten seconds of --visibility from the receive, which may be some time after the send.
    const [, receivedAfter, hiddenUntil] =
      /^([\d.]+) s +received \(receive count 1\) +consumer-\d +after ([\d.]+) s +movie-load\.fifo$/m.exec(
        message.stdout,
      ) ?? [];
    expect(Number(hiddenUntil) - Number(receivedAfter)).toBeCloseTo(10, 0);
    expect(message.stdout).toMatch(/ s +deleted +consumer-\d/);

    const [victim] = childProcessesOf(up.pid, 'services/consumer');
    expect(victim).toBeDefined();
    if (victim !== undefined) process.kill(victim, 'SIGKILL');
    await eventually('its end is shown', () => /^consumer \d was ended by SIGKILL/m.test(up.stdout()));
  });
});

/** Process ids of a process's children whose command line has the text in it. */
function childProcessesOf(pid: number, text: string): number[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, ...args]) => Number(parent) === pid && args.join(' ').includes(text))
    .map(([child]) => Number(child));
}
