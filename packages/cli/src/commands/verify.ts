// `movie-load verify <id>`: compares plan, ledgers, slices, object and generator. Exit code 0 when all agree, else 1.
import { verifyJob, verifyOutcome } from '@movie-load/operations';
import { EXIT } from '@movie-load/schema';
import { awsOption, type CommonOptions, defineCommand, jsonOption } from '../command.ts';
import { shortId } from '../format.ts';
import { outcomeText, printResult } from '../output.ts';
import { withSession } from '../session.ts';

export const addTo = defineCommand('verify <id>', {
  about:
    'Check that the plan, ledgers, slices and object of a job agree, and its movies with the generator; exit code 1 if not.',
  options: [jsonOption, awsOption],
  examples: ['npm run movie-load -- verify 3f2a', 'npm run movie-load -- verify 3f2a --json'],
  run: verify,
});

async function verify(prefix: string, options: CommonOptions): Promise<number> {
  return withSession(options, async ({ job: findJob, jobs, signal }) => {
    const report = await verifyJob(jobs, await findJob(prefix), { signal });
    // `resume --thorough` becomes `movie-load resume 3f2a8c1d --thorough`.
    const advise = (repair: string) => `movie-load ${repair.replace(/^(\w+)/, `$1 ${shortId(report.job_id)}`)}`;
    await printResult(options, report, () => outcomeText(verifyOutcome(report, advise)));
    return report.ok ? EXIT.ok : EXIT.failed;
  });
}
