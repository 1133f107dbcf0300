// Shrinks the schedule of a failing seed: removes faults while it still fails, by delta debugging.
import type { SeedResult } from './run-seed.ts';

export interface Shrunk {
  /** The faults that the failure needs: without one of them it does not happen (unless `maxRuns` ended the search). */
  readonly faults: readonly string[];
  readonly runs: number;
  readonly result: SeedResult;
}

/** Runs the seed again with only these faults. */
export type Repeat = (only: ReadonlySet<string>) => Promise<SeedResult>;

const MAX_RUNS = 400;

/**
 * Removes ever smaller pieces of the schedule while the same invariant breaks (Zeller's ddmin). A decision's dice
 * depend on its name alone, so the rest of the schedule does not change.
 *
 * @example const { faults } = await shrink(failed, (only) => runSeed({ seed, only }));
 */
export async function shrink(failed: SeedResult, repeat: Repeat, maxRuns = MAX_RUNS): Promise<Shrunk> {
  let faults = [...failed.faults];
  let result = failed;
  let runs = 0;
  const stillFails = async (subset: readonly string[]) => {
    runs += 1;
    const repeated = await repeat(new Set(subset));
    if (repeated.violation?.invariant !== failed.violation?.invariant) return false;
    result = repeated;
    return true;
  };
  if (await stillFails([])) return { faults: [], runs, result };
  for (let pieceCount = 2; faults.length > 1 && runs < maxRuns; ) {
    const size = Math.ceil(faults.length / pieceCount);
    let isSmaller = false;
    for (let from = 0; from < faults.length && runs < maxRuns; ) {
      const without = [...faults.slice(0, from), ...faults.slice(from + size)];
      if (without.length < faults.length && (await stillFails(without))) {
        // Faults whose site is no longer reached are removed as well.
        faults = without.filter((id) => result.faults.includes(id));
        isSmaller = true;
      } else from += size;
    }
    if (size === 1 && !isSmaller) break;
    pieceCount = isSmaller ? Math.max(2, Math.min(pieceCount, faults.length)) : Math.min(pieceCount * 2, faults.length);
  }
  return { faults, runs, result };
}
