// `movie-load teardown --yes`: deletes both queues, the table and the empty bucket, at AWS or at an emulator.
import { endpointName, findRemovable, type Removable, teardown } from '@movie-load/aws';
import { EXIT, UsageError } from '@movie-load/schema';
import { awsOption, type CommonOptions, defineCommand } from '../command.ts';
import { formatNumber } from '../format.ts';
import { printJson, printLine } from '../output.ts';
import { withSession } from '../session.ts';

interface TeardownOptions extends CommonOptions {
  readonly yes?: boolean;
}

export const addTo = defineCommand('teardown', {
  about: 'Delete the queues, the table and the bucket at the environment’s endpoint; the bucket must be empty.',
  options: [
    ['--yes', 'confirm; without it the command only lists what it would delete'],
    awsOption,
    ['--json', 'print one JSON line'],
  ],
  examples: [
    'AWS_ENDPOINT_URL=http://127.0.0.1:4566 npm run movie-load -- teardown',
    'npm run movie-load -- teardown --aws --yes',
  ],
  run: tearDown,
});

async function tearDown(options: TeardownOptions): Promise<number> {
  return withSession({ ...options, changes: true }, async ({ clients, settings, signal }) => {
    const endpoint = endpointName(settings);
    const removable = await findRemovable(clients, settings, { signal });
    if (removable.length > 0 && !options.yes) {
      throw new UsageError(
        `That would remove from ${endpoint}, for good: ${removable.map(describeRemovable).join(', ')}. Stop producers and consumers first, then add --yes if you mean it.`,
      );
    }
    const lines: Promise<void>[] = [];
    const onRemoved = (name: string) => void (options.json ? undefined : lines.push(printLine(`removed  ${name}`)));
    const removed = await teardown(clients, settings, { signal, onRemoved });
    await Promise.all(lines);
    if (options.json) await printJson({ endpoint, removed });
    else if (removed.length === 0) await printLine(`No resources exist at ${endpoint}.`);
    return EXIT.ok;
  });
}

function describeRemovable({ kind, name, entries }: Removable): string {
  if (kind === 'bucket') return `the empty bucket ${name}`;
  const unit = kind === 'queue' ? 'messages' : 'items';
  return `the ${kind} ${name} with about ${formatNumber(entries)} ${unit}`;
}
