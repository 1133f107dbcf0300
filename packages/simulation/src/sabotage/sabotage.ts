// A sabotage: a few lines of the production code changed so that it breaks a promise.
import type { Patch } from './patch.ts';

export interface Sabotage {
  readonly name: string;
  readonly patches: readonly Patch[];
}
