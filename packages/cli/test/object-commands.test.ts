// The output for people and the exit codes of the commands that download, verify and repair a job: on an embedded AWS,
// in this process.
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { jobIdOf, ledgerKey, messagesOfGroup, planToToken, shapeOf } from '@movie-load/schema';
import {
  aws,
  completeJobId,
  json,
  out,
  plan,
  planOf,
  run,
  runningJobId,
  storeMessages,
  storeOf,
} from './stored-jobs.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'movie-load-commands-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('download', () => {
  test('saves the object under its key, and prints the file, its size and its hash', async () => {
    const bytes = (await aws.object(`${completeJobId}.json`)) ?? Buffer.alloc(0);
    const { file, sha256 } = await json('download', completeJobId, '--out', folder);
    expect(readFileSync(file)).toEqual(bytes);
    expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(readdirSync(folder)).toEqual([`${completeJobId}.json`]);
    expect(await out('download', completeJobId, '--out', folder)).toBe(
      `${file}\n${Math.round(bytes.length / 1000)} KB, sha256 ${sha256}\n`,
    );
  });

  test('creates the folder, and fails before it looks for the object if it cannot', async () => {
    const { file } = await json('download', completeJobId.slice(0, 8), '--out', join(folder, 'new', 'one'));
    expect(file).toBe(join(folder, 'new', 'one', `${completeJobId}.json`));
    const nearby = relative(process.cwd(), join(folder, 'new', 'two'));
    expect((await json('download', completeJobId, '--out', nearby)).file).toBe(
      join(folder, 'new', 'two', `${completeJobId}.json`),
    );
    rmSync(join(folder, 'new'), { recursive: true });
    // This job has no object, and the error is nevertheless that of the folder.
    const { code, stderr } = await run('download', runningJobId, '--out', '/proc/downloads');
    expect([code, stderr]).toEqual([2, expect.stringContaining('Choose another folder with --out.')]);
  });

  test('refuses a job that is not COMPLETE, and names the command that shows its progress', async () => {
    expect(await run('download', runningJobId, '--out', folder)).toMatchObject({
      code: 1,
      stderr: `movie-load: The job is not COMPLETE yet, so there is no object. \`movie-load job ${runningJobId.slice(0, 8)}\` shows how far it is.\n`,
    });
  });
});

describe('verify, resume and repair', () => {
  test('exit with 0 for an intact job', async () => {
    const text = await out('verify', completeJobId);
    expect(text).toContain('100 of 100 movies in 10 slices of 10 groups');
    expect(await out('repair', completeJobId)).toMatch(/^The object is correct \(\d+ KB\); nothing was done\.\n$/);
    expect(await out('resume', completeJobId)).toBe(`No messages of job ${completeJobId} are missing.\n`);
  });

  test('name what is missing with the command that repairs it, and exit with 1', async () => {
    const short = runningJobId.slice(0, 8);
    const { code, stdout } = await run('verify', runningJobId);
    expect(code).toBe(1);
    expect(stdout).toContain(
      `✗ Group ${runningJobId}#1: 3 of its messages are not stored, the first is 17. → movie-load resume ${short}`,
    );
    expect(await out('resume', runningJobId, '--dry-run')).toBe(
      `would be sent: 23 missing messages, in 3 groups of job ${runningJobId}.\n`,
    );
    expect((await aws.queue.status()).waiting).toBe(0);
    expect(await run('repair', runningJobId)).toMatchObject({ code: 1, stderr: expect.stringContaining('resume') });
  });

  test('write a deleted object again, and advise a thorough resume for a deleted ledger', async () => {
    const lost = planOf('lost', 20);
    await storeMessages(storeOf('x'), lost, (group) => messagesOfGroup(shapeOf(lost), group).count);
    await aws.deleteObject(`${jobIdOf(lost)}.json`);
    const { code, stdout } = await run('verify', jobIdOf(lost));
    expect([code, stdout]).toEqual([1, expect.stringContaining(`→ movie-load repair ${jobIdOf(lost).slice(0, 8)}`)]);
    expect(await run('download', jobIdOf(lost), '--out', folder)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`\`movie-load repair ${jobIdOf(lost).slice(0, 8)}\` writes it again.`),
    });
    expect(await json('repair', jobIdOf(lost))).toMatchObject({
      repaired: 'object_missing',
      object_parts: 1,
      parts_written: [1],
    });
    expect(await json('verify', jobIdOf(lost))).toMatchObject({ ok: true });
    await aws.table.update({
      key: ledgerKey(jobIdOf(lost), 0),
      update: 'SET #by = :hand REMOVE #stored',
      names: { '#by': 'stored_by', '#stored': 'stored' },
      values: { ':hand': { S: 'a person' } },
    });
    const advised = await run('verify', jobIdOf(lost));
    expect(advised.code).toBe(1);
    expect(advised.stdout).toContain(`→ movie-load resume ${jobIdOf(lost).slice(0, 8)} --thorough`);
    const wouldSend = async (...options: string[]) =>
      (await json('resume', jobIdOf(lost), '--dry-run', ...options)).groups;
    expect([await wouldSend(), await wouldSend('--thorough')]).toEqual([0, 1]);
  });
});

describe('delete', () => {
  test('deletes a running job only with --force, and `job` then reports it as deleted', async () => {
    const doomed = planOf('doomed', 20);
    const id = jobIdOf(doomed);
    await storeMessages(storeOf('x'), doomed, (group) => (group === 0 ? 1 : 0));
    const refused = await run('delete', id);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain('--force');
    expect((await run('job', id)).code).toBe(0);
    expect(await json('delete', id, '--force')).toMatchObject({ slices: 1, groups: expect.any(Number) });
    const deletedJob = await run('job', id);
    expect([deletedJob.code, deletedJob.stdout]).toEqual([1, '']);
    expect(deletedJob.stderr).toMatch(/deleted/);
    expect(deletedJob.stderr).not.toContain('There is no job');
  });
});

describe('resume', () => {
  test('refuses a --plan of another job than the named one', async () => {
    const { code, stderr } = await run('resume', runningJobId, '--plan', planToToken(plan));
    expect([code, stderr]).toEqual([2, `movie-load: That plan is of job ${completeJobId}, not of ${runningJobId}.\n`]);
    expect(await json('resume', completeJobId.slice(0, 4).toUpperCase(), '--plan', planToToken(plan))).toMatchObject({
      missing: 0,
    });
    expect(await run('resume')).toMatchObject({ code: 2, stderr: expect.stringContaining('Which job?') });
  });
});
