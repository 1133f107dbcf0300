// `movie-load queue`, which is `movie-load queue status`: the queues in one line each. The commands below it are in this folder.
import type { Command } from 'commander';
import { awsOption, type CommonOptions, examples, exitWith, jsonOption } from '../../command.ts';
import { printResult } from '../../output.ts';
import { queueLines, queuesTable } from '../../queue-lines.ts';
import { withSession } from '../../session.ts';
import { addPeek } from './peek.ts';
import { addPurge } from './purge.ts';

export function addTo(program: Command): void {
  const queue = program
    .command('queue')
    .description('Show the queue and the dead-letter queue.')
    .addHelpText(...examples('npm run movie-load -- queue', 'npm run movie-load -- queue peek --max 3'));
  queue
    .command('status', { isDefault: true })
    .description('How many messages wait, are in flight and delayed.')
    .option(...jsonOption)
    .option(...awsOption)
    .addHelpText(...examples('npm run movie-load -- queue', 'npm run movie-load -- queue --json'))
    .action(exitWith(showQueues));
  addPeek(queue);
  addPurge(queue);
}

async function showQueues(options: CommonOptions): Promise<number> {
  return withSession(options, async (session) => {
    const lines = await queueLines(session);
    return printResult(options, { queues: lines }, () => queuesTable(lines));
  });
}
