// `movie-load faults clear`: nothing goes wrong on purpose any more.
import type { Command } from 'commander';
import { z } from 'zod';
import { type CommonOptions, examples, exitWith, jsonOption } from '../../command.ts';
import { endpointSettings } from '../../endpoint.ts';
import { grouped } from '../../format.ts';
import { openLab } from '../../lab.ts';
import { wholeNumber } from '../../options.ts';
import { printResult } from '../../output.ts';

export function addClear(faults: Command): void {
  faults
    .command('clear [id]')
    .description('Remove one rule, or all of them.')
    .option(...jsonOption)
    .addHelpText(...examples('npm run movie-load -- faults clear', 'npm run movie-load -- faults clear 3'))
    .action(exitWith(clear));
}

const MAX_ID = 1_000_000_000;

async function clear(id: string | undefined, options: CommonOptions): Promise<number> {
  const path = id === undefined ? 'faults' : `faults/${wholeNumber('The id of a rule', id, 1, MAX_ID)}`;
  const ask = await openLab(await endpointSettings({}), 'has faults on demand');
  const { removed } = await ask(path, z.object({ removed: z.number() }), { method: 'DELETE' });
  return printResult(options, { removed }, () => `${grouped(removed)} ${removed === 1 ? 'rule' : 'rules'} removed.`);
}
