// `movie-load lab`: be the consumer, by hand, on a queue of your own. Works on every endpoint.
import { defineCommand } from '../../command.ts';
import { messageCommands } from './messages.ts';
import { queueCommands } from './queues.ts';

export const addTo = defineCommand('lab', {
  about: 'Send, receive, extend, release and delete by hand, on a queue of your own.',
  examples: ['npm run movie-load -- lab create', 'npm run movie-load -- lab send hello --group a'],
  commands: [...queueCommands, ...messageCommands],
});
