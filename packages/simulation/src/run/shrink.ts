// Finds the shortest schedule of a failing seed that still fails, by delta debugging over its faults.
import type { SeedResult } from './run-seed.ts';

export interface Shrunk {
  /** The faults that are needed for the failure; each of them is (unless the runs were used up). */
  readonly faults: readonly string[];
  readonly runs: number;
  readonly result: SeedResult;
}

/** Repeats a seed with only these faults. */
export type Repeat = (only: ReadonlySet<string>) => Promise<SeedResult>;

const MAX_RUNS = 400;

/**
 * Removes ever smaller pieces of the schedule while the same invariant breaks (Zeller's ddmin). A decision's dice
 * depend on its name alone, so the rest of the schedule does not change.
 *
 * @example const { faults } = await shrink(failed, (only) => runSeed({ seed, only }));
 */
export async function shrink(failed: SeedResult, repeat: Repeat, mostRuns = MAX_RUNS): Promise<Shrunk> {
  let faults = [...failed.faults];
  let result = failed;
  let runs = 0;
  const stillFails = async (some: readonly string[]) => {
    runs += 1;
    const again = await repeat(new Set(some));
    if (again.violation?.invariant !== failed.violation?.invariant) return false;
    result = again;
    return true;
  };
  if (await stillFails([])) return { faults: [], runs, result };
  for (let pieces = 2; faults.length > 1 && runs < mostRuns; ) {
    const size = Math.ceil(faults.length / pieces);
    let isSmaller = false;
    for (let from = 0; from < faults.length && runs < mostRuns; ) {
      const without = [...faults.slice(0, from), ...faults.slice(from + size)];
      if (without.length < faults.length && (await stillFails(without))) {
        // Faults whose site is no longer reached are removed as well.
        faults = without.filter((id) => result.faults.includes(id));
        isSmaller = true;
      } else from += size;
    }
    if (size === 1 && !isSmaller) break;
    pieces = isSmaller ? Math.max(2, Math.min(pieces, faults.length)) : Math.min(pieces * 2, faults.length);
  }
  return { faults, runs, result };
}
