// `movie-load faults`: what is to go wrong in the embedded AWS. Each command below it has a file in this folder.
import type { Command } from 'commander';
import { examples } from '../../command.ts';
import { addAdd } from './add.ts';
import { addClear } from './clear.ts';
import { addLs } from './ls.ts';

export function addTo(program: Command): void {
  const faults = program
    .command('faults')
    .description('Let calls of the embedded AWS (`up --lab`) be late, fail, or lose their answers.')
    .addHelpText(
      ...examples('npm run movie-load -- faults ls', 'npm run movie-load -- faults add --preset lost-answers'),
    );
  for (const add of [addLs, addAdd, addClear]) add(faults);
}
