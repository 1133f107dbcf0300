// `movie-load setup`: makes queues, table and bucket on any endpoint.
import { endpointName, provision } from '@movie-load/aws';
import type { Command } from 'commander';
import { awsOption, type CommonOptions, examples, exitWith } from '../command.ts';
import { announceChanges, endpointSettings, withClients } from '../endpoint.ts';
import { EXIT } from '../exit.ts';
import { printJson, printLine } from '../output.ts';

export function addTo(program: Command): void {
  program
    .command('setup')
    .description('Make queues, table and bucket at the endpoint of the environment; may be repeated.')
    .option(...awsOption)
    .option('--json', 'print one JSON line')
    .addHelpText(
      ...examples(
        'AWS_ENDPOINT_URL=http://127.0.0.1:4566 npm run movie-load -- setup',
        'npm run movie-load -- setup --aws',
      ),
    )
    .action(exitWith(setup));
}

/** Makes what is missing and changes what differs, then prints what was done. */
async function setup(options: CommonOptions): Promise<number> {
  const settings = await endpointSettings(options);
  await announceChanges(settings);
  const { created, changed } = await withClients(settings, (clients) => provision(clients, settings));
  const endpoint = endpointName(settings);
  if (options.json) {
    await printJson({ endpoint, created, changed });
    return EXIT.done;
  }
  for (const what of created) await printLine(`created  ${what}`);
  for (const what of changed) await printLine(`changed  ${what}`);
  if (created.length + changed.length === 0) await printLine(`Everything is there at ${endpoint}.`);
  return EXIT.done;
}
