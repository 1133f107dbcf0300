// `movie-load setup`: creates queues, table and bucket at any endpoint.
import { AWS_PRICES, endpointName, provision, resourceNames, touchesAws } from '@movie-load/aws';
import { EXIT } from '@movie-load/schema';
import { awsOption, type CommonOptions, defineCommand } from '../command.ts';
import { announceChanges, endpointSettings, withBucket, withClients } from '../endpoint.ts';
import { printJson, printLine } from '../output.ts';

interface SetupOptions extends CommonOptions {
  readonly dryRun?: boolean;
}

export const addTo = defineCommand('setup', {
  about: 'Create missing queues, table and bucket at the environment’s endpoint; may be repeated.',
  options: [
    awsOption,
    ['--dry-run', 'print what exists and what would be created or changed; change nothing'],
    ['--json', 'print one JSON line'],
  ],
  examples: [
    'AWS_ENDPOINT_URL=http://127.0.0.1:4566 npm run movie-load -- setup',
    'npm run movie-load -- setup --aws --dry-run',
    'npm run movie-load -- setup --aws',
  ],
  run: setup,
});

/** Creates missing resources, changes differing ones, and prints what it did, also when a later change is refused. */
async function setup(options: SetupOptions): Promise<number> {
  const { dryRun = false } = options;
  const loaded = await endpointSettings(options);
  if (!dryRun) await announceChanges(loaded);
  const settings = await withBucket(loaded);
  const endpoint = endpointName(settings);
  const lines: Promise<void>[] = [];
  const printUnlessJson = (text: string) => void (options.json ? undefined : lines.push(printLine(text)));
  let changeCount = 0;
  const countAndPrint = (verb: string) => (resource: string) => {
    changeCount += 1;
    printUnlessJson(`${verb}  ${resource}`);
  };
  const [creating, changing] = dryRun ? ['would create', 'would change'] : ['created', 'changed'];
  const { created, changed } = await withClients(settings, (clients) =>
    provision(clients, settings, { dryRun, onCreated: countAndPrint(creating), onChanged: countAndPrint(changing) }),
  ).catch((error: unknown) => {
    if (changeCount > 0 && !dryRun) process.stderr.write(`movie-load: ${incompleteText(changeCount)}\n`);
    throw error;
  });
  const existing = resourceNames(settings).filter((name) => !created.includes(name));
  if (dryRun) for (const name of existing) printUnlessJson(`exists  ${name}`);
  await Promise.all(lines);
  if (options.json) await printJson({ endpoint, ...(dryRun && { dry_run: true, found: existing }), created, changed });
  else if (changeCount === 0) await printLine(`All resources exist at ${endpoint}.`);
  if (!options.json && touchesAws(settings)) await printLine(STORAGE_COST_TEXT);
  return EXIT.ok;
}

const { dynamodbGbMonth, s3GbMonth } = AWS_PRICES;
const STORAGE_COST_TEXT = `Keeping this costs storage only: $${dynamodbGbMonth} a GB and month in the table, $${s3GbMonth} in the bucket, nothing for queues (list price of ${AWS_PRICES.region}). \`movie-load delete <job>\` and \`teardown\` free it.`;

const incompleteText = (changeCount: number): string =>
  `setup is not complete: ${changeCount === 1 ? 'one change was' : `${changeCount} changes were`} made. Correct the error below, then run it again: it continues from there.`;
