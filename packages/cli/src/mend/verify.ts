// `movie-load verify <id>`: plan, ledgers, slices, object and generator compared. Exit code 0 when all is right, else 1.
import type { VerifyReport } from '@movie-load/jobs';
import { GENERATOR_VERSION, generateMovies } from '@movie-load/movies';
import type { Range } from '@movie-load/schema';
import { EXIT } from '../exit.ts';
import type { LookOptions } from '../look/options.ts';
import { grouped, printJson, printLine } from '../output.ts';
import { withSession } from '../session.ts';

export async function verify(prefix: string, options: LookOptions): Promise<number> {
  return withSession(options, async ({ job: find, jobs, signal }) => {
    const job = await find(prefix);
    const { seed, generator } = job.plan;
    const report = await jobs.verify(job, {
      signal,
      ...(generator === GENERATOR_VERSION && { expected: (range: Range) => generateMovies(seed, range) }),
    });
    if (options.json) await printJson(report);
    else await printLine(textOf(report));
    return report.ok ? EXIT.done : EXIT.failed;
  });
}

function textOf(report: VerifyReport): string {
  const short = report.job_id.slice(0, 8);
  const lines = [
    `job ${report.job_id} is ${report.ok ? 'right' : 'not right'} (${report.status})`,
    `${grouped(report.movies)} of ${grouped(report.movies_expected)} movies in ${grouped(report.slices)} slices of ${grouped(report.groups)} groups`,
    report.generator_compared
      ? 'each movie compared with what the seed makes'
      : 'not compared with the generator: the job is of another version of it',
  ];
  if (report.sha256_object !== undefined) lines.push(`sha256 of the object: ${report.sha256_object}`);
  for (const { text, repair } of report.problems) {
    lines.push(`✗ ${text}${repair === undefined ? '' : ` → movie-load ${repair.replace(/^(\w+)/, `$1 ${short}`)}`}`);
  }
  const more = report.problems_total - report.problems.length;
  if (more > 0) lines.push(`… and ${grouped(more)} more problems`);
  return lines.join('\n');
}
