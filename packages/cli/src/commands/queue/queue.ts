// `movie-load queue`, short for `movie-load queue status`: one line per queue. Its subcommands are in this folder.
import { awsOption, type CommonOptions, defineCommand, jsonOption } from '../../command.ts';
import { printResult } from '../../output.ts';
import { queueLines, queuesTable } from '../../queue-lines.ts';
import { withSession } from '../../session.ts';
import { addPeek } from './peek.ts';
import { addPurge } from './purge.ts';

const addStatus = defineCommand('status', {
  about: 'Show how many messages are waiting, in flight and delayed.',
  options: [jsonOption, awsOption],
  examples: ['npm run movie-load -- queue', 'npm run movie-load -- queue --json'],
  isDefault: true,
  run: showQueues,
});

export const addTo = defineCommand('queue', {
  about: 'Show the queue and the dead-letter queue.',
  examples: ['npm run movie-load -- queue', 'npm run movie-load -- queue peek --max 3'],
  commands: [addStatus, addPeek, addPurge],
});

async function showQueues(options: CommonOptions): Promise<number> {
  return withSession(options, async (session) => {
    const lines = await queueLines(session);
    return printResult(options, { queues: lines }, () => queuesTable(lines));
  });
}
