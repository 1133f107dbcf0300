// `movie-load verify <id>`: plan, ledgers, slices, object and generator compared. Exit code 0 when all is right, else 1.
import type { VerifyReport } from '@movie-load/jobs';
import { GENERATOR_VERSION, generateMovies } from '@movie-load/movies';
import type { Range } from '@movie-load/schema';
import type { Command } from 'commander';
import { awsOption, type CommonOptions, examples, exitWith, jsonOption } from '../command.ts';
import { EXIT } from '../exit.ts';
import { grouped, shortId } from '../format.ts';
import { printResult } from '../output.ts';
import { withSession } from '../session.ts';

export function addTo(program: Command): void {
  program
    .command('verify <id>')
    .description('Compare plan, ledgers, slices, object and generator; exit code 1 when something is wrong.')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText(...examples('npm run movie-load -- verify 3f2a', 'npm run movie-load -- verify 3f2a --json'))
    .action(exitWith(verify));
}

async function verify(prefix: string, options: CommonOptions): Promise<number> {
  return withSession(options, async ({ job: find, jobs, signal }) => {
    const job = await find(prefix);
    const { seed, generator } = job.plan;
    const report = await jobs.verify(job, {
      signal,
      ...(generator === GENERATOR_VERSION && { expected: (range: Range) => generateMovies(seed, range) }),
    });
    await printResult(options, report, () => textOf(report));
    return report.ok ? EXIT.done : EXIT.failed;
  });
}

function textOf(report: VerifyReport): string {
  const short = shortId(report.job_id);
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
