// Wrong input is answered by one clear sentence and an exit code, never by a stack trace.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { listenLocally, startCommand } from '@movie-load/testing';
import { cli } from '../support/cli.ts';

const UNREACHABLE = 'http://127.0.0.1:9';
const UP = ['up', '--port', '0', '--console-port', '0', '--producer-port', '0'];

/** One case of each kind, as a process; all other cases run in packages/cli/test/wrong-words.test.ts. */
const cases = [
  { args: ['start', '--movies', 'x'], code: 2, message: /--movies must be a whole number .* not "x"/ },
  { args: ['start', '--out', '/dev/null/downloads'], code: 2, message: /Nothing can be written to .* --out/ },
  { args: ['nothing'], code: 2, message: /unknown command 'nothing'/ },
  {
    args: ['setup'],
    endpoint: UNREACHABLE,
    code: 1,
    message: /Nothing answers at http:\/\/127.0.0.1:9.*movie-load up/,
  },
  { args: ['consume'], endpoint: UNREACHABLE, code: 1, message: /Nothing answers at/ },
] as const;

test.each([
  [
    { POLLERS: '999' },
    ['start', '--movies', '10', '--out', tmpdir()],
    /POLLERS must be a whole number from 1 to 64, not 999/,
  ],
  [{ DRAIN_SECONDS: 'x' }, ['start', '--movies', '10', '--out', tmpdir()], /DRAIN_SECONDS must be a whole number/],
  [{ LOG_LEVEL: 'loud' }, ['start', '--movies', '10', '--out', tmpdir()], /LOG_LEVEL must be one of/],
  [{ POLLERS: '999' }, UP, /POLLERS must be a whole number from 1 to 64, not 999/],
  [{ POLL_MS: '1' }, UP, /POLL_MS must be a whole number from 100 to/],
])('a wrong setting of a service (%j) ends the command that started it with 2', async (env, args, message) => {
  const { code, stderr } = await cli(args, { env });
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  expect(stderr).not.toMatch(/^ +at /m);
});

test.each([
  ['start', '--movies', '10', '--out', tmpdir()],
  ['start', '--json', '--movies', '10', '--out', tmpdir()],
  [...UP, '--consumers', '0'],
])('a wrong name in the environment ends `%s` with one sentence', async (...args) => {
  const { code, stderr } = await cli(args, { env: { MOVIE_LOAD_QUEUE: 'bad name' } });
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr:
      'movie-load: Invalid settings in the environment: MOVIE_LOAD_QUEUE is not a valid name of a FIFO queue (it ends in .fifo).\n',
  });
});

