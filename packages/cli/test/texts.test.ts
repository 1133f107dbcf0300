// Texts for people: the summary of `start`, the addresses of `up`, the objects of a bucket, the result of a redrive.
import { afterEach, describe, expect, test } from '@jest/globals';
import type { AwsSettings } from '@movie-load/aws';
import { type JobItem, jobIdOf, MovieLoadError, planJob } from '@movie-load/schema';
import { objectsText } from '../src/commands/buckets.ts';
import { goneJobs, goneJobText } from '../src/commands/dlq/gone-jobs.ts';
import { resultLines } from '../src/commands/dlq/redrive.ts';
import { emptySummary, plannedPart, summaryLines } from '../src/commands/start/summary.ts';
import { upLines } from '../src/commands/up/lines.ts';
import type { Session } from '../src/session.ts';

const plan = planJob({ nonce: 'texts', movies: 2000, movies_per_message: 1, seed: 7, generator: 1 });

test('the summary of `start` shows what the run used, per movie and per thousand movies', () => {
  const jobId = jobIdOf(plan);
  const lines = summaryLines({
    ...emptySummary(1),
    ...plannedPart(jobId, plan),
    status: 'COMPLETE',
    file: `${process.cwd()}/downloads/x.json`,
    object_bytes: 12_345,
    sha256: 'abc',
    seconds: { enqueue: 0.5, store: 1, total: 2.346 },
    movies_per_second: 852.6,
    aws_calls: { total: 1030, by_operation: {} },
    setup_calls: { total: 12, by_operation: {} },
    dynamodb_write_units: 620.4,
    redelivered: 1,
    dead_lettered: 2,
  });
  expect(lines.slice(1, 9)).toEqual([
    'COMPLETE  2,000 movies in 2,000 messages and 50 message groups',
    '  time         2.35 s (853 movies/s, 1 consumer)',
    '  AWS calls    1,030 (515 per 1,000 movies), and 12 for setup and monitoring',
    '  write units  620 (0.310 per movie)',
    '  redelivered  1, dead-lettered 2',
    `  job          ${jobId} (seed 7)`,
    '  file         downloads/x.json (12,345 bytes)',
    '  sha256       abc',
  ]);
  expect(lines).toContain('  head -3 downloads/x.json');
});

describe('`up`', () => {
  const endpoint = 'http://127.0.0.1:4566';
  const settings: AwsSettings = {
    ...{ endpoint, region: 'us-east-1', queue: 'q.fifo', dlq: 'd.fifo', table: 't', bucket: 'b' },
  };
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });
  const urls = { pageUrl: 'http://127.0.0.1:8080', producerUrl: 'http://127.0.0.1:8081' };

  test('prints the addresses, and the lines to paste', () => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
    const lines = upLines({ settings, consumers: 2, ...urls });
    expect(lines.slice(0, 4)).toEqual([
      'Embedded AWS  http://127.0.0.1:4566  (q.fifo, d.fifo, t, b)',
      'Page          http://127.0.0.1:8080',
      'Producer      http://127.0.0.1:8081  (POST /jobs)',
      'Consumers     2',
    ]);
    expect(lines.filter((line) => /^ {2}(?:export|unset) /.test(line))).toEqual([
      '  export AWS_ENDPOINT_URL=http://127.0.0.1:4566',
      '  export AWS_ACCESS_KEY_ID=test',
      '  export AWS_SECRET_ACCESS_KEY=test',
      '  export AWS_REGION=us-east-1',
      '  export AWS_DEFAULT_REGION=us-east-1',
    ]);
    expect(lines.join('\n')).not.toMatch(/Lab|faults|-- consume/);
  });

  test('reports what did not start, what the lab contains, and how to start a consumer', () => {
    const text = upLines({ settings, consumers: 0, hasLab: true }).join('\n');
    expect(text).toContain(
      'Page          did not start\nProducer      did not start\nConsumers     0  (add one in the page',
    );
    expect(text).toContain('Lab           faults, clock and message history');
    expect(text).toContain('  npm run movie-load -- faults ls\n  npm run movie-load -- consume\n');
  });

  test('unsets variables that would lead another shell to another endpoint, if they are set', () => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
    Object.assign(process.env, {
      ...{ AWS_SESSION_TOKEN: 'x', AWS_PROFILE: '', AWS_ENDPOINT_URL_S3: 'y', MOVIE_LOAD_TRUST_ENDPOINT: 'true' },
    });
    const lines = upLines({ settings, consumers: 1 });
    expect(lines).toContain('  unset AWS_ENDPOINT_URL_S3 AWS_SESSION_TOKEN MOVIE_LOAD_TRUST_ENDPOINT');
  });
});

