// `movie-load lab`: work as a consumer by hand, on your own queue. Works at every endpoint.
import { defineCommand } from '../../command.ts';
import { messageCommands } from './messages.ts';
import { queueCommands } from './queues.ts';

export const addTo = defineCommand('lab', {
  about: 'Send, receive, extend, release and delete messages by hand, on your own queue.',
  examples: ['npm run movie-load -- lab create', 'npm run movie-load -- lab send hello --group a'],
  commands: [...queueCommands, ...messageCommands],
});
