// Imports a module again, with a sabotage in the code of movie-load that it imports.
import { HARMLESS_CHANGES } from './harmless.ts';
import { SABOTAGES } from './list.ts';
import { installPatches, patchProblem } from './patch.ts';

/** Sabotages and harmless changes. */
export const ALL_CHANGES = [...SABOTAGES, ...HARMLESS_CHANGES];

/**
 * @example const { runSeed } = await importSabotaged('delete before store', import.meta.resolve('../run/run-seed.ts'));
 * @throws {RangeError} when there is no such sabotage, or its patches no longer apply
 */
export async function importSabotaged<Module>(name: string, module: string): Promise<Module> {
  const sabotage = ALL_CHANGES.find((change) => change.name === name);
  if (sabotage === undefined) throw new RangeError(`There is no sabotage "${name}".`);
  const problem = patchProblem(sabotage.patches);
  if (problem !== undefined) throw new RangeError(problem);
  installPatches(new Map(ALL_CHANGES.map((change) => [change.name, change.patches])));
  const url = new URL(module);
  url.searchParams.set('sabotage', name);
  return await import(url.href);
}
