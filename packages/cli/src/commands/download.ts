// `movie-load download <id>`
import type { Command } from 'commander';
import type { DownloadOptions } from '../look/download.ts';
import { awsOption, jsonOption } from './endpoint-option.ts';

export function addDownload(program: Command): void {
  program
    .command('download <id>')
    .description('Save the object of a job as a file.')
    .option('--out <folder>', 'where the file goes', 'downloads')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText(
      'after',
      `\nExamples:\n  npm run movie-load -- download 3f2a\n  npm run movie-load -- download 3f2a --out /data --json`,
    )
    .action(async (id: string, options: DownloadOptions) => {
      const { downloadJob } = await import('../look/download.ts');
      process.exitCode = await downloadJob(id, options);
    });
}
