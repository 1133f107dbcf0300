// `sim --sabotage`: runs all or named sabotages, which break the protocol on purpose, or lists them.
import { UsageError } from '@movie-load/schema';
import type { Caught } from '../sabotage/catch.ts';
import { HARMLESS } from '../sabotage/harmless.ts';
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

const rows = (of: readonly Sabotage[], harmless: boolean): readonly Row[] =>
  of.map(({ name, about }) => ({ name, about, harmless }));
const ROWS = [...rows(SABOTAGES, false), ...rows(HARMLESS, true)];

/** Lists all or the named sabotages with a sentence each. Returns the exit code. */
export function listSabotages(names: readonly string[], { json, print }: Pick<Output, 'json' | 'print'>): number {
  const chosen = chosenRows(names);
  if (json) print(JSON.stringify(chosen));
  else for (const { name, about, harmless } of chosen) print(`${name}${harmless ? ' (harmless)' : ''}\n    ${about}`);
  return 0;
}

function chosenRows(names: readonly string[]): readonly Row[] {
  const wanted = new Set(requireSabotages(names));
  return ROWS.filter(({ name }) => wanted.size === 0 || wanted.has(name));
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
  const order = chosen.map(({ name }) => name);
  const table: Caught[] = [];
  const began = performance.now();
  await runTasks(
    Iterator.from(order).map((name): Task => ({ kind: 'sabotage', name, first: quick ? KNOWN_SEEDS[name] : [] })),
    (done) => {
      if (done.kind !== 'sabotage') return;
      table.push(done.caught);
      printProgress(`${table.length} of ${order.length} sabotages`);
    },
  );
  table.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const wrong = table.filter(({ asExpected }) => !asExpected).length;
  const harmless = chosen.filter((row) => row.harmless).length;
  const sabotages = chosen.length - harmless;
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  if (json) print(JSON.stringify({ sabotages, harmless, wrong, seconds, table }));
  else {
    for (const line of tableLines(table)) print(line);
    const ran = [counted(sabotages, 'sabotage'), counted(harmless, 'harmless change')];
    print(`${ran.join(', ')}, ${wrong} not as expected, ${seconds} s`);
  }
  return wrong === 0 ? 0 : 1;
}

const counted = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;

function tableLines(table: readonly Caught[]): string[] {
  const line = (seeds: string, name: string, by: string) => `${seeds.padStart(6)}  ${name.padEnd(52)}  ${by}`;
  const verdict = ({ problem, invariant, isHarmless }: Caught) =>
    problem ?? invariant ?? (isHarmless ? 'nothing, and rightly so: it is harmless' : `nothing in ${MAX_SEEDS} seeds`);
  return [
    line('seeds', 'sabotage', 'noticed by'),
    ...table.map((one) => line(String(one.seeds ?? '—'), one.name, verdict(one))),
  ];
}
