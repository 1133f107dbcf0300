// The report of a failing seed: the broken invariant, the shortest schedule that still breaks it, and its trace.

import { INVARIANTS } from '../oracle/invariants.ts';
import type { runSeed, SeedResult } from '../run/run-seed.ts';
import { type Repeat, shrink } from '../run/shrink.ts';

const SECOND_DIGITS = 3;
const TIME_WIDTH = 11;
const NAME_WIDTH = 14;

/** `+    12.345  consumer-1.2    sends …` */
export function traceLine(ms: number, who: string, what: string): string {
  return `+${(ms / 1000).toFixed(SECOND_DIGITS).padStart(TIME_WIDTH)}  ${who.padEnd(NAME_WIDTH)}  ${what}`;
}

/** Shrinks a failing seed and returns the report's lines. */
export async function explainFailure(failed: SeedResult, run: typeof runSeed): Promise<string[]> {
  const repeat: Repeat = (only) => run({ seed: failed.seed, only });
  const { faults, runs, result } = await shrink(failed, repeat);
  const trace: string[] = [];
  await run({ seed: failed.seed, only: new Set(faults), trace: (...line) => void trace.push(traceLine(...line)) });
  return [
    `seed ${failed.seed} (${failed.theme}) breaks “${result.violation?.invariant}”`,
    ...(result.violation === undefined ? [] : [`  ${INVARIANTS[result.violation.invariant].sentence}`]),
    `  ${result.violation?.detail}`,
    '',
    `The shortest schedule that still breaks it: ${faults.length} of ${failed.faults.length} faults, found in ${runs} runs`,
    ...faults.map((id) => `  ${id}`),
    '',
    'The trace (virtual seconds):',
    ...trace,
    `✗ ${result.violation?.invariant}: ${result.violation?.detail}`,
  ];
}
