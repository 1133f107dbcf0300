// The output for people and the exit codes of `setup` and of the commands that only read: on an embedded AWS, in this
// process.
import { describe, expect, test } from '@jest/globals';
import { systemClock } from '@movie-load/aws';
import { generateMovies } from '@movie-load/movies';
import { jobUsage } from '@movie-load/operations';
import { jobIdOf, messagesOfGroup, planToToken, shapeOf } from '@movie-load/schema';
import { rows, runCommand } from './run-command.ts';
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

/** A time at which a job counts as not having stored anything just now. */
const LONG_AGO = { ...systemClock, now: () => Date.parse('2026-11-25T09:00:10.000Z') };

describe('jobs', () => {
  test('prints one line per job with its state, size, share, start, time and object', async () => {
    const bytes = (await aws.object(`${completeJobId}.json`))?.length ?? 0;
    const [title, ...lines] = rows(await out('jobs'));
    expect(title).toEqual(['JOB', 'STATE', 'MOVIES', 'GROUPS DONE', 'STARTED', 'TOOK', 'OBJECT']);
    expect(lines).toContainEqual([
      completeJobId,
      'COMPLETE',
      '100',
      '100 %',
      '2026-11-25 09:00:00',
      '10.0 s',
      `${completeJobId.slice(0, 8)}….json, ${Math.round(bytes / 1000)} KB`,
    ]);
    const other = lines.find(([id]) => id === runningJobId);
    expect(other?.slice(0, 4)).toEqual([runningJobId, 'stalled', '40', '25 %']);
    expect(other?.at(-1)).toBe(
      `the queue is empty. If no producer is sending it any more: movie-load resume ${runningJobId.slice(0, 8)}`,
    );
  });

  test('lists partly deleted jobs with the command that continues the deletion', async () => {
    const leaving = planOf('leaving', 20);
    const [id, jobs] = [jobIdOf(leaving), storeOf('consumer-one')];
    await storeMessages(jobs, leaving, () => 10);
    const killed = () => {
      throw new Error('killed');
    };
    await expect(jobs.delete(id, { onGroup: killed })).rejects.toThrow('killed');
    const line = rows(await out('jobs')).find(([job]) => job === id);
    const why = `not deleted completely yet; if no \`delete\` is at work: movie-load delete ${id.slice(0, 8)}`;
    expect(line).toEqual([id, 'DELETING', '20', '0 %', '2026-11-25 09:00:00', '–', why]);
    expect((await json('jobs')).jobs).toContainEqual(expect.objectContaining({ job_id: id, state: 'DELETING', why }));
    await out('delete', id.slice(0, 8));
    expect(await out('jobs')).not.toContain(id);
  });

  test.each([
    ['0', '--limit must be a whole number from 1 to 1,000, not "0".'],
    ['1001', '--limit must be a whole number from 1 to 1,000, not "1001".'],
    ['x', '--limit must be a whole number from 1 to 1,000, not "x".'],
  ])('rejects --limit %s as wrong usage', async (limit, text) => {
    expect(await run('jobs', '--limit', limit)).toEqual({ code: 2, stdout: '', stderr: `movie-load: ${text}\n` });
  });

  test('lists at most as many jobs as --limit says', async () => {
    expect((await json('jobs', '--limit', '1')).jobs).toHaveLength(1);
    expect((await json('jobs')).jobs).toHaveLength(2);
  });
});

