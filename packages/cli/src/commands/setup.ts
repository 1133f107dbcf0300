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
  const line = (text: string) => void (options.json ? undefined : lines.push(printLine(text)));
  let done = 0;
  const reporter = (verb: string) => (what: string) => {
    done += 1;
    line(`${verb}  ${what}`);
  };
  const [creating, changing] = dryRun ? ['would create', 'would change'] : ['created', 'changed'];
  const { created, changed } = await withClients(settings, (clients) =>
    provision(clients, settings, { dryRun, onCreated: reporter(creating), onChanged: reporter(changing) }),
  ).catch((error: unknown) => {
    if (done > 0 && !dryRun) process.stderr.write(`movie-load: ${howToGoOn(done)}\n`);
    throw error;
  });
  const found = resourceNames(settings).filter((name) => !created.includes(name));
  if (dryRun) for (const name of found) line(`exists  ${name}`);
  await Promise.all(lines);
  if (options.json) await printJson({ endpoint, ...(dryRun && { dry_run: true, found }), created, changed });
  else if (done === 0) await printLine(`All resources exist at ${endpoint}.`);
  if (!options.json && touchesAws(settings)) await printLine(KEEPING);
  return EXIT.ok;
}

const { dynamodbGbMonth, s3GbMonth } = AWS_PRICES;
const KEEPING = `Keeping this costs storage only: $${dynamodbGbMonth} a GB and month in the table, $${s3GbMonth} in the bucket, nothing for queues (list price of ${AWS_PRICES.region}). \`movie-load delete <job>\` and \`teardown\` free it.`;

const howToGoOn = (done: number): string =>
  `setup is not complete: ${done === 1 ? 'one change was' : `${done} changes were`} made. Correct the error below, then run it again: it continues from there.`;
