// Runs a sabotaged project seed by seed until the simulation notices.
import { runSeed } from '../run/run-seed.ts';
import { HARMLESS } from './harmless.ts';
import { ALL_CHANGES, importSabotaged } from './import-sabotaged.ts';
import { patchProblem } from './patch.ts';
import { MAX_SEEDS } from './sabotage.ts';

/** A harmless change goes unnoticed for this number of seeds. */
const HARMLESS_SEEDS = 100;

export interface Caught {
  readonly name: string;
  readonly isHarmless: boolean;
  /** Whether the result is as expected: a sabotage is noticed, a harmless change is not. */
  readonly asExpected: boolean;
  /** The number of seeds until it was noticed; undefined when it was not, or when its patch no longer applies. */
  readonly seeds: number | undefined;
  /** The seed that noticed it. */
  readonly seed?: number | undefined;
  readonly invariant?: string | undefined;
  readonly detail?: string | undefined;
  /** Why the patch cannot be applied, or another problem. */
  readonly problem?: string | undefined;
  readonly ms: number;
}

/** The runner of a project with this sabotage in it. */
export async function sabotaged(name: string): Promise<typeof runSeed> {
  const url = import.meta.resolve('../run/run-seed.ts');
  return (await importSabotaged<{ readonly runSeed: typeof runSeed }>(name, url)).runSeed;
}

export interface CatchOptions {
  /** Seeds that are tried first, because they have noticed it before. */
  readonly first?: readonly number[] | undefined;
  readonly onSeed?: ((seed: number) => void) | undefined;
}

/** Tries a sabotage or harmless change. The seed that notices it must pass without it. */
export async function catchSabotage(name: string, { first = [], onSeed }: CatchOptions = {}): Promise<Caught> {
  const began = performance.now();
  const isHarmless = HARMLESS.some((one) => one.name === name);
  const all = Array.from({ length: isHarmless ? HARMLESS_SEEDS : MAX_SEEDS }, (_, index) => index + 1);
  const outcome = await seek(name, new Set([...first, ...all]), onSeed);
  const asExpected = outcome.problem === undefined && (outcome.seeds === undefined) === isHarmless;
  return { name, isHarmless, asExpected, ...outcome, ms: Math.round(performance.now() - began) };
}

async function seek(
  name: string,
  seeds: ReadonlySet<number>,
  onSeed: (seed: number) => void = () => {},
): Promise<Pick<Caught, 'seeds' | 'seed' | 'invariant' | 'detail' | 'problem'>> {
  const sabotage = ALL_CHANGES.find((one) => one.name === name);
  if (sabotage === undefined) throw new RangeError(`There is no sabotage "${name}".`);
  const problem = patchProblem(sabotage.patches);
  if (problem !== undefined) return { seeds: undefined, problem };
  const run = await sabotaged(name);
  let tried = 0;
  for (const seed of seeds) {
    tried += 1;
    onSeed(seed);
    const { violation } = await run({ seed });
    if (violation === undefined) continue;
    const { violation: without } = await runSeed({ seed });
    return {
      seeds: tried,
      seed,
      ...violation,
      problem: without && `seed ${seed} fails without the sabotage too: ${without.invariant}`,
    };
  }
  return { seeds: undefined };
}
