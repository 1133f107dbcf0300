// Ctrl-C at the start and in the middle of `start` and `up`, and SIGKILL, leave neither a process nor a half-written
// file.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RunningProcess } from '@movie-load/testing';
import { eventually } from '@movie-load/testing';
import { groupIsGone, signalGroup, startCli } from '../support/cli.ts';

/** A job so large that it still runs when the signal arrives. */
const LARGE_JOB = ['--movies', '1000000', '--seed', '1'];

let out: string;
let running: RunningProcess | undefined;

beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'movie-load-interrupt-'));
});
afterEach(async () => {
  if (running && !groupIsGone(running)) signalGroup(running, 'SIGKILL');
  await running?.ended;
  running = undefined;
  rmSync(out, { recursive: true, force: true });
});

const moments = [
  { when: 'at once', reached: () => true },
  { when: 'while it runs', reached: ({ stderr }: RunningProcess) => /stored [1-9]/.test(stderr()) },
] as const;

describe('Ctrl-C', () => {
  test.each(moments)(
    '$when ends `start` and all its processes, and three signals at once count as one',
    async ({ reached }) => {
      const cli = startCli(['start', '--json', '--out', out, ...LARGE_JOB]);
      running = cli;
      await eventually('the command is in the state of the test', () => reached(cli));
      for (let count = 0; count < 3; count++) signalGroup(cli, 'SIGINT');

      const { code, signal } = await cli.ended;
      // Before Node has run our first line, no message is possible.
      if (signal === null) {
        expect(code).toBe(130);
        expect(JSON.parse(cli.stdout())).toMatchObject({ status: 'INTERRUPTED', file: null });
      } else expect(signal).toBe('SIGINT');
      await eventually('no process is left', () => groupIsGone(cli));
      expect(readdirSync(out)).toEqual([]);
    },
  );

  test('ends `up`, which leaves no process and no file', async () => {
    const free = ['--port', '0', '--console-port', '0', '--producer-port', '0'];
    const cli = startCli(['up', '--lab', ...free], { env: { HOME: out } });
    running = cli;
    await eventually('everything is up', () => cli.stdout().includes('Ctrl-C stops everything'));
    expect(cli.stdout()).toMatch(/export AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:\d+/);
    signalGroup(cli, 'SIGINT');
    expect(await cli.ended).toEqual({ code: 130, signal: null });
    await eventually('no process is left', () => groupIsGone(cli));
    expect(readdirSync(join(out, '.movie-load'))).toEqual([]);
  });
});

describe('SIGKILL of the command line', () => {
  test('ends its services and the embedded AWS', async () => {
    const cli = startCli(['start', '--json', '--out', out, ...LARGE_JOB]);
    running = cli;
    await eventually('it runs', () => /stored [1-9]/.test(cli.stderr()));
    cli.kill('SIGKILL');
    await cli.ended;
    await eventually('no process is left', () => groupIsGone(cli));
    expect(readdirSync(out)).toEqual([]);
  });
});
