// `movie-load repair <id>`
import type { Command } from 'commander';
import type { LookOptions } from '../look/options.ts';
import { awsOption, jsonOption } from './endpoint-option.ts';

export function addRepair(program: Command): void {
  program
    .command('repair <id>')
    .description('Write the object of a job again when it is missing or differs.')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText(
      'after',
      `\nExamples:\n  npm run movie-load -- repair 3f2a\n  npm run movie-load -- repair 3f2a --json`,
    )
    .action(async (id: string, options: LookOptions) => {
      const { repair } = await import('../mend/repair.ts');
      process.exitCode = await repair(id, options);
    });
}
