// `movie-load watch`
import type { Command } from 'commander';
import type { WatchOptions } from '../look/watch.ts';
import { awsOption, jsonOption } from './endpoint-option.ts';

export function addWatch(program: Command): void {
  program
    .command('watch')
    .description('Show queues and jobs live until Ctrl-C; JSON lines in a pipe.')
    .option('--every <seconds>', 'how often', '1')
    .option('--times <n>', 'end after so many looks')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText(
      'after',
      `\nExamples:\n  npm run movie-load -- watch\n  npm run movie-load -- watch --every 5 --times 12 --json`,
    )
    .action(async (options: WatchOptions) => {
      const { watch } = await import('../look/watch.ts');
      process.exitCode = await watch(options);
    });
}
