// `movie-load produce`: the producer, once, against the endpoint of the environment.
import type { Command } from 'commander';
import { awsOption, type EndpointOptions } from './endpoint-option.ts';

export interface ProduceOptions extends EndpointOptions {
  readonly movies: string;
  readonly moviesPerMessage: string;
  readonly seed?: string;
  readonly nonce?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export function addProduce(program: Command): void {
  program
    .command('produce')
    .description('Send a job to the queue of the environment.')
    .option('--movies <n>', 'how many movies', '1000')
    .option('--movies-per-message <n|auto>', 'movies in a message; auto fills about 64 KB', '1')
    .option('--seed <n>', 'the same seed gives the same movies (default: a new one)')
    .option('--nonce <word>', 'the same word and options mean the same job: what was missing is completed')
    .option('--dry-run', 'print the plan, what it takes and its list price; send nothing')
    .option('--yes', 'accept more than 1,000,000 movies')
    .option('--json', 'print the job, or the plan of --dry-run, as one JSON line; the log is on standard error')
    .option(...awsOption)
    .addHelpText(
      'after',
      `
Examples:
  npm run movie-load -- produce --movies 5,000
  LOG_LEVEL=info npm run movie-load -- produce --seed 7
  npm run movie-load -- produce --movies 1000000 --movies-per-message auto --dry-run`,
    )
    .action(async (options: ProduceOptions) => {
      const { produce } = await import('../foreground/produce.ts');
      process.exitCode = await produce(options);
    });
}
