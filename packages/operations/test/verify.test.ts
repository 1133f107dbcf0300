// The reports of `verify` and `repair` as texts, and when `verify` compares movies with the generator.
import { describe, expect, test } from '@jest/globals';
import type { JobStore, VerifyReport } from '@movie-load/jobs';
import { GENERATOR_VERSION, generateMovies } from '@movie-load/movies';
import { repairOutcome, verifyJob, verifyOutcome } from '../src/index.ts';
import { job, plan } from './support.ts';

describe('verify', () => {
  const report = { job_id: job.job_id, ok: false, problems_total: 5 } as VerifyReport;

  test('compares movies with the generator only if this release has the job’s generator version', async () => {
    const compared: boolean[] = [];
    const { signal } = new AbortController();
    const store: Pick<JobStore, 'verify'> = {
      verify: async (_, options = {}) => {
        compared.push(options.generate !== undefined);
        const range = { first: 7, count: 2 };
        if (options.generate) expect([...options.generate(range)]).toEqual([...generateMovies(plan.seed, range)]);
        if (compared.length === 1) expect(options.signal).toBe(signal);
        return report;
      },
    };
    await verifyJob(store, job, { signal });
    await verifyJob(store, { ...job, plan: { ...plan, generator: GENERATOR_VERSION + 1 } }, {});
    expect(compared).toEqual([true, false]);
  });

  test('reports each problem with its remedy, and how many are not listed', () => {
    const facts = {
      status: 'COMPLETE',
      object_parts: 3,
      parts_differing: [],
      groups: 10,
      slices: 10,
      movies: 99,
      movies_expected: 100,
      repeated: 0,
    } as const;
    const problems = [
      { kind: 'object_missing', text: 'The object is gone.', repair: 'repair' },
      { kind: 'plan_mismatch', text: 'The id does not follow.', repair: undefined },
    ] as const;
    const outcome = verifyOutcome(
      { ...report, ...facts, problems, sha256_object: 'abc', generator_compared: true },
      (repair) => `do ${repair}`,
    );
    expect(outcome).toMatchObject({ ok: false, summary: `job ${job.job_id} is not correct (COMPLETE)` });
    expect(outcome.details.slice(-4)).toEqual([
      'sha256 of the object: abc',
      '✗ The object is gone. → do repair',
      '✗ The id does not follow.',
      '… and 3 more problems',
    ]);
    expect(outcome.details).toContain('an object of 3 parts');
    expect(outcome.details).toContain('each movie compared with the one that the seed generates');
  });

  test('reports that everything is intact, and what was not examined', () => {
    const facts = { status: 'COMPLETE', groups: 1, slices: 1, movies: 1, movies_expected: 1, repeated: 0 } as const;
    const intactReport = { ...report, ...facts, ok: true, problems: [], problems_total: 0, generator_compared: false };
    const { ok, summary, details } = verifyOutcome(intactReport, (repair) => repair);
    expect([ok, summary]).toEqual([true, `job ${job.job_id} is correct (COMPLETE)`]);
    expect(details).toEqual([
      '1 of 1 movie in 1 slice of 1 group',
      'not compared with the generator: the job has another generator version',
    ]);
  });
});

test.each([
  [1, false],
  [2, true],
])('an object of %i parts is reported with its parts: %s', (object_parts, isReported) => {
  const facts = { status: 'COMPLETE', groups: 1, slices: 1, movies: 1, movies_expected: 1, repeated: 0 } as const;
  const report = { job_id: job.job_id, ok: true, problems: [], problems_total: 0, object_parts } as const;
  const { details } = verifyOutcome(
    { ...report, ...facts, generator_compared: true } as unknown as VerifyReport,
    String,
  );
  expect(details.some((line) => line.startsWith('an object of'))).toBe(isReported);
});

test('repair reports what was wrong, how large the object is, and which of several parts it wrote', () => {
  expect(repairOutcome({ why: undefined, bytes: 1500, parts: 1, written: [] }).summary).toBe(
    'The object is correct (1.5 KB); nothing was done.',
  );
  const onePart = repairOutcome({ why: 'object_differs', bytes: 12, parts: 1, written: [1] });
  expect(onePart.summary).toBe('The object did not match the slices; it is written again (12 B).');
  const missing = repairOutcome({ why: 'object_missing', bytes: 12, parts: 1, written: [1] });
  expect(missing.summary).toBe('The object was missing; it is written again (12 B).');
  const ended = repairOutcome({ why: 'not_complete', bytes: 12, parts: 3, written: [3] });
  expect(ended.summary).toBe('The object is written, and the job is COMPLETE (12 B; part 3 of 3).');
  const severalParts = repairOutcome({ why: 'object_differs', bytes: 12, parts: 16, written: [2, 5] });
  expect(severalParts.summary).toContain('(12 B; parts 2, 5 of 16)');
  expect(repairOutcome({ why: undefined, bytes: 1, parts: 1, written: [] }).ok).toBe(true);
  // Only bytes after the last part were wrong, or the parts are those of consumers.
  for (const why of ['object_differs', 'not_complete'] as const) {
    expect(repairOutcome({ why, bytes: 12, parts: 16, written: [] }).summary).toMatch(/ \(12 B\)\.$/);
  }
});
