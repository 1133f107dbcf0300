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

/** Makes what is missing and changes what differs, and prints what was done: also when something is refused later. */
async function setup(options: CommonOptions): Promise<number> {
  const settings = await endpointSettings(options);
  await announceChanges(settings);
  const endpoint = endpointName(settings);
  const lines: Promise<void>[] = [];
  const line = (text: string) => void (options.json ? undefined : lines.push(printLine(text)));
  let done = 0;
  const reporter = (verb: string) => (what: string) => {
    done += 1;
    line(`${verb}  ${what}`);
  };
  const { created, changed } = await withClients(settings, (clients) =>
    provision(clients, settings, { onCreated: reporter('created'), onChanged: reporter('changed') }),
  ).catch((error: unknown) => {
    if (done > 0) process.stderr.write(`movie-load: ${howToGoOn(done)}\n`);
    throw error;
  });
  await Promise.all(lines);
  if (options.json) await printJson({ endpoint, created, changed });
  else if (done === 0) await printLine(`Everything is there at ${endpoint}.`);
  return EXIT.done;
}

const howToGoOn = (done: number): string =>
  `setup is not complete: ${done === 1 ? 'one change was' : `${done} changes were`} made. Mend what is said below, then run it again: it goes on from there.`;