describe('job', () => {
  test('shows the details of a COMPLETE job, its groups and the consumers that stored it', async () => {
    const text = await out('job', completeJobId.slice(0, 8));
    const facts = Object.fromEntries(
      text
        .split('\n\n')[0]
        ?.split('\n')
        .map((line) => [line.slice(0, 11).trim(), line.slice(11)]) ?? [],
    );
    expect(facts).toMatchObject({
      job: completeJobId,
      state: 'COMPLETE',
      movies: '100 (seed 3, 1 a message)',
      messages: '100 of 100 stored, in 10 groups',
      started: '2026-11-25T09:00:00.000Z',
      took: '10.0 s',
      object: expect.stringMatching(new RegExp(`^${completeJobId}\\.json, \\d+ KB$`)),
      'plan token': planToToken(plan),
    });
    const lines = rows(text);
    expect(lines).toContainEqual(['3', '30', '█'.repeat(20), '10/10']);
    expect(lines).toContainEqual(['consumer-one', '100', '10', '9.0 s', '9.0 s']);
  });

  test('shows for an incomplete job what is missing, by number within the job', async () => {
    const text = await out('job', runningJobId);
    expect(text).toContain('messages   17 of 40 stored, in 4 groups');
    expect(rows(text)).toContainEqual(['1', '10', `${'█'.repeat(14)}${'░'.repeat(6)}`, '7/10', '17–19 (3)']);
    expect(rows(text)).toContainEqual(['3', '30', '░'.repeat(20), '0/10', '30–39 (10)']);
    expect(text).toContain('object     –');
    const { groups, consumers, messages_stored, state } = await json('job', runningJobId);
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
  ])('rejects %s as wrong usage', async (id, text) => {
    const { code, stdout, stderr } = await run('job', id);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`movie-load: ${text}`);
  });
});

test('shows at most a hundred incomplete groups of a job with many groups', async () => {
  const large = planOf('large', 30_000);
  const shape = shapeOf(large);
  await storeMessages(storeOf('consumer-one', LONG_AGO), large, (group) =>
    group === 0 ? messagesOfGroup(shape, 0).count : 0,
  );
  const text = await out('job', jobIdOf(large));
  expect(text).toContain('\n… and 49 more that are not full\n1 of 150 groups are full\n');
  expect((await json('job', jobIdOf(large))).groups).toHaveLength(150);
});

describe('what a job used', () => {
  test('follows from the stored messages, deliveries and batches, and from whether the job is COMPLETE', async () => {
    const { used } = await json('job', completeJobId);
    expect(used).toEqual(jobUsage(plan, true, { messages: 100, deliveries: 110, batches: 10 }));
    // The messages of group 1 were received twice.
    const half = planOf('half', 40);
    expect((await json('job', runningJobId)).used).toEqual(
      jobUsage(half, false, { messages: 17, deliveries: 24, batches: 2 }),
    );
  });
});

test('stalled jobs fail the command: all are counted, and as many are listed as --limit allows', async () => {
  await storeMessages(storeOf('consumer-one', LONG_AGO), planOf('left', 40), (group) => (group === 0 ? 1 : 0));
  const { code, stdout } = await run('jobs', '--stalled', '--limit', '1');
  expect(code).toBe(1);
  expect(rows(stdout).filter(([id = '']) => /^[0-9a-f-]{36}$/.test(id))).toHaveLength(1);
  const counts = /^(?<examined>\d+) jobs in all: (?<stalled>\d+) stalled, 0 running, 0 waiting/m.exec(stdout)?.groups;
  const stalled = Number(counts?.stalled);
  expect(stalled).toBeGreaterThan(1);
  expect(Number(counts?.examined)).toBe(stalled + 1);
  expect(stdout).toContain(`\n… and ${stalled - 1} more\n`);
});

