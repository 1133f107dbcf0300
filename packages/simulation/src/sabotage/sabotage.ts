// A sabotage: a few lines of the production code changed so that it breaks a promise.
import type { Patch } from './patch.ts';

/** A sabotage is noticed within this number of seeds, or the simulation proves too little. */
export const MAX_SEEDS = 2000;

export interface Sabotage {
  readonly name: string;
  /** The change and its possible consequence, in one sentence. */
  readonly about: string;
  readonly patches: readonly Patch[];
}
