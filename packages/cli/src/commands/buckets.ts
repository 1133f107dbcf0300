// `movie-load buckets`
import type { Command } from 'commander';
import type { LookOptions } from '../look/options.ts';
import { awsOption, jsonOption } from './endpoint-option.ts';

export function addBuckets(program: Command): void {
  program
    .command('buckets')
    .description('List the S3 buckets, and the objects of the jobs.')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText('after', `\nExamples:\n  npm run movie-load -- buckets\n  npm run movie-load -- buckets --json`)
    .action(async (options: LookOptions) => {
      const { showBuckets } = await import('../look/inventory.ts');
      process.exitCode = await showBuckets(options);
    });
}