describe('watch', () => {
  test('shows on a terminal what fits, and that there is more', async () => {
    const { isTTY, rows: height, columns } = process.stdout;
    Object.assign(process.stdout, { isTTY: true, rows: 11, columns: 120 });
    try {
      const { code, stdout } = await run('watch', '--times', '1');
      expect(code).toBe(0);
      expect(stdout).toContain('(Ctrl-C ends)');
      expect(stdout).toContain('… and more: movie-load jobs');
    } finally {
      Object.assign(process.stdout, { isTTY, rows: height, columns });
    }
  });

  test('ends after the requested number of updates', async () => {
    const lines = (await out('watch', '--times', '2', '--json')).trim().split('\n');
    expect(lines).toHaveLength(2);
    const { queues, jobs } = JSON.parse(lines[0] ?? '');
    expect(queues.map(({ queue }: { queue: string }) => queue)).toEqual(['movie-load.fifo', 'movie-load-dlq.fifo']);
    expect(jobs.length).toBeGreaterThan(1);
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
  ])('selects with %j the movies %j', async (options, indexes) => {
    const text = await out('movies', completeJobId, ...options, '--json');
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).index),
    ).toEqual(indexes);
  });

  test('prints readable lines', async () => {
    const [movie] = generateMovies(3, { first: 7, count: 1 });
    expect(await out('movies', completeJobId, '--range', '7')).toBe(
      `       7  ${movie?.year}  ${movie?.title}  ·  ${movie?.actor}  ·  ${movie?.director}\n`,
    );
  });

  test.each([
    ['100', "--range 100: the job's movies are 0 to 99."],
    ['8..7', '--range takes two movie numbers, like 100..200, not "8..7".'],
    ['1.2', '--range takes two movie numbers'],
    ['-1', '--range takes two movie numbers'],
  ])('rejects --range %s as wrong usage', async (range, text) => {
    const { code, stdout, stderr } = await run('movies', completeJobId, `--range=${range}`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(text);
  });

  test('reports on standard error that none is stored yet, that none matches, or a wrong pattern', async () => {
    const none = { code: 0, stdout: '' };
    expect(await run('movies', runningJobId, '--range', '17..39')).toEqual({
      ...none,
      stderr: 'None of these movies is stored yet.\n',
    });
    expect(await run('movies', runningJobId, '--grep', 'zzzqq')).toEqual({ ...none, stderr: 'No movie matches.\n' });
    expect((await run('movies', runningJobId, '--grep', '(')).stderr).toContain(
      '--grep "(" is not a regular expression.',
    );
  });

  test('filters by title, year, actor and director, each independently, and without regard to case', async () => {
    const [movie] = generateMovies(3, { first: 5, count: 1 });
    for (const word of [movie?.title, String(movie?.year), movie?.actor.toUpperCase(), movie?.director]) {
      const text = await out('movies', completeJobId, '--grep', `(?:^|\\n)${word}(?:\\n|$)`);
      expect(text).toContain(`       5  ${movie?.year}`);
      for (const line of text.trimEnd().split('\n')) expect(line.toLowerCase()).toContain(word?.toLowerCase());
    }
  });
});

describe('tables and buckets', () => {
  test('are printed as aligned tables', async () => {
    expect(rows(await out('tables'))[1]).toMatchObject([
      'movie-job-information',
      'ACTIVE',
      expect.any(String),
      expect.any(String),
      'jobs',
    ]);
    const text = await out('buckets');
    expect(text).toMatch(/^BUCKET\nmovie-bucket\n\nOBJECTS OF movie-bucket/);
    expect(text).toContain(`${completeJobId}.json`);
  });
});

describe('setup', () => {
  test('changes nothing where everything exists, and says so', async () => {
    expect(await out('setup')).toBe(`All resources exist at ${aws.endpoint}.\n`);
    expect(await json('setup')).toEqual({ endpoint: aws.endpoint, created: [], changed: [] });
  });

  test('names each missing resource that it creates', async () => {
    const { code, stdout } = await runCommand({ ...aws.env, MOVIE_LOAD_BUCKET: 'another-bucket' }, 'setup');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^created {2}.*another-bucket/);
    expect(stdout).not.toContain('All resources exist');
  });
});

describe('the endpoint', () => {
  test('must be named; a misspelt setting is reported', async () => {
    expect(await runCommand({}, 'jobs')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('AWS_ENDPOINT_URL is not set.'),
    });
    // Nothing listens at this endpoint, so that the command fails after the warning.
    const { code, stderr } = await runCommand(
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', MOVIE_LOAD_QUEU: 'x' },
      'tables',
    );
    expect(code).toBe(1);
    expect(stderr).toContain('MOVIE_LOAD_QUEU is not a setting, and is ignored: did you mean MOVIE_LOAD_QUEUE?');
  });

  test('a missing queue is reported in one sentence, with exit code 1', async () => {
    const { code, stdout, stderr } = await runCommand({ ...aws.env, MOVIE_LOAD_QUEUE: 'none.fifo' }, 'queue');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe('movie-load: There is no queue "none.fifo". Create it with `movie-load setup`.\n');
  });
});
