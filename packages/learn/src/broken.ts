// Runs a lesson's script for a broken rule twice: with the project's code unchanged, and with a sabotage in it, which
// breaks a rule of the protocol.

import type { Comparison, RunEvent } from '@movie-load/operations/lessons';
import { LESSONS } from './lessons/index.ts';
import { runBrokenRule } from './run-broken-rule.ts';

export interface CompareOptions {
  /** Called with each event of either run as it happens. */
  readonly onEvent?: (run: 'kept' | 'broken', event: RunEvent) => void;
}

/**
 * Compares a run with the rule kept and a run with it broken. Undefined when the lesson breaks no rule. Works only
 * where Node itself loads the project's sources: through a bundler or transformer both runs would have the intact
 * code.
 */
export async function compareBroken(number: number, { onEvent }: CompareOptions = {}): Promise<Comparison | undefined> {
  const rule = LESSONS.find(({ lesson }) => lesson === number)?.broken;
  if (rule === undefined) return undefined;
  // Imported late, because it reads every sabotage and few runs need it.
  const { importSabotaged } = await import('@movie-load/simulation/sabotage');
  type SabotagedModule = { readonly runBrokenRule: typeof runBrokenRule };
  const sabotaged = await importSabotaged<SabotagedModule>(rule.sabotage, import.meta.resolve('./run-broken-rule.ts'));
  return {
    lesson: number,
    sabotage: rule.sabotage,
    about: rule.about,
    kept: await runBrokenRule(number, (event) => onEvent?.('kept', event)),
    broken: await sabotaged.runBrokenRule(number, (event) => onEvent?.('broken', event)),
  };
}
