// What the commands that look print for people, and how each ends: on an embedded AWS, in this process.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { resilientObjects, resilientTable, toolPolicy } from '@movie-load/aws';
import { createJobStore, type JobStore } from '@movie-load/jobs';
import { GENERATOR_VERSION, generateMovies } from '@movie-load/movies';
import { type JobPlan, jobIdOf, ledgerKey, messagesOfGroup, planJob, planToToken, shapeOf } from '@movie-load/schema';
import { seededRandom, startTestAws, type TestAws } from '@movie-load/testing';
import { runCommand } from './run-command.ts';

const STARTED = Date.parse('2026-11-25T09:00:00.000Z');
const plan = planOf('complete', 100);
const half = planOf('half', 40);
const complete = jobIdOf(plan);
const running = jobIdOf(half);

let aws: TestAws;
let folder: string;
const run = (...words: string[]) => runCommand(aws.env, ...words);
const out = async (...words: string[]) => {
  const { code, stdout, stderr } = await run(...words);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
};
const json = async (...words: string[]) => JSON.parse(await out(...words, '--json'));
/** Of a table, without its spaces. */
const rows = (text: string) => text.split('\n').map((line) => line.trim().split(/ {2,}/));

function planOf(nonce: string, movies: number): JobPlan {
  return planJob({ nonce, movies, movies_per_message: 1, seed: 3, generator: GENERATOR_VERSION });
}

/** Stores the first messages of each group; those of group 1 come a second time. */
async function store(jobs: JobStore, of: JobPlan, perGroup: (group: number) => number): Promise<void> {
  const shape = shapeOf(of);
  for (let group = 0; group < shape.groups; group += 1) {
    const { first } = messagesOfGroup(shape, group);
    const count = perGroup(group);
    if (count === 0) continue;
    await jobs.store(
      {
        plan: of,
        job_id: jobIdOf(of),
        group,
        started_on: new Date(STARTED).toISOString(),
        messages: [...generateMovies(of.seed, { first, count })].map((movie, at) => ({
          number: first + at,
          movies: [movie],
          sent_on: STARTED + 1000,
          received_on: STARTED + 2000,
          receives: group === 1 ? 2 : 1,
        })),
      },
      { signal: new AbortController().signal },
    );
  }
}

beforeAll(async () => {
  aws = await startTestAws();
  folder = mkdtempSync(join(tmpdir(), 'movie-load-commands-'));
  const policy = toolPolicy();
  const jobs = createJobStore({
    table: resilientTable(aws.table, policy),
    objects: resilientObjects(aws.objects, policy),
    clock: { ...policy.clock, now: () => STARTED + 10_000 },
    random: seededRandom(),
    instance: 'consumer-one',
  });
  await store(jobs, plan, () => 10);
  await store(jobs, half, (group) => [10, 7, 0, 0][group] ?? 0);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await aws.close();
});

describe('jobs', () => {
  test('are lines with state, size, share, start, time and object', async () => {
    const bytes = (await aws.object(`${complete}.json`))?.length ?? 0;
    const [title, ...lines] = rows(await out('jobs'));
    expect(title).toEqual(['JOB', 'STATE', 'MOVIES', 'GROUPS DONE', 'STARTED', 'TOOK', 'OBJECT']);
    expect(lines).toContainEqual([
      complete,
      'COMPLETE',
      '100',
      '100 %',
      '2026-11-25 09:00:00',
      '10.0 s',
      `${complete.slice(0, 8)}….json, ${Math.round(bytes / 1000)} KB`,
    ]);
    const other = lines.find(([id]) => id === running);
    expect(other?.slice(0, 4)).toEqual([running, 'stalled', '40', '25 %']);
    expect(other?.at(-1)).toBe(
      `the queue is empty. If no producer is sending it any more: movie-load resume ${running.slice(0, 8)}`,
    );
  });

  test.each([
    ['0', '--limit must be a whole number from 1 to 1,000, not "0".'],
    ['1001', '--limit must be a whole number from 1 to 1,000, not "1001".'],
    ['x', '--limit must be a whole number from 1 to 1,000, not "x".'],
  ])('--limit %s is wrong usage', async (limit, text) => {
    expect(await run('jobs', '--limit', limit)).toEqual({ code: 2, stdout: '', stderr: `movie-load: ${text}\n` });
  });

  test('--limit 1 shows the latest', async () => {
    expect((await json('jobs', '--limit', '1')).jobs).toHaveLength(1);
    expect((await json('jobs')).jobs).toHaveLength(2);
  });
});

