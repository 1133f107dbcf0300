// `movie-load job <id>`
import type { Command } from 'commander';
import type { LookOptions } from '../look/options.ts';
import { awsOption, jsonOption } from './endpoint-option.ts';

export function addJob(program: Command): void {
  program
    .command('job <id>')
    .description('Show a job: plan, message groups, what is missing, who stored it.')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText(
      'after',
      `\nExamples:\n  npm run movie-load -- job 3f2a\n  npm -s run movie-load -- job 3f2a --json | head -c 300`,
    )
    .action(async (id: string, options: LookOptions) => {
      const { showJob } = await import('../look/job.ts');
      process.exitCode = await showJob(id, options);
    });
}
