// Verify: compares plan, ledgers, slices, object and generator.
import type { JobRef, JobStore, ReadOptions, VerifyReport } from '@movie-load/jobs';
import { GENERATOR_VERSION, generateMovies } from '@movie-load/movies';
import type { Range } from '@movie-load/schema';
import { formatCount, formatNumber } from './format.ts';
import type { Outcome } from './outcome.ts';

/**
 * Verifies a job. If this release has the plan's version of the generator, it also generates each movie and compares it
 * with the stored one.
 */
export function verifyJob(
  store: Pick<JobStore, 'verify'>,
  job: JobRef,
  { signal }: ReadOptions,
): Promise<VerifyReport> {
  const { seed, generator } = job.plan;
  return store.verify(job, {
    ...(signal && { signal }),
    ...(generator === GENERATOR_VERSION && { generate: (range: Range) => generateMovies(seed, range) }),
  });
}

/**
 * The report as text for people.
 *
 * @param advise returns the advice for a problem that `resume` or `repair` repairs, e.g. the command to run
 */
export function verifyOutcome(report: VerifyReport, advise: (repair: string) => string): Outcome {
  const facts = [
    `${formatNumber(report.movies)} of ${formatCount(report.movies_expected, 'movie')} in ${formatCount(report.slices, 'slice')} of ${formatCount(report.groups, 'group')}`,
    report.generator_compared
      ? 'each movie compared with the one that the seed generates'
      : 'not compared with the generator: the job has another generator version',
  ];
  if (report.object_parts > 1) facts.push(`an object of ${formatNumber(report.object_parts)} parts`);
  if (report.sha256_object !== undefined) facts.push(`sha256 of the object: ${report.sha256_object}`);
  const problems = report.problems.map(
    ({ text, repair }) => `✗ ${text}${repair === undefined ? '' : ` → ${advise(repair)}`}`,
  );
  const furtherProblems = report.problems_total - report.problems.length;
  return {
    ok: report.ok,
    summary: `job ${report.job_id} is ${report.ok ? 'correct' : 'not correct'} (${report.status})`,
    details: [
      ...facts,
      ...problems,
      ...(furtherProblems > 0 ? [`… and ${formatNumber(furtherProblems)} more problems`] : []),
    ],
  };
}
