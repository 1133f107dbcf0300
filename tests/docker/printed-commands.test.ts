// Every AWS CLI command that the documents print, run as it is printed, on LocalStack with a stored job in it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openQueue, systemRandom } from '@movie-load/aws';
import { eventually } from '../support/eventually.ts';
import { needs } from '../support/needs.ts';
import { type RunningService, startService } from '../support/processes.ts';
import { root, trackedFiles } from '../support/repository.ts';
import { findAwsCli, pathOf } from '../support/tools.ts';
import { orderJob } from '../support/world.ts';
import { queueOf, untilComplete } from './support/jobs.ts';
import { INIT, type Localstack, startLocalstack } from './support/localstack.ts';

const MINUTES = 60_000;
const COMMAND_TIMEOUT_MS = 2 * MINUTES;
/** A shell line that calls the AWS CLI, or keeps what it says in a variable. */
const CALLS_AWS = /^(export )?([A-Za-z_]+=\$\()?aws /;

const ON_ERROR = 'trap \'echo "this failed: $BASH_COMMAND" >&2\' ERR';

interface Printed {
  readonly file: string;
  readonly command: string;
}

/** The commands in the `sh` blocks of a document; a line that ends in a backslash goes on in the next one. */
function printedIn(file: string): Printed[] {
  const text = readFileSync(join(root, file), 'utf8');
  const blocks = Array.from(text.matchAll(/^```(?:sh|bash|shell)\n(.*?)^```/gms), ([, block = '']) => block);
  const lines = blocks.flatMap((block) => block.replaceAll(/\\\n\s*/g, ' ').split('\n'));
  return lines.filter((line) => CALLS_AWS.test(line)).map((command) => ({ file, command }));
}

const printed = trackedFiles('*.md')
  .filter((file) => existsSync(join(root, file)))
  .flatMap(printedIn);

needs('docker', 'aws')('AWS CLI commands in the documents', () => {
  const job = orderJob({ movies: 40, nonce: 'printed' });
  let localstack: Localstack;
  let consumer: RunningService;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'movie-load-printed-'));
    symlinkSync(pathOf(findAwsCli()), join(folder, 'aws'));
    localstack = await startLocalstack({ init: INIT });
    const env = { ...localstack.env, HTTP_PORT: '' };
    await startService('producer', { args: job.args, env }).ended;
    const queue = await openQueue(localstack.clients, localstack.settings.queue);
    await queue.send([{ body: 'not JSON', groupId: 'garbage', deduplicationId: systemRandom.uuid() }]);
    consumer = startService('consumer', { env });
    await untilComplete(localstack, job.jobId);
    await eventually('a dead letter is there', async () => {
      const { waiting } = await queueOf(localstack, localstack.settings.dlq);
      return waiting === 1;
    });
    consumer.kill('SIGTERM');
    await consumer.ended;
  }, 5 * MINUTES);
  afterAll(async () => {
    consumer?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
    await localstack?.stop();
  }, MINUTES);

  /** `<job_id>` is what the reader puts in; everything else is run as it stands, in one shell per document. */
  const run = (commands: readonly string[]) => {
    const script = ['set -Eeuo pipefail', ON_ERROR, ...commands].join('\n').replaceAll(/<job[_-]id>/g, job.jobId);
    return spawnSync('bash', ['-c', script], {
      encoding: 'utf8',
      cwd: folder,
      timeout: COMMAND_TIMEOUT_MS * commands.length,
      env: {
        PATH: [folder, process.env.PATH].join(delimiter),
        HOME: folder,
        ...localstack.env,
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_PAGER: '',
        AWS_EC2_METADATA_DISABLED: 'true',
        JOB: job.jobId,
        JOB_ID: job.jobId,
      },
    });
  };

  test('the README prints some', () => {
    expect(printed.filter(({ file }) => file === 'README.md')).not.toEqual([]);
  });

  // Before the others: they may move it away.
  test(
    's3 cp gives the job’s object',
    () => {
      const { stdout } = run(['aws --endpoint-url "$AWS_ENDPOINT_URL" s3 cp "s3://movie-bucket/$JOB.json" -']);
      expect(JSON.parse(stdout)).toHaveLength(40);
    },
    COMMAND_TIMEOUT_MS,
  );

  for (const file of new Set(printed.map((one) => one.file))) {
    const commands = printed.filter((one) => one.file === file).map(({ command }) => command);
    test(
      `${file}: ${commands.length} commands`,
      () => {
        const { status, stderr } = run(commands);
        if (status !== 0) throw new Error(`ended with ${status}:\n${stderr}`);
      },
      commands.length * COMMAND_TIMEOUT_MS,
    );
  }
});
