// `movie-load teardown --yes`: removes queues, table and bucket from any endpoint.
import { endpointName, findRemovable, type Removable, teardown } from '@movie-load/aws';
import { UsageError } from '@movie-load/schema';
import type { Command } from 'commander';
import { awsOption, type CommonOptions, examples, exitWith } from '../command.ts';
import { EXIT } from '../exit.ts';
import { grouped } from '../format.ts';
import { printJson, printLine } from '../output.ts';
import { withSession } from '../session.ts';

interface TeardownOptions extends CommonOptions {
  readonly yes?: boolean;
}

export function addTo(program: Command): void {
  program
    .command('teardown')
    .description('Remove queues, table and bucket from the endpoint of the environment; the bucket must be empty.')
    .option('--yes', 'confirm; without it nothing is removed, and what would be is listed')
    .option(...awsOption)
    .option('--json', 'print one JSON line')
    .addHelpText(
      ...examples(
        'AWS_ENDPOINT_URL=http://127.0.0.1:4566 npm run movie-load -- teardown',
        'npm run movie-load -- teardown --aws --yes',
      ),
    )
    .action(exitWith(tearDown));
}

async function tearDown(options: TeardownOptions): Promise<number> {
  return withSession({ ...options, changes: true }, async ({ clients, settings, signal }) => {
    const endpoint = endpointName(settings);
    const found = await findRemovable(clients, settings, { signal });
    if (found.length > 0 && !options.yes) {
      throw new UsageError(
        `That would remove from ${endpoint}, for good: ${found.map(describe).join(', ')}. Stop producers and consumers first, then add --yes if you mean it.`,
      );
    }
    const lines: Promise<void>[] = [];
    const onRemoved = (name: string) => void (options.json ? undefined : lines.push(printLine(`removed  ${name}`)));
    const removed = await teardown(clients, settings, { signal, onRemoved });
    await Promise.all(lines);
    if (options.json) await printJson({ endpoint, removed });
    else if (removed.length === 0) await printLine(`Nothing is there at ${endpoint}.`);
    return EXIT.done;
  });
}

function describe({ kind, name, holds }: Removable): string {
  if (kind === 'bucket') return `the empty bucket ${name}`;
  const what = kind === 'queue' ? 'messages' : 'items';
  return `the ${kind} ${name} with about ${grouped(holds)} ${what}`;
}
