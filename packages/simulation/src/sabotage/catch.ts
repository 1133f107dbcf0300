// Runs a sabotaged project seed by seed until the simulation notices.
import type { runSeed, SeedResult } from '../run/run-seed.ts';
import { SABOTAGES } from './list.ts';
import { installPatches, patchProblem } from './patch.ts';

/** A sabotage is caught within so many seeds, or the simulation proves too little. */
export const MOST_SEEDS = 2000;

export interface Caught {
  readonly name: string;
  /** How many seeds it took; undefined when it was not caught, or when its patch no longer applies. */
  readonly seeds: number | undefined;
  readonly seed?: number | undefined;
  readonly invariant?: string | undefined;
  readonly detail?: string | undefined;
  readonly ms: number;
  /** Why the patch cannot be applied. */
  readonly problem?: string | undefined;
}

/** The runner of a project with this sabotage in it. */
export async function sabotaged(name: string): Promise<typeof runSeed> {
  installPatches(new Map(SABOTAGES.map((sabotage) => [sabotage.name, sabotage.patches])));
  const module: { readonly runSeed: typeof runSeed } = await import(
    new URL(`../run/run-seed.ts?sabotage=${encodeURIComponent(name)}`, import.meta.url).href
  );
  return module.runSeed;
}

export async function catchSabotage(name: string, mostSeeds = MOST_SEEDS): Promise<Caught> {
  const began = performance.now();
  const sabotage = SABOTAGES.find((one) => one.name === name);
  if (sabotage === undefined) throw new RangeError(`There is no sabotage "${name}".`);
  const problem = sabotage.patches.map(patchProblem).find((text) => text !== undefined);
  const ms = () => Math.round(performance.now() - began);
  if (problem !== undefined) return { name, seeds: undefined, ms: ms(), problem };
  const run = await sabotaged(name);
  for (let seed = 1; seed <= mostSeeds; seed += 1) {
    const { violation }: SeedResult = await run({ seed });
    if (violation !== undefined) return { name, seeds: seed, seed, ...violation, ms: ms() };
  }
  return { name, seeds: undefined, ms: ms() };
}
