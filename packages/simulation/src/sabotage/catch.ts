// Runs the production code with a sabotage in it, seed by seed, until the oracle notices.
import { runSeed } from '../run/run-seed.ts';
import { HARMLESS_CHANGES } from './harmless.ts';
import { ALL_CHANGES, importSabotaged } from './import-sabotaged.ts';
import { patchProblem } from './patch.ts';
import { MAX_SEEDS } from './sabotage.ts';

/** A harmless change must not be noticed in this number of seeds. */
const HARMLESS_SEEDS = 100;

export interface SabotageResult {
  readonly name: string;
  readonly isHarmless: boolean;
  /** Whether the result is as expected: a sabotage is noticed, a harmless change is not. */
  readonly asExpected: boolean;
  /** The number of seeds until it was noticed; undefined when it was not, or when a patch cannot be applied. */
  readonly seeds: number | undefined;
  /** The seed that noticed it. */
  readonly seed?: number | undefined;
  readonly invariant?: string | undefined;
  readonly detail?: string | undefined;
  /** The reason why a patch cannot be applied, or another problem. */
  readonly problem?: string | undefined;
  readonly ms: number;
}

/** Imports `runSeed` again, with this sabotage in the code that it runs. */
export async function loadSabotagedRunSeed(name: string): Promise<typeof runSeed> {
  const url = import.meta.resolve('../run/run-seed.ts');
  return (await importSabotaged<{ readonly runSeed: typeof runSeed }>(name, url)).runSeed;
}

export interface CatchOptions {
  /** Seeds that are tried first, because they have noticed it before. */
  readonly firstSeeds?: readonly number[] | undefined;
  readonly onSeed?: ((seed: number) => void) | undefined;
}

/** Runs seeds with a sabotage or harmless change until one notices it. That seed must pass without the change. */
export async function trySabotage(
  name: string,
  { firstSeeds = [], onSeed }: CatchOptions = {},
): Promise<SabotageResult> {
  const startedAt = performance.now();
  const isHarmless = HARMLESS_CHANGES.some((change) => change.name === name);
  const allSeeds = Array.from({ length: isHarmless ? HARMLESS_SEEDS : MAX_SEEDS }, (_, index) => index + 1);
  const outcome = await findNoticingSeed(name, new Set([...firstSeeds, ...allSeeds]), onSeed);
  const asExpected = outcome.problem === undefined && (outcome.seeds === undefined) === isHarmless;
  return { name, isHarmless, asExpected, ...outcome, ms: Math.round(performance.now() - startedAt) };
}

async function findNoticingSeed(
  name: string,
  seeds: ReadonlySet<number>,
  onSeed: (seed: number) => void = () => {},
): Promise<Pick<SabotageResult, 'seeds' | 'seed' | 'invariant' | 'detail' | 'problem'>> {
  const sabotage = ALL_CHANGES.find((change) => change.name === name);
  if (sabotage === undefined) throw new RangeError(`There is no sabotage "${name}".`);
  const problem = patchProblem(sabotage.patches);
  if (problem !== undefined) return { seeds: undefined, problem };
  const run = await loadSabotagedRunSeed(name);
  let triedSeeds = 0;
  for (const seed of seeds) {
    triedSeeds += 1;
    onSeed(seed);
    const { violation } = await run({ seed });
    if (violation === undefined) continue;
    const { violation: without } = await runSeed({ seed });
    return {
      seeds: triedSeeds,
      seed,
      ...violation,
      problem: without && `seed ${seed} fails without the sabotage too: ${without.invariant}`,
    };
  }
  return { seeds: undefined };
}