describe('job', () => {
  test('that is COMPLETE: its facts, its groups, who stored it', async () => {
    const text = await out('job', complete.slice(0, 8));
    const facts = Object.fromEntries(
      text
        .split('\n\n')[0]
        ?.split('\n')
        .map((line) => [line.slice(0, 11).trim(), line.slice(11)]) ?? [],
    );
    expect(facts).toMatchObject({
      job: complete,
      state: 'COMPLETE',
      movies: '100 (seed 3, 1 a message)',
      messages: '100 of 100 stored, in 10 groups',
      started: '2026-11-25T09:00:00.000Z',
      took: '10.0 s',
      object: expect.stringMatching(new RegExp(`^${complete}\\.json, \\d+ KB$`)),
      'plan token': planToToken(plan),
    });
    const lines = rows(text);
    expect(lines).toContainEqual(['3', '30', '█'.repeat(20), '10/10']);
    expect(lines).toContainEqual(['consumer-one', '100', '10', '9.0 s', '9.0 s']);
  });

  test('that is not: what is missing, by its number within the job', async () => {
    const text = await out('job', running);
    expect(text).toContain('messages   17 of 40 stored, in 4 groups');
    expect(rows(text)).toContainEqual(['1', '10', `${'█'.repeat(14)}${'░'.repeat(6)}`, '7/10', '17–19 (3)']);
    expect(rows(text)).toContainEqual(['3', '30', '░'.repeat(20), '0/10', '30–39 (10)']);
    expect(text).toContain('object     –');
    const { groups, consumers, messages_stored, state } = await json('job', running);
    expect(groups.map(({ missing }: { missing: number[] }) => missing.length)).toEqual([0, 3, 10, 10]);
    expect(groups[1].missing).toEqual([17, 18, 19]);
    expect(groups[3].stored_on).toBeNull();
    expect({ consumers, messages_stored, state }).toEqual({
      consumers: [{ consumer: 'consumer-one', messages: 17, redelivered: 7, p50_ms: 9000, p99_ms: 9000 }],
      messages_stored: 17,
      state: 'stalled',
    });
  });

  test.each([
    ['ffffffff', 'There is no job whose id begins with "ffffffff".'],
    ['x', '"x" is not a job id.'],
    [
      'ffffffff-ffff-5fff-bfff-ffffffffffff',
      'There is no job ffffffff-ffff-5fff-bfff-ffffffffffff. `movie-load jobs` lists',
    ],
  ])('%s is wrong usage', async (id, text) => {
    const { code, stdout, stderr } = await run('job', id);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`movie-load: ${text}`);
  });
});

describe('movies', () => {
  test.each([
    [['--range', '7'], [7]],
    [['--range', '7..7'], [7]],
    [
      ['--range', '98..200'],
      [98, 99],
    ],
    [
      ['--range', '0..2'],
      [0, 1, 2],
    ],
  ])('%j', async (options, indexes) => {
    const text = await out('movies', complete, ...options, '--json');
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).index),
    ).toEqual(indexes);
  });

  test('are lines for people', async () => {
    const [movie] = generateMovies(3, { first: 7, count: 1 });
    expect(await out('movies', complete, '--range', '7')).toBe(
      `       7  ${movie?.year}  ${movie?.title}  ·  ${movie?.actor}  ·  ${movie?.director}\n`,
    );
  });

  test.each([
    ['100', "--range 100: the job's movies are 0 to 99."],
    ['8..7', '--range takes two movie numbers, like 100..200, not "8..7".'],
    ['1.2', '--range takes two movie numbers'],
    ['-1', '--range takes two movie numbers'],
  ])('--range %s is wrong usage', async (range, text) => {
    const { code, stdout, stderr } = await run('movies', complete, `--range=${range}`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(text);
  });

  test('that are not stored yet, or do not match, are said to be so', async () => {
    const none = { code: 0, stdout: '' };
    expect(await run('movies', running, '--range', '17..39')).toEqual({
      ...none,
      stderr: 'None of these movies is stored yet.\n',
    });
    expect(await run('movies', running, '--grep', 'zzzqq')).toEqual({ ...none, stderr: 'No movie matches.\n' });
    expect((await run('movies', running, '--grep', '(')).stderr).toContain('--grep "(" is not a regular expression.');
  });

  test('match by title, year, actor and director, each for itself', async () => {
    const [movie] = generateMovies(3, { first: 5, count: 1 });
    for (const word of [movie?.title, String(movie?.year), movie?.actor.toUpperCase(), movie?.director]) {
      expect(
        await out('movies', complete, '--grep', `^${word}$`.replace('^', '(?:^|\\n)').replace(/\$$/, '(?:\\n|$)')),
      ).toContain(`       5  ${movie?.year}`);
    }
  });
});

