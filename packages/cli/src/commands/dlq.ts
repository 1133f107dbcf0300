// `movie-load dlq ls | show | redrive | purge`: the dead-letter queue as a workplace.
import type { Command } from 'commander';
import type { FilterOptions } from '../dlq/filter.ts';
import type { ListOptions } from '../dlq/list.ts';
import type { PurgeOptions, RedriveOptions } from '../dlq/redrive.ts';
import { awsOption, jsonOption } from './endpoint-option.ts';

const reason = ['--reason <reason...>', 'only those dead-lettered for this'] as const;
const job = ['--job <id>', 'only those of this job'] as const;

export function addDlq(program: Command): void {
  const dlq = program
    .command('dlq')
    .description('Work on the dead-letter queue.')
    .addHelpText('after', '\nExamples:\n  npm run movie-load -- dlq ls\n  npm run movie-load -- dlq redrive --dry-run');
  dlq
    .command('ls', { isDefault: true })
    .description('List dead letters, the oldest first; nothing is taken out.')
    .option(...reason)
    .option(...job)
    .option('--max <n>', 'how many are shown', '50')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText(
      'after',
      '\nExamples:\n  npm run movie-load -- dlq ls\n  npm run movie-load -- dlq ls --reason not_json --json',
    )
    .action(async (options: ListOptions) => {
      const { listLetters } = await import('../dlq/list.ts');
      process.exitCode = await listLetters(options);
    });
  dlq
    .command('show <id>')
    .description('Show a dead letter whole; the first characters of its id are enough.')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText(
      'after',
      '\nExamples:\n  npm run movie-load -- dlq show 7c1e\n  npm run movie-load -- dlq show 7c1e --json',
    )
    .action(async (id: string, options: FilterOptions) => {
      const { showLetter } = await import('../dlq/list.ts');
      process.exitCode = await showLetter(id, options);
    });
  dlq
    .command('redrive')
    .description('Send dead letters back to their message groups. May be stopped and started again at any time.')
    .option(...reason)
    .option(...job)
    .option('--id <id...>', 'only these; first characters are enough')
    .option('--max <n>', 'at most so many')
    .option('--dry-run', 'only count')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText(
      'after',
      '\nExamples:\n  npm run movie-load -- dlq redrive --dry-run\n  npm run movie-load -- dlq redrive --reason too_many_receives --max 100',
    )
    .action(async (options: RedriveOptions) => {
      const { redriveLetters } = await import('../dlq/redrive.ts');
      process.exitCode = await redriveLetters(options);
    });
  dlq
    .command('purge')
    .description('Delete dead letters for good.')
    .option(...reason)
    .option(...job)
    .option('--yes', 'really')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText(
      'after',
      '\nExamples:\n  npm run movie-load -- dlq purge --reason not_json\n  npm run movie-load -- dlq purge --reason not_json --yes',
    )
    .action(async (options: PurgeOptions) => {
      const { purgeLetters } = await import('../dlq/redrive.ts');
      process.exitCode = await purgeLetters(options);
    });
}
