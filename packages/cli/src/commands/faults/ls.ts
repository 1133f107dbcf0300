// `movie-load faults ls`: the rules in force, and the presets.
import { faultsSchema } from '@movie-load/operations/lab';
import type { Command } from 'commander';
import { type CommonOptions, examples, exitWith, jsonOption } from '../../command.ts';
import { endpointSettings } from '../../endpoint.ts';
import { openLab } from '../../lab.ts';
import { printResult, tableOf } from '../../output.ts';
import { rulesTable } from './rules.ts';

export function addLs(faults: Command): void {
  faults
    .command('ls', { isDefault: true })
    .description('List the rules in force, how often each has struck, and the presets.')
    .option(...jsonOption)
    .addHelpText(...examples('npm run movie-load -- faults ls', 'npm run movie-load -- faults ls --json'))
    .action(exitWith(list));
}

async function list(options: CommonOptions): Promise<number> {
  const ask = await openLab(await endpointSettings({}), 'has faults on demand');
  const faults = await ask('faults', faultsSchema);
  return printResult(options, faults, () => {
    const { rules, presets } = faults;
    const table = tableOf(presets, [
      { title: 'PRESET', cell: ({ name }) => name },
      { title: 'WHAT HAPPENS', cell: ({ about }) => about },
    ]);
    return `${rules.length === 0 ? 'No rule is in force: nothing fails on purpose.' : rulesTable(rules)}\n\n${table}`;
  });
}
