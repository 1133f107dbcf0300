// `movie-load dlq`: work on the dead-letter queue. Each command below it has a file in this folder.
import type { Command } from 'commander';
import { examples } from '../../command.ts';
import { addLs } from './ls.ts';
import { addPurge } from './purge.ts';
import { addRedrive } from './redrive.ts';
import { addShow } from './show.ts';

export function addTo(program: Command): void {
  const dlq = program
    .command('dlq')
    .description('Work on the dead-letter queue.')
    .addHelpText(...examples('npm run movie-load -- dlq ls', 'npm run movie-load -- dlq redrive --dry-run'));
  for (const add of [addLs, addShow, addRedrive, addPurge]) add(dlq);
}
