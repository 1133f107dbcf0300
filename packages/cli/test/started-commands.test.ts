// The commands that start services: the services' environment and arguments, and the reaction to their ends.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { planOf } from '@movie-load/queue/request';
import { startTestAws, type TestAws } from '@movie-load/testing';
import { startJobProcesses } from '../src/commands/start/job-processes.ts';
import { embeddedEnvironment, serviceEnvironment } from '../src/processes/environment.ts';
import { RUN_FOREVER, replaceServices, reportCommand, serviceEnvironmentFor, untilSigterm } from './fake-service.ts';
import { runCommand } from './run-command.ts';

replaceServices();

let aws: TestAws;
let folder: string;
const { isTTY } = process.stderr;
beforeAll(async () => {
  // No bar is drawn, wherever the tests run.
  process.stderr.isTTY = false;
  aws = await startTestAws();
  folder = mkdtempSync(join(tmpdir(), 'movie-load-started-'));
});
afterAll(async () => {
  process.stderr.isTTY = isTTY;
  rmSync(folder, { recursive: true });
  await aws.close();
});

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

/** The arguments after the program. */
const argumentsOf = (printed: string) => printed.slice(printed.indexOf('main.ts ') + 8);

/** Runs a command whose services run these shell commands, and returns what these wrote to `$OUT`. */
async function run(commands: readonly string[], words: readonly string[], more: Record<string, string> = {}) {
  const OUT = join(folder, 'out');
  rmSync(OUT, { force: true });
  const ended = await runCommand({ ...more, SCRIPT: commands.join('\n'), OUT }, ...words);
  let written: string[] = [];
  try {
    written = readFileSync(OUT, 'utf8').trimEnd().split('\n').sort();
  } catch {
    // No service was started, or none wrote anything.
  }
  return { ...ended, written };
}

describe('consume', () => {
  const PORT = ['echo "port $HTTP_PORT" >> "$OUT"'];

  test.each([
    ['1', '9464', ['port 9464']],
    ['2', '9464', ['port 0', 'port 0']],
    ['2', '', ['port', 'port']],
  ])(
    'starts %s consumers with HTTP_PORT=%j: each has its own port, or none has a port',
    async (count, HTTP_PORT, ports) => {
      const { code, written } = await run(PORT, ['consume', '--consumers', count], { ...aws.env, HTTP_PORT });
      expect([code, written.map((line) => line.trim())]).toEqual([0, ports]);
    },
  );

  test('ends with the largest exit code of its consumers, and starts none when the queue is missing', async () => {
    expect((await run(['exit 70'], ['consume'], aws.env)).code).toBe(70);
    const { code, stderr, written } = await run(PORT, ['consume'], { ...aws.env, MOVIE_LOAD_QUEUE: 'none.fifo' });
    expect([code, written]).toEqual([1, []]);
    expect(stderr).toContain('There is no queue "none.fifo"');
    expect((await run(PORT, ['consume', '--consumers', '0'], aws.env)).code).toBe(2);
  });
});

describe('produce', () => {
  const job = {
    job_id: '1b72a7f0-e922-5f43-bed4-4cd74a50d289',
    plan: 'WzEs',
    status: 'SENT',
    movies: 2000,
    messages: 2000,
    groups: 1,
    sent_movies: 2000,
    started_on: '2026-11-25T09:00:00.000Z',
    ended_on: '2026-11-25T09:00:01.500Z',
  };
  const printsJob = (more: object, code = 0) => [`echo '${JSON.stringify({ ...job, ...more })}'`, `exit ${code}`];

  test('a dry run needs no endpoint, and its producer does not listen on HTTP_PORT', async () => {
    const { code, stdout, stderr } = await run(['echo "[$HTTP_PORT] $*"'], ['produce', '--dry-run'], {
      HTTP_PORT: '8081',
    });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^\[\] --max.*producer\/src\/main\.ts /);
    expect(argumentsOf(stdout)).toBe('--movies 1000 --movies-per-message 1 --dry-run --yes --once\n');
  });

  test('passes its options on to the producer', async () => {
    const options = [
      '--movies',
      '2,000',
      '--movies-per-message',
      'auto',
      '--seed',
      '7',
      '--groups',
      '4',
      '--nonce',
      'n',
    ];
    const { stdout } = await run(['echo "$*"'], ['produce', ...options, '--json'], aws.env);
    expect(argumentsOf(stdout)).toBe(
      '--movies 2000 --movies-per-message auto --seed 7 --nonce n --groups 4 --json --yes --once\n',
    );
  });

  test('prints for people what was sent, and nothing else', async () => {
    const { code, stdout, stderr } = await run(printsJob({}), ['produce'], aws.env);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')).toEqual([
      'job        1b72a7f0-e922-5f43-bed4-4cd74a50d289',
      'movies     2,000, sent in 1.5 s',
      'messages   2,000 in 1 message group',
      'plan token WzEs',
      '',
      'Next: npm run movie-load -- job 1b72a7f0',
      '',
    ]);
  });

  test('fails for a partly sent job, and says why and how to continue', async () => {
    const log = `echo '{"level":"error","msg":"The job was not sent: no"}' >&2`;
    const unsent = printsJob({ status: 'FAILED', sent_movies: 5 }, 1);
    const { code, stdout, stderr } = await run([log, ...unsent], ['produce'], aws.env);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      'movie-load: The job was not sent: no\n5 of 2,000 movies are sent. The rest: npm run movie-load -- resume --plan WzEs\n',
    );
  });

  test('shows the last problem of a producer that did not report a job', async () => {
    const { code, stdout, stderr } = await run(['echo "producer: no nonce" >&2', 'exit 2'], ['produce'], aws.env);
    expect([code, stdout, stderr]).toEqual([2, '', 'movie-load: no nonce\n']);
  });
});

