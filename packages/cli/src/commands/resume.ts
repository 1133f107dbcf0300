// `movie-load resume [<id>]`
import type { Command } from 'commander';
import type { ResumeOptions } from '../mend/resume.ts';
import { awsOption, jsonOption } from './endpoint-option.ts';

export function addResume(program: Command): void {
  program
    .command('resume [id]')
    .description('Send again what a job lacks; what is stored is not stored twice.')
    .option('--plan <token>', 'the plan that `produce` printed, when nothing of the job is stored yet')
    .option('--thorough', 'look at every ledger and slice, also of groups that count as finished')
    .option('--dry-run', 'say what would be sent; send nothing')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText(
      'after',
      '\nExamples:\n  npm run movie-load -- resume 3f2a\n  npm run movie-load -- resume --plan WzEsIm4iLDEwMDAsMSwyMCwyNTYsNywxXQ',
    )
    .action(async (id: string | undefined, options: ResumeOptions) => {
      const { resume } = await import('../mend/resume.ts');
      process.exitCode = await resume(id, options);
    });
}
