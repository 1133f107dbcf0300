// `movie-load verify <id>`
import type { Command } from 'commander';
import type { LookOptions } from '../look/options.ts';
import { awsOption, jsonOption } from './endpoint-option.ts';

export function addVerify(program: Command): void {
  program
    .command('verify <id>')
    .description('Compare plan, ledgers, slices, object and generator; exit code 1 when something is wrong.')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText(
      'after',
      `\nExamples:\n  npm run movie-load -- verify 3f2a\n  npm run movie-load -- verify 3f2a --json`,
    )
    .action(async (id: string, options: LookOptions) => {
      const { verify } = await import('../mend/verify.ts');
      process.exitCode = await verify(id, options);
    });
}
