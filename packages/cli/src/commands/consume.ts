// `movie-load consume`: consumers against the endpoint of the environment, until Ctrl-C.
import type { Command } from 'commander';
import { awsOption, type EndpointOptions } from './endpoint-option.ts';

export interface ConsumeOptions extends EndpointOptions {
  readonly consumers: string;
}

export function addConsume(program: Command): void {
  program
    .command('consume')
    .description('Store what is in the queue of the environment, until Ctrl-C.')
    .option('--consumers <n>', 'consumer processes', '1')
    .option(...awsOption)
    .addHelpText(
      'after',
      `
Examples:
  npm run movie-load -- consume
  POLLERS=4 LOG_LEVEL=debug npm run movie-load -- consume --consumers 2`,
    )
    .action(async (options: ConsumeOptions) => {
      const { consume } = await import('../foreground/consume.ts');
      process.exitCode = await consume(options);
    });
}
