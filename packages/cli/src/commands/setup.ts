// `movie-load setup`: makes queues, table and bucket on any endpoint.
import type { Command } from 'commander';
import { awsOption, type EndpointOptions } from './endpoint-option.ts';

interface SetupOptions extends EndpointOptions {
  readonly json?: boolean;
}

export function addSetup(program: Command): void {
  program
    .command('setup')
    .description('Make queues, table and bucket at the endpoint of the environment; may be repeated.')
    .option(...awsOption)
    .option('--json', 'print one JSON line')
    .addHelpText(
      'after',
      `
Examples:
  AWS_ENDPOINT_URL=http://127.0.0.1:4566 npm run movie-load -- setup
  npm run movie-load -- setup --aws`,
    )
    .action(async (options: SetupOptions) => {
      const { setup } = await import('../setup.ts');
      await setup(options);
    });
}
