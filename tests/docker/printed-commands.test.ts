// Every command that the documents print to look into AWS, run as it is printed, on LocalStack with a stored job in it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openQueue, systemRandom } from '@movie-load/aws';
import { eventually, type RunningService, sendMessages, startService } from '@movie-load/testing';
import { needs } from '../support/needs.ts';
import { COMMAND_TIMEOUT_MS, printedCommands, runPrinted } from '../support/printed-commands.ts';
import { orderJob } from '../support/world.ts';
import { queueOf, untilComplete } from './support/jobs.ts';
import { INIT, type Localstack, startLocalstack } from './support/localstack.ts';

const documents = printedCommands();

needs('docker', 'aws')('commands in the documents', () => {
  const job = orderJob({ movies: 40, nonce: 'printed' });
  let localstack: Localstack;
  let consumer: RunningService;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'movie-load-printed-'));
    localstack = await startLocalstack({ init: INIT });
    const env = { ...localstack.env, HTTP_PORT: '' };
    await startService('producer', { args: job.args, env }).ended;
    const queue = await openQueue(localstack.clients, localstack.settings.queue);
    await sendMessages(queue, [{ body: 'not JSON', groupId: 'garbage', deduplicationId: systemRandom.uuid() }]);
    consumer = startService('consumer', { env });
    await untilComplete(localstack, job.jobId);
    await eventually('a dead letter exists', async () => {
      const { waiting } = await queueOf(localstack, localstack.settings.dlq);
      return waiting === 1;
    });
    consumer.kill('SIGTERM');
    await consumer.ended;
  });
  afterAll(async () => {
    consumer?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
    await localstack?.stop();
  });

  const run = (commands: readonly string[]) =>
    runPrinted(commands, {
      folder,
      endpoint: localstack.env.AWS_ENDPOINT_URL ?? '',
      jobId: job.jobId,
      env: { ...localstack.env, AWS_DEFAULT_REGION: 'us-east-1' },
    });

  test('the README has AWS CLI commands', () => {
    expect(documents.map(({ file }) => file)).toContain('README.md');
  });

  // Before the other tests, which may move the object away.
  test(
    's3 cp downloads the object of the job',
    async () => {
      const stdout = await run(['aws --endpoint-url "$AWS_ENDPOINT_URL" s3 cp "s3://movie-bucket/$JOB.json" -']);
      expect(JSON.parse(stdout)).toHaveLength(40);
    },
    COMMAND_TIMEOUT_MS,
  );

  for (const { file, commands } of documents) {
    test(`${file}: ${commands.length} commands`, () => run(commands), commands.length * COMMAND_TIMEOUT_MS);
  }
});
