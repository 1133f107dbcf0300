// `sim --sabotage`: runs all or named sabotages, which break the protocol on purpose, or lists them.
import { UsageError } from '@movie-load/schema';
import type { SabotageResult } from '../sabotage/catch.ts';
import { HARMLESS_CHANGES } from '../sabotage/harmless.ts';
import { KNOWN_SEEDS } from '../sabotage/known-seeds.ts';
import { SABOTAGES } from '../sabotage/list.ts';
import { MAX_SEEDS, type Sabotage } from '../sabotage/sabotage.ts';
import { runTasks, type Task } from './pool.ts';

interface Output {
  readonly json: boolean;
  /** Begins with seeds that are known to notice a sabotage. */
  readonly quick: boolean;
  readonly print: (line: string) => void;
  readonly printProgress: (line: string) => void;
}

interface Row {
  readonly name: string;
  readonly about: string;
  readonly harmless: boolean;
}

const toRows = (sabotages: readonly Sabotage[], harmless: boolean): readonly Row[] =>
  sabotages.map(({ name, about }) => ({ name, about, harmless }));
const ROWS = [...toRows(SABOTAGES, false), ...toRows(HARMLESS_CHANGES, true)];

/** Lists all or the named sabotages with a sentence each. Returns the exit code. */
export function listSabotages(names: readonly string[], { json, print }: Pick<Output, 'json' | 'print'>): number {
  const chosen = chosenRows(names);
  if (json) print(JSON.stringify(chosen));
  else for (const { name, about, harmless } of chosen) print(`${name}${harmless ? ' (harmless)' : ''}\n    ${about}`);
  return 0;
}

function chosenRows(names: readonly string[]): readonly Row[] {
  const wantedNames = new Set(requireSabotages(names));
  return ROWS.filter(({ name }) => wantedNames.size === 0 || wantedNames.has(name));
}

/** @throws {UsageError} when there is no sabotage or harmless change of a name */
export function requireSabotages(names: readonly string[]): readonly string[] {
  const unknown = names.find((name) => !ROWS.some((row) => row.name === name));
  if (unknown === undefined) return names;
  throw new UsageError(`There is no sabotage "${unknown}". npm run sim -- --sabotage --list lists them all.`);
}

/**
 * Tries the named sabotages and harmless changes, or all without names. Returns the exit code: 1 when a result was
 * not as expected.
 */
export async function runSabotages(
  names: readonly string[],
  { json, quick, print, printProgress }: Output,
): Promise<number> {
  const chosen = chosenRows(names);
  const orderedNames = chosen.map(({ name }) => name);
  const table: SabotageResult[] = [];
  const startedAt = performance.now();
  await runTasks(
    Iterator.from(orderedNames).map(
      (name): Task => ({ kind: 'sabotage', name, firstSeeds: quick ? KNOWN_SEEDS[name] : [] }),
    ),
    (taskResult) => {
      if (taskResult.kind !== 'sabotage') return;
      table.push(taskResult.result);
      printProgress(`${table.length} of ${orderedNames.length} sabotages`);
    },
  );
  table.sort((a, b) => orderedNames.indexOf(a.name) - orderedNames.indexOf(b.name));
  const wrong = table.filter(({ asExpected }) => !asExpected).length;
  const harmless = chosen.filter((row) => row.harmless).length;
  const sabotages = chosen.length - harmless;
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  if (json) print(JSON.stringify({ sabotages, harmless, wrong, seconds, table }));
  else {
    for (const line of tableLines(table)) print(line);
    const totals = [countNoun(sabotages, 'sabotage'), countNoun(harmless, 'harmless change')];
    print(`${totals.join(', ')}, ${wrong} not as expected, ${seconds} s`);
  }
  return wrong === 0 ? 0 : 1;
}

const countNoun = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

function tableLines(table: readonly SabotageResult[]): string[] {
  const line = (seeds: string, name: string, by: string) => `${seeds.padStart(6)}  ${name.padEnd(52)}  ${by}`;
  const verdict = ({ problem, invariant, isHarmless }: SabotageResult) =>
    problem ?? invariant ?? (isHarmless ? 'nothing, as expected: it is harmless' : `nothing in ${MAX_SEEDS} seeds`);
  return [
    line('seeds', 'sabotage', 'noticed by'),
    ...table.map((result) => line(String(result.seeds ?? '—'), result.name, verdict(result))),
  ];
}
