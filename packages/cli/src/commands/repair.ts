// `movie-load repair <id>`: writes the object again from the slices when it is missing or differs.
import type { Command } from 'commander';
import { awsOption, type CommonOptions, examples, exitWith, jsonOption } from '../command.ts';
import { bytes } from '../format.ts';
import { printResult } from '../output.ts';
import { withSession } from '../session.ts';

export function addTo(program: Command): void {
  program
    .command('repair <id>')
    .description('Write the object of a job again when it is missing or differs.')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText(...examples('npm run movie-load -- repair 3f2a', 'npm run movie-load -- repair 3f2a --json'))
    .action(exitWith(repair));
}

const WORDS = {
  object_missing: 'The object was missing; it is written again',
  object_differs: 'The object was not what the slices make; it is written again',
  not_complete: 'The object is written, and the job is COMPLETE',
} as const;

async function repair(prefix: string, options: CommonOptions): Promise<number> {
  return withSession({ ...options, changes: true }, async ({ job: find, jobs, signal }) => {
    const { job_id } = await find(prefix);
    const { why, bytes: object_bytes } = await jobs.repair(job_id, { signal });
    return printResult(options, { job_id, repaired: why ?? null, object_bytes }, () =>
      why
        ? `${WORDS[why]} (${bytes(object_bytes)}).`
        : `The object is as it should be (${bytes(object_bytes)}); nothing was done.`,
    );
  });
}