test('a misspelt setting is reported once, by the command that starts the services', async () => {
  const out = mkdtempSync(join(tmpdir(), 'movie-load-misspelt-'));
  try {
    const env = { VISIBILITY_SECOND: '5', MOVIE_LOAD_QUEUE_NAME: 'x.fifo' };
    const { code, stderr } = await cli(['start', '--movies', '10', '--out', out], { env });
    expect(code).toBe(0);
    for (const sentence of [
      'VISIBILITY_SECOND is not a setting, and is ignored: did you mean VISIBILITY_SECONDS?',
      'MOVIE_LOAD_QUEUE_NAME is not a setting, and is ignored: did you mean MOVIE_LOAD_QUEUE?',
    ])
      expect(stderr.split('\n').filter((line) => line === `movie-load: ${sentence}`)).toHaveLength(1);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});

const movieLoad = `"${process.execPath}" packages/cli/src/main.ts`;

async function shell(script: string) {
  await using running = startCommand('bash', ['-c', script], { env: { LOG_LEVEL: '' } });
  await running.ended;
  return { stdout: running.stdout(), stderr: running.stderr() };
}

/** Expects one line, and perhaps the hint of the library that reads the command line; no stack trace. */
function expectSentence(stderr: string, message: RegExp): void {
  expect(stderr).toMatch(message);
  expect(stderr.trim().replace('\n(--help lists the commands and options)', '').split('\n')).toHaveLength(1);
  expect(stderr).not.toMatch(/^\s+at /m);
}

describe('the command line', () => {
  test.each(cases)('refuses $args with one sentence', async ({ args, code, message, ...others }) => {
    const env = 'endpoint' in others ? { AWS_ENDPOINT_URL: others.endpoint } : {};
    const ended = await cli(args, { env });
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: '' });
    expectSentence(ended.stderr, message);
  });

  test('reports the error in the line of --json, too', async () => {
    const { code, stdout, stderr } = await cli(['start', '--json', '--movies', '0']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'FAILED', error: expect.stringContaining('--movies must be') });
    expectSentence(stderr, /--movies must be/);
  });

  test('names the option of a port that is taken', async () => {
    const server = createServer();
    const { port } = await listenLocally(server);
    try {
      const { code, stderr } = await cli([...UP, '--port', String(port)]);
      expect(code).toBe(1);
      expectSentence(stderr, new RegExp(`Port ${port} is taken by another program.*--port`));
      const page = await cli([...UP, '--console-port', String(port)]);
      expect(page.code).toBe(1);
      expectSentence(page.stderr, new RegExp(`Port ${port} is taken by another program.*--console-port`));
    } finally {
      server.close();
    }
  });

  test.each([['--help'], ['job', '--help'], ['produce', '--dry-run', '--json']])(
    'does not fail when the reader of `%s %s` closes the pipe',
    async (...args) => {
      const { stdout, stderr } = await shell(`${movieLoad} ${args.join(' ')} | true; echo "\${PIPESTATUS[0]}"`);
      expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' });
    },
  );

  const fullDisk = existsSync('/dev/full') ? test : test.skip;
  fullDisk.each([['--help'], ['job', '--help'], ['produce', '--dry-run']])(
    'reports that the disk is full when it writes `%s %s`',
    async (...args) => {
      const { stdout, stderr } = await shell(`${movieLoad} ${args.join(' ')} > /dev/full; echo "$?"`);
      expect(stdout).toBe('1\n');
      expect(stderr).toBe('movie-load: standard output cannot be written: no space left on device\n');
    },
  );

  test('reports a wrong nonce, which the producer refuses, like any other wrong option', async () => {
    const { code, stderr } = await cli(['produce', '--dry-run', '--nonce', 'two words']);
    expect(code).toBe(2);
    expectSentence(stderr, /--nonce must be 1 to 64 letters/);
  });

  /** As npm passes options on: of `npm start --movies 50` it takes the option and passes only the value. */
  test.each([
    ['start', ['start', '50'], 'movies', 'npm start -- --movies'],
    ['start', ['start'], 'json', 'npm start -- --json'],
    ['movie-load', ['produce', '5'], 'movies', 'npm run movie-load -- produce --movies'],
    ['movie-load', ['dlq', 'redrive'], 'dry_run', 'npm run movie-load -- dlq redrive --dry-run'],
    ['movie-load', ['produce', '9'], 'movies_per_message', 'npm run movie-load -- produce --movies-per-message'],
  ])('reports an option that npm did not pass on: %s %j %s', async (script, args, option, advice) => {
    const env = { [`npm_config_${option}`]: 'true', npm_lifecycle_event: script };
    const { code, stdout, stderr } = await cli(args, { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expectSentence(stderr, new RegExp(`npm took --.* for itself.*${advice}`));
  });

  test('ignores an option that npm was given for another command', async () => {
    const env = { npm_config_yes: 'true', npm_config_json: 'true', npm_lifecycle_event: 'movie-load' };
    const { stderr } = await cli(['up', '--port', 'x'], { env });
    expectSentence(stderr, /--port must be/);
  });

  test('prints help without an error', async () => {
    for (const command of [['--help'], ['start', '--help'], ['up', '--help'], ['produce', '--help']]) {
      const { code, stdout, stderr } = await cli(command);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('Usage: movie-load');
    }
  });
});

test.each([
  ['40', 2, /only 40 files and connections open here, which is too few\. Raise the limit with "ulimit -n 256"/],
  ['200', 0, /only 200 files and connections open here: calls wait for each other\. Raise the limit/],
])('a limit of %s open files is reported at once', async (limit, expected, sentence) => {
  const script = `ulimit -n ${limit}; exec "${process.execPath}" packages/cli/src/main.ts start --movies 10 --out "$OUT"`;
  const out = mkdtempSync(join(tmpdir(), 'movie-load-few-files-'));
  try {
    await using running = startCommand('bash', ['-c', script], { env: { OUT: out, AWS_ENDPOINT_URL: '' } });
    const { code } = await running.ended;
    expect(running.stderr()).toMatch(sentence);
    expect(code).toBe(expected);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});
