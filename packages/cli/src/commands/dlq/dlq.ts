// `movie-load dlq`: works on the dead-letter queue. Each subcommand has a file in this folder.
import { defineCommand } from '../../command.ts';
import { addLs } from './ls.ts';
import { addPurge } from './purge.ts';
import { addRedrive } from './redrive.ts';
import { addShow } from './show.ts';

export const addTo = defineCommand('dlq', {
  about: 'Work on the dead-letter queue.',
  examples: ['npm run movie-load -- dlq ls', 'npm run movie-load -- dlq redrive --dry-run'],
  commands: [addLs, addShow, addRedrive, addPurge],
});