describe('download', () => {
  test('saves the object under its key, and says where, how large and what', async () => {
    const bytes = (await aws.object(`${complete}.json`)) ?? Buffer.alloc(0);
    const { file, sha256 } = await json('download', complete, '--out', folder);
    expect(readFileSync(file)).toEqual(bytes);
    expect(readdirSync(folder)).toEqual([`${complete}.json`]);
    expect(await out('download', complete, '--out', folder)).toBe(
      `${file}\n${Math.round(bytes.length / 1000)} KB, sha256 ${sha256}\n`,
    );
  });

  test('of a job that is not COMPLETE says what shows how far it is', async () => {
    expect(await run('download', running, '--out', folder)).toMatchObject({
      code: 1,
      stderr: `movie-load: The job is not COMPLETE yet, so there is no object. \`movie-load job ${running.slice(0, 8)}\` shows how far it is.\n`,
    });
  });
});

describe('verify, resume and repair', () => {
  test('a job that is as it should be is done: exit code 0', async () => {
    const text = await out('verify', complete);
    expect(text).toContain('100 of 100 movies in 10 slices of 10 groups');
    expect(await out('repair', complete)).toMatch(/^The object is as it should be \(\d+ KB\); nothing was done\.\n$/);
    expect(await out('resume', complete)).toBe(`Nothing of job ${complete} is missing.\n`);
  });

  test('what is missing is named with the command that helps: exit code 1', async () => {
    const short = running.slice(0, 8);
    const { code, stdout } = await run('verify', running);
    expect(code).toBe(1);
    expect(stdout).toContain(
      `✗ Group ${running}#1: 3 of its messages are not stored, the first is 17. → movie-load resume ${short}`,
    );
    expect(await out('resume', running, '--dry-run')).toBe(
      `would be sent: 23 missing messages, in 3 groups of job ${running}.\n`,
    );
    expect((await aws.queue.status()).waiting).toBe(0);
    expect(await run('repair', running)).toMatchObject({ code: 1, stderr: expect.stringContaining('resume') });
  });

  test('an object that is gone is written again; a ledger that is gone needs a thorough resume', async () => {
    const lost = planOf('lost', 20);
    const jobs = createJobStore({
      table: resilientTable(aws.table, toolPolicy()),
      objects: resilientObjects(aws.objects, toolPolicy()),
      clock: toolPolicy().clock,
      random: seededRandom(),
      instance: 'x',
    });
    await store(jobs, lost, (group) => messagesOfGroup(shapeOf(lost), group).count);
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
  });

  test('--plan must be of the job that is named', async () => {
    const { code, stderr } = await run('resume', running, '--plan', planToToken(plan));
    expect([code, stderr]).toEqual([2, `movie-load: That plan is of job ${complete}, not of ${running}.\n`]);
    expect(await json('resume', complete.slice(0, 4).toUpperCase(), '--plan', planToToken(plan))).toMatchObject({
      missing: 0,
    });
    expect(await run('resume')).toMatchObject({ code: 2, stderr: expect.stringContaining('Which job?') });
  });
});

describe('tables and buckets', () => {
  test('are tables', async () => {
    expect(rows(await out('tables'))[1]).toMatchObject([
      'movie-job-information',
      'ACTIVE',
      expect.any(String),
      expect.any(String),
      'jobs',
    ]);
    const text = await out('buckets');
    expect(text).toMatch(/^BUCKET\nmovie-bucket\n\nOBJECTS OF movie-bucket/);
    expect(text).toContain(`${complete}.json`);
  });
});

describe('setup', () => {
  test('of what is there changes nothing, and says so', async () => {
    expect(await out('setup')).toBe(`Everything is there at ${aws.endpoint}.\n`);
    expect(await json('setup')).toEqual({ endpoint: aws.endpoint, created: [], changed: [] });
  });

  test('of what is not there says each thing that it makes', async () => {
    const { code, stdout } = await runCommand({ ...aws.env, MOVIE_LOAD_BUCKET: 'another-bucket' }, 'setup');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^created {2}.*another-bucket/);
    expect(stdout).not.toContain('Everything is there');
  });
});

describe('the endpoint', () => {
  test('must be named, or AWS meant', async () => {
    expect(await runCommand({}, 'jobs')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('AWS_ENDPOINT_URL is not set.'),
    });
    const { code, stderr } = await runCommand(
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', MOVIE_LOAD_QUEU: 'x' },
      'tables',
    );
    expect(code).toBe(1);
    expect(stderr).toContain('MOVIE_LOAD_QUEU is not a setting, and is ignored: did you mean MOVIE_LOAD_QUEUE?');
  });

  test('a queue that is not there is one sentence, exit code 1', async () => {
    const { code, stdout, stderr } = await runCommand({ ...aws.env, MOVIE_LOAD_QUEUE: 'none.fifo' }, 'queue');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe('movie-load: There is no queue "none.fifo". Make it with `movie-load setup`.\n');
  });
});
