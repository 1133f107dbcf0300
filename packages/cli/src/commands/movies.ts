// `movie-load movies <id>`
import type { Command } from 'commander';
import type { MoviesOptions } from '../look/movies.ts';
import { awsOption, jsonOption } from './endpoint-option.ts';

export function addMovies(program: Command): void {
  program
    .command('movies <id>')
    .description('Print the stored movies of a job, in order.')
    .option('--range <from..to>', 'only these movie numbers, both ends included')
    .option('--grep <pattern>', 'only movies whose title, year, actor or director match')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText(
      'after',
      `\nExamples:\n  npm run movie-load -- movies 3f2a --range 100..200\n  npm run movie-load -- movies 3f2a --grep midnight --json`,
    )
    .action(async (id: string, options: MoviesOptions) => {
      const { printMovies } = await import('../look/movies.ts');
      process.exitCode = await printMovies(id, options);
    });
}
