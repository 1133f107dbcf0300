// `up`, `setup`, `produce` and `consume`, as somebody uses them in several shells.
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cli, groupIsGone, signalGroup, startCli } from '../support/cli.ts';
import { eventually } from '../support/eventually.ts';
import type { Running } from '../support/processes.ts';
import { expectedObject, orderJob, startWorld, type World } from '../support/world.ts';

let world: World;
let running: Running | undefined;

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
  test('setup finds that everything is there, and says what it made where it was not', async () => {
    const again = await cli(['setup', '--json'], { env: world.env });
    expect(JSON.parse(again.stdout)).toMatchObject({ created: [], changed: [] });

    const env = { ...world.env, MOVIE_LOAD_QUEUE: 'other.fifo', MOVIE_LOAD_DLQ: 'other-dlq.fifo' };
    const first = await cli(['setup'], { env });
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout.split('\n').sort()).toEqual(['', 'created  other-dlq.fifo', 'created  other.fifo']);
  });

  test('produce refuses a queue that is not there and says how to make it', async () => {
    const ended = await cli(['produce'], { env: { ...world.env, MOVIE_LOAD_QUEUE: 'missing.fifo' } });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('There is no queue "missing.fifo". Make it with `movie-load setup`.');
  });

  test('produce sends a job, consume stores it and drains on Ctrl-C', async () => {
    const { plan, jobId } = orderJob({ movies: 120, seed: 3, nonce: 'by-hand' });
    const options = ['--movies', '120', '--seed', '3', '--nonce', 'by-hand'];
    const produced = await cli(['produce', ...options], { env: { ...world.env, LOG_LEVEL: 'info' } });
    expect(produced.code).toBe(0);
    expect(produced.stderr).toContain(jobId);

    const consumer = startCli(['consume', '--consumers', '2'], { env: world.env });
    running = consumer;
    await world.complete(jobId);
    expect(await world.object(jobId)).toEqual(expectedObject(plan));
    await world.queueIsEmpty();
    signalGroup(consumer, 'SIGINT');
    expect(await consumer.ended).toEqual({ code: 130, signal: null });
    await eventually('no process is left', () => groupIsGone(consumer));
  });

  test('produce --json prints the job as one line, and only that on standard output', async () => {
    const { jobId } = orderJob({ movies: 12, seed: 5, nonce: 'json' });
    const options = ['--movies', '12', '--seed', '5', '--nonce', 'json', '--json'];
    const sent = await cli(['produce', ...options], { env: world.env });
    expect(sent.code).toBe(0);
    expect(JSON.parse(sent.stdout)).toMatchObject({ job_id: jobId, status: 'SENT', movies: 12, sent_movies: 12 });
    const planned = await cli(['produce', ...options, '--dry-run']);
    expect(JSON.parse(planned.stdout)).toMatchObject({ plan: { nonce: 'json', movies: 12 }, messages: 12 });
  });

  test('a dry run needs no endpoint and sends nothing', async () => {
    const ended = await cli(['produce', '--dry-run', '--movies', '1000000', '--movies-per-message', 'auto']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toContain('3,077');
  });
});

describe('up', () => {
  test('stores what is sent, shows that the job is COMPLETE, and shows a consumer that died', async () => {
    const up = startCli(['up', '--port', '0', '--console-port', '0', '--producer-port', '0']);
    running = up;
    await eventually('everything is up', () => up.stdout().includes('Ctrl-C stops everything'));
    const env = Object.fromEntries(
      up
        .stdout()
        .matchAll(/export (\w+)=(\S+)/g)
        .map(([, name, value]) => [name, value]),
    );
    const { jobId } = orderJob({ movies: 50, seed: 4, nonce: 'up' });
    await cli(['produce', '--movies', '50', '--seed', '4', '--nonce', 'up'], { env });
    await eventually('the job is shown', () => up.stdout().includes(`COMPLETE  ${jobId}.json`));

    const [victim] = childrenOf(up.pid, 'services/consumer');
    expect(victim).toBeDefined();
    if (victim !== undefined) process.kill(victim, 'SIGKILL');
    await eventually('its end is shown', () => /^consumer \d was ended by SIGKILL/m.test(up.stdout()));
  });
});

/** Process ids of a process's children whose command line has the text in it. */
function childrenOf(pid: number, text: string): number[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, ...args]) => Number(parent) === pid && args.join(' ').includes(text))
    .map(([child]) => Number(child));
}
