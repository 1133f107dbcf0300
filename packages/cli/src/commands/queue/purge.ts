// `movie-load queue purge --yes`: deletes every message of the queue. `resume` then sends the missing messages of a job again.
import { purgeQueue } from '@movie-load/aws';
import { UsageError } from '@movie-load/schema';
import { awsOption, type CommonOptions, defineCommand, jsonOption } from '../../command.ts';
import { formatNumber } from '../../format.ts';
import { printResult } from '../../output.ts';
import { withSession } from '../../session.ts';

interface PurgeOptions extends CommonOptions {
  readonly yes?: boolean;
}

export const addPurge = defineCommand('purge', {
  about: 'Delete every message of the queue.',
  options: [['--yes', 'confirm; without it nothing is deleted'], jsonOption, awsOption],
  examples: ['npm run movie-load -- queue purge', 'npm run movie-load -- queue purge --yes'],
  run: purge,
});

async function purge(options: PurgeOptions): Promise<number> {
  return withSession({ ...options, changes: true }, async ({ queue: openQueue, clients, signal }) => {
    const queue = await openQueue();
    const { waiting, inFlight, delayed } = await queue.status({ signal });
    const messages = waiting + inFlight + delayed;
    if (!options.yes) {
      throw new UsageError(
        `That would delete about ${formatNumber(messages)} messages of ${queue.name} for good. Add --yes if you mean it; \`resume\` sends the missing messages of a job again.`,
      );
    }
    await purgeQueue(clients.sqs, queue.url, { signal });
    const text = () => `${queue.name}: about ${formatNumber(messages)} messages deleted. AWS takes up to a minute.`;
    return printResult(options, { queue: queue.name, purged: messages }, text);
  });
}
