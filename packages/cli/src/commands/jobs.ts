// `movie-load jobs`
import type { Command } from 'commander';
import type { JobsOptions } from '../look/jobs.ts';
import { awsOption, jsonOption } from './endpoint-option.ts';

export function addJobs(program: Command): void {
  program
    .command('jobs')
    .description('List jobs, the latest first.')
    .option('--limit <n>', 'how many', '20')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText('after', `\nExamples:\n  npm run movie-load -- jobs\n  npm run movie-load -- jobs --limit 5 --json`)
    .action(async (options: JobsOptions) => {
      const { listJobs } = await import('../look/jobs.ts');
      process.exitCode = await listJobs(options);
    });
}
