// `sim --seed`: runs one seed again, unchanged or with other faults, and reports the broken invariant if there is one.
import { UsageError } from '@movie-load/schema';
import { parseFaultId } from '../engine/faults.ts';
import { runSeed } from '../run/run-seed.ts';
import { loadSabotagedRunSeed } from '../sabotage/catch.ts';
import { explainFailure, traceLine } from './explain.ts';

export interface OneSeedOptions {
  readonly seed: number;
  readonly sabotage: string | undefined;
  readonly movies: number | undefined;
  /** Ids of faults that strike in addition to the seed's own. */
  readonly place: readonly string[];
  /** Switches the seed's own faults off. */
  readonly calm: boolean;
  readonly trace: boolean;
  readonly json: boolean;
  readonly print: (line: string) => void;
}

/** Returns the exit code: 1 when an invariant was broken. @throws {UsageError} when an id to place is not a fault's */
export async function runOneSeed(options: OneSeedOptions): Promise<number> {
  const { seed, sabotage, movies, place, calm, json, print } = options;
  requireFaultIds(place);
  const runPlain = sabotage === undefined ? runSeed : await loadSabotagedRunSeed(sabotage);
  const run: typeof runSeed = (runOptions) => runPlain({ movies, placed: place, ...runOptions });
  const trace = options.trace ? (...line: [number, string, string]) => print(traceLine(...line)) : undefined;
  const result = await run({ seed, trace, ...(calm && { only: new Set(place) }) });
  const { violation, theme, steps, faults } = result;
  if (json) print(JSON.stringify(result));
  else if (violation === undefined) {
    print(
      `seed ${seed} (${theme}): no invariant broken; ${steps} steps, ${faults.length} fault${faults.length === 1 ? '' : 's'}`,
    );
  } else for (const line of await explainFailure(result, run)) print(line);
  return violation === undefined ? 0 : 1;
}

function requireFaultIds(place: readonly string[]): void {
  try {
    for (const id of place) parseFaultId(id);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`--place ${error.message}`);
    throw error;
  }
}
