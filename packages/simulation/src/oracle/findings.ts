// The findings of the oracle: how often each branch of the protocol was reached, and the first broken invariant.
import type { Invariant } from './invariants.ts';

export interface Violation {
  readonly invariant: Invariant;
  readonly detail: string;
}

/** Called with each branch of the protocol when it is reached, and its count. */
export type BranchListener = (branch: string, times: number) => void;

export class Findings {
  readonly counts: Record<string, number> = {};
  readonly #onBranch: BranchListener | undefined;
  #violation: Violation | undefined;

  constructor(onBranch?: BranchListener) {
    this.#onBranch = onBranch;
  }

  get violation(): Violation | undefined {
    return this.#violation;
  }

  readonly count = (branch: string, increment = 1): void => {
    const times = (this.counts[branch] ?? 0) + increment;
    this.counts[branch] = times;
    this.#onBranch?.(branch, times);
  };

  readonly violate = (invariant: Invariant, detail: string): void => {
    this.#violation ??= { invariant, detail };
  };
}
