// A sabotage: a change of a few places of the production code that breaks an invariant. Harmless changes, which must
// not be noticed, have the same form.
import type { Patch } from './patch.ts';

/** A sabotage must be noticed within this number of seeds. Otherwise the simulation proves too little. */
export const MAX_SEEDS = 2000;

export interface Sabotage {
  readonly name: string;
  /** The change and its possible consequence, in one sentence. */
  readonly about: string;
  readonly patches: readonly Patch[];
}
