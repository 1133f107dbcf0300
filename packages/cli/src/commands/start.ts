// `movie-load start`, which is `npm start`: a whole job on the embedded AWS.
import type { Command } from 'commander';

export interface StartOptions {
  readonly movies: string;
  readonly moviesPerMessage: string;
  readonly consumers: string;
  readonly seed?: string;
  readonly out: string;
  readonly json?: boolean;
  readonly yes?: boolean;
}

export function addStart(program: Command): void {
  program
    .command('start')
    .description('Run a job on the embedded AWS: generate, enqueue, store, assemble, download.')
    .option('--movies <n>', 'how many movies', '1000')
    .option('--movies-per-message <n|auto>', 'movies in a message; auto fills about 64 KB', '1')
    .option('--consumers <n>', 'consumer processes', '2')
    .option('--seed <n>', 'the same seed gives the same movies (default: a new one)')
    .option('--out <folder>', 'where the file goes', 'downloads')
    .option('--json', 'print one JSON line on standard output, and nothing else there')
    .option('--yes', 'accept more than 1,000,000 movies')
    .addHelpText(
      'after',
      `
Examples:
  npm start
  npm -s start -- --movies 200000 --movies-per-message auto --json`,
    )
    .action(async (options: StartOptions) => {
      const { start } = await import('../start/start.ts');
      process.exitCode = await start(options);
    });
}
