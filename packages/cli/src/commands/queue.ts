// `movie-load queue`, `queue peek` and `queue purge`
import type { Command } from 'commander';
import type { LookOptions } from '../look/options.ts';
import type { PeekOptions } from '../look/peek.ts';
import type { PurgeOptions } from '../look/purge.ts';
import { awsOption, jsonOption } from './endpoint-option.ts';

export function addQueue(program: Command): void {
  const queue = program
    .command('queue')
    .description('Look into the queue and the dead-letter queue.')
    .addHelpText('after', '\nExamples:\n  npm run movie-load -- queue\n  npm run movie-load -- queue peek --max 3');
  queue
    .command('status', { isDefault: true })
    .description('How many messages wait, are in flight and delayed.')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText('after', '\nExamples:\n  npm run movie-load -- queue\n  npm run movie-load -- queue --json')
    .action(async (options: LookOptions) => {
      const { showQueue } = await import('../look/queue.ts');
      process.exitCode = await showQueue(options);
    });
  queue
    .command('peek')
    .description('Print messages without taking them, where the endpoint allows it.')
    .option('--max <n>', 'how many', '10')
    .option('--dlq', 'of the dead-letter queue')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText(
      'after',
      '\nExamples:\n  npm run movie-load -- queue peek\n  npm run movie-load -- queue peek --dlq --max 100 --json',
    )
    .action(async (options: PeekOptions) => {
      const { peekQueue } = await import('../look/peek.ts');
      process.exitCode = await peekQueue(options);
    });
  queue
    .command('purge')
    .description('Delete every message of the queue.')
    .option('--yes', 'really')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText('after', '\nExamples:\n  npm run movie-load -- queue purge\n  npm run movie-load -- queue purge --yes')
    .action(async (options: PurgeOptions) => {
      const { purgeQueue } = await import('../look/purge.ts');
      process.exitCode = await purgeQueue(options);
    });
}
