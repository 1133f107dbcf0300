// `movie-load tables`
import type { Command } from 'commander';
import type { LookOptions } from '../look/options.ts';
import { awsOption, jsonOption } from './endpoint-option.ts';

export function addTables(program: Command): void {
  program
    .command('tables')
    .description('List the DynamoDB tables.')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText('after', `\nExamples:\n  npm run movie-load -- tables\n  npm run movie-load -- tables --json`)
    .action(async (options: LookOptions) => {
      const { showTables } = await import('../look/inventory.ts');
      process.exitCode = await showTables(options);
    });
}
