// `movie-load queue purge --yes`: deletes every message of the queue. `resume` sends again what a job lacks then.
import { purgeQueue } from '@movie-load/aws';
import { UsageError } from '@movie-load/schema';
import type { Command } from 'commander';
import { awsOption, type CommonOptions, examples, exitWith, jsonOption } from '../../command.ts';
import { grouped } from '../../format.ts';
import { printResult } from '../../output.ts';
import { withSession } from '../../session.ts';

interface PurgeOptions extends CommonOptions {
  readonly yes?: boolean;
}

export function addPurge(queue: Command): void {
  queue
    .command('purge')
    .description('Delete every message of the queue.')
    .option('--yes', 'confirm; without it nothing is deleted')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText(...examples('npm run movie-load -- queue purge', 'npm run movie-load -- queue purge --yes'))
    .action(exitWith(purge));
}

async function purge(options: PurgeOptions): Promise<number> {
  return withSession({ ...options, changes: true }, async ({ queue: open, clients, signal }) => {
    const queue = await open();
    const { waiting, inFlight, delayed } = await queue.status({ signal });
    const messages = waiting + inFlight + delayed;
    if (!options.yes) {
      throw new UsageError(
        `That would delete about ${grouped(messages)} messages of ${queue.name} for good. Add --yes if you mean it; \`resume\` sends again what a job lacks.`,
      );
    }
    await purgeQueue(clients.sqs, queue.url, { signal });
    const text = () => `${queue.name}: about ${grouped(messages)} messages deleted. AWS takes up to a minute.`;
    return printResult(options, { queue: queue.name, purged: messages }, text);
  });
}
