// The same world with a rule of the protocol broken: run with the project's code as it is, and with the sabotage in it.

import type { Comparison, RunEvent } from '@movie-load/operations/lessons';
import { LESSONS } from './lessons/index.ts';
import { runBrokenRule } from './run-broken-rule.ts';

export interface CompareOptions {
  /** Is told what happens in either run, while it happens. */
  readonly tell?: (run: 'kept' | 'broken', event: RunEvent) => void;
}

/**
 * Runs it twice: with the rule, and without. Undefined when the lesson has no such world. Works where Node itself loads the
 * project's sources: what bundles or transforms them gets the intact code twice, and `broken` says so by holding.
 */
export async function compareBroken(number: number, { tell }: CompareOptions = {}): Promise<Comparison | undefined> {
  const rule = LESSONS.find(({ lesson }) => lesson === number)?.broken;
  if (rule === undefined) return undefined;
  // Not before: it reads every sabotage, and few runs need it.
  const { importSabotaged } = await import('@movie-load/simulation/sabotage');
  type Sabotaged = { readonly runBrokenRule: typeof runBrokenRule };
  const sabotaged = await importSabotaged<Sabotaged>(rule.sabotage, import.meta.resolve('./run-broken-rule.ts'));
  return {
    lesson: number,
    sabotage: rule.sabotage,
    about: rule.about,
    kept: await runBrokenRule(number, (event) => tell?.('kept', event)),
    broken: await sabotaged.runBrokenRule(number, (event) => tell?.('broken', event)),
  };
}
