// `movie-load faults`: lists and clears the fault rules of the embedded AWS. `add.ts` adds them.
import { faultsSchema } from '@movie-load/operations/lab';
import { z } from 'zod';
import { type CommonOptions, defineCommand, jsonOption } from '../../command.ts';
import { endpointSettings } from '../../endpoint.ts';
import { formatNumber } from '../../format.ts';
import { openLab } from '../../lab.ts';
import { wholeNumber } from '../../options.ts';
import { printResult, tableOf } from '../../output.ts';
import { addAdd } from './add.ts';
import { rulesTable } from './rules.ts';

const addLs = defineCommand('ls', {
  about: 'List the active rules, how many calls each has affected, and the presets.',
  options: [jsonOption],
  examples: ['npm run movie-load -- faults ls', 'npm run movie-load -- faults ls --json'],
  isDefault: true,
  run: list,
});

const addClear = defineCommand('clear [id]', {
  about: 'Remove one rule, or all of them.',
  options: [jsonOption],
  examples: ['npm run movie-load -- faults clear', 'npm run movie-load -- faults clear 3'],
  run: clear,
});

export const addTo = defineCommand('faults', {
  about: 'Make calls to the embedded AWS (`up --lab`) slow, fail, or lose their responses.',
  examples: ['npm run movie-load -- faults ls', 'npm run movie-load -- faults add --preset lost-answers'],
  commands: [addLs, addAdd, addClear],
});

async function list(options: CommonOptions): Promise<number> {
  const callLab = await openLab(await endpointSettings({}), 'has faults on demand');
  const faults = await callLab('faults', faultsSchema);
  return printResult(options, faults, () => {
    const { rules, presets } = faults;
    const table = tableOf(presets, [
      { title: 'PRESET', cell: ({ name }) => name },
      { title: 'WHAT HAPPENS', cell: ({ about }) => about },
    ]);
    return `${rules.length === 0 ? 'No rule is in force: nothing fails on purpose.' : rulesTable(rules)}\n\n${table}`;
  });
}

async function clear(id: string | undefined, options: CommonOptions): Promise<number> {
  const path = id === undefined ? 'faults' : `faults/${wholeNumber('The id of a rule', id, 1, MAX_ID)}`;
  const callLab = await openLab(await endpointSettings({}), 'has faults on demand');
  const { removed } = await callLab(path, z.object({ removed: z.number() }), { method: 'DELETE' });
  return printResult(
    options,
    { removed },
    () => `${formatNumber(removed)} ${removed === 1 ? 'rule' : 'rules'} removed.`,
  );
}

const MAX_ID = 1_000_000_000;