describe('the processes of a job', () => {
  const plan = planOf({ nonce: 'n', movies: 10, movies_per_message: 1, seed: 3 });

  /** Starts the processes with these commands. */
  function start(commands: readonly string[]) {
    Object.assign(process.env, serviceEnvironmentFor(...commands));
    const forces = new Set<() => void>();
    const reports: string[] = [];
    const processes = startJobProcesses({
      plan,
      consumers: 2,
      endpoint: 'http://127.0.0.1:4566',
      interrupt: {
        signal: new AbortController().signal,
        exitCode: 130,
        onForce(force) {
          forces.add(force);
          return () => forces.delete(force);
        },
        [Symbol.dispose]() {},
      },
      onReport: ({ instance }) => reports.push(instance),
    });
    return { processes, forces, reports };
  }

  test('are a producer of its plan and the consumers, all at the embedded AWS', async () => {
    const { processes, reports } = start([reportCommand({}), 'echo "$AWS_ENDPOINT_URL $AWS_ACCESS_KEY_ID $*" >&2']);
    await Promise.all([processes.producer, ...processes.consumers].map(({ exited }) => exited));
    await processes.stop();
    expect(processes.producer.lastProblem()).toMatch(
      /^http:\/\/127\.0\.0\.1:4566 test .*producer\/src\/main\.ts --movies 10 .*--nonce n --yes --once$/,
    );
    expect(processes.consumers.map((one) => [one.name, one.lastProblem()])).toEqual([
      ['consumer 1', expect.stringMatching(/^http:\/\/127\.0\.0\.1:4566 test .*consumer\/src\/main\.ts$/)],
      ['consumer 2', expect.stringMatching(/^http:\/\/127\.0\.0\.1:4566 test .*consumer\/src\/main\.ts$/)],
    ]);
    expect(reports).toHaveLength(3);
  });

  test('have all ended when they are stopped, which may be requested again', async () => {
    const { processes, forces } = start(untilSigterm(0));
    const { producer, consumers } = processes;
    expect(forces.size).toBe(1);
    expect(processes.stop()).toBe(processes.stop());
    await processes[Symbol.asyncDispose]();
    expect([producer, ...consumers].map(({ exit }) => exit !== undefined)).toEqual([true, true, true]);
    expect(forces.size).toBe(0);
  });

  test('are killed when they are stopped by force', async () => {
    const { processes, forces } = start([RUN_FOREVER]);
    for (const force of forces) force();
    const exits = [processes.producer, ...processes.consumers].map(({ exited }) => exited);
    expect(await Promise.all(exits)).toEqual(Array(3).fill({ code: null, signal: 'SIGKILL' }));
  });
});

describe('the environment of a service on the embedded AWS', () => {
  test('has no AWS setting of the user, and no setting of another service', () => {
    const inherited = { MOVIE_LOAD_QUEUE: 'mine.fifo', HTTPS_PROXY_OF_MINE: 'proxy' };
    Object.assign(process.env, inherited, {
      AWS_PROFILE: 'work',
      AWS_SESSION_TOKEN: 'token',
      aws_region: 'eu-west-1',
      AWS_ENDPOINT_URL_SQS: 'https://sqs.eu-west-1.amazonaws.com',
      MOVIE_LOAD_TRUST_ENDPOINT: 'true',
      ...{ HTTP_PORT: '1', HTTP_HOST: '0.0.0.0', MOVIES: '5', MOVIES_PER_MESSAGE: '5', SEED: '5' },
    });
    const env = embeddedEnvironment('http://127.0.0.1:4566', { EXTRA: 'x' });
    const own = Object.entries(env).filter(([name]) => !(name in before) || /^aws/i.test(name));
    expect(Object.fromEntries(own)).toEqual({
      ...inherited,
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      EXTRA: 'x',
    });
  });

  test('is quiet and drains for two seconds, unless the user sets otherwise', () => {
    delete process.env.LOG_LEVEL;
    delete process.env.DRAIN_SECONDS;
    const endpoint = 'http://127.0.0.1:4566';
    expect(serviceEnvironment(endpoint)).toMatchObject({ LOG_LEVEL: 'warn', DRAIN_SECONDS: '2' });
    Object.assign(process.env, { LOG_LEVEL: 'debug', DRAIN_SECONDS: '9' });
    expect(serviceEnvironment(endpoint)).toMatchObject({ LOG_LEVEL: 'debug', DRAIN_SECONDS: '9' });
    expect(serviceEnvironment(endpoint, { HTTP_PORT: '0' })).toMatchObject({ HTTP_PORT: '0' });
  });
});