describe('the objects of a bucket', () => {
  async function* objects(count: number) {
    for (let number = 0; number < count; number += 1) {
      // The latest is in the middle.
      const second = (number * 11) % count;
      const modified_on = new Date(1_700_000_000_000 + second * 1000).toISOString();
      yield { key: `${String(second).padStart(4, '0')}.json`, bytes: 1500, modified_on };
    }
  }
  const keysOf = (text: string) => text.split('\n').flatMap((line) => /^(\d{4})\.json /.exec(line)?.[1] ?? []);

  test.each([20, 21, 2503])('have their twenty latest shown of %i, the latest first', async (count) => {
    const text = await objectsText('b', objects(count));
    expect(keysOf(text)).toEqual(Array.from({ length: 20 }, (_, at) => String(count - 1 - at).padStart(4, '0')));
    const more = count - 20;
    expect(text.includes('more')).toBe(more > 0);
    if (more > 0) expect(text).toContain(`\n… and ${more.toLocaleString('en-US')} more (--json has all)`);
  });

  test('an empty bucket is reported as empty', async () => {
    expect(await objectsText('b', objects(0))).toBe('No objects yet.');
  });
});

test('a redrive names the jobs that its messages alone cannot complete, among the first hundred', async () => {
  const { signal } = new AbortController();
  const now = Date.now();
  const items: Record<string, Partial<JobItem>> = {
    running: {},
    expiring: { expires_at: Math.floor(now / 1000) + 3600 },
    expired: { expires_at: Math.floor(now / 1000) - 1 },
  };
  const reads: string[] = [];
  const jobs = {
    async job(id: string, options: { readonly signal?: AbortSignal }) {
      expect(options.signal).toBe(signal);
      reads.push(id);
      if (id === 'newer') throw new MovieLoadError('bad_item', 'of a newer plan version');
      return items[id];
    },
    marker: async (id: string) => (id === 'deleted' ? {} : undefined),
  };
  const ids = new Set(['running', 'newer', 'deleted', 'expiring', 'expired', 'unknown']);
  const gone = await goneJobs({ jobs, signal } as unknown as Session, ids);
  expect(gone).toEqual([
    { job_id: 'deleted', why: 'deleted' },
    { job_id: 'expired', why: 'expired' },
    { job_id: 'unknown', why: 'not_stored' },
  ]);
  expect(gone.map(goneJobText)).toEqual([
    expect.stringMatching(/^Job deleted was deleted/),
    expect.stringMatching(/^Job expired has expired/),
    expect.stringMatching(/^Job unknown has nothing stored.*resume/),
  ]);
  reads.length = 0;
  await goneJobs(
    { jobs, signal } as unknown as Session,
    new Set(Array.from({ length: 150 }, (_, number) => `job ${number}`)),
  );
  expect(reads).toHaveLength(100);
});

describe('a redrive', () => {
  const none = {
    redriven: 1200,
    seen: 1200,
    unseen: 0,
    attributes_lost: 0,
    undeleted: 0,
    came_back: 0,
    first_back: undefined,
  };
  const linesOf = (more: object, invalid: readonly string[] = []) =>
    resultLines({ ...none, refused: [], ...more }, { verb: 'redriven', invalidReasons: new Set(invalid) });
  const refusal = { message_id: 'm', code: 'InvalidMessageContents', message: 'no' };

  test.each<[string, object, RegExp[]]>([
    ['nothing else', {}, []],
    [
      'a refusal',
      { refused: [refusal, refusal] },
      [/^2 refused by the queue; they stay\. First: InvalidMessageContents$/],
    ],
    ['lost attributes', { attributes_lost: 1 }, [/^1 without their own attributes/]],
    ['a dead letter that is still there', { undeleted: 1 }, [/^1 could not be deleted here yet: .* does no harm\.$/]],
    ['dead letters that could not be seen', { unseen: 3 }, [/^About 3 could not be seen: run it again\.$/]],
    [
      'dead letters that came back for what they contain',
      { came_back: 7, first_back: { reason: 'not_json', detail: 'at 3' } },
      [/^7 of them came back .* \(not_json, at 3\)\.$/, /^Consumers found them invalid again\. .*dlq purge --reason/],
    ],
    [
      'dead letters that came back for another reason',
      { came_back: 7, first_back: { reason: 'too_many_receives' } },
      [/^7 of them came back .* \(too_many_receives\)\.$/],
    ],
  ])('reports %s', (_, more, lines) => {
    expect(linesOf(more)).toEqual([
      '1,200 redriven to their message groups.',
      ...lines.map((line) => expect.stringMatching(line)),
    ]);
  });

  test('warns which messages will return to the dead-letter queue', () => {
    expect(linesOf({}, ['not_json', 'wrong_shape'])[1]).toMatch(
      /^Messages with the reason not_json, wrong_shape return to the dead-letter queue/,
    );
  });
});
