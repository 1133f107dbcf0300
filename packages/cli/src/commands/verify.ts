// `movie-load verify <id>`: plan, ledgers, slices, object and generator compared. Exit code 0 when all is right, else 1.
import { verifyJob, verifyOutcome } from '@movie-load/operations';
import type { Command } from 'commander';
import { awsOption, type CommonOptions, examples, exitWith, jsonOption } from '../command.ts';
import { EXIT } from '../exit.ts';
import { shortId } from '../format.ts';
import { outcomeText, printResult } from '../output.ts';
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
    const report = await verifyJob(jobs, await find(prefix), { signal });
    const advise = (repair: string) => `movie-load ${repair.replace(/^(\w+)/, `$1 ${shortId(report.job_id)}`)}`;
    await printResult(options, report, () => outcomeText(verifyOutcome(report, advise)));
    return report.ok ? EXIT.done : EXIT.failed;
  });
}
