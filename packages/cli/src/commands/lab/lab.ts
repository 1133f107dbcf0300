// `movie-load lab`: be the consumer, by hand, on a queue of your own. Works on every endpoint.
import type { Command } from 'commander';
import { examples } from '../../command.ts';
import { addMessageCommands } from './messages.ts';
import { addQueueCommands } from './queues.ts';

export function addTo(program: Command): void {
  const lab = program
    .command('lab')
    .description('Send, receive, extend, release and delete by hand, on a queue of your own.')
    .addHelpText(...examples('npm run movie-load -- lab create', 'npm run movie-load -- lab send hello --group a'));
  addQueueCommands(lab);
  addMessageCommands(lab);
}
