// Runs the same world with the project's code unchanged and with a sabotage in it, which breaks a rule of the protocol.

import type { Comparison, RunEvent } from '@movie-load/operations/lessons';
import { LESSONS } from './lessons/index.ts';
import { runBrokenRule } from './run-broken-rule.ts';

export interface CompareOptions {
  /** Called with each event of either run as it happens. */
  readonly onEvent?: (run: 'kept' | 'broken', event: RunEvent) => void;
}

/**
 * Runs it twice: with the rule, and without. Undefined when the lesson has no such world. Works only where Node itself
 * loads the project's sources: a bundler or transformer would get the intact code twice, and `broken` would keep the
 * promise.
 */
export async function compareBroken(number: number, { onEvent }: CompareOptions = {}): Promise<Comparison | undefined> {
  const rule = LESSONS.find(({ lesson }) => lesson === number)?.broken;
  if (rule === undefined) return undefined;
  // Imported late, because it reads every sabotage and few runs need it.
  const { importSabotaged } = await import('@movie-load/simulation/sabotage');
  type Sabotaged = { readonly runBrokenRule: typeof runBrokenRule };
  const sabotaged = await importSabotaged<Sabotaged>(rule.sabotage, import.meta.resolve('./run-broken-rule.ts'));
  return {
    lesson: number,
    sabotage: rule.sabotage,
    about: rule.about,
    kept: await runBrokenRule(number, (event) => onEvent?.('kept', event)),
    broken: await sabotaged.runBrokenRule(number, (event) => onEvent?.('broken', event)),
  };
}
