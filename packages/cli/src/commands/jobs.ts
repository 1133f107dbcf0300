// `movie-load jobs`: one line a job, the latest first.
import type { QueueStatus } from '@movie-load/aws';
import type { JobView } from '@movie-load/operations';
import type { Command } from 'commander';
import { awsOption, type CommonOptions, examples, exitWith, jsonOption } from '../command.ts';
import { grouped } from '../format.ts';
import { jobLines, jobsTable } from '../job-lines.ts';
import { wholeNumber } from '../options.ts';
import { printResult } from '../output.ts';
import { withSession } from '../session.ts';

interface JobsOptions extends CommonOptions {
  readonly limit: string;
}

export function addTo(program: Command): void {
  program
    .command('jobs')
    .description('List jobs, the latest first.')
    .option('--limit <n>', 'how many', '20')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText(...examples('npm run movie-load -- jobs', 'npm run movie-load -- jobs --limit 5 --json'))
    .action(exitWith(listJobs));
}

async function listJobs(options: JobsOptions): Promise<number> {
  const limit = wholeNumber('--limit', options.limit, 1, 1000);
  return withSession(options, async (session) => {
    const { lines, queue } = await jobLines(session, limit);
    const text = () => [lines.length === 0 ? '' : jobsTable(lines), hint(lines, queue)].filter(Boolean).join('\n\n');
    return printResult(options, { jobs: lines }, text);
  });
}

/** A job is in the table from its first stored message on. */
function hint(lines: readonly JobView[], { waiting, inFlight }: QueueStatus): string {
  if (waiting > 0 && inFlight === 0) {
    return `${grouped(waiting)} messages wait and none is in flight: are consumers running? A job is listed from its first stored message on.`;
  }
  return lines.length === 0 ? 'No job yet. `movie-load produce` sends one.' : '';
}
