// A sabotage: a few lines of the production code changed so that it breaks a promise.
import type { Patch } from './patch.ts';

export interface Sabotage {
  readonly name: string;
  /** What the change does, and what may follow: one sentence. */
  readonly about: string;
  readonly patches: readonly Patch[];
}
