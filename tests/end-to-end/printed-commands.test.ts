// Runs docs/look-inside.md from top to bottom on the embedded AWS, exactly as the page says.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startService } from '@movie-load/testing';
import { needs } from '../support/needs.ts';
import { COMMAND_TIMEOUT_MS, printedCommands, runPrinted } from '../support/printed-commands.ts';
import { expectedObject, orderJob, startWorld, type World } from '../support/world.ts';

const PAGE = 'docs/look-inside.md';
const commands = printedCommands().find(({ file }) => file === PAGE)?.commands ?? [];

needs('aws')('the commands of docs/look-inside.md', () => {
  const job = orderJob({ movies: 40, nonce: 'printed' });
  let world: World;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'movie-load-printed-'));
    world = await startWorld();
    const consumer = startService('consumer', { env: world.env });
    await startService('producer', { env: world.env, args: job.args }).ended;
    await world.untilComplete(job.jobId);
    consumer.kill('SIGTERM');
    await consumer.ended;
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  test('cover queue, table, bucket and repair', () => {
    const words = [
      'list-queues',
      'receive-message',
      'curl',
      'list-tables',
      'scan',
      's3 ls',
      's3 cp',
      's3 mv',
      'verify',
      'repair',
      'send-message',
      'purge-queue',
    ];
    for (const word of words) expect(commands.some((line) => line.includes(word))).toBe(true);
  });

  test(
    'run as they are commands, and write a moved object again',
    async () => {
      const stdout = await runPrinted(commands, {
        folder,
        endpoint: world.env.AWS_ENDPOINT_URL ?? '',
        jobId: job.jobId,
      });
      const expectedTexts = ['movie-load.fifo', 'movie-job-information', 'movie-bucket', `${job.jobId}#0`];
      for (const word of expectedTexts) expect(stdout).toContain(word);
      expect(stdout).toContain('is not in the bucket');
      expect(stdout).toContain('The object was missing; it is written again');
      expect(await world.object(job.jobId)).toEqual(expectedObject(job.plan));
    },
    commands.length * COMMAND_TIMEOUT_MS,
  );
});
